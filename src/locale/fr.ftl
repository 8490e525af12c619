# Ce que lisent les utilisateurs, en français.

## net
net-address = Ce n’est pas une adresse http ou https.
net-no-connection = Pas de connexion en { $seconds } s.
net-timeout = Pas de réponse complète en { $seconds } s.
net-too-large = La réponse dépasse { $bytes } octets.
net-redirect-loop = Redirigé { $hops } fois sans obtenir de réponse.
net-forbidden-address = { $host } est une adresse privée ({ $address }). Pour l’autoriser, ajoutez-la avec son port à allow_private.
net-no-proxy = Le proxy { $proxy } est injoignable : vérifiez `proxy`, sous `fetch:`, dans vigie.yaml.
net-proxy-password = Le proxy { $proxy } demande un nom et un mot de passe : mettez son adresse entière, http://NOM:MOT_DE_PASSE@HÔTE:PORT, dans un fichier que seul vigie peut lire, et écrivez proxy: {"{"}file: …{"}"} sous `fetch:` dans vigie.yaml.
net-proxy-refused = Le proxy { $proxy } n’atteint pas ce serveur, ou n’a pas le droit d’y mener : demandez à qui le gère.
net-downgraded = Le serveur redirige de https: vers http: sans chiffrement, ce qui n’est pas suivi : écrivez une adresse qui reste en https:.
net-credential = Le secret { $name } ne peut pas être lu.
net-insecure = http: est réservé aux adresses privées ouvertes par allow_private. Utilisez https:.
net-damaged = La compression de la réponse est endommagée.
net-unsendable = La requête ne peut pas être envoyée : { $why }
net-no-such-host = Hôte introuvable : { $host }.
net-resolver = Le nom ne peut pas être résolu pour le moment.
net-refused = Connexion refusée : rien n’écoute à cette adresse.
net-reset = Le serveur a rompu la connexion.
net-closed = Le serveur a fermé la connexion avant la fin de la réponse.
net-no-route = Aucune route vers le serveur.
net-protocol = Le serveur ne parle pas correctement HTTP.
net-not-tls = Le serveur ne parle pas TLS sur ce port.
net-tls = La négociation TLS a échoué : { $why }
net-expired = Le certificat du serveur a expiré.
net-not-yet-valid = Le certificat du serveur n’est pas encore valable ; vérifiez aussi l’horloge de cette machine.
net-wrong-name = Le certificat du serveur est établi pour un autre nom.
net-unknown-issuer = Le certificat du serveur vient d’un émetteur inconnu.
net-revoked = Le certificat du serveur a été révoqué.
net-bad-certificate = Le certificat du serveur a été refusé : { $why }
net-other = La requête a échoué : { $why }

# entries, source : ce qu’une source a donné, et pourquoi elle n’a rien donné.
entries-no-input = Donnez une adresse ou un fichier, ou une liste de fichiers sur l’entrée standard avec --json. Voir --help.
entries-cannot-read = { $file } ne peut pas être lu : { $reason }.
entries-too-large = { $file } dépasse les { $mib } Mio qui sont lus au plus.
entries-not-read = { $file } : { $state } ({ $detail }).
entries-untitled = (sans titre)
entries-count = { $count ->
    [one] { $count } entrée
   *[other] { $count } entrées
}
source-state-unknown = pas encore interrogée
source-state-ok = lue
source-state-unreachable = connexion impossible
source-state-timeout = pas de réponse à temps
source-state-refused = accès refusé
source-state-rate_limited = trop de requêtes pour ce serveur
source-state-not_found = introuvable
source-state-gone = supprimée définitivement
source-state-server_error = le serveur est en panne
source-state-not_a_feed = autre chose au lieu d’un flux
source-state-broken = un document illisible
source-state-challenge = une page qui demande une preuve d’humanité
source-state-soft_error = une page d’erreur
source-state-empty = plus aucune entrée
source-state-selectors_stale = les sélecteurs ne trouvent plus rien
source-state-silent = silencieuse plus longtemps que d’habitude
source-state-certificate = certificat refusé
source-state-too_large = trop volumineuse
source-state-redirect_loop = redirections sans fin
source-state-forbidden_address = une adresse privée que la configuration n’ouvre pas
source-state-robots = robots.txt demande de ne pas la lire

## store, status, mentions
status-no-settings = Aucun vigie.yaml ici ni dans /etc/vigie. Indiquez-le avec --config, ou créez-en un avec vigie init.
status-no-store = Pas encore de base : { $path }. Elle naît au premier lancement de vigie run.
status-unreadable = La base { $path } ne peut pas être lue : { $error }
status-running = vigie tourne (processus { $pid }). Base : { $store }
status-stopped = vigie ne tourne pas. Base : { $store }
status-watchlists = { $brands ->
        [one] { $brands } marque
       *[other] { $brands } marques
    }, { $terms ->
        [one] { $terms } terme
       *[other] { $terms } termes
    }, { $sources ->
        [one] { $sources } source
       *[other] { $sources } sources
    }, en service depuis le { $time }.
status-never-loaded = Aucune liste n’a encore été chargée.
status-refused = La dernière modification des listes est refusée, les anciennes restent en service :
status-do-check = Corrigez le fichier ; vigie check montre la ligne et ce qu’il faut écrire.
status-sources = Sources : { $ill ->
        [0] toutes vont bien
       *[other] { $ill } en panne sur { $count }
    }
status-head-state = état
status-head-source = source
status-head-asked = interrogée
status-head-next = prochaine fois
status-failures = { $failures ->
        [one] { $failures } échec
       *[other] { $failures } échecs de suite
    }, dans cet état depuis le { $time }
status-more-well = … et { $count ->
        [one] { $count } autre qui va bien
       *[other] { $count } autres qui vont bien
    } (--json les montre toutes)
status-channels = Canaux
status-channel-ok = ok
status-channel-paused = en pause
status-channel-disabled = désactivé
status-do-paused = Réglez ce qui bloque (mot de passe, TLS, serveur), puis essayez : vigie send-test { $channel }. Rien n’est perdu, les envois attendent.
status-do-disabled = Le destinataire ne veut plus rien recevoir (410). Changez l’adresse du canal, ou essayez : vigie send-test { $channel }
status-outbox = Envois : { $pending } à faire, { $waiting ->
        [one] { $waiting } mention attend
       *[other] { $waiting } mentions attendent
    } la fin d’un regroupement, { $dead ->
        [one] { $dead } abandonné
       *[other] { $dead } abandonnés
    }
status-oldest = le plus ancien attend depuis le { $time }
status-do-run = Rien ne part tant que vigie ne tourne pas : lancez vigie run.
status-do-dead = Les envois abandonnés ont été refusés pour de bon ou tentés trois jours : vérifiez les adresses des destinataires.
status-state-unknown = pas encore lue
status-state-ok = ok
status-state-unreachable = injoignable
status-state-timeout = trop lente
status-state-refused = accès refusé
status-state-rate_limited = freinée
status-state-not_found = introuvable
status-state-gone = supprimée
status-state-server_error = erreur du serveur
status-state-not_a_feed = pas un flux
status-state-broken = illisible
status-state-challenge = filtre anti-robots
status-state-soft_error = page d’erreur
status-state-empty = vide
status-state-selectors_stale = sélecteurs périmés
status-state-silent = muette
status-state-certificate = certificat refusé
status-state-too_large = trop grosse
status-state-redirect_loop = redirections en boucle
status-state-forbidden_address = adresse interdite
status-state-robots = exclue par robots.txt
status-do-unreachable = vigie réessaie. Si cela dure, vérifiez l’adresse et le réseau de cette machine.
status-do-timeout = vigie réessaie. Si cela dure, allongez timeout dans fetch, ou cherchez une adresse plus légère.
status-do-refused = Le site refuse vigie. Ouvrez l’adresse dans un navigateur ; demandez l’accès, ou renseignez contact dans fetch.
status-do-rate_limited = Le site demande de ralentir ; vigie attend. Allongez every si cela revient.
status-do-not_found = Ouvrez l’adresse dans un navigateur ; si elle a changé, corrigez-la dans la liste.
status-do-gone = La source n’existe plus et n’est plus interrogée. Changez son adresse, ou retirez-la de la liste.
status-do-server_error = La panne est chez le site ; vigie réessaie.
status-do-not_a_feed = L’adresse mène à une page et non à un flux. Cherchez sur cette page le lien RSS ou Atom.
status-do-broken = Le document est abîmé. Prévenez le site ; vigie entries montre ce qui se lit.
status-do-challenge = Le site exige un navigateur. Cherchez un flux ou demandez un accès.
status-do-soft_error = L’adresse répond par une page d’erreur. Vérifiez-la dans un navigateur.
status-do-empty = Il n’y a plus d’entrées là où il y en avait. Vérifiez l’adresse dans un navigateur.
status-do-selectors_stale = La page a changé : adaptez les sélecteurs, vigie entries montre ce qu’ils trouvent.
status-do-silent = Rien de neuf depuis plus longtemps que d’habitude. Vérifiez que la source vit encore.
status-do-certificate = Le certificat du site n’est pas valable. Vérifiez l’adresse et l’horloge de cette machine.
status-do-too_large = Le document dépasse max_bytes de fetch. Augmentez-le, ou cherchez une adresse plus légère.
status-do-redirect_loop = Le site renvoie sans fin d’une adresse à l’autre. Inscrivez dans la liste l’adresse finale.
status-do-forbidden_address = L’adresse mène à un réseau privé. Si c’est voulu, ouvrez-la avec son port dans allow_private.
status-do-robots = Le site demande aux programmes de ne pas lire cette page. Cherchez son flux, ou demandez à son propriétaire d’autoriser vigie dans robots.txt.
mentions-none = Aucune mention.
mentions-untitled = (sans titre)
mentions-undecided = pas encore traitée
mentions-polarity-negative = négatif
mentions-polarity-neutral = neutre
mentions-polarity-positive = positif
mentions-polarity-uncertain = incertain
mentions-polarity-unknown = langue inconnue
mentions-state-sent = envoyée
mentions-state-pending = envoi en cours
mentions-state-waits = en attente
mentions-state-none = pas d’envoi
mentions-story = histoire { $story }
mentions-reason-FirstMention = première mention
mentions-reason-GroupWindow = regroupée avec d’autres
mentions-reason-EachMention = un message par mention
mentions-reason-AlreadySent = déjà signalée à ce canal
mentions-reason-Baseline = déjà là avant la surveillance : personne n’est prévenu
mentions-reason-NoRule = aucune règle ne la retient : personne n’est prévenu
mentions-reason-NotUnderstood = langue que vigie ne lit pas
mentions-reason-NoChannel = ce canal n’existe plus
mentions-reason-QuietHours = hors des horaires de la règle : attend l’ouverture
mentions-reason-CapReached = plafond de la règle atteint : attend le bilan ou le prochain message permis
mentions-reason-Late = publiée longtemps avant d’être trouvée : laissée au bilan
mentions-reason-Muted = mise en sourdine
mentions-reason-SameStory = ce canal a déjà été prévenu de cette histoire
mentions-reason-Escalated = relancée faute de réponse

