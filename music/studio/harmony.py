"""Harmony: chords as scale degrees, progressions by mode and mood, cadences that close.

A progression is written in degrees counted from 1: `4` the triad of the scale itself, `5M` / `4m` with its third made
major or minor, `b6` borrowed from the parallel minor, `1/3` with the third in the bass, `5s` with a suspended fourth.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace

from music.brief import Mode, Mood

SCALES: dict[Mode, tuple[int, ...]] = {
    Mode.MAJOR: (0, 2, 4, 5, 7, 9, 11),
    Mode.MINOR: (0, 2, 3, 5, 7, 8, 10),
    Mode.DORIAN: (0, 2, 3, 5, 7, 9, 10),
    Mode.PHRYGIAN: (0, 1, 3, 5, 7, 8, 10),
    Mode.LYDIAN: (0, 2, 4, 6, 7, 9, 11),
    Mode.MIXOLYDIAN: (0, 2, 4, 5, 7, 9, 10),
}
NOTE_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
DARK_MODES = frozenset({Mode.MINOR, Mode.DORIAN, Mode.PHRYGIAN})

_COLOURS: dict[Mood, str] = {
    Mood.JOY: "bright",
    Mood.LOVE: "tender",
    Mood.WONDER: "grand",
    Mood.CALM: "calm",
    Mood.MELANCHOLY: "tender",
    Mood.SADNESS: "dark",
    Mood.TENSION: "tense",
    Mood.ANGER: "tense",
}

_CELLS: dict[Mode, dict[str, tuple[str, ...]]] = {
    Mode.MAJOR: {
        "bright": ("1 5 6 4", "1 4 1 5", "1 4 6 5", "1 3 4 5"),
        "tender": ("1 5/3 6 4", "1 6 4 5", "1 3 4 4m", "1 1/3 4 5"),
        "calm": ("1 4 1 4", "1 6 4 1/3", "1 4 6 5s", "1 3 4 1"),
        "grand": ("1 b7 4 1", "1 3 6 4", "1 b6 b7 4", "1 5 2 4"),
        "dark": ("6 4 1 5", "1 4m 1 5", "6 3 4 1", "1 3 6 4m"),
        "tense": ("6 4 2 3M", "1 b6 4m 5", "6 3M 6 4"),
    },
    Mode.MINOR: {
        "bright": ("1 6 3 7", "1 7 6 7", "1 4 7 3"),
        "tender": ("1 6 3 7", "1 4 6 5M", "1 3 6 7"),
        "calm": ("1 6 1 7", "1 4 1 6", "1 5 6 3"),
        "grand": ("1 6 3 7", "1 3 7 4", "1 6 7 4"),
        "dark": ("1 7 6 5M", "1 4 1 5M", "1 5/3 6 4", "1 1/3 4 5M"),
        "tense": ("1 6 4 5M", "1 1 6 5M", "1 4 6 5M", "1 2/3 5M 1"),
    },
    Mode.DORIAN: {
        "bright": ("1 4 1 4", "1 3 4 7"),
        "tender": ("1 3 7 4", "1 4 7 1"),
        "calm": ("1 4 1 7", "1 7 1 4"),
        "grand": ("1 7 3 4", "1 3 4 1"),
        "dark": ("1 7 4 1", "1 5 4 1"),
        "tense": ("1 2 3 2", "1 4 5 1"),
    },
    Mode.PHRYGIAN: {"": ("1 2 1 7", "1 2 3 2", "1 7 6 2", "1 4 2 1")},
    Mode.LYDIAN: {
        "": ("1 2 5 1", "1 2 6 5", "1 5 2 1"),
        "calm": ("1 2 1 2", "1 5 1 2"),
        "grand": ("1 2 6 5", "1 3 2 1", "6 2 1 5"),
    },
    Mode.MIXOLYDIAN: {"": ("1 7 4 1", "1 4 7 1", "1 5 7 4"), "calm": ("1 7 1 4", "1 4 1 7")},
}
_DEPARTURES: dict[Mode, tuple[str, ...]] = {
    Mode.MAJOR: ("4 5 3 6", "6 3 4 1/3", "2 5 3 6", "4 1/3 2 6"),
    Mode.MINOR: ("3 7 6 4", "6 7 3 1", "4 7 3 6"),
    Mode.DORIAN: ("3 7 4 1", "7 3 4 5"),
    Mode.PHRYGIAN: ("6 7 2 3", "3 2 7 6"),
    Mode.LYDIAN: ("6 2 3 5", "2 6 5 3"),
    Mode.MIXOLYDIAN: ("4 7 5 1", "6 4 7 5"),
}
# The last two bars of a phrase; a plus sign shares one bar between two chords.
_CLOSES: dict[Mode, tuple[str, ...]] = {
    Mode.MAJOR: ("4+5 1", "2/3+5 1", "5s+5 1"),
    Mode.MINOR: ("4+5M 1", "6+5M 1", "5s+5M 1"),
    Mode.DORIAN: ("4+7 1", "3+4 1"),
    Mode.PHRYGIAN: ("3+2 1", "7+2 1"),
    Mode.LYDIAN: ("2+5 1", "5s+5 1"),
    Mode.MIXOLYDIAN: ("4+7 1", "7+4 1"),
}
_OPENS: dict[Mode, tuple[str, ...]] = {
    Mode.MAJOR: ("4 5", "2 5", "6 5"),
    Mode.MINOR: ("4 5M", "6 7", "6 5M"),
    Mode.DORIAN: ("4 7", "3 4"),
    Mode.PHRYGIAN: ("6 2", "3 7"),
    Mode.LYDIAN: ("6 5", "3 2"),
    Mode.MIXOLYDIAN: ("4 5", "4 7"),
}
_FAREWELLS: dict[Mode, tuple[str, ...]] = {
    Mode.MAJOR: ("4", "4m", "4"),
    Mode.MINOR: ("4", "6", "7"),
    Mode.DORIAN: ("4", "7"),
    Mode.PHRYGIAN: ("2", "7"),
    Mode.LYDIAN: ("2", "5"),
    Mode.MIXOLYDIAN: ("7", "4"),
}

# A pentatonic piece moves over open sounds, its weight on first, fourth and fifth.
_OPEN_CELLS = {False: ("1 1 5 1", "1 4 1 5", "1 6 4 5"), True: ("1 1 4 1", "1 4 5 1", "1 7 4 1")}
_OPEN_CLOSES = ("4+5 1", "5 1")
_OPEN_OPENS = ("4 5", "1 5")
_OPEN_FAREWELLS = ("4", "5")

_TOKEN = re.compile(r"(b?)([1-7])([Mms]?)(?:/([35]))?")


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord on its stretch of time; degrees and `scale` count from the tonic at 0."""

    start: float
    length: float
    degree: int
    """Scale degree of the root, 0 … 6."""
    scale: tuple[int, ...]
    """The seven semitone offsets that hold while it sounds: the key's, but for what this chord alters."""
    tones: tuple[int, ...] = (0, 2, 4)
    """Steps above the root that sound."""
    bass: int = 0
    """Step above the root that is lowest."""

    def offsets(self) -> tuple[int, ...]:
        """Semitones above the tonic, 0 … 11, of each tone in turn."""
        return tuple(self.scale[(self.degree + tone) % 7] for tone in self.tones)

    def offset(self, step: int) -> int:
        return self.scale[(self.degree + step) % 7]

    @property
    def end(self) -> float:
        return self.start + self.length

    def name(self, tonic: int) -> str:
        root = self.offset(0)
        third = (self.offset(2) - root) % 12
        fifth = (self.offset(4) - root) % 12
        quality = {(4, 7): "", (3, 7): "m", (3, 6): "dim", (4, 8): "aug"}.get((third, fifth), "")
        if 2 not in self.tones:
            quality = "sus4" if 3 in self.tones else "5"
        elif 5 in self.tones:
            quality += "6"
        elif 6 in self.tones:
            quality += "7" if (self.offset(6) - root) % 12 == 10 else "maj7"
        slash = "" if self.bass == 0 else f"/{NOTE_NAMES[(tonic + self.offset(self.bass)) % 12]}"
        return f"{NOTE_NAMES[(tonic + root) % 12]}{quality}{slash}"


