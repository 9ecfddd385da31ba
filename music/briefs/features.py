"""A text as numbers: its sentence vector, the letter runs of its words, and what the lexicons say of it.

The three are complements. The vector knows what a sentence means without any word for a feeling; the letter runs know
the words that go with a mood; the lexicons know words and idioms that no training text happens to have.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from music.brief import Mood
from music.briefs.encoder import Encoder, Vector
from music.briefs.hits import Hit, hits_in, sums_of
from music.briefs.language import WORD_LIMIT, language_of

RUNS_READ = 4_000
"""Letter runs of one text that are counted."""
HALFWAY = 0.9
"""Weight of hits at which a text has said half of what it can."""

_WORD = re.compile(r"[가-힣]+|[a-z']+")

Runs = npt.NDArray[np.uint32]
"""Letter runs by their CRC-32."""


@dataclass(frozen=True, slots=True)
class Features:
    """One text. `vector` is as the encoder gave it, None without an encoder; `runs` are distinct, ascending;
    `said` has shape (moods,), the lexicons' sums as parts of what is said."""

    language: str
    vector: Vector | None
    runs: Runs
    said: npt.NDArray[np.float64]
    hits: tuple[Hit, ...]


def features_of(text: str, encoder: Encoder | None) -> Features:
    """The features of a cleaned text that is short enough for the encoder."""
    hits = hits_in(text)
    return Features(
        language_of(text),
        encoder.encode(text) if encoder else None,
        np.unique(np.fromiter(_runs(text.lower()), dtype=np.uint32)),
        said_of(hits),
        tuple(hits),
    )


def said_of(hits: list[Hit]) -> npt.NDArray[np.float64]:
    """The lexicons' sums by mood, as parts of a whole that the first words fill fastest; shape (moods,)."""
    sums = sums_of(hits)
    total = sum(weight for weight in sums.values() if weight > 0)
    return np.array([sums.get(mood, 0.0) / (total + HALFWAY) for mood in Mood])


def _runs(text: str) -> Iterator[int]:
    """Hangul in runs of two and three syllables, Latin in runs of four and five letters, and the whole words."""
    count = 0
    for match in _WORD.finditer(text):
        word = match.group()[:WORD_LIMIT]
        korean = word[0] >= "가"
        marked = f"^{word}" if korean else f"^{word}$"
        yield zlib.crc32(f"={word}".encode())
        for length in (2, 3) if korean else (4, 5):
            for start in range(len(marked) - length + 1):
                yield zlib.crc32(marked[start : start + length].encode())
                count += 1
        if count > RUNS_READ:
            return
