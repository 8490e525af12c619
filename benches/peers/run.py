#!/usr/bin/env python3
"""The same texts and the same 1,000 terms for other programs, in one run, one thread each.

usage: benches/peers/run.py [--rounds N]

`cargo bench --bench matching -- --dump DIR` writes texts and two lists of terms, one whose terms the texts seldom
hold and one with about a hit a kilobyte, and times vigie's path on each: from original texts to hits with
offsets, bounded by words, whatever case and accents. Then, on the same, medians of N rounds:

- pyahocorasick behind a fold in Python (NFKD without marks, case), with the boundaries checked;
- FlashText, which folds no accents: its own boundaries, case left out of account;
- ahocorasick_rs on texts that were folded before the clock starts, overlapping, no boundaries checked;
- ripgrep -F -w -i -o, a process over the whole text, which folds no accents; beside it the machine's own
  ripgrep, where it has one: another release bounds words in another way.

Installs the peers into target/peers (from PyPI, the versions of requirements.txt; ripgrep is compiled).
"""
import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
import unicodedata
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PLACE = ROOT / "target" / "peers"
REQUIREMENTS = HERE / "requirements.txt"


def install():
    """Runs this script again in a virtual environment that has the peers."""
    python = PLACE / "venv" / "bin" / "python"
    stamp = PLACE / "venv" / "requirements.txt"
    if not stamp.exists() or stamp.read_text() != REQUIREMENTS.read_text():
        venv.create(PLACE / "venv", with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--requirement", REQUIREMENTS], check=True)
        stamp.write_text(REQUIREMENTS.read_text())
    sys.exit(subprocess.run([python, __file__, "--installed", *sys.argv[1:]], check=False).returncode)


def fold(text):
    apart = unicodedata.normalize("NFKD", text.replace("’", "'").replace("-", " "))
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold()


def in_word(text, at):
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] == "_")


def pyahocorasick(documents, terms):
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for term in terms:
        automaton.add_word(fold(term), len(fold(term)))
    automaton.make_automaton()

    def run():
        hits = 0
        for text in documents:
            folded = fold(text)
            for last, length in automaton.iter(folded):
                hits += not in_word(folded, last - length) and not in_word(folded, last + 1)
        return hits

    return run


def flashtext(documents, terms):
    from flashtext import KeywordProcessor

    processor = KeywordProcessor(case_sensitive=False)
    processor.add_keywords_from_list(terms)
    return lambda: sum(len(processor.extract_keywords(text, span_info=True)) for text in documents)


def ahocorasick_rs(documents, terms):
    import ahocorasick_rs

    automaton = ahocorasick_rs.AhoCorasick([fold(term) for term in terms])
    folded = [fold(text) for text in documents]
    return lambda: sum(len(automaton.find_matches_as_indexes(text, overlapping=True)) for text in folded)


def ripgrep(program, terms, documents):
    command = [program, "-F", "-w", "-i", "-o", "--no-filename", "--threads", "1", "-f", terms, documents]
    return lambda: subprocess.run(command, check=True, capture_output=True).stdout.count(b"\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--installed", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not arguments.installed:
        install()
    dump = PLACE / "dump"
    subprocess.run(
        ["cargo", "bench", "--quiet", "--locked", "--bench", "matching", "--", "--dump", dump], cwd=ROOT, check=True
    )
    documents = [json.loads(line)["text"] for line in (dump / "documents.jsonl").read_text().splitlines()]
    for name in ("sparse", "dense"):
        compare(dump, name, documents, arguments.rounds)


def compare(dump, name, documents, rounds):
    """Prints the path's speed and each peer's on one list."""
    vigie = json.loads((dump / f"{name}.json").read_text())
    terms = (dump / f"{name}.txt").read_text().splitlines()
    peers = {
        "pyahocorasick, with a fold": (pyahocorasick(documents, terms), 30),
        "FlashText": (flashtext(documents, terms), 30),
        "ahocorasick_rs, folded before": (ahocorasick_rs(documents, terms), 3),
    }
    for program in filter(None, (PLACE / "venv" / "bin" / "rg", shutil.which("rg"))):
        version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.split()[1]
        peers[f"ripgrep {version}"] = (ripgrep(program, dump / f"{name}.txt", dump / "documents.txt"), 100)
    mebibytes = vigie["bytes"] / 2**20
    print(f"{name}: {len(terms)} terms, {mebibytes:.1f} MiB")
    print(f"{'vigie':32}{mebibytes / vigie['seconds']:9.2f} MiB/s {vigie['hits']:6} hits")
    for peer, (run, wanted) in peers.items():
        times = []
        for _ in range(rounds):
            start = time.perf_counter()
            hits = run()
            times.append(time.perf_counter() - start)
        seconds = statistics.median(times)
        factor = seconds / vigie["seconds"]
        print(f"{peer:32}{mebibytes / seconds:9.2f} MiB/s {hits:6} hits   vigie × {factor:.1f}, wanted ≥ {wanted}")


if __name__ == "__main__":
    main()