## config : les réglages et les listes de veille

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
    [one] { $number } négative
   *[other] { $number } négatives
}
tone-count-neutral = { $count ->
    [one] { $number } neutre
   *[other] { $number } neutres
}
tone-count-positive = { $count ->
    [one] { $number } positive
   *[other] { $number } positives
}
tone-count-uncertain = { $count ->
    [one] { $number } incertaine
   *[other] { $number } incertaines
}
tone-count-unknown = { $number } de ton inconnu

mail-count = { $count ->
    [one] { $number } mention
   *[other] { $number } mentions
}
mail-verdict-one = { $brand } : une mention { $tone }
mail-verdict-spreads = { $brand } : une histoire déjà signalée, désormais sur { $count } sites
mail-headline = { $brand } : { $count }
mail-heading = Règle « { $rule } »
mail-because = parce que
mail-deciding = ton donné par { $words }
mail-word = « { $word } » { $value }
mail-tags = thèmes : { $tags }
mail-found = trouvé { $when }
mail-others = { $count ->
    [one] Une autre mention
   *[other] { $number } autres mentions
}
mail-more-sites = { $count ->
    [one] et un autre site
   *[other] et { $number } autres sites
}
mail-attached = Les { $number } mentions sont dans le fichier joint mentions.csv.
# story : une histoire publiée à plusieurs endroits n’est dite qu’une fois.
mail-and-copies = , { $count ->
    [one] une republication
   *[other] { $count } republications
}
mail-story-copies = { $count ->
    [one] Aussi publié par { $sites }.
   *[other] { $count } republications : { $sites }.
}
mail-story-same-site = { $count ->
    [one] Une autre page du même site reprend ce texte.
   *[other] { $count } autres pages du même site reprennent ce texte.
}
mail-story-edited = Déjà signalé ; le texte a été modifié depuis.
mail-story-spreads = { $count ->
    [one] Histoire déjà signalée, publiée par { $sites }.
   *[other] Histoire déjà signalée, désormais sur { $count } sites : { $sites }.
}
mail-story-turns = { $count ->
    [one] Histoire déjà signalée ; le ton a changé.
   *[other] Histoire déjà signalée ; le ton a changé. Elle est sur { $count } sites : { $sites }.
}
mail-reason-first = Envoyé aussitôt : première mention depuis le dernier regroupement.
mail-reason-window = Regroupe les mentions reçues depuis le message précédent.
mail-reason-each = Un message par mention.
mail-reason-hours = Regroupe ce qui est arrivé en dehors des horaires de la règle.
mail-reason-cap = Regroupe ce que le plafond de la règle a retenu.
mail-reason-escalated = Relance : personne n’a répondu dans le délai de la règle.
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
mail-more-sources = et { $number } de plus
mail-foot-partial = Vues en partie seulement : { $names }.
mail-partial-strangers = { $name } (ce site ne montre pas tout à qui n’a pas de compte)
mail-partial-crowded = { $name } ({ $sources } sources se partagent les demandes de ce site : un tour prend { $minutes } min, plus que l’intervalle prévu)
mail-foot-change = Pour changer ou arrêter ces mails, modifiez cette règle et enregistrez le fichier : vigie le relit aussitôt.
mail-not-a-mail = un canal de mail ne sait envoyer que des mails
notify-slow = pas de réponse en { $seconds } s
mail-smtp-clear = sans chiffrement, seul un serveur de cette machine est accepté
mail-smtp-no-starttls = le serveur ne propose pas STARTTLS ; rien n’est envoyé en clair
mail-smtp-login-wanted = le serveur propose une identification : écrivez `username` et `password` sous `smtp:`
mail-smtp-unknown-issuer = cette machine ne connaît pas l’autorité qui a signé le certificat du serveur ; update-ca-certificates en ajoute une
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
notify-state-robots = exclue par robots.txt

notify-heading-coverage = Couverture
notify-heading-refusal = Configuration
notify-heading-dead_letter = Remise impossible
notify-heading-unwritable = Stockage
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
notify-recovered-foot = Rien à faire : les textes parus entre-temps sont rattrapés, si la source les montre encore.
notify-action-moved = Cherchez la nouvelle adresse et corrigez la ligne de la liste de veille.
notify-action-refused = Ouvrez l’adresse dans un navigateur ; demandez un accès au site ou un autre flux.
notify-action-robots = Cherchez le flux du site, ou demandez-lui d’autoriser vigie dans robots.txt.
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
notify-unwritable-subject = [vigie] La base ne peut plus être écrite
notify-unwritable-verdict = vigie ne peut plus écrire dans sa base
notify-unwritable-since = Depuis { $span } ({ $date }), aucune alerte ne part : ce qui a été lu attend, rien n’est perdu, et tout repart dès que la base peut être écrite.
notify-unwritable-action = Libérez de la place sur le disque de { $store }, ou vérifiez le disque et les droits du dossier ; vigie réessaie toutes les 5 secondes. Le système répond :
notify-unwritable-foot = Message envoyé directement, hors de la file d’envoi : il est répété une fois par jour tant que cela dure.
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
notify-test-foot = Envoyé par « vigie send-test ».

## Tonalité

sentiment-positive = Positif ({ $score })
sentiment-negative = Négatif ({ $score })
sentiment-neutral = Neutre ({ $score })
sentiment-irony = Incertain : ironie probable ({ $score })
sentiment-uncertain = Incertain : plainte à demi-mot ({ $score })
sentiment-uncertain-praise = Incertain : éloge à demi-mot ({ $score })
sentiment-rule-lexicon = lexique
sentiment-rule-emphasis = insistance
sentiment-rule-degree = degré
sentiment-rule-negation = négation
sentiment-rule-contrast = opposition
sentiment-rule-frame = tournure
sentiment-rule-irony = ironie
sentiment-rule-comparison = comparaison
sentiment-rule-target = cible
sentiment-event-beyond = plus que prévu
sentiment-event-contagion = d’autres le veulent
sentiment-event-delay = attente
sentiment-event-demand = exigence
sentiment-event-devoured = dévoré
sentiment-event-easy = sans effort
sentiment-event-failure = panne ou perte
sentiment-event-forced = contrainte
sentiment-event-helped = aide reçue
sentiment-event-imposed = sans l’accord
sentiment-event-lack = manque
sentiment-event-lasting = tient dans le temps
sentiment-event-leaning = indices faibles
sentiment-event-leave = départ
sentiment-event-loyal = fidélité
sentiment-event-price = hausse
sentiment-event-promise = promesse non tenue
sentiment-event-quick = vite réglé
sentiment-event-reaction = réaction du corps
sentiment-event-relief = soulagement
sentiment-event-repeated = répétition
sentiment-event-saved = gain
sentiment-event-stayed = envie de rester
sentiment-event-unsolved = non résolu
sentiment-unknown = Inconnu : le texte semble écrit en « { $language } » ; vigie lit le ton du français et de l’anglais.
sentiment-target = Envers « { $target } » ; le texte entier : { $score }
sentiment-no-target = « { $target } » n’est pas dans le texte : c’est le ton de l’ensemble.
sentiment-words = Les mots qui ont décidé :
sentiment-no-words = Aucun mot du lexique n’y figure.
sentiment-unreadable = L’entrée standard est illisible.
sentiment-too-long = Le texte dépasse 1 Mio : coupez-le, ou donnez un texte par ligne avec --jsonl.

## try
try-no-text = aucun texte : donnez un texte, un fichier, ou « - » pour l’entrée standard
try-title = titre
try-text = texte
try-links = liens
try-tags = étiquettes : { $tags }
try-source = Aucune source ne s’appelle « { $name } » ; il y a : { $known }.
try-words = mots décisifs :
try-no-words = aucun mot de ton
try-not-found = { $brand } : pas dans ce texte
try-only = les mots y sont, mais `only` écarte ce document
try-found = { $brand } : trouvée dans ce texte
try-too-large = recherche trop longue pour être détaillée
try-nothing = Aucune marque dans ce texte.

## send-test
send-test-unknown = aucun canal « { $channel } » dans les réglages ; ceux qui existent : { $known }
send-test-failed = { $channel } : rien n’est parti. { $error }
send-test-sent =
    { $count ->
        [one] { $channel } : un message accepté. Vérifiez qu’il est bien arrivé.
       *[other] { $channel } : { $count } messages acceptés. Vérifiez qu’ils sont bien arrivés.
    }

## reload
reload-gone = { $file } a été supprimé ou vidé : son dernier bon contenu reste en vigueur. Pour l’abandonner vraiment, rechargez vigie (systemctl reload vigie).
template-built-in = En attendant, le modèle fourni avec vigie sert à sa place.

