# What users read, in English.

## Sentiment

sentiment-positive = Positive ({ $score })
sentiment-negative = Negative ({ $score })
sentiment-neutral = Neutral ({ $score })
sentiment-unknown = Unknown: the text seems to be in “{ $language }”; vigie reads the tone of French and English.
sentiment-target = Towards “{ $target }”; the whole text: { $score }
sentiment-no-target = “{ $target }” is not in the text: this is the tone of the whole.
sentiment-words = The words that decided:
sentiment-no-words = No word of the lexicon stands in it.
sentiment-unreadable = Standard input cannot be read.
sentiment-too-long = The text is longer than 1 MiB: cut it, or give one text a line with --jsonl.
