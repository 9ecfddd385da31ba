"""The score: plain data, the whole outcome of composing and the whole input of playing.

Time is counted in beats from the beginning. A compound meter (12/8) has four beats a bar, each divided in three.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Meter:
    beats: int
    """Beats a bar."""
    division: int
    """Parts a beat is felt in: 2 (simple) or 3 (compound)."""


@dataclass(frozen=True, slots=True)
class Note:
    start: float
    length: float
    pitch: int
    """MIDI number; middle C is 60."""
    velocity: int
    """1 … 127."""


class Gesture(StrEnum):
    """What an ornament does to the pitch. The Korean names are those of 시김새, the art of bending a tone."""

    SHAKE = "shake"
    """농현: slow wide vibrato around the tone."""
    BREAK = "break"
    """꺾는음: from `depth` above down to the tone."""
    PUSH = "push"
    """추성: from the tone up by `depth`."""
    SIGH = "sigh"
    """퇴성: from the tone down by `depth`."""
    SCOOP = "scoop"
    """From `depth` below up to the tone."""


@dataclass(frozen=True, slots=True)
class Ornament:
    start: float
    length: float
    """Beats; nothing else moves the pitch of its part meanwhile."""
    gesture: Gesture
    depth: float
    """Semitones, up to two."""


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    """The part's task, such as melody, double, counter, pad, texture, bass, timpani or drums: an open list."""
    program: int
    """General MIDI program counted from 0, or the drum kit's number."""
    notes: tuple[Note, ...]
    level: float = 0.0
    """Decibels."""
    pan: float = 0.0
    """-1 left … 1 right."""
    swells: tuple[tuple[float, float], ...] = ()
    """(beat, decibels): the part's level from there on, approached in a straight line."""
    vibrato: float = 0.0
    """Depth in semitones on long notes."""
    ornaments: tuple[Ornament, ...] = ()
    """In order of time."""

    @property
    def drums(self) -> bool:
        return self.name == "drums"


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    start: int
    """First bar, counted from 0."""
    bars: int


@dataclass(frozen=True, slots=True)
class Quotation:
    """Where a motif is heard in the melody, for explaining the piece and for finding its theme again."""

    start: float
    length: float
    of: str
    """"theme" (the journey's), "own" (this piece's) or "chapter" (an earlier piece's own, in a finale)."""
    form: str
    """The variation it appears in: a value of `theme.Variation`."""
    number: int = 0
    """Of a chapter: its place in the brief, counted from 0."""


@dataclass(frozen=True, slots=True)
class Harmony:
    """What sounds under the melody for a while, for the record."""

    start: float
    length: float
    name: str
    pitches: tuple[int, ...]
    """Pitch classes 0 … 11, the bass first."""


@dataclass(frozen=True, slots=True)
class Score:
    title: str
    """Genre, mood and role: for people who read scores, not for readers of books."""
    tonic: int
    """Pitch class of the key."""
    mode: str
    scale: tuple[int, ...]
    """Pitch classes of the melody's home scale, the tonic first."""
    tempo: float
    """Beats a minute."""
    meter: Meter
    swing: float
    """Where the second half of a beat falls: 0.5 is even, 0.67 triplet swing."""
    bars: int
    sections: tuple[Section, ...]
    harmony: tuple[Harmony, ...]
    motifs: tuple[Quotation, ...]
    """In order of time."""
    parts: tuple[Part, ...]
    slowing: float
    """How much slower the last two bars end: 0.3 is 30 %."""
    tail: float
    """Seconds the last chord rings on after its written end."""
    room: float
    """Reverberation time in seconds."""
    wet: float
    """Share of the room in the sound, 0 … 1."""
    seed: int

    @property
    def beats(self) -> float:
        return float(self.bars * self.meter.beats)

    def digest(self) -> str:
        """A fingerprint: equal digests, equal scores."""
        # Fields as they are rather than asdict's copy of thousands of notes, which takes as long as playing them.
        text = json.dumps(self, default=_fields, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def _fields(record: Any) -> dict[str, object]:
    return {name: getattr(record, name) for name in record.__slots__}