## demo
demo-start = vigie observe un petit web sur cette machine : { $sites } sources qui répondent, { $ill } en panne. Ni réseau, ni configuration.
demo-baseline = Première lecture faite en { $seconds } s : ce qui était déjà là est enregistré, et personne n’est alerté du passé.
demo-publish = Les sites publient { $count } textes…
demo-edit = La Gazette modifie son article : autre titre, autre identifiant, même adresse. Pas de second mail.
demo-mail = mail à { $to }
demo-hook = webhook
demo-calm = La source « Calme » a répondu { $count } fois « rien de nouveau » (304) : elle n’a rien renvoyé d’inutile.
demo-times = De la publication au mail : { $fastest } s au plus vite, { $slowest } s au plus lent.
demo-kept = { $count } mails gardés (.eml, et .html à ouvrir dans un navigateur) : { $folder }
demo-next = Et pour votre marque :
demo-next-init = crée vigie.yaml et une première watchlist commentée
demo-next-check = dit ce qui ne va pas, et où
demo-next-run = veille
demo-missing = la démonstration n’a pas abouti : { $count } mentions ou pannes attendues n’ont pas été signalées

## config, keys and values
config-write = écrivez :
config-quoted = « { $text } »
config-file-missing = Ce fichier n’existe pas.
config-file-forbidden = Ce fichier ne peut pas être lu : le droit de lecture manque.
config-file-unreadable = Ce fichier ne peut pas être lu.
config-no-settings = Il n’y a pas de vigie.yaml ici, ni de /etc/vigie/vigie.yaml. `vigie init` en écrit un ; `--config FICHIER` en désigne un autre.
config-folder-missing = Le dossier des listes de veille, { $folder }, ne peut pas être lu : créez-le, ou corrigez `watchlists:` dans vigie.yaml.
config-folder-empty = Le dossier { $folder } ne contient aucune liste de veille (*.yaml) : `vigie init --brand NOM` en écrit une.
config-too-large = Ce fichier dépasse 4 Mio : répartissez les marques dans plusieurs fichiers.
config-utf16 = Ce fichier est enregistré en UTF-16 : enregistrez-le en UTF-8 (dans l’éditeur : « Enregistrer sous », codage UTF-8).
config-latin1 = Ce fichier n’est pas enregistré en UTF-8 (sans doute en Latin-1 ou Windows-1252) : ce caractère est illisible. Enregistrez le fichier en UTF-8.
config-control = Un caractère invisible ({ $code }) se trouve ici : effacez-le.
config-empty-file = Ce fichier est vide : il y faut au moins `brands:` ou `sources:`.
config-sign = Le signe { $sign } a un sens particulier quand il ouvre un texte : mettez le texte entre guillemets droits.
config-cut = Après un espace, # ouvre un commentaire : la suite du texte serait perdue. Mettez le texte entre guillemets droits (ou un espace après #, si c’est bien un commentaire).
config-colon = Un deux-points suivi d’un espace sépare une clé de sa valeur : mettez le texte entier entre guillemets droits.
config-apostrophe = L’apostrophe ferme ici les guillemets simples : prenez des guillemets doubles, ou aucun.
config-quote = Un guillemet ferme ici le texte, et d’autres mots suivent : mettez le texte entier entre guillemets.
config-unclosed-quote = Ce guillemet n’est jamais fermé.
config-unclosed-bracket = Le signe { $sign } n’est jamais fermé : ajoutez le signe fermant.
config-glued-dash = Il manque un espace après le tiret.
config-tab = Cette ligne commence par une tabulation : le retrait se fait avec des espaces.
config-no-break-space = Une espace insécable se trouve ici : remplacez-la par un espace ordinaire.
config-anchor = Les ancres (&) ne sont pas admises : donnez un nom à la liste sous `lists:`, puis citez-la par list: NOM entre accolades.
config-alias = Les renvois (*) ne sont pas admis : donnez un nom à la liste sous `lists:`, puis citez-la ici par list: NOM entre accolades.
config-merge = La fusion (<<) n’est pas admise : écrivez ici les clés elles-mêmes.
config-list-on-key-line = Une liste à tirets commence sur la ligne qui suit sa clé ; sur la même ligne, elle s’écrit entre crochets.
config-bracket = Le signe { $sign } se trouve au milieu d’un texte : mettez le texte entre guillemets droits.
config-deep = Plus de 32 niveaux les uns dans les autres : ce fichier n’est pas lu plus loin.
config-unreadable = La structure du fichier n’est plus lisible ici : vérifiez l’alignement (les espaces en début de ligne), les guillemets et les crochets de cette ligne et de la précédente.
config-reference = Les ancres, les renvois et les étiquettes (& * !) ne sont pas admis : mettez le texte entre guillemets droits, ou écrivez la valeur elle-même.
config-documents = Un fichier est un seul document : retirez cette ligne `---`.
config-complex-key = Une clé est un simple mot, suivi d’un deux-points.
config-duplicate-key = « { $key } » est déjà écrit ligne { $line } : réunissez les deux.
config-unknown-key-near = `{ $key }` n’est pas une clé connue ici ; sans doute `{ $near }`.
config-unknown-key-elsewhere = `{ $key }` ne s’écrit pas ici, mais sous `{ $under }` : vérifiez l’alignement.
config-unknown-key = `{ $key }` n’est pas une clé connue. Ici, on peut écrire : { $keys }.
config-glued-colon = Il manque un espace après `{ $key }:`.
config-match-needs-any = Sous `{ $key }` vient d’abord `any:` (un des termes suffit) ou `all:` (il les faut tous), puis la liste.
config-expected-block = Sous `{ $under }`, il faut des clés, une par ligne et en retrait, comme `{ $first }:`.
config-expected-value = `{ $key }` attend une seule valeur ici, ni liste ni clés en dessous.
config-expected-list = `{ $key }` attend une liste, même pour un seul élément.
config-expected-list-not-block = `{ $key }` attend une liste : une ligne par élément, chacune avec un tiret et un espace devant.
config-expected-dash = `{ $key }` est une liste : le premier mot de chaque élément, comme `{ $first }:`, a un tiret et un espace devant, et les autres s’alignent sous lui.
config-expected-names = Sous `{ $key }`, il faut des noms de votre choix, chacun suivi d’un deux-points et de son contenu.
config-nothing-written = Rien n’est écrit après `{ $key }:` ; complétez, ou retirez la ligne.
config-empty-item = Cet élément de `{ $key }` est vide : complétez-le, ou retirez-le.
config-empty-list = La liste `{ $key }` est vide : ajoutez un élément, ou retirez la clé.
config-empty-name = Un nom manque sous `{ $key }`.
config-list-in-list = Une liste se trouve directement dans une autre : écrivez `any:` ou `all:` devant, ou réunissez les deux.
config-guillemets = Les guillemets autour de { $text } ne font pas partie du texte ; les guillemets droits le disent mieux.
config-missing-key = Dans `{ $block }`, il manque `{ $key }:`.
config-choice = « { $word } » n’est pas possible pour `{ $key }` ; au choix : { $choices }.
config-duration = « { $text } » n’est pas une durée : écrivez un nombre et une unité sans espace, comme 30s, 10m, 4h ou 30d (jours).
config-duration-range = `{ $key }` va de { $least } à { $most } ; « { $text } » est en dehors.
config-number = `{ $key }` est un nombre entier de { $least } à { $most } ; « { $text } » n’en est pas un.
config-size = « { $text } » n’est pas une taille possible pour `{ $key }` : écrivez par exemple 8MiB (de 1KiB à 256MiB).
config-timezone = « { $name } » n’est pas un fuseau horaire connu : écrivez-le comme Europe/Paris.
config-language = « { $language } » n’est pas un code de langue : écrivez fr, en, de…
config-one-line = `{ $key }` tient sur une ligne de 200 caractères au plus, sans caractère invisible.
config-web-address = `{ $key }` attend une adresse complète, sans espace, qui commence par https:// ou http://.
config-private-address = Cette adresse est privée. Si c’est voulu, ouvrez-la dans vigie.yaml, sous `fetch:`, par allow_private: ["{ $entry }"]
config-allow-private = « { $text } » n’est pas une adresse à ouvrir : écrivez ADRESSE:PORT, [IPv6]:PORT ou RÉSEAU/BITS:PORT, comme "10.0.0.5:8888" ; pas de nom, et toujours un port.
config-proxy = `proxy` attend http://HÔTE:PORT ou https://HÔTE:PORT, et rien d’autre : ni SOCKS, ni script de configuration.
config-proxy-password = Le mot de passe du proxy ne doit pas figurer dans ce fichier : mettez l’adresse entière, http://NOM:MOT_DE_PASSE@HÔTE:PORT, dans un fichier que seul vigie peut lire, et écrivez proxy: {"{"}file: …{"}"}
config-contact = `contact` va dans un en-tête HTTP : une adresse web ou mail, sans espace, sans accent, sans parenthèses.
config-no-contact = Sans `contact:` sous `fetch:`, les sites visités ne savent pas à qui s’adresser : indiquez une page web ou une adresse mail.
config-literal-secret = Un secret ne s’écrit pas dans ce fichier. Dites où `{ $key }` se trouve : {"{"}credential: NOM{"}"}, {"{"}file: CHEMIN{"}"} ou {"{"}env: VARIABLE{"}"}.
config-secret-one-way = `{ $key }` se trouve à un seul endroit : `credential`, `file` ou `env`.
config-credential-name = « { $name } » n’est pas un nom de secret : un simple nom de fichier, sans /.
config-secret-no-credentials = Le secret { $reference } ne peut pas être lu ici : $CREDENTIALS_DIRECTORY n’est pas défini (systemd le définit, par LoadCredential=).
config-secret-missing = Le secret { $reference } n’existe pas.
config-secret-unreadable = Le secret { $reference } ne peut pas être lu.
config-secret-exposed = Le secret { $reference } peut être lu par d’autres utilisateurs : faites `chmod 600` sur ce fichier.
config-secret-empty = Le secret { $reference } est vide.
config-secret-not-text = Le secret { $reference } n’est pas une ligne de texte.
config-smtp-host = « { $host } » n’est pas un nom de serveur : écrivez par exemple smtp.acme.example, sans https:// ni port.
config-smtp-clear = `security: none` enverrait le mot de passe et les mails en clair à { $host } ; ce n’est admis que sur cette machine.
config-email-needs-smtp = Le canal « { $channel } » envoie des mails : ajoutez un bloc `smtp:` avec `host:` et `from:`.
config-channel-one-kind = Le canal « { $channel } » doit être d’une seule sorte : `email:`, `webhook:`, `slack:`, `teams:`, `discord:`, `mattermost:`, `telegram:` ou `ntfy:`.
config-mail-address = « { $text } » n’est pas une adresse mail : écrivez nom@domaine, ou "Nom <nom@domaine>".
config-recipient-twice = { $address } est déjà destinataire de ce canal.
config-webhook-clear = Un webhook en clair (http:) n’est admis que vers une adresse privée ouverte par `allow_private` ; prenez https:.
config-brand-id = « { $id } » ne peut pas être un identifiant : des lettres sans accent, des chiffres, - et _, 64 au plus. Le nom complet va sous `name:`.
config-brand-without-match = Cette marque ne dit pas quoi chercher : ajoutez `match:` avec `any:` et une liste de termes.
config-empty-match = Rien à chercher ici : écrivez `any:` ou `all:` avec une liste de termes.
config-none-alone = `none` seul trouverait presque tout : ajoutez `any:` ou `all:` à côté.
config-empty-term = Ce terme est vide : il trouverait tout. Complétez-le, ou retirez-le.
config-one-letter = Une seule lettre se trouve partout : précisez le terme, ou écrivez =X pour cette lettre exacte.
config-only-punctuation = « { $term } » n’a que de la ponctuation : il n’y a rien à chercher.
config-lone-operator = Le signe « { $sign } » ne cherche rien tout seul : écrivez le mot voulu.
config-long-term = Ce terme est trop long : une suite de mots compte 200 caractères au plus, un terme 256 Kio avec toutes ses alternatives.
config-term-together = « { $sign } » ne vont pas ensemble au début d’un terme : choisissez l’un des deux.
config-short-wildcard = À côté de * ou de ?, un mot doit compter au moins trois autres caractères, quatre après un * initial.
config-term-unbalanced = Le signe « { $sign } » est sans son pendant : les variantes s’écrivent (a|b). Devant un simple « { $sign } », mettez \.
config-term-deep = Trop de parenthèses imbriquées : huit niveaux au plus.
config-term-variants = Ces variantes donnent plus de 10 000 expressions : partagez le terme.
config-term-language = Après lang: vient le code d’une langue, comme fr ou en.
config-term-domain = Après site: vient un domaine, comme exemple.org.
config-duplicate-brand = La marque « { $id } » existe déjà ({ $place }) : donnez à celle-ci un autre identifiant.
config-example-missed = L’exemple « { $text } » devrait être trouvé par « { $brand } », et ne l’est pas : { $reason }
config-example-found = L’exemple « { $text } » ne devrait pas être trouvé par « { $brand } », et il l’est : { $reason }
config-why-found = on y trouve { $terms }.
config-why-none-of = aucun de ces termes n’y est ({ $terms }).
config-why-none-of-many = aucun des { $count } termes n’y est ({ $terms }…).
config-why-missing = « { $term } » (sous `all`) n’y est pas.
config-why-excluded = « { $term } » (sous `none`) y est.
config-why-masked = « { $term } » n’y est que dans des passages masqués (`mask`).
config-why-unknown = une condition de `match` n’est pas remplie.
config-matcher = Les termes ne tiennent pas ensemble en mémoire : { $detail }.
config-source-kind = Une source est une seule chose, sous `feed:`, `forum:`, `page:`, `json:` ou `search:`.
config-not-for-kind = `{ $key }` n’existe pas pour une source `{ $kind }` : retirez-le.
config-select-missing = Une source `{ $kind }` a besoin de `select:` avec au moins { $keys }.
config-fields-without-text = `fields` ne dit pas où trouver le texte : ajoutez `title:` ou `text:`.
config-selector = « { $text } » n’est pas un sélecteur CSS : vérifiez les crochets, les parenthèses et les guillemets ; l’attribut voulu vient à la fin, comme a @href.
config-pointer = « { $text } » (sous `{ $key }`) n’est ni un chemin dans le JSON, qui commence par /, ni un modèle avec un champ entre accolades.
config-every-short = Toutes les { $text }, c’est souvent pour un site qui n’est pas le vôtre : 5m ou plus est d’usage.
config-duplicate-source = Cette adresse est déjà écrite ligne { $line } : une seule fois suffit.
config-no-sources = Aucune source : rien ne sera lu pour ces marques. Ajoutez `sources:` avec par exemple `- feed: https://…`.
config-no-alerts = Aucune alerte : les mentions seront gardées, et personne ne sera prévenu. Ajoutez `alerts:`.
config-rule-without-channel = Cette alerte ne dit pas qui prévenir : ajoutez `to:` avec le nom d’un canal.
config-unknown-channel = Le canal « { $channel } » n’existe pas dans vigie.yaml ; il y a : { $channels }.
config-unknown-channel-near = Le canal « { $channel } » n’existe pas dans vigie.yaml ; sans doute « { $near } ».
config-no-channels = Le canal « { $channel } » n’existe pas : vigie.yaml n’a pas encore de `channels:`.
config-unknown-brand = La marque « { $id } » n’existe pas dans ce fichier.
config-unknown-brand-near = La marque « { $id } » n’existe pas dans ce fichier ; sans doute « { $near } ».
config-unknown-tag = L’étiquette « { $tag } » n’est définie par aucune marque de ce fichier (`tags:`).
config-unknown-tag-near = L’étiquette « { $tag } » n’est définie par aucune marque de ce fichier ; sans doute « { $near } ».
config-unknown-source = Aucune source ne s’appelle « { $name } » ; donnez ce nom à une source par `name:`.
config-unknown-source-near = Aucune source ne s’appelle « { $name } » ; sans doute « { $near } ».
config-duplicate-rule = Une alerte s’appelle déjà « { $name } », ligne { $line } : donnez à celle-ci un autre nom.
config-not-for-coverage = `{ $key }` ne va pas avec `on: coverage`, qui parle des sources : retirez-le.
config-not-for-rule = `{ $key }` ne va pas avec `on: { $on }` : retirez-le.
config-hours = « { $text } » n’est pas un horaire : des jours puis des heures, comme "lun-ven 08:00-20:00", ou always.
config-cap = « { $text } » n’est pas un plafond : un nombre de messages par durée, comme 12/h ou 30/d.
config-length = `{ $key }` va de { $least } à { $most } ; « { $text } » n’est pas une durée de cet ordre.
config-time = « { $text } » n’est pas une heure : écrivez-la comme "08:00".
config-days-of-week = « { $text } » n’est pas une suite de jours : écrivez par exemple mon-fri (ou lun-ven).
config-spike-window = « { $text } » n’est pas une fenêtre de pic : 15m, 30m ou 1h.
config-group = « { $text } » n’est pas une durée : écrivez par exemple 10m, ou off pour un message par mention.
config-group-range = `group` va de 1s à 7d, ou off ; « { $text } » est en dehors.
config-score = « { $text } » n’est pas une condition sur le score : un signe (<, <=, >, >=) puis un nombre de -1 à 1, entre guillemets droits.
config-site = « { $site } » n’est pas un nom de site : écrivez-le comme forum.example, sans https:// ni chemin.
config-loaded =
    Tout est en ordre : { $brands ->
        [one] { $brands } marque
       *[other] { $brands } marques
    }, { $terms ->
        [one] { $terms } terme
       *[other] { $terms } termes
    }, { $sources ->
        [one] { $sources } source
       *[other] { $sources } sources
    }.
