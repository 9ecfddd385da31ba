"""Progressions: which chord may follow which in each mode, what each mood prefers, and how phrases end.

A grammar, not a list of loops: tonic, predominant, dominant, tonic with weights; the modes that have no leading note
move and close in their own ways. An applied dominant goes where it leads; a suspension resolves on its own root.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from music.brief import Mode, Mood

_MAJOR = {
    "1": "4:3 5:2 6:3 2:1.6 3:1.2 5/3:1.6 1/3:1.6 x4:.6 x6:.7 x2:.5 4m:.2 b7:.3 b6:.25 5s:.6",
    "1/3": "4:4 2:2 2/3:1 6:1",
    "2": "5:4 57:2 5/3:1 2/3:.6 x5:1 4:.8",
    "2/3": "5:4 57:2 1/5:1",
    "3": "6:4 4:3 2:.8 x6:.4",
    "4": "5:3 57:1 1:2.4 2:1.6 1/3:1.2 4m:.9 5s:.9 6:.6 x5:.6 1/5:.4",
    "4m": "1:3 5:2 57:1 1/5:1",
    "5": "1:5 6:2 1/3:1 57:.6 x6:.5 4:.3",
    "57": "1:6 6:1.5 1/3:.7 1s:.6",
    "5/3": "1:4 6:3",
    "5s": "5:5 57:2",
    "1s": "1:9",
    "1/5": "5:4 57:4",
    "6": "4:4 2:3 5:1.4 3:1 x5:.8 2/3:.8 5/3:.7 1/3:.5 5s:.6",
    "x4": "4:9 4m:.6",
    "x6": "6:9 4:1",
    "x2": "2:9",
    "x5": "5:7 57:2",
    "b7": "4:4 1:2 b6:.5",
    "b6": "b7:4 5:1.5 4m:1",
}
_MINOR = {
    "1": "4:3 6:3 7:1.6 3:1.4 5M:1.8 5/3:1.4 2/3:1.2 1/3:1 x4:.5 5s:.6 b2/3:.2",
    "1/3": "4:4 2/3:2 6:1",
    "2/3": "5M:5 5M7:2 1/5:1",
    "3": "6:4 7:2 4:2 x4:.4",
    "4": "5M:3 5M7:1 1:2 7:1.6 2/3:1 5s:1 6:.6 1/5:.4",
    "4/3": "5M:5 5s:1",
    "5/3": "6:3 4/3:3 1:1",
    "5M": "1:5 6:2 1/3:.7 5M7:.6 4/3:.2",
    "5M7": "1:6 6:1.5 1/3:.5 1s:.6",
    "5s": "5M:5 5M7:2",
    "1s": "1:9",
    "1/5": "5M:4 5M7:4",
    "6": "4:3 3:2 7:2.6 2/3:1.2 5M:1.6 x5:.6 b2/3:.3 1:.5",
    "7": "3:4 1:1.6 6:2 x3:.4",
    "x4": "4:9",
    "x3": "3:9",
    "x6": "6:9",
    "x5": "5M:7 5M7:2",
    "b2/3": "5M:5 1/5:2",
}
_DORIAN = {
    "1": "4:5 7:3 3:2 2:1.4 5:.8 4/3:1",
    "2": "3:2 1:1.2 4:1 5:1",
    "3": "4:3 7:2 1:1 2:.6",
    "4": "1:4 7:2 3:1 5:.8",
    "4/3": "1:3 7:2",
    "5": "1:3 4:1 7:.6",
    "7": "1:3 4:3 3:1.2",
}
_PHRYGIAN = {
    "1": "2:5 7:3 6:2 4:1.2 3:1 2/3:1",
    "2": "1:5 3:1 7:1 6:.6",
    "2/3": "1:3 7:1",
    "3": "2:4 6:1.4 7:1",
    "4": "1:2 2:2.4 7:1",
    "6": "2:3 7:2 4:1",
    "7": "1:4 6:2 2:1",
}
_LYDIAN = {
    "1": "2:5 5:2.4 6:2 3:1 7:.6 5/3:1",
    "2": "1:4 5:2 6:1 1/3:1",
    "3": "6:2.4 2:2 5:.6",
    "5": "1:4 6:2 2:1",
    "5/3": "1:2 6:2",
    "6": "2:3 5:1.6 3:1",
    "7": "1:3 3:1",
    "1/3": "2:3 6:1",
}
_MIXOLYDIAN = {
    "1": "7:5 4:3.4 5:1.2 2:1 6:1 1/3:.8",
    "1/3": "4:4 2:1",
    "2": "4:2 7:1.4 5:1",
    "4": "1:4 7:1.6 5:1 2:.8",
    "5": "4:2 7:2 1:1.4",
    "6": "4:2.4 7:1.4 2:1",
    "7": "4:4 1:3 6:.8",
}
# A pentatonic piece moves over open sounds, its weight on first, fourth and fifth.
_OPEN_BRIGHT = {"1": "5:3 4:3 6:2 2:.8", "2": "5:3 1:1", "4": "1:4 5:2", "5": "1:4 6:1.4 4:.6", "6": "4:2 5:2 1:1.4"}
_OPEN_DARK = {"1": "4:4 5:3 7:1.4 3:1", "3": "4:2 1:2", "4": "1:4 5:2 7:.8", "5": "1:4 4:1.4", "7": "1:3 4:1"}

_TABLES: dict[Mode, dict[str, str]] = {
    Mode.MAJOR: _MAJOR,
    Mode.MINOR: _MINOR,
    Mode.DORIAN: _DORIAN,
    Mode.PHRYGIAN: _PHRYGIAN,
    Mode.LYDIAN: _LYDIAN,
    Mode.MIXOLYDIAN: _MIXOLYDIAN,
}
_DARK = frozenset({Mode.MINOR, Mode.DORIAN, Mode.PHRYGIAN})


@dataclass(frozen=True, slots=True)
class Taste:
    """What a mood likes in harmony: factors on the weights of applied, borrowed, suspended and inverted chords and of
    the dominant, and what it costs to change within a bar, to stay over the bar line."""

    applied: float
    borrowed: float
    suspended: float
    inverted: float
    dominant: float
    halfway: float
    standing: float


TASTES: dict[Mood, Taste] = {
    Mood.JOY: Taste(1.0, 0.2, 0.6, 0.8, 1.4, 0.3, 2.0),
    Mood.LOVE: Taste(1.1, 0.9, 1.5, 1.6, 1.0, 1.2, 1.6),
    Mood.WONDER: Taste(0.3, 2.2, 1.4, 0.8, 0.6, 3.0, 1.1),
    Mood.CALM: Taste(0.1, 0.1, 1.2, 1.0, 0.5, 4.5, 0.3),
    Mood.MELANCHOLY: Taste(0.8, 1.0, 1.3, 1.8, 0.9, 1.8, 1.2),
    Mood.SADNESS: Taste(0.4, 0.8, 2.2, 2.4, 1.0, 2.4, 1.1),
    Mood.TENSION: Taste(0.8, 1.6, 0.5, 1.0, 1.4, 3.0, 0.7),
    Mood.ANGER: Taste(0.3, 0.6, 0.1, 0.2, 1.4, 1.4, 1.0),
}

# The last bars of a phrase; a plus sign shares one bar between two chords. With weights.
_CLOSES: dict[Mode, str] = {
    Mode.MAJOR: "4+57 1:3|2/3+57 1:3|5s+5 1:2|1/5+57 1:2|4m+57 1:.6|x5+57 1:.8|2+57 1:1",
    Mode.MINOR: "4+5M 1:3|2/3+5M7 1:3|5s+5M 1:2|1/5+5M7 1:2|6+5M 1:1.5|b2/3+5M7 1:.6",
    Mode.DORIAN: "4+7 1:2|3+4 1:2|7+4 1:1|2+4 1:1",
    Mode.PHRYGIAN: "3+2 1:2|7+2 1:2|6+7 1:1|4+2 1:1",
    Mode.LYDIAN: "2+5 1:3|5s+5 1:1|6+2 1:2",
    Mode.MIXOLYDIAN: "4+7 1:2|7+4 1:2|5+7 1:1",
}
_OPENS: dict[Mode, str] = {
    Mode.MAJOR: "4 5:3|2/3 5:3|6 5:1.4|x5 5:1.4|1 5s+5:1|4 5s+5:1|4+57 6:.7",
    Mode.MINOR: "4 5M:3|4/3 5M:2.4|6 5M:1.6|x5 5M:1|2/3 5M:1.4|1 5s+5M:1|4+5M 6:.7",
    Mode.DORIAN: "4 7:2|3 4:2|1 4:1|7 4:1",
    Mode.PHRYGIAN: "6 2:2|3 7:2|1 2:1",
    Mode.LYDIAN: "6 5:2|3 2:2|1 2:1",
    Mode.MIXOLYDIAN: "4 5:1.4|4 7:2|2 4:1",
}
_FAREWELLS: dict[Mode, str] = {
    Mode.MAJOR: "4:3|4m:1|57:2|2:.6",
    Mode.MINOR: "4:3|6:1.4|5M:2",
    Mode.DORIAN: "4:2|7:1",
    Mode.PHRYGIAN: "2:2|7:1",
    Mode.LYDIAN: "2:2|5:1",
    Mode.MIXOLYDIAN: "7:2|4:1",
}
_DOMINANTS: dict[Mode, tuple[str, ...]] = {
    Mode.MAJOR: ("5", "57"),
    Mode.MINOR: ("5M", "5M7"),
    Mode.DORIAN: ("4", "7", "5"),
    Mode.PHRYGIAN: ("2", "7"),
    Mode.LYDIAN: ("5", "2"),
    Mode.MIXOLYDIAN: ("7", "4"),
}
_OPEN_CLOSES = "4+5 1:2|5 1:2|4 1:1"
_OPEN_OPENS = "4 5:2|1 5:2|1 4:1"
_OPEN_FAREWELLS = "4:1|5:2"

# Where a contrast goes: (degree, semitones, mode) from home, with weights. The modes keep their own seven notes.
_REGIONS: dict[Mode, tuple[tuple[tuple[int, int, Mode], float], ...]] = {
    Mode.MAJOR: (
        ((5, 9, Mode.MINOR), 3),
        ((4, 7, Mode.MAJOR), 2),
        ((3, 5, Mode.MAJOR), 2),
        ((0, 0, Mode.MINOR), 0.4),
    ),
    Mode.MINOR: (
        ((2, 3, Mode.MAJOR), 3),
        ((5, 8, Mode.MAJOR), 1.5),
        ((3, 5, Mode.MINOR), 1),
        ((4, 7, Mode.MINOR), 0.8),
        ((0, 0, Mode.MAJOR), 0.3),
    ),
    Mode.DORIAN: (((2, 3, Mode.LYDIAN), 1), ((6, 10, Mode.MAJOR), 2), ((3, 5, Mode.MIXOLYDIAN), 1)),
    Mode.PHRYGIAN: (((1, 1, Mode.LYDIAN), 1), ((5, 8, Mode.MAJOR), 2), ((3, 5, Mode.MINOR), 1)),
    Mode.LYDIAN: (((4, 7, Mode.MAJOR), 2), ((2, 4, Mode.MINOR), 1), ((1, 2, Mode.MIXOLYDIAN), 1)),
    Mode.MIXOLYDIAN: (((3, 5, Mode.MAJOR), 2), ((1, 2, Mode.MINOR), 1), ((4, 7, Mode.DORIAN), 1)),
}


@dataclass(frozen=True, slots=True)
class Grammar:
    """`tokens` in order; `before[i]`: (index, cost) of each chord that may stand before token i, but for itself."""

    tokens: tuple[str, ...]
    before: tuple[tuple[tuple[int, float], ...], ...]
    cost: dict[tuple[str, str], float]


@lru_cache(maxsize=128)
def grammar(mode: Mode, mood: Mood, *, pentatonic: bool = False) -> Grammar:
    """What may follow what, at what cost (minus the logarithm of its likelihood)."""
    table = (_OPEN_DARK if mode in _DARK else _OPEN_BRIGHT) if pentatonic else _TABLES[mode]
    taste = TASTES[mood]
    tokens = tuple(table)
    before: dict[str, list[tuple[int, float]]] = {token: [] for token in tokens}
    cost: dict[tuple[str, str], float] = {}
    for index, token in enumerate(tokens):
        options = {
            name: float(weight) * _liking(name, mode, taste)
            for name, weight in (entry.split(":") for entry in table[token].split())
        }
        total = sum(options.values())
        for name, weight in options.items():
            price = round(-math.log(weight / total), 4)
            before[name].append((index, price))
            cost[token, name] = price
    return Grammar(tokens, tuple(tuple(before[token]) for token in tokens), cost)


def closes(mode: Mode, *, pentatonic: bool = False) -> tuple[tuple[str, float], ...]:
    """Two-bar endings on the tonic, with weights."""
    return _options(_OPEN_CLOSES if pentatonic else _CLOSES[mode])


def opens(mode: Mode, *, pentatonic: bool = False) -> tuple[tuple[str, float], ...]:
    """Two-bar endings that ask for more, with weights."""
    return _options(_OPEN_OPENS if pentatonic else _OPENS[mode])


def farewells(mode: Mode, *, pentatonic: bool = False) -> tuple[tuple[str, float], ...]:
    """The last chord before the last tonic, with weights."""
    return _options(_OPEN_FAREWELLS if pentatonic else _FAREWELLS[mode])


def dominants(mode: Mode, *, pentatonic: bool = False) -> tuple[str, ...]:
    """Chords that want to go home."""
    return ("5", "4") if pentatonic else _DOMINANTS[mode]


def regions(mode: Mode, mood: Mood) -> tuple[tuple[tuple[int, int, Mode], float], ...]:
    """Keys a contrast may go to, as (degree, semitones, mode) from home, with weights. The parallel key is for moods
    that like to borrow."""
    taste = TASTES[mood].borrowed
    return tuple((key, weight * (taste if key[0] == 0 else 1.0)) for key, weight in _REGIONS[mode])


@lru_cache(maxsize=64)
def _options(text: str) -> tuple[tuple[str, float], ...]:
    return tuple((name, float(weight)) for name, weight in (entry.rsplit(":", 1) for entry in text.split("|")))


def _liking(token: str, mode: Mode, taste: Taste) -> float:
    factor = 1.0
    if token[0] == "x":
        factor *= taste.applied
    if token[0] == "b" or (mode is Mode.MAJOR and token.endswith("m")):
        factor *= taste.borrowed
    if token.endswith("s"):
        factor *= taste.suspended
    if "/" in token:
        factor *= taste.inverted
    if token[0] == "5":
        factor *= taste.dominant
    return max(factor, 0.02)
