# Ce que lisent les utilisateurs, en français.

## try
try-no-text = aucun texte : donnez un texte, un fichier, ou « - » pour l’entrée standard
try-title = titre
try-text = texte
try-tags = étiquettes : { $tags }
try-words = mots décisifs : { $words }
try-not-found = { $brand } : pas dans ce texte
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
demo-missing = la démonstration n’a pas abouti : { $count } mails attendus manquent
## net
net-address = Ce n’est pas une adresse http ou https.
net-no-connection = Pas de connexion en { $seconds } s.
net-timeout = Pas de réponse complète en { $seconds } s.
net-too-large = La réponse dépasse { $bytes } octets.
net-redirect-loop = Redirigé { $hops } fois sans obtenir de réponse.
net-forbidden-address = { $host } est une adresse privée ({ $address }). Pour l’autoriser, ajoutez-la avec son port à allow_private.
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