config-refused =
    { $errors ->
        [one] { $errors } erreur à corriger.
       *[other] { $errors } erreurs à corriger.
    }
config-init-exists = { $file } existe déjà et n’a pas été touché : retirez-le, ou travaillez dans un autre dossier.
config-init-failed = { $file } ne peut pas être écrit : { $reason }
config-init-written = Écrit : { $file }
config-init-next = Complétez ces deux fichiers, puis lancez : vigie check
config-init-brand = Ce nom de marque ne peut pas servir : il faut au moins un mot de deux lettres, sur une ligne.
config-webhook-secret = Le secret { $reference } n’est pas de la bonne forme : whsec_ suivi de 24 à 64 octets en base64, par exemple par `echo whsec_$(openssl rand -base64 32)` ; le temps de le remplacer, jusqu’à quatre, un par ligne.

# search — presets of forums and of search endpoints
search-preset-of-search = « { $name } » est un point de recherche et non un moteur de forum : écrivez-le sous `search:`.
search-preset-of-forum = « { $name } » est un moteur de forum et non un point de recherche : écrivez `forum: ADRESSE` et `preset: { $name }`.
search-preset-native = `{ $key }` ne sert à rien ici : le préréglage `{ $preset }` lit le flux propre du forum. Retirez-le.
search-preset-front = Le préréglage `{ $preset }` lit les messages de tout le forum : écrivez l’adresse de sa page d’accueil.
search-no-endpoint = `{ $preset }` n’a qu’une adresse, et vigie la connaît : retirez `endpoint:`.
search-no-query = `{ $preset }` ne prend pas de requête, elle est dans l’alerte elle-même : retirez `query:`.
search-endpoint-missing = `{ $preset }` a besoin de `endpoint:` : l’adresse du site ou de l’instance où chercher.
search-endpoint-site = `endpoint:` est l’adresse du site ou de l’instance, par exemple https://site.example, sans rien après ? ou #.
search-endpoint-name = `endpoint:` est le nom court du site pour `{ $preset }`, par exemple stackoverflow ou french.stackexchange.
search-endpoint-start = `endpoint:` est ici une adresse qui commence par { $start } : celle du flux que le service vous a donnée.
search-query-words = `{ $preset }` a besoin de `query:`, des mots à chercher, 256 caractères au plus.
search-query-tag = `{ $preset }` suit un mot-clic : écrivez `query:` avec un seul mot, avec ou sans #.
search-query-name = `{ $preset }` suit une chaîne ou une liste : écrivez `query:` avec son identifiant (UC… ou PL…).
search-query-label = `{ $preset }` suit un blog : écrivez `query:` avec son nom (lettres, chiffres, traits d’union).
search-query-number = `{ $preset }` suit une application : écrivez `query:` avec son numéro, celui qui suit « id » dans son adresse.
search-query-path = `{ $preset }` suit une personne ou un tableau : écrivez `query:` avec NOM ou NOM/TABLEAU.
search-query-missing = `{ $preset }` a besoin de `query:` : ce fichier n’a pas de marque dont prendre les termes.
search-query-one = `{ $preset }` ne cherche qu’une chose à la fois, et les marques de ce fichier ont { $count } termes : écrivez `query:`, et une source pour chaque terme.
search-query-long = Les { $count } termes des marques font une requête trop longue pour `{ $preset }` : écrivez `query:`, en plusieurs sources s’il le faut.
search-query-not-plain = La marque « { $brand } » ne se cherche pas par des mots simples : écrivez `query:` pour `{ $preset }`.
search-query-partial = `{ $preset }` est interrogé avec { $query }. Ce qui n’est écrit qu’ainsi lui échappe : { $missed }. Pour tout avoir, écrivez `query:`, ou ajoutez une source avec `query:`.
search-walled-google-plus = Google+ est fermé depuis 2019 : il n’y a plus rien à y chercher. Pour le reste du web : `search: google-alerts`.
search-walled-viadeo = Viadeo ne se laisse pas chercher. Ce qui reste : une alerte Google « site:viadeo.com VOTRE MARQUE » lue par `search: google-alerts`.
search-walled-xing = Les groupes de Xing sont fermés depuis 2023 et le site ne se laisse pas chercher. Ce qui reste : une alerte Google « site:xing.com VOTRE MARQUE » lue par `search: google-alerts`.
search-walled-facebook = Facebook ne se laisse pas chercher par mots-clés (CrowdTangle est fermé depuis août 2024). Ce qui reste : une alerte Google « site:facebook.com VOTRE MARQUE » lue par `search: google-alerts`, et les courriels de notification de vos pages.
search-walled-instagram = Instagram ne se laisse pas chercher. Ce qui reste : une alerte Google « site:instagram.com VOTRE MARQUE » lue par `search: google-alerts`, et les courriels de notification de votre compte.
search-walled-x = X (Twitter) ne se lit qu’en payant chaque message. Ce qui reste : une alerte Google « site:x.com VOTRE MARQUE » lue par `search: google-alerts`, et les courriels de notification de votre compte.
search-walled-linkedin = LinkedIn ne se laisse pas chercher. Ce qui reste : une alerte Google « site:linkedin.com VOTRE MARQUE » lue par `search: google-alerts`, et les courriels de notification de votre page.
search-login = `{ $preset }` demande un compte : écrivez `auth:` avec basic, username (l’identifiant) et password, un mot de passe d’application.

