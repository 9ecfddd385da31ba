"""Figures: what accompaniment, bass and percussion play over one chord or bar.

Each figure answers with strokes: (beats after the beginning, length in beats, what, accent 0 … 1). For chords, `what`
is an index into the voicing, counted upwards through the octaves; for percussion it is the drum's key.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from music.studio.score import Meter

THIRD = 1 / 3


@dataclass(frozen=True, slots=True)
class Stroke:
    at: float
    length: float
    what: int
    accent: float = 0.6


Strokes = list[Stroke]
Figure = Callable[[float, int, Meter, bool, random.Random], Strokes]
"""(beats, voices, meter, lively, rng) → strokes."""


def _cycle(order: Sequence[int], beats: float, step: float, ring: float | None = None) -> Strokes:
    count = max(1, round(beats / step))
    return [
        Stroke(i * step, min(ring or step, beats - i * step), order[i % len(order)], 0.75 if i == 0 else 0.5)
        for i in range(count)
    ]


def _chord(at: float, length: float, voices: Sequence[int], accent: float) -> Strokes:
    return [Stroke(at, length, index, accent) for index in voices]


def broken(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """A wide arpeggio that rises and rings until the chord changes."""
    step = THIRD if meter.division == 3 and lively else (2 * THIRD if meter.division == 3 else (0.5 if lively else 1.0))
    return _cycle((0, 1, 2, 3, 2, 1), beats, step, ring=beats)


def flowing(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    step = THIRD if meter.division == 3 else (0.25 if lively and meter.beats == 4 else 0.5)
    return _cycle((0, 1, 2, 3, 4, 3, 2, 1), beats, step, ring=1.5)


def alberti(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    step = THIRD if meter.division == 3 else 0.5
    order = (0, 2, 1, 2) if meter.beats == 4 and meter.division == 2 else (0, 1, 2, 3, 2, 1)
    return _cycle(order, beats, step, ring=step * 1.1)


def waltz(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    strokes = [Stroke(0, 1, 0, 0.8)]
    for beat in range(1, round(beats)):
        if meter.beats == 3 or beat != 2:
            strokes += _chord(beat, 0.8, range(1, voices), 0.5)
        else:
            strokes.append(Stroke(beat, 1, 0, 0.65))
    return strokes


def pulse(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Repeated chords, short, the first of each beat leaning."""
    step = THIRD if meter.division == 3 else 0.5
    if not lively:
        step = 1.0
    strokes: Strokes = []
    for i in range(max(1, round(beats / step))):
        at = i * step
        accent = 0.75 if at == 0 else 0.6 if at % 1 < 1e-6 else 0.4
        strokes += _chord(at, step * 0.7, range(voices) if at % 1 < 1e-6 else range(1, voices), accent)
    return strokes


