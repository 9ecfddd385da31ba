"""Performance: a score becomes timed events, played by people rather than by a clock.

Timing and touch stray a little (drums less), phrases breathe in tempo, the last bars slow down, held notes of blown
and bowed instruments tremble. All of it is drawn from the score's seed.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass

from music.studio.chance import stream
from music.studio.events import Channel, Event, Kind, Stem
from music.studio.score import Note, Part, Score

TIMING_SPREAD, DRUM_TIMING_SPREAD = 0.006, 0.003
VELOCITY_SPREAD = 0.05
RUBATO = 0.012
RUBATO_BEATS = 16
SLOWING_BARS = 2
RESTRIKE_GAP = 0.012
LEAD_IN = 0.08
SWELL_STEP = 0.12
VIBRATO_RATE, VIBRATO_DELAY, VIBRATO_STEP = 5.2, 0.25, 0.03
LONG_NOTE = 0.55
# These keep the room out: reverberant bass and drums blur.
CLOSE = frozenset({"bass", "drums"})


@dataclass(frozen=True, slots=True)
class Performance:
    """`distant` goes through the room, `close` hardly; `seconds` is the whole, last chord ringing included."""

    distant: Stem
    close: Stem
    seconds: float


class Clock:
    """Beats to seconds, once for the whole score."""

    def __init__(self, score: Score) -> None:
        self._beat = 60 / score.tempo
        self._end = score.beats
        self._slow_from = max(0.0, score.beats - SLOWING_BARS * score.meter.beats)
        self._slowing = score.slowing

    def seconds(self, beat: float) -> float:
        """Time of a beat: steady but for a slow breath, then slowing evenly."""
        breath = RUBATO * RUBATO_BEATS / math.tau * (1 - math.cos(math.tau * beat / RUBATO_BEATS))
        late = max(0.0, beat - self._slow_from)
        span = max(self._end - self._slow_from, 1e-9)
        return LEAD_IN + self._beat * (beat + breath + self._slowing * late * late / (2 * span))


def perform(score: Score) -> Performance:
    """Play the score."""
    clock = Clock(score)
    stems = [
        _stem([part for part in score.parts if (part.name in CLOSE) is close], score, clock) for close in (False, True)
    ]
    return Performance(stems[0], stems[1], clock.seconds(score.beats) + score.tail)


def _stem(parts: list[Part], score: Score, clock: Clock) -> Stem:
    channels = tuple(Channel(part.program, part.drums, part.level, part.pan) for part in parts)
    events: list[Event] = []
    for number, part in enumerate(parts):
        rng = stream(score.seed, "performance", part.name)
        events += _notes(number, part, score, clock, rng)
        events += _swells(number, part, clock)
    return Stem(channels, tuple(sorted(events)))


def _notes(channel: int, part: Part, score: Score, clock: Clock, rng: random.Random) -> Iterable[Event]:
    spread = DRUM_TIMING_SPREAD if part.drums else TIMING_SPREAD
    sounding: list[tuple[float, float, Note]] = []
    for note in part.notes:
        start = max(0.0, clock.seconds(note.start) + min(max(rng.gauss(0, spread), -2 * spread), 2 * spread))
        end = max(start + 0.04, clock.seconds(note.start + note.length))
        if note.start + note.length >= score.beats - 1e-6 and not part.drums:
            end += score.tail * 0.5
        sounding.append((start, end, note))
    sounding.sort(key=lambda entry: (entry[2].pitch, entry[0]))
    for index, (start, end, note) in enumerate(sounding):
        following = sounding[index + 1] if index + 1 < len(sounding) else None
        if following is not None and following[2].pitch == note.pitch:
            # A voice that still sounds when its pitch is struck again would click.
            end = min(end, max(start + 0.02, following[0] - RESTRIKE_GAP))
        velocity = min(max(note.velocity * (1 + rng.gauss(0, VELOCITY_SPREAD)), 8), 125)
        yield Event(start, Kind.ON, channel, note.pitch, round(velocity, 2))
        yield Event(end, Kind.OFF, channel, note.pitch)
        if part.vibrato and end - start >= LONG_NOTE:
            yield from _vibrato(channel, start, end, part.vibrato, rng)


def _vibrato(channel: int, start: float, end: float, depth: float, rng: random.Random) -> Iterable[Event]:
    """Sets in late, grows, and is level again before the next note."""
    rate = VIBRATO_RATE * rng.uniform(0.92, 1.08)
    count = int((end - start - VIBRATO_DELAY) / VIBRATO_STEP)
    for index in range(count):
        since = index * VIBRATO_STEP
        grown = min(1.0, since / 0.6)
        yield Event(
            start + VIBRATO_DELAY + since,
            Kind.BEND,
            channel,
            0,
            round(depth * grown * math.sin(math.tau * rate * since), 4),
        )
    yield Event(end, Kind.BEND, channel, 0, 0.0)


def _swells(channel: int, part: Part, clock: Clock) -> Iterable[Event]:
    for (beat, level), (next_beat, next_level) in zip(part.swells, part.swells[1:], strict=False):
        start, end = clock.seconds(beat), clock.seconds(next_beat)
        steps = max(1, int((end - start) / SWELL_STEP))
        for index in range(steps):
            share = index / steps
            value = round(level + (next_level - level) * share, 2)
            yield Event(start + (end - start) * share, Kind.LEVEL, channel, 0, value)
