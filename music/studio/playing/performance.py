"""Performance: a score becomes timed events, played by people rather than by a clock.

Timing and touch stray a little (drums less), every phrase takes its time at both ends, the last bars slow down, held
notes of blown and bowed instruments tremble and ornaments move the pitch. All of it is drawn from the score's seed.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from music.studio.chance import stream
from music.studio.instruments import INSTRUMENTS
from music.studio.playing.bending import LONG_NOTE, SHAKE_RATE, VIBRATO_RATE, gesture, trembling, vibrato
from music.studio.playing.events import Channel, Event, Kind, Stem
from music.studio.score import Note, Ornament, Part, Score

TIMING_SPREAD, DRUM_TIMING_SPREAD = 0.006, 0.003
VELOCITY_SPREAD = 0.05
# A beat is at most this much longer or shorter than written; a piece that slows down little is played stricter.
RUBATO, ORDINARY_SLOWING = 0.012, 0.3
SLOWING_BARS = 2
RESTRIKE_GAP, SHORTEST_REPEAT = 0.012, 0.04
LEAD_IN = 0.08
SWELL_STEP, SWELL_DECIBELS = 0.12, 0.25
BEND_STEP = 0.03
# Share of the tail that a last note sounds: what is blown or bowed stops with the player, what was struck rings on.
RING = {True: 0.6, False: 0.85}
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
        self._rubato = RUBATO * min(1.0, score.slowing / ORDINARY_SLOWING)
        bar = float(score.meter.beats)
        bounds = {0.0, score.beats, *(section.start * bar for section in score.sections)}
        self._bounds = sorted(bound for bound in bounds if 0 <= bound <= score.beats)

    def seconds(self, beat: float) -> float:
        """Time of a beat: each phrase broad at its ends and flowing in its middle, then slowing evenly to the end."""
        index = min(max(bisect_right(self._bounds, beat) - 1, 0), max(len(self._bounds) - 2, 0))
        start = self._bounds[index]
        length = max(self._bounds[min(index + 1, len(self._bounds) - 1)] - start, 1e-9)
        place = min(max((beat - start) / length, 0.0), 1.0)
        breath = self._rubato * length / math.tau * math.sin(math.tau * place)
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
        for ornament in part.ornaments:
            events += _ornament(number, ornament, clock, rng)
        events += _swells(number, part, clock)
    return Stem(channels, tuple(sorted(events)))


def _notes(channel: int, part: Part, score: Score, clock: Clock, rng: random.Random) -> Iterable[Event]:
    spread = DRUM_TIMING_SPREAD if part.drums else TIMING_SPREAD
    sounding: list[tuple[float, float, Note]] = []
    for note in part.notes:
        start = max(0.0, clock.seconds(note.start) + min(max(rng.gauss(0, spread), -2 * spread), 2 * spread))
        end = max(start + 0.04, clock.seconds(note.start + note.length))
        if note.start + note.length >= score.beats - 1e-6 and not part.drums:
            end += score.tail * RING[part.program in INSTRUMENTS and INSTRUMENTS[part.program].sustained]
        sounding.append((start, end, note))
    sounding = _struck_once(sounding)
    shaken = trembling(part)
    for index, (start, end, note) in enumerate(sounding):
        following = sounding[index + 1] if index + 1 < len(sounding) else None
        if following is not None and following[2].pitch == note.pitch:
            # A voice that still sounds when its pitch is struck again would click.
            end = min(end, max(start + 0.02, following[0] - RESTRIKE_GAP))
        velocity = min(max(note.velocity * (1 + rng.gauss(0, VELOCITY_SPREAD)), 8), 125)
        yield Event(start, Kind.ON, channel, note.pitch, round(velocity, 2))
        yield Event(end, Kind.OFF, channel, note.pitch)
        if note in shaken and end - start >= LONG_NOTE:
            yield from _vibrato(channel, start, end, part.vibrato, rng)


def _struck_once(sounding: list[tuple[float, float, Note]]) -> list[tuple[float, float, Note]]:
    """(start, end, note) by pitch and time; what strikes one pitch almost together is one note, as on a keyboard."""
    once: list[tuple[float, float, Note]] = []
    for start, end, note in sorted(sounding, key=lambda entry: (entry[2].pitch, entry[0])):
        before = once[-1] if once else None
        if before is not None and before[2].pitch == note.pitch and start - before[0] < SHORTEST_REPEAT:
            louder = max(before[2], note, key=lambda note: note.velocity)
            once[-1] = (before[0], max(before[1], end), louder)
        else:
            once.append((start, end, note))
    return once


def _vibrato(channel: int, start: float, end: float, depth: float, rng: random.Random) -> Iterable[Event]:
    rate = VIBRATO_RATE * rng.uniform(0.92, 1.08)
    for since, bend in vibrato(end - start, depth, BEND_STEP, rate):
        yield Event(start + since, Kind.BEND, channel, 0, bend)


def _ornament(channel: int, ornament: Ornament, clock: Clock, rng: random.Random) -> Iterable[Event]:
    start, end = clock.seconds(ornament.start), clock.seconds(ornament.start + ornament.length)
    rate = SHAKE_RATE * rng.uniform(0.9, 1.1)
    for since, bend in gesture(ornament, end - start, BEND_STEP, rate):
        yield Event(start + since, Kind.BEND, channel, 0, bend)


def _swells(channel: int, part: Part, clock: Clock) -> Iterable[Event]:
    for (beat, level), (next_beat, next_level) in zip(part.swells, part.swells[1:], strict=False):
        start, end = clock.seconds(beat), clock.seconds(next_beat)
        steps = min(max(1, int((end - start) / SWELL_STEP)), max(1, round(abs(next_level - level) / SWELL_DECIBELS)))
        for index in range(steps):
            share = index / steps
            value = round(level + (next_level - level) * share, 2)
            yield Event(start + (end - start) * share, Kind.LEVEL, channel, 0, value)
