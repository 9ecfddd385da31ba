"""What a synthesiser is told: channels and timed events, in seconds. No engine's units appear here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

SAMPLE_RATE = 44_100


class Kind(IntEnum):
    """What happens; at equal times in this order, so that a note ends before its pitch is struck again."""

    OFF = 0
    LEVEL = 1
    BEND = 2
    ON = 3


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """`number`: the pitch (ON, OFF). `value`: velocity 1 … 127 (ON), decibels (LEVEL), semitones within ±2 (BEND)."""

    seconds: float
    kind: Kind
    channel: int
    number: int = 0
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class Channel:
    """One part's sound: General MIDI program or drum kit, level in dB, place from -1 (left) to 1 (right)."""

    program: int
    drums: bool
    level: float
    pan: float


@dataclass(frozen=True, slots=True)
class Stem:
    """Parts that go through the room together: `channels` and their `events` in order of time."""

    channels: tuple[Channel, ...]
    events: tuple[Event, ...]