def ostinato(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    step = THIRD if meter.division == 3 else (0.25 if lively else 0.5)
    return _cycle((0, 2, 3, 2, 0, 2, 1, 2), beats, step, ring=step * 0.9)


def roll(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """One slow spread chord and a few drops after it."""
    strokes = [Stroke(i * 0.25, beats - i * 0.25, i, 0.6) for i in range(min(voices, max(1, round(beats * 4))))]
    for at in (2.0, 3.0):
        if at < beats and rng.random() < (0.75 if lively else 0.5):
            strokes.append(Stroke(at, beats - at, rng.choice((3, 4, 5)), 0.4))
    return strokes


def offbeat(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    strokes: Strokes = []
    spots = ((0.0, 1.4), (1.5, 1.0), (3.5, 0.5)) if rng.random() < 0.6 else ((0.0, 2.2), (2.5, 1.2))
    for at, length in spots:
        if at < beats:
            strokes += _chord(at, min(length, beats - at), range(voices), 0.65 if at == 0 else 0.5)
    return strokes


def comp(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """A pianist behind a soloist: few, late, never the same bar twice."""
    spots = rng.choice((((0.0, 1.5), (1.5, 0.6)), ((0.5, 1.8),), ((1.0, 1.2), (2.5, 0.5)), ((0.0, 2.5), (3.5, 0.5))))
    strokes: Strokes = []
    for at, length in spots:
        if at < beats:
            strokes += _chord(at, min(length, beats - at), range(voices), rng.uniform(0.4, 0.6))
    return strokes or _chord(0, beats, range(voices), 0.5)


def strum(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Down and up; the hand's travel over the strings is in the offsets."""
    if meter.division == 3:
        pattern = [
            (beat + part, down) for beat in range(round(beats)) for part, down in ((0, True), (2 * THIRD, False))
        ]
    else:
        pattern = [(0, True), (1, True), (1.5, False), (2.5, False), (3, True), (3.5, False)]
        if meter.beats == 3:
            pattern = [(0, True), (1, True), (1.5, False), (2, True), (2.5, False)]
    strokes: Strokes = []
    for at, down in pattern:
        if at >= beats - 1e-6:
            continue
        order = range(voices) if down else range(voices - 1, 0, -1)
        accent = 0.75 if at == 0 else 0.6 if down else 0.4
        length = min(1.0, beats - at)
        strokes += [
            Stroke(at + place * 0.02, length - place * 0.02, index, accent) for place, index in enumerate(order)
        ]
    return strokes


def picking(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    step = THIRD if meter.division == 3 else 0.5
    order = (0, 2, 1, 3, 2, 3, 1, 2) if meter.division == 2 else (0, 1, 2, 3, 2, 1)
    return _cycle(order, beats, step, ring=2.0)


def zither(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Low string, its answer in the octave, a bounce on the last third; room left for the drum."""
    strokes = [Stroke(0, 2, 0, 0.75)]
    for beat in range(round(beats)):
        if beat > 0:
            strokes.append(Stroke(beat, 1.0, rng.choice((1, 2, 3)), 0.55))
        if lively or beat % 2 == 1:
            strokes.append(Stroke(beat + 2 * THIRD, THIRD, rng.choice((2, 3, 4)), 0.45))
    return strokes


def hold(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    return [Stroke(0, beats, 0, 0.6)]


def octaves(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    half = beats / 2 if beats >= 4 else beats
    return [Stroke(at * half, half, what, 0.6) for at in range(round(beats / half)) for what in (0, 1)]


def two(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Root, then fifth; the triple bar has the root alone with a light third beat."""
    if beats < 2:
        return [Stroke(0, beats, 0, 0.7)]
    if meter.beats == 3:
        return [Stroke(0, min(2.0, beats), 0, 0.75)] + ([Stroke(2, 0.9, 2, 0.5)] if beats >= 3 else [])
    return [Stroke(0, min(1.8, beats), 0, 0.75)] + ([Stroke(2, beats - 2.2, 2, 0.6)] if beats > 2.5 else [])


def steady(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    step = THIRD if meter.division == 3 else 0.5
    return _cycle((0,), beats, step, ring=step * 0.85)


def walk(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Quarter notes through the chord; what 9 asks for a step towards the next root."""
    order = [0, *rng.choice(((3, 2), (2, 3), (1, 2), (3, 1)))][: max(1, round(beats) - 1)]
    strokes = [Stroke(index, 0.92, what, 0.7 if index == 0 else 0.6) for index, what in enumerate(order)]
    return [*strokes, Stroke(round(beats) - 1, 0.92, 9, 0.6)] if beats >= 2 else strokes


def lofi(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    spots = ((0.0, 1.3, 0), (1.5, 0.45, 0), (2.5, 1.0, rng.choice((0, 2))))
    return [Stroke(at, min(length, beats - at), what, 0.7 - 0.1 * (at > 0)) for at, length, what in spots if at < beats]


def drone(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    return [Stroke(0, beats, 0, 0.6)]


FIGURES: dict[str, Figure] = {
    figure.__name__: figure
    for figure in (broken, flowing, alberti, waltz, pulse, ostinato, roll, offbeat, comp, strum, picking, zither)
}
BASS_FIGURES: dict[str, Figure] = {
    "hold": hold,
    "octaves": octaves,
    "two": two,
    "pulse": steady,
    "walk": walk,
    "lofi": lofi,
    "drone": drone,
}
