

## config : les réglages et les listes de veille

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
config-anchor = Les ancres (&) ne sont pas admises : écrivez la liste à chaque endroit où elle sert.
config-alias = Les renvois (*) ne sont pas admis : écrivez ici la liste elle-même.
config-merge = La fusion (<<) n’est pas admise : écrivez ici les clés elles-mêmes.
config-list-on-key-line = Une liste à tirets commence sur la ligne qui suit sa clé ; sur la même ligne, elle s’écrit entre crochets.
config-bracket = Le signe { $sign } se trouve au milieu d’un texte : mettez le texte entre guillemets droits.
config-deep = Plus de 32 niveaux les uns dans les autres : ce fichier n’est pas lu plus loin.
config-unreadable = La structure du fichier n’est plus lisible ici : vérifiez l’alignement (les espaces en début de ligne), les guillemets et les crochets de cette ligne et de la précédente.
config-reference = Les ancres, les renvois et les étiquettes (& * !) ne sont pas admis : mettez le texte entre guillemets droits, ou écrivez la valeur elle-même.
config-documents = Un fichier est un seul document : retirez cette ligne `---`.
config-complex-key = Une clé est un simple mot, suivi d’un deux-points.
config-later = `{ $what }` est connu, mais pas disponible dans cette version : retirez-le.
config-later-term = Les termes avec « { $sign } » : connu, mais pas disponible dans cette version. Écrivez un terme simple, ou =terme pour la casse exacte.
config-duplicate-key = « { $key } » est déjà écrit ligne { $line } : réunissez les deux.
config-unknown-key-near = `{ $key }` n’est pas une clé connue ici ; sans doute `{ $near }`.
config-unknown-key-elsewhere = `{ $key }` ne s’écrit pas ici, mais sous `{ $under }` : vérifiez l’alignement.
config-unknown-key = `{ $key }` n’est pas une clé connue. Ici, on peut écrire : { $keys }.
config-glued-colon = Il manque un espace après `{ $key }:`.
config-match-needs-any = `match` n’est pas une liste : mettez `any:` (un des termes suffit) ou `all:` (il les faut tous) au-dessus.
config-expected-block = Sous `{ $under }`, il faut des clés, une par ligne et en retrait, comme `{ $first }:`.
config-expected-value = `{ $key }` attend une seule valeur ici, ni liste ni clés en dessous.
config-expected-list = `{ $key }` attend une liste, même pour un seul élément.
config-expected-list-not-block = `{ $key }` attend une liste : une ligne par élément, chacune avec un tiret et un espace devant.
config-expected-dash = `{ $key }` est une liste : le premier mot de chaque élément, comme `{ $first }:`, a un tiret et un espace devant.
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
config-channel-one-kind = Le canal « { $channel } » doit être d’une seule sorte : `email:` ou `webhook:`.
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
config-long-term = Ce terme dépasse 200 caractères.
config-duplicate-brand = La marque « { $id } » existe déjà ({ $place }) : donnez à celle-ci un autre identifiant.
config-example-missed = L’exemple « { $text } » devrait être trouvé par « { $brand } », et ne l’est pas : { $reason }
config-example-found = L’exemple « { $text } » ne devrait pas être trouvé par « { $brand } », et il l’est : { $reason }
config-why-found = termes trouvés : { $terms }.
config-why-none-of = aucun de ces termes n’y est : { $terms }.
config-why-none-of-many = aucun des { $count } termes n’y est : { $terms }…
config-why-missing = « { $term } » (sous `all`) n’y est pas.
config-why-excluded = « { $term } » (sous `none`) y est.
config-why-masked = « { $term } » n’y est que dans des passages masqués (`mask`).
config-why-unknown = une condition de `match` n’est pas remplie.
config-matcher = Les termes ne tiennent pas ensemble en mémoire : { $detail }.
config-source-kind = Une source a une seule adresse, sous `feed:`, `forum:`, `page:` ou `json:`.
config-not-for-kind = `{ $key }` n’existe pas pour une source `{ $kind }` : retirez-le.
config-select-missing = Une source `{ $kind }` a besoin de `select:` avec au moins { $keys }.
config-fields-without-text = `fields` ne dit pas où trouver le texte : ajoutez `title:` ou `text:`.
config-selector = `{ $key }` n’est pas lisible : { $detail }.
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
