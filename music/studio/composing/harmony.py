"""Harmony: keys, scales and chords, all spelled in the seven letters of the home scale.

A chord is written as a degree counted from 1: `4` the triad of the scale itself, `5M` / `4m` with its third major or
minor, `b6` borrowed from the parallel minor (`b2` the Neapolitan), `57` with its seventh in place of the fifth, `5s`
with a suspended fourth, `1/3` with the third in the bass, `x5` the dominant seventh that leads to the fifth degree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from music.brief import Mode

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

_TOKEN = re.compile(
    r"(?:(?P<applied>x)|(?P<borrowed>b))?(?P<digit>[1-7])(?P<quality>[Mms]?)(?P<seventh>7?)(?:/(?P<bass>[35]))?"
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key as home sees it: its tonic is the letter `degree` (0 … 6), `offset` semitones above the home tonic."""

    degree: int
    offset: int
    mode: Mode

    def ladder(self) -> tuple[int, ...]:
        """Its scale on the home letters: seven rising offsets from the home tonic; the outer ones may leave 0 … 11."""
        rungs = [0] * 7
        for index, step in enumerate(SCALES[self.mode]):
            octave, letter = divmod(self.degree + index, 7)
            rungs[letter] = self.offset + step - 12 * octave
        return tuple(rungs)


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord on its stretch of time; degrees and `scale` count from the home tonic at 0."""

    start: float
    length: float
    degree: int
    """Letter of the root, 0 … 6."""
    scale: tuple[int, ...]
    """The seven semitone offsets that hold while it sounds: the key's, but for what this chord alters."""
    tones: tuple[int, ...] = (0, 2, 4)
    """Steps above the root that sound."""
    bass: int = 0
    """Step above the root that is lowest."""
    leading: int | None = None
    """Step above the root of a leading note that wants to rise, if the chord has one."""

    def offsets(self) -> tuple[int, ...]:
        """Semitones above the tonic, 0 … 11, of each tone in turn."""
        return tuple(self.scale[(self.degree + tone) % 7] % 12 for tone in self.tones)

    def offset(self, step: int) -> int:
        """Semitones above the tonic, 0 … 11, of a step above the root."""
        return self.scale[(self.degree + step) % 7] % 12

    @property
    def end(self) -> float:
        return self.start + self.length

    def name(self, tonic: int) -> str:
        """The chord's symbol when the home tonic is pitch class `tonic`."""
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


def home_key(mode: Mode) -> Key:
    return Key(0, 0, mode)


@lru_cache(maxsize=4096)
def parse(token: str, key: Key) -> Chord:
    """One token as a chord of this key, without a place in time. Raises `ValueError` when it is not a chord."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise ValueError(f"not a chord: {token}")
    local = list(SCALES[Mode.MINOR] if match["borrowed"] else SCALES[key.mode])
    degree = int(match["digit"]) - 1
    tones = (0, 2, 4)
    leading: int | None = None
    if match["applied"]:
        # Root a fifth above the chord it leads to, major third, perfect fifth, minor seventh, whatever the scale has.
        target = local[degree]
        degree = (degree + 4) % 7
        for step, semitones in ((0, 7), (2, 11), (4, 14), (6, 17)):
            local[(degree + step) % 7] = (target + semitones) % 12
        tones, leading = (0, 2, 6), 2
    elif match["borrowed"] and degree == 1:
        local[1] = 1
    quality = match["quality"]
    if quality == "s":
        tones = (0, 3, 4)
    elif quality:
        third = (degree + 2) % 7
        local[third] = (local[degree] + (4 if quality == "M" else 3)) % 12
    if match["seventh"]:
        tones = (0, 2, 6)
    if degree == 4 and leading is None and quality != "s" and local[6] == 11:
        leading = 2
    scale = [0] * 7
    for index, semitone in enumerate(local):
        octave, letter = divmod(key.degree + index, 7)
        scale[letter] = key.offset + semitone - 12 * octave
    bass = {"3": 2, "5": 4}.get(match["bass"] or "", 0)
    return Chord(0.0, 0.0, (key.degree + degree) % 7, tuple(scale), tones, bass, leading)


def sounding(token: str, key: Key, start: float, length: float) -> Chord:
    """The chord on its stretch of time."""
    return replace(parse(token, key), start=start, length=length)
