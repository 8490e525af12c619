# Ce que lisent les utilisateurs, en français.

## Tonalité

sentiment-positive = Positif ({ $score })
sentiment-negative = Négatif ({ $score })
sentiment-neutral = Neutre ({ $score })
sentiment-unknown = Inconnu : le texte semble écrit en « { $language } » ; vigie lit le ton du français et de l’anglais.
sentiment-target = Envers « { $target } » ; le texte entier : { $score }
sentiment-no-target = « { $target } » n’est pas dans le texte : c’est le ton de l’ensemble.
sentiment-words = Les mots qui ont décidé :
sentiment-no-words = Aucun mot du lexique n’y figure.
sentiment-unreadable = L’entrée standard est illisible.
sentiment-too-long = Le texte dépasse 1 Mio : coupez-le, ou donnez un texte par ligne avec --jsonl.
