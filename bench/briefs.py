"""What reading words costs: microseconds a text, beside a yardstick in the same run.

    python -m bench.briefs [--rounds 5]

The yardstick is the least that any lexicon must do: split the text at white space and look every word up in one set.
Process CPU time, the best of the rounds, after one round to load the lexicons. The texts are the labelled ones of the
tests, and one memo at the length limit in each language.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from music.brief import Role
from music.briefs import Words, brief_for_log, brief_for_prompt, read_mood
from music.briefs.language import TEXT_LIMIT
from music.briefs.lexicon import DATA

LABELLED = Path(__file__).parents[1] / "tests" / "pure" / "briefs" / "data" / "labelled.tsv"
REPEATS = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    known = lexicon_words()

    def yardstick(text: str) -> None:
        sum(word in known for word in text.lower().split())

    def log(text: str) -> None:
        brief_for_log(Words(memo=text), role=Role.ENTRY, seed=1, theme_seed=2)

    def prompt(text: str) -> None:
        brief_for_prompt(text, seed=1)

    for name, texts in samples().items():
        base = microseconds(yardstick, texts, rounds)
        length = sum(map(len, texts)) // len(texts)
        print(f"{name}: {len(texts)} texts of {length} characters on average; yardstick (split + set) {base:.1f} µs")
        for label, work in (("read_mood", read_mood), ("brief_for_log", log), ("brief_for_prompt", prompt)):
            spent = microseconds(work, texts, rounds)
            print(f"  {label:<17}{spent:9.1f} µs a text, {spent / base:7.1f} × the yardstick")


def lexicon_words() -> set[str]:
    words: set[str] = set()
    for name in ("lexicon.ko.tsv", "lexicon.en.tsv"):
        for line in (DATA / name).read_text(encoding="utf-8").splitlines():
            words.update(word.strip("=*") for word in line.split("\t")[-1].split(", "))
    return words


def samples() -> dict[str, list[str]]:
    rows = [line.split("\t") for line in LABELLED.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    short = {language: [text for tongue, _, text in rows if tongue == language] for language in ("ko", "en")}
    full = {language: (" ".join(texts) + " ") * 10 for language, texts in short.items()}
    return {
        "Korean, short": short["ko"],
        "English, short": short["en"],
        "Korean, at the limit": [full["ko"][:TEXT_LIMIT]],
        "English, at the limit": [full["en"][:TEXT_LIMIT]],
    }


def microseconds(work: Callable[[str], object], texts: list[str], rounds: int) -> float:
    """CPU time a text, the best of the rounds."""
    for text in texts:
        work(text)
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(REPEATS):
            for text in texts:
                work(text)
        best = min(best, time.process_time() - start)
    return best / (REPEATS * len(texts)) * 1_000_000


if __name__ == "__main__":
    main()