def cells(mode: Mode, mood: Mood) -> tuple[str, ...]:
    """Four-bar progressions that suit the mood."""
    pool = _CELLS[mode]
    return pool.get(_COLOURS[mood], pool.get("", ())) or next(iter(pool.values()))


def open_cells(mode: Mode) -> tuple[str, ...]:
    """Progressions for a pentatonic piece."""
    return _OPEN_CELLS[mode in DARK_MODES]


def departure(mode: Mode, rng: random.Random) -> str:
    """A progression that begins away from home, for a contrasting phrase."""
    return rng.choice(_DEPARTURES[mode])


def phrase(
    cell: str, bars: int, mode: Mode, rng: random.Random, *, closed: bool, slow: bool = False, pentatonic: bool = False
) -> list[list[str]]:
    """Chord tokens bar by bar: the cell, then a cadence. `slow` lets each chord of the cell last two bars."""
    if bars == 1:
        return [["1"]]
    if pentatonic:
        ending = rng.choice(_OPEN_CLOSES if closed else _OPEN_OPENS).split()
    else:
        ending = rng.choice((_CLOSES if closed else _OPENS)[mode]).split()
    # A short phrase that stays open has no time to prepare its half close.
    if not closed and bars < 6:
        ending = ending[1:]
    tokens = cell.split()
    every = 2 if slow and bars >= 6 else 1
    body = [[tokens[index // every % len(tokens)]] for index in range(bars - len(ending))]
    return body + [bar.split("+") for bar in ending]


def farewell(bars: int, mode: Mode, rng: random.Random, *, pentatonic: bool = False) -> list[list[str]]:
    """The coda: one glance away, then home to stay."""
    if bars < 2:
        return [["1"]] * bars
    away = rng.choice(_OPEN_FAREWELLS if pentatonic else _FAREWELLS[mode])
    return [["1"]] * (bars - 2) + [[away], ["1"]]


def realise(bars: list[list[str]], mode: Mode, beats: int, first_beat: float = 0.0) -> list[Chord]:
    """Chords on the time line from tokens bar by bar; equal neighbours stay separate strokes."""
    chords: list[Chord] = []
    for number, tokens in enumerate(bars):
        start = first_beat + number * beats
        # A bar of three beats gives its first chord two of them.
        cuts = [0.0, float(beats)] if len(tokens) == 1 else [0.0, 2.0, float(beats)]
        for token, begin, end in zip(tokens, cuts, cuts[1:], strict=False):
            chords.append(replace(parse(token, mode), start=start + begin, length=end - begin))
    return chords


def parse(token: str, mode: Mode) -> Chord:
    """One token as a chord without a place in time."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise ValueError(f"not a chord: {token}")
    borrowed, digit, quality, bass = match.groups()
    scale = list(SCALES[Mode.MINOR] if borrowed else SCALES[mode])
    degree = int(digit) - 1
    tones = (0, 2, 4)
    if quality == "s":
        tones = (0, 3, 4)
    elif quality:
        third = (degree + 2) % 7
        scale[third] = (scale[degree] + (4 if quality == "M" else 3)) % 12
    return Chord(0.0, 0.0, degree, tuple(scale), tones, {"3": 2, "5": 4}.get(bass or "", 0))
