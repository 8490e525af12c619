# Ce que lisent les utilisateurs, en français.

# notify: canaux, mails et avis.

tone-negative = négatif
tone-neutral = neutre
tone-positive = positif
tone-uncertain = incertain
tone-unknown = ton inconnu
tone-one-negative = négative
tone-one-neutral = neutre
tone-one-positive = positive
tone-one-uncertain = incertaine
tone-one-unknown = de ton inconnu
tone-count-negative = { $count ->
    [one] { $count } négative
   *[other] { $count } négatives
}
tone-count-neutral = { $count ->
    [one] { $count } neutre
   *[other] { $count } neutres
}
tone-count-positive = { $count ->
    [one] { $count } positive
   *[other] { $count } positives
}
tone-count-uncertain = { $count ->
    [one] { $count } incertaine
   *[other] { $count } incertaines
}
tone-count-unknown = { $count } de ton inconnu

mail-count = { $count ->
    [one] { $count } mention
   *[other] { $count } mentions
}
mail-verdict-one = { $brand } : une mention { $tone }
mail-headline = { $brand } : { $count }
mail-heading = Règle « { $rule } »
mail-because = parce que
mail-deciding = ton donné par { $words }
mail-word = « { $word } » { $value }
mail-tags = thèmes : { $tags }
mail-found = trouvé { $when }
mail-others = { $count ->
    [one] Une autre mention
   *[other] { $count } autres mentions
}
mail-more-sites = { $count ->
    [one] et un autre site
   *[other] et { $count } autres sites
}
mail-attached = Les { $count } mentions sont dans le fichier joint mentions.csv.
mail-reason-first = Envoyé aussitôt : première mention depuis le dernier regroupement.
mail-reason-window = Regroupe les mentions reçues depuis le message précédent.
mail-reason-each = Un message par mention.
mail-foot-rule = Envoyé par la règle « { $rule } », { $place }.
mail-foot-well = { $well ->
    [0] Aucune source n’a encore répondu.
    [one] La source répond.
   *[other] Les { $well } sources répondent.
}
mail-foot-degraded = { $count ->
    [one] Sources : { $well } répondent, une ne répond pas comme prévu : { $names }.
   *[other] Sources : { $well } répondent, { $count } ne répondent pas comme prévu : { $names }.
}
mail-more-sources = et { $count } de plus
mail-foot-change = Pour changer ou arrêter ces mails, modifiez cette règle et enregistrez le fichier : vigie le relit aussitôt.
mail-not-a-mail = un canal de mail ne sait envoyer que des mails
notify-slow = pas de réponse en { $seconds } s
mail-smtp-clear = sans chiffrement, seul un serveur de cette machine est accepté
mail-smtp-no-starttls = le serveur ne propose pas STARTTLS ; rien n’est envoyé en clair
mail-smtp-no-address = ce nom n’a pas d’adresse

notify-not-a-hook = un webhook ne sait envoyer que du JSON
notify-hook-gone = 410 : le destinataire ne veut plus rien recevoir
notify-hook-redirect = { $status } : une redirection n’est pas suivie, écrivez l’adresse finale
notify-hook-status = le destinataire a répondu { $status }

notify-just-now = à l’instant
notify-ago = il y a { $span }
notify-span-minutes = { $count } min
notify-span-hours = { $count } h
notify-span-days = { $count } jours
notify-hour = { $hour }h
notify-day = { $day ->
    [1] 1er { $month }
   *[other] { $day } { $month }
}
notify-weekday-1 = lun.
notify-weekday-2 = mar.
notify-weekday-3 = mer.
notify-weekday-4 = jeu.
notify-weekday-5 = ven.
notify-weekday-6 = sam.
notify-weekday-7 = dim.
notify-month-1 = janv.
notify-month-2 = févr.
notify-month-3 = mars
notify-month-4 = avr.
notify-month-5 = mai
notify-month-6 = juin
notify-month-7 = juil.
notify-month-8 = août
notify-month-9 = sept.
notify-month-10 = oct.
notify-month-11 = nov.
notify-month-12 = déc.

