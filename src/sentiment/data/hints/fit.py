#!/usr/bin/env python3
"""Fits fr_hints.tsv: what the words of a short text hint at where none of them says anything.

usage: src/sentiment/data/hints/fit.py [--tweets FILE] [--out FILE] [--held]

A multinomial logistic regression over the sentences beside this script, `label⇥text` with `{target}` for what the
label is towards, a file a writer; all of them were written for it. Features are stems and pairs of stems that stand
together, as `src/sentiment/hints.rs` reads them; kept are those of two writers and three sentences at least that weigh
.1 or more, and no names. --tweets FILE adds every other line of a corpus of tweets, `text⇥-1|0|1`, which is not in this
repository: fr_hints.tsv was made with the UMSAB training tweets (Barbieri et al. 2022), and without them is worse on
tweets alone. --held prints how each writer's sentences are read by what the others taught, and writes nothing.

Needs scikit-learn and snowballstemmer from PyPI.
"""
import argparse
import collections
import pathlib
import re
import unicodedata

import snowballstemmer
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

HERE = pathlib.Path(__file__).parent
STEMMER = snowballstemmer.stemmer("french")
ELISION = re.compile(r"^(?:[cdjlmnst]|[a-zà-ÿ]{1,5}qu|qu)'")
LABELS = {"-1": "negative", "0": "neutral", "1": "positive"}


def stem(word):
    word = STEMMER.stemWord(word).replace("œ", "oe").replace("æ", "ae")
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def tokens(text):
    text = text.replace("{target}", " TARGETX ").replace("’", "'").replace("ʼ", "'").lower()
    found = []
    for word in re.findall(r"[@#]?[^\W_]+(?:'[^\W_]+)*'?", text):
        word = word.lstrip("#")
        if word.startswith("@"):
            found.append("{target}" if word == "@targetx" else "{name}")
            continue
        while match := ELISION.match(word):
            found.append(match.group())
            word = word[match.end():]
        word = word.rstrip("'")
        if word:
            found.append("{target}" if word == "targetx" else "{n}" if word[0].isdigit() else stem(word))
    return found


def features(text):
    words = tokens(text)
    return sorted(set(words) | {" ".join(pair) for pair in zip(words, words[1:])})


def names(sets):
    """Stems that are mostly written with a capital inside a sentence."""
    capital, small = collections.Counter(), collections.Counter()
    for _, text in (row for rows in sets.values() for row in rows):
        text = text.replace("’", "'")
        for match in re.finditer(r"[^\W_\d]+", text):
            word, before = match.group(), text[: match.start()].rstrip()
            key = stem(word.lower())
            if word[0].isupper() and (not word.isupper() or 1 < len(word) <= 4):
                if before and before[-1] not in ".!?…:«\"(-–—":
                    capital[key] += 1
            elif not word[0].isupper():
                small[key] += 1
    return {key for key, count in capital.items() if count > small[key]}


def fit(sets):
    """The log odds of complaint and of praise against neither, by feature."""
    writers, known_names = collections.defaultdict(set), names(sets)
    for writer, rows in sets.items():
        for feature in {feature for _, text in rows for feature in features(text)}:
            writers[feature].add(writer)

    def told(text):
        return [
            feature
            for feature in features(text)
            if len(writers[feature] - {"tweets"}) >= 2 and not known_names & set(feature.split(" "))
        ]

    rows = [row for rows in sets.values() for row in rows]
    vectors = CountVectorizer(analyzer=told, binary=True, min_df=3, lowercase=False)
    model = LogisticRegression(C=0.5, max_iter=600)
    model.fit(vectors.fit_transform([text for _, text in rows]), [label for label, _ in rows])
    index = {label: number for number, label in enumerate(model.classes_)}

    def odds(values):
        return tuple(round(float(values[index[label]] - values[index["neutral"]]), 2) for label in ("negative", "positive"))

    weights = {feature: odds(model.coef_[:, at]) for feature, at in vectors.vocabulary_.items()}
    weights = {feature: pair for feature, pair in weights.items() if max(map(abs, pair)) >= 0.1}
    return weights | {"{any}": odds(model.intercept_)}


def read(weights, text):
    complaint, praise = (sum(weights.get(f, (0, 0))[side] for f in ["{any}", *features(text)]) for side in (0, 1))
    return "negative" if complaint > max(praise, 0) else "positive" if praise > max(complaint, 0) else "neutral"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--tweets", type=pathlib.Path)
    options.add_argument("--out", type=pathlib.Path, default=HERE.parent / "fr_hints.tsv")
    options.add_argument("--held", action="store_true")
    options = options.parse_args()
    sets = {
        file.stem: [tuple(line.split("\t")) for line in file.read_text().splitlines()]
        for file in sorted(HERE.glob("?.tsv"))
    }
    if options.tweets:
        lines = [line.split("\t") for line in options.tweets.read_text().splitlines() if line.strip()]
        sets["tweets"] = [
            (LABELS[str(int(float(label)))], re.sub(r"https?://\S+", " @u ", text)) for text, label, *_ in lines[::2]
        ]
    if options.held:
        right = whole = 0
        for writer, rows in sets.items():
            weights = fit({other: rows for other, rows in sets.items() if other != writer})
            hits = sum(read(weights, text) == label for label, text in rows)
            print(f"{writer}: {hits} of {len(rows)}", flush=True)
            right, whole = right + hits, whole + len(rows)
        print(f"all: {right / whole:.3f}")
        return
    weights = fit(sets)
    rows = sorted((feature.encode(), pair) for feature, pair in weights.items() if any(pair))
    options.out.write_bytes(b"".join(b"%s\t%g\t%g\n" % (feature, *pair) for feature, pair in rows))
    print(f"{len(rows)} rows of {sum(map(len, sets.values()))} texts of {len(sets)} writers")


main()
