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
