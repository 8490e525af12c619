# Ce que lisent les utilisateurs, en français.

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
mentions-reason-FirstMention = première mention
mentions-reason-GroupWindow = regroupée avec d’autres
mentions-reason-EachMention = un message par mention
mentions-reason-AlreadySent = déjà signalée à ce canal
mentions-reason-Baseline = déjà là avant la surveillance : personne n’est prévenu
mentions-reason-NoRule = aucune règle ne la retient : personne n’est prévenu
mentions-reason-NotUnderstood = langue que vigie ne lit pas
mentions-reason-NoChannel = ce canal n’existe plus