# mail — boîtes aux lettres ; json — adresses à compléter ; dates
mail-one-of = `mail:` prend une boîte : `maildir: DOSSIER`, ou `imap:` avec host, username et password.
mail-folder = `maildir` attend le chemin d’un dossier, celui qui contient new et cur.
mail-host = `host` est le nom du serveur de courrier, comme imap.exemple.fr, sans https:// ni chemin.
mail-security = Sans protection, le mot de passe passerait en clair : `security: none` ne vaut que sur cette machine. Écrivez tls ou starttls.
json-placeholder = « {"{"}{ $text }{"}"} » ne veut rien dire dans une adresse. Ce qui se remplit : { $known }.
json-no-place = L’adresse n’a pas de place pour `query:` : écrivez-y {"{"}query{"}"}, ou retirez `query:`.
json-place-elsewhere = « {"{"}{ $text }{"}"} » ne se remplit que dans l’adresse d’un point `json:`, pas sous `{ $kind }:`.
date-format-letter = « { $letters } » ne veut rien dire dans `date_format` : jj/MM/aaaa HH:mm, dd/MM/yyyy ou %d/%m/%Y, et le texte fixe entre apostrophes.
date-format-incomplete = `date_format` dit où sont au moins le jour et le mois, en 80 caractères au plus : par exemple dd/MM/yyyy HH:mm.

# discover — vigie discover
discover-asking = { $address } …
discover-engine = Moteur reconnu : { $engine }.
discover-no-topics = Le préréglage `{ $preset }` ne trouve pas de liste de sujets sur cette page : donnez l’adresse d’un forum, celle de la liste de ses sujets.
discover-nothing = { $input } : aucune source trouvée. Un site sans flux se lit par `page:` et des sélecteurs, ou par `search: google-alerts` avec « site: ».
discover-left-out = Laissée de côté, car ce n’est pas une adresse publique http ou https : { $address }
discover-no-feed = Laissée de côté, ce n’est pas un flux ouvert à tous : { $address }
discover-cannot-read = { $file } ne peut pas être lu : { $reason }
discover-no-opml = { $file } n’est pas une liste OPML.

# watchlist: expressions, lists, limits, query lines
config-stands-alone = `{ $key }` est seul dans son bloc : mettez `{ $other }` dans un autre élément (un tiret de plus), ou réunissez les deux sous `all:`.
config-within-what = `within` dit où `{ $with }` doit tenir : écrivez `{ $with }:` à côté, ou retirez-le.
config-mask-unless = `unless` va avec `term` : écrivez term: le passage à masquer, puis unless: ce qui le laisse compter.
config-sequence-of-one = Une suite a au moins deux éléments.
config-no-lists = La liste « { $list } » n’existe pas : ce fichier n’a pas de `lists:`.
config-unknown-list = La liste « { $list } » n’existe pas dans ce fichier ; il y a : { $lists }.
config-unknown-list-near = La liste « { $list } » n’existe pas dans ce fichier ; sans doute « { $near } ».
config-list-in-lists = Une liste de `lists:` n’en nomme pas une autre : écrivez ici ses termes.
config-listed = Les listes apportent ici plus de { $most } termes à ce fichier : c’est trop.
config-day = « { $text } » n’est pas un jour : écrivez-le comme 2026-11-20 (année-mois-jour).
config-days-order = `until` précède `from` ({ $from }) : il ne reste aucun jour.
config-match-and-query = `query` et `match` disent la même chose de deux façons : gardez l’un des deux.
config-line-empty = Il manque ici une recherche : des mots, ou une parenthèse qui en contient.
config-line-unclosed = Le signe { $word } n’est jamais fermé dans cette recherche.
config-line-unopened = Cette parenthèse ne ferme rien.
config-line-operand = Il manque quelque chose à côté de « { $word } » : un mot, une "phrase" ou une parenthèse.
config-line-mixed = AND et OR se suivent : les outils ne s’accordent pas sur ce que cela veut dire. Mettez des parenthèses.
config-line-or-not = « OR NOT » trouverait presque tout : écrivez NOT seul, après une parenthèse.
config-line-only-not = NOT seul trouverait presque tout : écrivez aussi ce qui doit être trouvé.
config-line-lowercase = « { $word } » : en majuscules, c’est un opérateur ; si c’est un mot à chercher, mettez-le entre guillemets.
config-line-separator = « { $word } » entre des mots n’est pas un opérateur : écrivez OR pour l’un ou l’autre, AND pour les deux ; si le signe fait partie d’un texte, mettez ce texte entre guillemets.
config-line-field = Le champ « { $word } » n’existe pas ici ; il y a title: author: site: lang: source: company:. Si c’est un texte, mettez-le entre guillemets.
config-line-distance = « { $word } » n’est pas un nombre de mots : écrivez NEAR/5, ONEAR/5, "deux mots"~5 ou ATLEAST/2, jusqu’à 1000.
config-line-deep = Plus de 64 parenthèses ou opérateurs les uns dans les autres : cette recherche n’est pas lue plus loin.
config-line-long = Cette recherche dépasse 100 000 caractères : répartissez-la, ou prenez `match:` et `lists:`.
config-why-but = « { $term } » y est (position { $at }), mais { $reason }
config-why-no-company = « { $term } » n’y agit pas comme une entreprise (`company`).
config-why-apart = les deux côtés de `near` sont trop loin l’un de l’autre (words: { $words }).
config-why-order = les éléments de `sequence` ne se suivent pas dans l’ordre (words: { $words }).
config-why-times = il en faut { $times } (`at_least`), il y en a { $found }.
config-why-sentence = pas dans la même phrase (`within: sentence`).

