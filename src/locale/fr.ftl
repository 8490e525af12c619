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
