# Ce que lisent les utilisateurs, en français.

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