# report, digest : rapports et bilans
report-weekday-1 = lundi
report-weekday-2 = mardi
report-weekday-3 = mercredi
report-weekday-4 = jeudi
report-weekday-5 = vendredi
report-weekday-6 = samedi
report-weekday-7 = dimanche
report-month-1 = janvier
report-month-2 = février
report-month-3 = mars
report-month-4 = avril
report-month-5 = mai
report-month-6 = juin
report-month-7 = juillet
report-month-8 = août
report-month-9 = septembre
report-month-10 = octobre
report-month-11 = novembre
report-month-12 = décembre
report-period-hours = de { $from } à { $to }
report-period-days = du { $from } au { $to }
report-period-week = semaine du { $from } au { $to }
report-first-day = 1er
report-before-day = la veille
report-before-week = la semaine d’avant
report-before-month = le mois d’avant
report-before-period = la période d’avant
report-mentions = { $count ->
    [one] { $number } mention
   *[other] { $number } mentions
}
report-verdict = { $name } : { $mentions }, ton net { $net }
report-verdict-toneless = { $name } : { $mentions }
report-verdict-none = { $name } : aucune mention
report-subject = { $period } : { $mentions }
report-subject-none = { $period } : aucune mention
report-others = { $count ->
    [one] une autre marque
   *[other] { $count } autres marques
}
report-net = ton net { $net }
report-card-mentions = Mentions
report-card-tone = Ton net
report-card-negative = Négatives
report-card-voice = Part de voix
report-series-hour = Mentions par heure
report-series-day = Mentions par jour
report-series-week = Mentions par semaine
report-series-alt = { $title } ; au plus haut { $count } ({ $at }).
report-tone-hour = Ton net par heure
report-tone-day = Ton net par jour
report-tone-week = Ton net par semaine
report-hour = { $hour } h
report-labelled = { $label } : { $value }
report-rhythm = Jours et heures
report-table-objectives = Objectifs
report-table-campaign = Avant, pendant, après la campagne
report-table-voice = Part de voix
report-table-brands = Par marque
report-table-tags = De quoi l’on parle
report-table-stories = Sujets repris
report-table-sites = Sites les plus actifs
report-table-sources = Sources les plus actives
report-table-authors = Auteurs les plus actifs
report-table-terms = Termes trouvés
report-at-least = au moins { $value }
report-at-most = au plus { $value }
report-objective-met = tenu
report-objective-missed = manqué
report-objective-none = rien à mesurer
report-figure-tone = ton net
report-figure-negative = part négative
report-figure-positive = part positive
report-figure-voice = part de voix
report-figure-mentions = mentions par jour
report-phase-before = Avant
report-phase-during = Pendant
report-phase-after = Après
report-per-day = { $mean } par jour
report-campaign-share = part de voix { $share }
report-sites = { $count ->
    [one] { $count } site
   *[other] { $count } sites
}
report-new-sites = Sites qui en parlent pour la première fois
report-new-sites-how = Les adresses des flux sont supposées : la commande écrite au-dessus de chacune trouve la vraie.
report-new-sites-paste = Dans une liste qui a déjà « sources: », ne collez que les lignes sous cette clé.
report-unanswered = { $count ->
    [one] { $number } mention négative ou incertaine signalée reste sans réponse notée (« vigie handled »).
   *[other] { $number } mentions négatives ou incertaines signalées restent sans réponse notée (« vigie handled »).
}
report-older = { $count ->
    [one] { $number } texte était déjà là au début de la surveillance : il n’est pas compté.
   *[other] { $number } textes étaient déjà là au début de la surveillance : ils ne sont pas comptés.
}
report-repeats = { $count ->
    [one] { $number } mention revient d’une page déjà comptée : elle ne l’est pas deux fois.
   *[other] { $number } mentions reviennent de pages déjà comptées : elles ne le sont pas deux fois.
}
report-foot-tone = Ton net : (positives − négatives) ÷ mentions de ton connu × 100, de −100 à +100. Le jour compté est celui où vigie a lu le texte.
report-no-brand = La marque « { $brand } » n’existe dans aucune liste ; il y a : { $brands }.
report-no-brands = Aucune marque n’est suivie : il n’y a rien à rapporter.
report-no-days = La marque « { $brand } » n’a pas de `from:` : une campagne a besoin de son premier jour.
report-not-begun = La campagne « { $brand } » commence le { $day } : il n’y a encore rien à rapporter.
report-moment = « { $text } » n’est pas un moment : écrivez 7d, 24h, 2026-11-20 ou 2026-11-20T08:00.
report-order = La fin précède le début : il ne reste rien à rapporter.
report-written = Écrit : { $file }
report-unwritten = { $file } ne peut pas être écrit : { $reason }
digest-heading = Règle « { $rule } » · { $period }
digest-told = déjà signalée
digest-unanswered = Sans réponse notée ({ $number })
digest-unanswered-how = { $count ->
    [one] Déjà traitée ? « vigie handled { $ids } » le note.
   *[other] Déjà traitées ? « vigie handled { $ids } » le note.
}
digest-unanswered-more = { $count ->
    [one] Une autre : « vigie mentions --unanswered ».
   *[other] { $number } autres : « vigie mentions --unanswered ».
}
digest-worst = Les plus négatives
digest-waited = { $count ->
    [one] Une mention qui attendait ce bilan
   *[other] { $number } mentions qui attendaient ce bilan
}
digest-brands = { $count } marques
digest-silence = { $well ->
    [one] La source répond : c’est un silence, pas une panne.
   *[other] Les { $well } sources répondent : c’est un silence, pas une panne.
}
digest-well = { $well ->
    [one] Côté sources, tout va bien : la source répond.
   *[other] Côté sources, tout va bien : les { $well } répondent.
}

# mentions, forget
mentions-head-date = date
mentions-head-brand = marque
mentions-head-tone = ton
mentions-head-site = site
mentions-head-title = titre
mentions-more = … et d’autres : --limit en montre plus.
mentions-bad-words = La recherche « { $text } » n’a aucun mot à chercher.
forget-what = Dites qui ou quoi oublier, d’une seule façon : --author NOM, --url ADRESSE ou --mention NUMÉRO.
forget-done = Effacé : { $mentions ->
        [one] { $mentions } mention
       *[other] { $mentions } mentions
    }, { $texts ->
        [one] { $texts } texte conservé
       *[other] { $texts } textes conservés
    }, { $messages ->
        [one] { $messages } message en attente
       *[other] { $messages } messages en attente
    }.
forget-nothing = Rien à effacer : la base n’en a pas trace. La demande est consignée.
forget-retention = Supprimé au terme de la conservation : { $mentions ->
        [one] { $mentions } mention
       *[other] { $mentions } mentions
    }, { $texts ->
        [one] { $texts } texte conservé
       *[other] { $texts } textes conservés
    }, { $messages ->
        [one] { $messages } message
       *[other] { $messages } messages
    }.
forget-record = Consigné le { $time }, empreinte { $hash }
forget-record-retention = Consigné le { $time }
forget-no-records = Rien n’a encore été effacé.
config-objective-bounds = Cet objectif n’a pas de borne : ajoutez `at_least:` ou `at_most:`.
config-objective-order = `at_least` dépasse `at_most` : rien ne peut tenir cet objectif.
config-objective-number = « { $text } » n’est pas une valeur possible pour `{ $figure }` : un nombre de { $least } à { $most }.

# sentiment : la clé `sentiment:` et les seuils

config-sentiment-valence = « { $word } » : « { $text } » n’est pas un ton : écrivez un nombre de -4 (très négatif) à 4 (très positif), ou 0 pour aucun ton.
config-sentiment-word = « { $word } » : un mot, ou une expression de { $most } mots au plus, sans signe seul.
config-sentiment-many = `{ $key }` a plus de { $most } lignes : gardez celles qui corrigent le lexique.
config-sentiment-threshold = « { $text } » n’est pas un seuil : écrivez reviews (avis), posts (messages), news (presse), ou un nombre entre 0 et 1 tel que 0.3.

# correct, evaluate : vigie correct, vigie sentiment --evaluate

correct-done = Mention { $mention } : notée { $tone }. `vigie sentiment --evaluate` en tiendra compte.
correct-no-mention = Aucune mention { $mention } : `vigie mentions` donne les numéros.
evaluate-none = Aucune mention corrigée. Quand un ton est faux : vigie correct NUMÉRO --polarity negative (ou neutral, positive).
evaluate-watchlists = Les listes de veille ont des erreurs : `vigie check` les montre.
evaluate-folder = Le dossier { $folder } ne peut pas être lu : { $error }
evaluate-right = { $team } : { $right } sur { $all } { $all ->
    [one] mention corrigée a
   *[other] mentions corrigées ont
} maintenant le bon ton.
evaluate-corner = dit ↓ trouvé →
evaluate-wrong = Encore fausses (trouvé → dit) :
evaluate-more = et { $count } autres
evaluate-words = Mots à ajouter dans { $team } :
evaluate-gain = en corrige { $mended }{ $broken ->
    [0] {""}
   *[other] , en fausse { $broken }
}

# backup, restore, doctor

backup-done = { $file } : { $kilobytes } ko, vérifié. Gardez-le ailleurs que sur cette machine.
backup-failed = { $file } : la sauvegarde n’a pas abouti : { $error }
restore-running = Le démon tourne (processus { $pid }) : arrêtez-le d’abord, par exemple avec systemctl stop vigie.
run-store-damaged = { $path } : la base est abîmée ({ $fault }). Elle est gardée telle quelle ; remplacez-la par la dernière sauvegarde avec `vigie restore SAUVEGARDE`, ou déplacez-la pour repartir à neuf.
restore-done = { $store } : restauré.
restore-done-aside = { $store } : restauré. L’ancienne base est gardée : { $aside }
restore-failed = { $file } : rien n’a été restauré : { $error }
doctor-files =
    { $file } et les listes de veille sont bons : { $brands ->
        [one] { $brands } marque
       *[other] { $brands } marques
    }, { $terms ->
        [one] { $terms } terme
       *[other] { $terms } termes
    }, { $sources ->
        [one] { $sources } source
       *[other] { $sources } sources
    }.
