# Ce que lisent les utilisateurs, en français.

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
