"""Plucking: figures of strings under the fingers, guitar, banjo and zither."""

from __future__ import annotations

import random

from music.studio.arranging.strokes import THIRD, Stroke, Strokes, cycle, eighth, spread
from music.studio.score import Meter


def strum(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Down and up over the strings, the octave of the lowest added where the hand is wide."""
    if meter.division == 3:
        pattern = [
            (beat + part, down) for beat in range(round(beats)) for part, down in ((0, True), (2 * THIRD, False))
        ]
    elif meter.beats == 3:
        pattern = [(0, True), (1, True), (1.5, False), (2, True), (2.5, False)]
    else:
        pattern = [(0, True), (1, True), (1.5, False), (2.5, False), (3, True), (3.5, False)]
    strokes: Strokes = []
    for at, down in pattern:
        if at < beats - 1e-6:
            order = range(voices + 1) if down else range(voices, 0, -1)
            accent = 0.75 if at == 0 else 0.6 if down else 0.42
            strokes += spread(at, min(1.0, beats - at), order, accent, 0.02)
    return strokes


def chop(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Hard, damped downstrokes in eighths."""
    step = eighth(meter)
    strokes: Strokes = []
    for i in range(max(1, round(beats / step))):
        strong = i % (2 if meter.division == 2 else 3) == 0
        accent = 0.78 if i == 0 else 0.62 if strong else 0.46
        strokes += spread(i * step, step * (0.75 if strong else 0.5), range(voices if strong else 2), accent, 0.012)
    return strokes


def picking(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    order = (0, 2, 1, 3, 2, 3, 1, 2) if meter.division == 2 else (0, 1, 2, 3, 2, 1)
    return cycle(order, beats, eighth(meter), ring=2.0)


def zither(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Low string, its answers, a bounce before the next beat; room left for the drum."""
    late = 2 * THIRD if meter.division == 3 else 0.5
    strokes = [Stroke(0, 2, 0, 0.75)]
    for beat in range(max(1, round(beats))):
        if beat > 0:
            strokes.append(Stroke(beat, 1.0, rng.choice((1, 2, 3)), 0.55))
        if lively or beat % 2 == 1:
            strokes.append(Stroke(beat + late, 1 - late, rng.choice((2, 3, 4)), 0.45))
    return strokes


def zither_bare(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """One string and its octave, and long nothing."""
    strokes = [Stroke(0, min(3.0, beats), 0, 0.68)]
    if beats >= 2:
        strokes.append(Stroke(1, beats - 1, voices, 0.48))
    if beats >= 3:
        strokes.append(Stroke(2, beats - 2, rng.choice((1, 2)), 0.44))
    return strokes


def zither_run(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """A glance over the strings into the chord, then picking."""
    run = [Stroke(index * 0.08, 0.4, index, 0.42 + 0.05 * index) for index in range(4)]
    later = [replace_at(stroke, 1.0) for stroke in zither(beats - 1, voices, meter, True, rng)] if beats >= 2 else []
    return [*run, *later]


def replace_at(stroke: Stroke, later: float) -> Stroke:
    return Stroke(stroke.at + later, stroke.length, stroke.what, stroke.accent)


def banjo_roll(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    step = THIRD if meter.division == 3 else (0.25 if lively else 0.5)
    return cycle((1, 3, 4, 1, 3, 4, 1, 4), beats, step, ring=0.5)