doctor-files-refused = { $file } ou une liste de veille a des erreurs : lancez `vigie check`.
doctor-credential = { $text }
doctor-no-store = { $path } n’existe pas encore : le premier `vigie run` crée la base.
doctor-store = { $path } : la base est intègre.
doctor-store-damaged = { $path } : la base est abîmée ({ $fault }). Arrêtez le démon, puis `vigie restore` avec la dernière sauvegarde.
doctor-store-unread = { $path } ne peut pas être lu : { $error }
doctor-running = Le démon tourne (processus { $pid }).
doctor-not-running = Le démon ne tourne pas : systemctl start vigie, ou vigie run.
doctor-dead-letters = { $count ->
    [one] Un message n’est jamais parti
   *[other] { $count } messages ne sont jamais partis
} : `vigie status` dit pourquoi.
doctor-disk = { $folder } : { $megabytes } Mo libres.
doctor-disk-full = { $folder } : plus que { $megabytes } Mo libres. Faites de la place, ou baissez `retention`.
doctor-disk-unread = { $folder } : la place libre ne peut pas être lue : { $error }
doctor-clock = L’horloge est à l’heure.
doctor-clock-off = L’horloge a { $seconds } s d’écart avec le web : activez la synchronisation (timedatectl set-ntp true).
doctor-clock-back = L’horloge a reculé : des sources ont été lues « dans le futur ». Vérifiez la date (timedatectl).
doctor-names = { $count ->
    [one] Le nom d’hôte est trouvé.
   *[other] Les { $count } noms d’hôtes sont trouvés.
}
doctor-names-unknown = { $unknown ->
    [one] Un nom d’hôte sur { $count } est introuvable
   *[other] { $unknown } noms d’hôtes sur { $count } sont introuvables
} : { $named }. Vérifiez les adresses des sources.
doctor-names-none = Aucun des { $count } noms d’hôtes n’est trouvé : vérifiez le réseau et /etc/resolv.conf.
doctor-names-slow = Les noms d’hôtes ne sont pas trouvés en { $seconds } s : vérifiez le réseau et /etc/resolv.conf.
doctor-mail = { $server } : le serveur de mail accepte la connexion. `vigie send-test CANAL` envoie un vrai message.
doctor-mail-ill = Le serveur de mail ne laisse pas entrer : { $error }
doctor-replies = { $mailbox } : les réponses aux mails peuvent être lues.
doctor-replies-ill = { $mailbox } : les réponses aux mails ne peuvent pas être lues : { $error }

## access : ce qu’une source envoie de secrets

access-place = Un secret se place dans le chemin ou les paramètres d’une adresse, comme dans /prive.rss?token={"{"}secret:NOM{"}"} ; pour un nom et un mot de passe, il y a `auth: {"{"}basic: …{"}"}`.
access-username = Un nom d’utilisateur n’a ni deux-points ni saut de ligne.
access-auth = `auth` contient soit `basic: {"{"}username: NOM, password: {"{"}credential: NOM{"}"}{"}"}`, soit `bearer: {"{"}credential: NOM{"}"}`.
access-credential-only = Dans une liste de veille, `{ $key }` est seulement nommé, {"{"}credential: NOM{"}"}, et vigie.yaml liste ce nom sous `watchlist_credentials`.
access-literal = Un secret ne s’écrit pas dans une liste de veille. Nommez-le : { $key }: {"{"}credential: NOM{"}"}, et listez ce nom sous `watchlist_credentials` dans vigie.yaml.
access-not-listed = Le secret « { $name } » n’est pas listé sous `watchlist_credentials` dans vigie.yaml : les listes de veille ne peuvent nommer que ceux-là.
access-not-listed-near = Le secret « { $name } » n’est pas listé sous `watchlist_credentials` dans vigie.yaml. Vouliez-vous dire « { $near } » ?
access-header-name = « { $name } » n’est pas un nom d’en-tête : des lettres sans accent, des chiffres et des tirets.
access-header-reserved = L’en-tête « { $name } » est écrit par vigie : retirez-le. (Le User-Agent donne `fetch: contact`.)
access-header-twice = L’en-tête « { $name } » est envoyé deux fois ; `auth` est une façon d’écrire Authorization.
access-header-value = La valeur de l’en-tête « { $name } » contient un saut de ligne ou un autre caractère de contrôle, ou elle est trop longue.

# policy : pics, silences, relances, modération, sourdines
spike-peak = PIC ×{ $factor } : { $count } mentions en { $span } (d’habitude { $usual })
spike-peak-negative = PIC ×{ $factor } : { $count } négatives en { $span } (d’habitude { $usual })
spike-headline = { $brand } : { $peak }
spike-when = Du { $from } au { $until }.
spike-when-day = Le { $day }, de { $from } à { $until }.
spike-share = { $share } % des mentions sont négatives, contre { $usual } % d’habitude.
spike-sites = Par site
spike-foot = « D’habitude » se mesure sur les { $days } derniers jours, heure par heure et jour par jour de la semaine.
notify-dry-subject = { $count ->
    [one] [vigie] { $name } : plus aucune mention depuis { $span }
   *[other] [vigie] { $count } marques sans mention depuis { $span }
}
notify-dry-verdict = { $count ->
    [one] Plus rien n’arrive d’une marque dont on parlait sans cesse
   *[other] Plus rien n’arrive de { $count } marques dont on parlait sans cesse
}
notify-dry-line = aucune mention depuis { $span } ({ $date }), au lieu de { $usual } d’habitude
notify-dry-action = Vérifiez que ses sources répondent encore comme avant : « vigie status ».
notify-heard-subject = { $count ->
    [one] [vigie] { $name } : les mentions reviennent
   *[other] [vigie] { $count } marques : les mentions reviennent
}
notify-heard-verdict = { $count ->
    [one] On reparle d’une marque restée sans mention
   *[other] On reparle de { $count } marques restées sans mention
}
notify-heard-line = de nouveau des mentions, après { $span } de silence
notify-heard-foot = Rien à faire : les mentions sont signalées comme avant.
notify-dry-foot = L’avis revient chaque jour tant que rien n’arrive ; la première mention y met fin.
mute-story = histoire { $value }
mute-site = site { $value }
mute-author = auteur { $value }
mute-brand = marque { $value }
mute-done = En sourdine jusqu’au { $until } : { $what }. Pour lever la sourdine : vigie unmute { $id }
mute-line = { $id } · { $what } · jusqu’au { $until }
mute-none = Rien n’est en sourdine.
mute-none-such = Il n’y a pas de sourdine { $id } : vigie mute --list les montre.
mute-ended = La sourdine { $id } est levée.
mute-no-story = « { $text } » n’est pas une histoire : douze chiffres hexadécimaux, comme les montre vigie mentions --json.
mute-until = « { $text } » n’est pas une fin : un jour (2026-12-01), un moment (2026-12-01T08:00) ou une durée (7d).
mute-past = Cette fin est passée : { $until }.
handled-done = { $count ->
    [one] Une mention est prise en charge : elle ne sera pas relancée.
   *[other] { $count } mentions sont prises en charge : elles ne seront pas relancées.
}
handled-beside = { $count ->
    [one] Et une republication du même message.
   *[other] Et { $count } republications du même message.
}
handled-missing = { $count ->
    [one] Un de ces numéros n’est celui d’aucune mention : vigie mentions les montre.
   *[other] { $count } de ces numéros ne sont ceux d’aucune mention : vigie mentions les montre.
}
mail-subject-escalation = Sans réponse :
mail-verdict-escalation = Personne n’a répondu depuis { $span } · { $verdict }
mail-verdict-moderation = À modérer · { $verdict }
mail-foot-handled = Quelqu’un s’en charge ? « vigie handled { $ids } » arrête la relance.
moderation-subject = À modérer ({ $tags }) :
moderation-tag-insult = insulte
moderation-tag-hate = haine
moderation-tag-racism = racisme
moderation-tag-threat = menace
moderation-tag-defamation = diffamation
moderation-tags = Relevé : { $tags }
moderation-passage = « { $text } »
moderation-copy = Copie conservée et jointe : { $file }
moderation-seal = SHA-256 { $hash }

# cli::backtest
try-config-or-watchlist = --config et --watchlist ne vont ensemble qu’avec --backtest.
backtest-since = --since { $written } : attendu un nombre et une unité, comme 7d ou 12h.
backtest-off = `keep_entries` vaut 0 : vigie ne garde aucun texte, il n’y a rien à rejouer.
backtest-shorter = Les textes sont gardés { $kept } (`keep_entries`) : la période demandée, { $asked }, est ramenée à cette durée.
backtest-nothing = Aucun texte gardé depuis le { $since }. vigie garde les textes de ce qu’elle relève pendant { $kept } : laissez tourner `vigie run`, puis recommencez.
backtest-read = { $entries ->
    [one] { $entries } entrée relue depuis le { $since }.
   *[other] { $entries } entrées relues depuis le { $since }.
}
backtest-brand = marque
backtest-before = avant
backtest-after = après
backtest-gained = gagnées
backtest-lost = perdues
backtest-more = et { $count } de plus (toutes avec --json)
backtest-same = Aucune mention gagnée ni perdue.

route-now = tout de suite ({ $reason })
route-at = { $when } ({ $reason })
route-missed = non : ne remplit pas `{ $key }`
route-none = non : { $reason }
route-muted = non : en sourdine jusqu’au { $until }
route-digest = compte dans le bilan du { $when }
route-counted = compte pour les pics
route-escalation =  ; sans réponse, { $to } le { $when }
route-time = --at : écrivez un moment comme 2026-11-20T21:00.

# chat : Slack, Teams, Discord, Mattermost, Telegram, ntfy
chat-url = Ce que contient { $reference } n’est pas une adresse web : copiez en entier celle que { $service } affiche, avec https://.
chat-telegram-token = Ce que contient { $reference } n’est pas le jeton d’un bot : copiez en entier celui que donne @BotFather, comme 123456789:AAE….
chat-telegram-chat = « { $text } » n’est pas une conversation de Telegram : écrivez son numéro, comme -1001234567890, ou le "@nom" d’un canal public.
chat-ntfy-token = Ce que contient { $reference } n’est pas un jeton de ntfy : ni espace, ni accent.
chat-ntfy-topic = Un sujet de ntfy a de 1 à 64 lettres sans accent, chiffres, - et _.
chat-ntfy-public = Sur ntfy.sh, qui devine ce sujet lit vos alertes : choisissez-le long, donnez-le par référence ({"{"}credential: NOM{"}"}), ou réservez-le et ajoutez `token:`.
chat-server = `server` attend l’adresse d’un serveur, comme { $usual }, sans « ? » ni « # ».
chat-not-a-chat = ce message a été préparé pour un autre service
chat-said = { $service } a répondu { $status } : { $said }
chat-said-nothing = { $service } a répondu { $status }
chat-moved = la conversation a changé de numéro : écrivez chat: { $chat } dans vigie.yaml
chat-copy = Copie conservée par vigie, SHA-256 { $hash }
chat-id = Message { $id }
chat-quote = « { $text } »
chat-untitled = (sans titre)

