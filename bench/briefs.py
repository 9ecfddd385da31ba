"""How well and how fast words are read, beside the lexicon alone in the same run.

    python -m bench.briefs [--misses]

Right readings: accuracy / macro-F1 of the mood (eight), of valence and arousal (three steps each), on the labelled
texts of the tests, none of which the head was fitted to; and how often a reading of each confidence is right. The
cross-validated figures on the training texts themselves are printed by `manage.py train_mood_head`.

Speed: milliseconds of CPU a text (one thread does it all), memory of this process. The yardsticks are the same reading
by the head without the encoder and by the lexicon alone.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from unittest import mock

import music.briefs.evidence
from music.brief import Mood, Role
from music.briefs import Words, brief_for_log, likeliest_mood, read_mood
from music.briefs.encoder import encoder, using
from music.briefs.evidence import forget
from music.briefs.scoring import scored

DATA = Path(__file__).parents[1] / "tests" / "pure" / "briefs" / "data"
BINS = (0.0, 0.3, 0.5, 0.7, 0.85, 1.01)


@dataclass(frozen=True)
class Labelled:
    language: str
    mood: Mood
    text: str
    feeling: tuple[int, int] | None = None


def lexicon_alone() -> AbstractContextManager[object]:
    return mock.patch.object(music.briefs.evidence, "head", return_value=None)


READERS: dict[str, Callable[[], AbstractContextManager[object]]] = {
    "encoder and head": nullcontext,
    "head without encoder": lambda: using(None),
    "lexicon alone": lexicon_alone,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", action="store_true", help="print the texts that the first reader reads otherwise")
    misses = parser.parse_args().misses
    before = memory()
    start = time.perf_counter()
    likeliest_mood("It rained all afternoon.")
    print(f"first reading {1000 * (time.perf_counter() - start):.0f} ms, memory {before} → {memory()} MB")
    for name in ("labelled.tsv", "indirect.tsv", "dev.tsv"):
        if (DATA / name).exists():
            compare(name, labelled(DATA / name), misses)
    cost()


def compare(name: str, texts: list[Labelled], misses: bool) -> None:
    for reader, chosen in READERS.items():
        with chosen():
            read = [likeliest_mood(text.text) for text in texts]
        for language in ("ko", "en"):
            rows = [row for row, text in enumerate(texts) if text.language == language]
            feelings = [texts[row].feeling or (0, 0) for row in rows] if texts[0].feeling else None
            scores = scored(
                [texts[row].mood for row in rows],
                [(read[row].mood, read[row].valence, read[row].arousal) for row in rows],
                feelings,
            )
            print(f"{name:<13} {reader:<21} {language} {scores}")
        if reader == "encoder and head":
            for low, high in pairwise(BINS):
                kept = [row for row in range(len(texts)) if low <= read[row].confidence < high]
                if kept:
                    said = statistics.mean(read[row].confidence for row in kept)
                    right = statistics.mean(read[row].mood == texts[row].mood for row in kept)
                    print(
                        f"{name:<13} confidence {low:.2f}-{high:.2f}: says {said:.2f}, right {right:.2f} ({len(kept)})"
                    )
            if misses:
                for text, reading in zip(texts, read, strict=True):
                    if text.mood != reading.mood:
                        print(f"  {text.mood} read as {reading.mood} ({reading.confidence}): {text.text}")


def cost() -> None:
    texts = [text.text for name in ("labelled.tsv", "indirect.tsv") for text in labelled(DATA / name)]
    for reader, chosen in READERS.items():
        with chosen():
            report(f"likeliest mood, {reader}", likeliest_mood, texts)
    report("reading with reasons", read_mood, texts)
    report("brief of a log", lambda text: brief_for_log(Words(memo=text), role=Role.ENTRY, seed=1, theme_seed=2), texts)
    report("100 kB Korean", likeliest_mood, ["그는 오래된 편지를 꺼내 읽고 창밖을 보았다. " * 4_000])
    report("100 kB English", likeliest_mood, ["He took out the old letter and read it by the window. " * 2_000])
    print(f"memory {memory()} MB, encoder {getattr(encoder(), 'name', 'none')}")


def report(label: str, work: Callable[[str], object], texts: list[str]) -> None:
    spent = []
    for text in texts:
        # The last readings are remembered: time a first one.
        forget()
        start = time.process_time()
        work(text)
        spent.append(1000 * (time.process_time() - start))
    spent.sort()
    print(f"{label:<40} median {statistics.median(spent):7.1f} ms, p95 {spent[int(len(spent) * 0.95)]:7.1f} ms a text")


def labelled(path: Path) -> list[Labelled]:
    texts = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            language, mood, *rest = line.split("\t")
            feeling = (int(rest[0]), int(rest[1])) if len(rest) > 1 else None
            texts.append(Labelled(language, Mood(mood), rest[-1], feeling))
    return texts


def memory() -> int:
    """The most this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "linux" else 1 << 20)


if __name__ == "__main__":
    main()