notify-state-unknown = pas encore interrogée
notify-state-ok = répond
notify-state-unreachable = injoignable
notify-state-timeout = trop lente
notify-state-refused = accès refusé
notify-state-rate_limited = demande d’attendre
notify-state-not_found = page introuvable
notify-state-gone = supprimée
notify-state-server_error = en panne
notify-state-not_a_feed = n’est pas un flux
notify-state-broken = illisible
notify-state-challenge = barrée par un contrôle anti-robot
notify-state-soft_error = page d’erreur
notify-state-empty = vide
notify-state-selectors_stale = sélecteurs périmés
notify-state-silent = silencieuse
notify-state-certificate = certificat refusé
notify-state-too_large = trop volumineuse
notify-state-redirect_loop = redirections en boucle
notify-state-forbidden_address = adresse privée

notify-heading-coverage = Couverture
notify-heading-refusal = Configuration
notify-heading-dead_letter = Remise impossible
notify-heading-test = Essai
notify-coverage-subject = { $count ->
    [one] [vigie] { $name } muette depuis { $span }
   *[other] [vigie] { $count } sources muettes depuis { $span }
}
notify-recovered-subject = { $count ->
    [one] [vigie] { $name } répond de nouveau
   *[other] [vigie] { $count } sources répondent de nouveau
}
notify-coverage-verdict = { $count ->
    [one] vigie ne voit plus une source
   *[other] vigie ne voit plus { $count } sources
}
notify-recovered-verdict = { $count ->
    [one] Une source répond de nouveau
   *[other] { $count } sources répondent de nouveau
}
notify-coverage-line = { $sources ->
    [0] { $state } depuis { $span } ({ $date })
    [one] { $state } depuis { $span } ({ $date })
   *[other] { $state } depuis { $span } ({ $date }) · { $sources } sources
}
notify-recovered-line = répond de nouveau, après { $span } de silence
notify-coverage-more = Et { $count } de plus : « vigie status » les montre toutes.
notify-coverage-foot = Les autres sources continuent. vigie continue d’essayer et le dira quand celles-ci répondront ; l’état du moment : « vigie status ».
notify-action-moved = Cherchez la nouvelle adresse et corrigez la ligne de la liste de veille.
notify-action-refused = Ouvrez l’adresse dans un navigateur ; demandez un accès au site ou un autre flux.
notify-action-read = Ouvrez l’adresse dans un navigateur ; « vigie entries » montre ce que vigie y lit.
notify-action-selectors = La page a changé : corrigez select, et vérifiez avec « vigie entries ».
notify-action-silent = Vérifiez que le site publie encore.
notify-action-certificate = Prévenez le site : son certificat est expiré ou n’est pas le sien.
notify-action-large = Cherchez un flux plus court, ou relevez fetch.max_bytes.
notify-action-loop = Ouvrez l’adresse dans un navigateur et écrivez l’adresse finale.
notify-action-private = Si c’est voulu, ouvrez-la avec fetch.allow_private.
notify-action-slower = Allongez every pour cette source.
notify-action-wait = Rien à faire si cela passe ; sinon, vérifiez l’adresse.
notify-refusal-subject = [vigie] { $file } refusé, l’ancienne version reste
notify-refusal-verdict = { $file } est refusé
notify-refusal-stays = La dernière version correcte reste en service. Voici ce que dit « vigie check » :
notify-refusal-foot = Corrigez et enregistrez : vigie relit le fichier aussitôt. Ce message n’est pas répété pour le même contenu.
notify-dead-subject = [vigie] Message non remis par le canal { $channel }
notify-dead-verdict = Un message n’a pas pu être remis à { $who }
notify-dead-about = « { $subject } », du { $date }.
notify-dead-tried = { $attempts ->
    [one] Canal { $channel }, un essai. Dernière réponse :
   *[other] Canal { $channel }, { $attempts } essais. Dernière réponse :
}
notify-dead-foot = Le message est gardé et ne sera plus essayé ; les échecs suivants du même jour vers ce destinataire ne sont pas annoncés. Vérifiez l’adresse du canal, puis « vigie send-test { $channel } ».
notify-test-subject = [vigie] Essai du canal { $channel }
notify-test-verdict = Le canal { $channel } fonctionne
notify-test-fine = Vous lisez ce message : vigie sait vous joindre. Les alertes arriveront de la même façon.
notify-test-foot = Envoyé par vigie send-test.