# atom : fichiers Atom des mentions
atom-title = vigie : { $brand }
atom-because = { $tone } · { $site } · parce que { $terms }

# notify::answers
answer-mine = Je m’en occupe
answer-handled = Traité
answer-not-us = Pas nous
answer-positive = Ton positif
answer-neutral = Ton neutre
answer-negative = Ton négatif
answer-mute-story = Sourdine 7 jours
answer-forward = Transférer à { $channel }
answer-all = Pour toutes :
answer-hint-links = Chaque lien d’action ouvre un message prêt à envoyer.
answer-hint = Pour réagir, répondez à ce mail, un mot en première ligne : « traité », « je m’en occupe », « pas nous », « positif », « neutre », « négatif », « sourdine », « transférer à » et le nom d’un canal.
answer-hint-several = Pour réagir, répondez à ce mail, un mot en première ligne, pour toutes ces mentions : « traité », « je m’en occupe », « transférer à » et le nom d’un canal.
answer-escalates = Sans réponse, d’autres seront prévenus.
mail-subject-forward = Transmis :
mail-verdict-forward = Transmis par { $by } · { $verdict }
mail-reason-forwarded = Transmis ici à la demande d’un collègue.
mentions-reason-Forwarded = transmise à la demande d’un collègue
mentions-handled = Prise en charge le { $time }
mentions-handled-by = Prise en charge par { $by } le { $time }
mentions-reply = { $time } · { $by } : { $action } ({ $state })
mentions-reply-done = fait
mentions-reply-waits = en cours
mentions-reply-refused = refusé : { $reason }
replies-action-handled = traitée
replies-action-mine = s’en occupe
replies-action-not_us = ce n’est pas nous
replies-action-positive = ton positif
replies-action-neutral = ton neutre
replies-action-negative = ton négatif
replies-action-mute_story = sourdine sur l’histoire
replies-action-forward = transfert
status-spikes = Pics
status-spike = { $time } : { $outcome } · { $count } mentions, d’habitude { $usual }, de { $from } à { $until }
status-spike-negative = { $time } : { $outcome } · { $count } négatives, d’habitude { $usual }, de { $from } à { $until }
status-spike-Told = signalé
status-spike-QuietHours = mis en attente des heures de la règle
status-spike-Cooldown = non signalé, un pic venait de l’être
status-spike-Muted = non signalé, plus de pic sans ce qui est en sourdine
status-replies = Réponses par mail : { $mailbox }
status-replies-counts = { $taken ->
    [one] { $taken } prise en compte
   *[other] { $taken } prises en compte
}, { $refused ->
    [one] { $refused } refusée
   *[other] { $refused } refusées
}
status-replies-refusal = dernier refus : { $time }, { $from }, { $reason }
status-replies-which-tone = « mauvais ton » ne dit pas lequel est le bon : répondez « positif », « neutre » ou « négatif ».
status-replies-do = Vérifiez la boîte et ses droits : `vigie doctor`, puis le journal.

# config
replies-one-of = `replies:` prend une boîte : `maildir: DOSSIER`, ou `imap:` avec host, username et password.
replies-token = Dans « { $text } », le jeton se place une fois, avant le @, avec { $rest } autres caractères au plus : les serveurs en prennent 64. Par exemple `vigie+{"{token}"}@acme.example`.
replies-need-smtp = `replies` ne sert à rien sans `smtp:` : aucun mail ne part, aucune réponse ne viendra.
config-template = Modèle inutilisable : { $detail }. Celui de vigie sert à sa place.
config-templates-near = « { $name } » ne remplace aucun modèle : vouliez-vous dire « { $near } » ?
config-template-empty = Ce modèle ne montre pas la mention : il lui manque « { $missing } ».
config-template-long = Ce modèle donne un mail de { $bytes } octets : au-delà de { $most }, les messageries le coupent.
correct-stranger = La mention { $mention } ne parle pas de la marque : elle ne compte plus, et son histoire est en sourdine 7 jours.
correct-example = Pour que cela ne revienne pas, dans la marque `{ $brand }` : examples: {"{"}ignore: [{ $text }]{"}"}
config-init-templates = Aucun des modèles n’est obligatoire : gardez ceux que vous changez, effacez les autres, puis `templates: { $folder }` dans vigie.yaml.

# telemetry: how far a long command is
progress-sources = { $done } sources interrogées sur { $all }, { $seconds } s
progress-entries = { $count } textes relus, { $seconds } s
progress-lines = Ligne { $count }, { $seconds } s
progress-source = La source est interrogée, { $seconds } s
progress-backup = La base est copiée et vérifiée : { $megabytes } Mo, { $seconds } s
progress-restore = La sauvegarde est vérifiée et mise en place, { $seconds } s
progress-report = Les chiffres sont comptés, { $seconds } s
progress-forget = La base est parcourue à la recherche de traces, { $seconds } s
progress-evaluate = Les mentions corrigées sont notées de nouveau, { $seconds } s
progress-doctor = vigie examine la base, les noms, l’horloge et le serveur de mail, { $seconds } s

# try : lignes de --jsonl
try-line-object = Cette ligne n’est pas un objet JSON : écrivez {"{"}"id": 1, "text": "…"{"}"} sur une seule ligne.
try-line-json = Ce n’est pas du JSON lisible : l’erreur est au caractère { $column } de la ligne.
try-line-encoding = Cette ligne n’est pas en UTF-8.
try-line-number = Un nombre de cette ligne est trop grand.
try-line-text = `{ $field }` attend un texte entre guillemets droits.
try-line-time = « { $text } » n’est pas une date pour `published` : écrivez-la comme "2026-11-20T08:00:00Z".
try-line-twice = Un champ est écrit deux fois dans cet objet.
try-line-without-text = Il manque `title` ou `text` : l’un des deux suffit.
try-line-long = Cette ligne dépasse { $most } Mio.

# watchlist : termes et recherches
config-escape = Entre guillemets doubles, une barre oblique inverse a un autre sens : prenez des guillemets simples.
config-term-address = Cette adresse n’a pas de nom de domaine : un terme d’adresse s’écrit orange.fr ou orange.fr/page.
config-term-field = « { $sign }: » n’est pas un champ ici ; il y a title: author: site: lang: source:. Une adresse s’écrit sans champ, comme orange.fr/page ; pour le texte lui-même, mettez \ devant le deux-points.
config-term-company = Ici, `company:` n’est pas un terme : écrivez-le comme clé, par exemple {"{"}company: orange{"}"}.
config-company-name = `company` prend un nom simple, sans « { $sign } » : il se cherche déjà dans toutes ses écritures.
config-term-inside = Le signe « { $sign } » au milieu d’un mot ne veut rien dire : mettez des espaces autour de la parenthèse, ou le signe au début du terme.
config-term-alternative = L’une des variantes est vide : elle trouverait tout. Retirez le « | » de trop.
config-term-escape = « { $sign } » n’a pas besoin de \ : retirez-le.
config-term-joining = « { $word } » ne relie rien dans un terme : écrivez ces mots sous `any:`, `all:` ou `near:`, ou la recherche entière sous `query:` à la place de `match:`. Si c’est le texte lui-même, écrivez « { $word } » en minuscules.
config-wildcard-domain = Les sous-domaines sont déjà compris dans un domaine : écrivez-le sans *.
config-wildcard-words = * remplace des lettres d’un mot, pas des mots : pour des mots entre deux autres, prenez `near:` ou `sequence:`.
config-wildcard-question = À la fin d’un mot, ? remplace une lettre : pour le point d’interrogation lui-même, écrivez \?.
config-line-operator = L’opérateur « { $word } » n’existe pas ici ; il y a AND, OR, NOT, NEAR/5, ONEAR/5, SENTENCE et ATLEAST/2.
config-line-slop = Après une parenthèse, ~5 ne va qu’avec des mots côte à côte, comme (a b)~5 : ici, prenez NEAR/5.

# config : structure du fichier
config-expected-top = En tête du fichier se trouvent des clés sans retrait, comme `{ $first }:`, et leur contenu en dessous.
config-unknown-key-top = `{ $key }` s’écrit en tête du fichier, sans retrait, et non ici : vérifiez l’alignement.
config-unknown-key-settings = `{ $key }` s’écrit dans vigie.yaml, et non dans une liste de veille.
config-unknown-key-watchlist = `{ $key }` s’écrit dans une liste de veille, et non dans vigie.yaml.
config-query-beside = `query:` n’est pas un terme : il s’écrit sous la marque, à la place de `match:`. Ici, les mêmes mots s’écrivent sous `any:`, `all:` ou `near:`.
config-braces = Des accolades autour d’un texte en font une clé : mettez le texte entre guillemets droits, sans accolades.
config-decimal-comma = La virgule sépare ici deux éléments : écrivez le nombre avec un point.
config-missing-colon = Il manque un deux-points après `{ $key }`.
config-contact-form = « { $text } » ne dit pas où écrire : indiquez une page web ou une adresse mail.
config-channel-twice = Le canal « { $channel } » est nommé deux fois : il ne reçoit chaque message qu’une fois.
config-source-name-twice = Une source s’appelle déjà « { $name } », ligne { $line } : alertes et filtres ne les distingueront pas.
config-hours-whole = « { $text } » ouvre et ferme à la même heure : c’est toute la journée, et `always` le dit mieux.

# try : fichiers
try-no-brands = Aucune marque dans { $files } : il n’y a rien à chercher. Ajoutez `brands:`.
