"""Bass lines over one chord. `what` of a stroke is a place in the chord (`Place`), not an index."""

from __future__ import annotations

import random
from enum import IntEnum

from music.studio.arranging.figures import Figure
from music.studio.arranging.strokes import THIRD, Stroke, Strokes, eighth
from music.studio.score import Meter


class Place(IntEnum):
    """Where in the chord a bass note lies."""

    ROOT = 0
    THIRD = 1
    FIFTH = 2
    OCTAVE = 3
    LEADING = 9
    """A step towards the next chord's bass."""


def hold(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    return [Stroke(0, beats, Place.ROOT, 0.6)]


def octaves(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    half = beats / 2 if beats >= 4 else beats
    return [
        Stroke(at * half, half, what, 0.62 if what is Place.ROOT else 0.5)
        for at in range(round(beats / half))
        for what in (Place.ROOT, Place.OCTAVE)
    ]


def two(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Root, then fifth; the triple bar has the root alone with a light third beat, and a step on before a change."""
    if beats < 2:
        return [Stroke(0, beats, Place.ROOT, 0.7)]
    if meter.beats == 3:
        late = [Stroke(2, 0.9, Place.FIFTH, 0.5)] if beats >= 3 else []
        return [Stroke(0, min(2.0, beats), Place.ROOT, 0.75), *late]
    if beats <= 2.5:
        return [Stroke(0, min(1.8, beats), Place.ROOT, 0.75)]
    if rng.random() < 0.3:
        return [Stroke(0, 1.8, Place.ROOT, 0.75), Stroke(2, 0.9, Place.FIFTH, 0.6), Stroke(3, 0.9, Place.LEADING, 0.52)]
    return [Stroke(0, 1.8, Place.ROOT, 0.75), Stroke(2, beats - 2.2, Place.FIFTH, 0.6)]


def bounce(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Short quarters: root and fifth, the last one leaning over."""
    count = max(1, round(beats))
    order = [Place.ROOT if beat % 2 == 0 else Place.FIFTH for beat in range(count)]
    if count >= 4 and rng.random() < 0.5:
        order[-1] = Place.LEADING
    return [Stroke(beat, 0.55, what, 0.72 if beat == 0 else 0.58) for beat, what in enumerate(order)]


def throb(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """The root in eighths, hardly louder on the beat."""
    step = eighth(meter)
    return [
        Stroke(i * step, step * 0.7, Place.ROOT, 0.6 if abs(i * step % 1) < 1e-6 else 0.45)
        for i in range(max(1, round(beats / step)))
    ]


def drive(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """The root hammered in eighths, its octave where the accents of three, three and two fall."""
    step = eighth(meter)
    return [
        Stroke(
            i * step, step * 0.85, Place.OCTAVE if i % 8 in (3, 6) else Place.ROOT, 0.75 if i % 8 in (0, 3, 6) else 0.55
        )
        for i in range(max(1, round(beats / step)))
    ]


def walk(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Quarter notes through the chord, the last one a step towards the next root."""
    paths = (
        (Place.OCTAVE, Place.FIFTH), (Place.FIFTH, Place.OCTAVE), (Place.THIRD, Place.FIFTH),
        (Place.OCTAVE, Place.THIRD), (Place.FIFTH, Place.THIRD),
    )  # fmt: skip
    order = [Place.ROOT, *rng.choice(paths)][: max(1, round(beats) - 1)]
    strokes = [Stroke(index, 0.92, what, 0.7 if index == 0 else 0.6) for index, what in enumerate(order)]
    if beats >= 4 and rng.random() < 0.25:
        late = THIRD * 2 if meter.division == 3 else 0.5
        strokes.append(Stroke(1 + late, 0.3, Place.ROOT, 0.42))
    return [*strokes, Stroke(round(beats) - 1, 0.92, Place.LEADING, 0.6)] if beats >= 2 else strokes


def lofi(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    last = rng.choice((Place.ROOT, Place.FIFTH, Place.LEADING))
    spots = ((0.0, 1.3, Place.ROOT), (1.5, 0.45, Place.ROOT), (2.5, 1.0, last))
    return [Stroke(at, min(length, beats - at), what, 0.7 - 0.1 * (at > 0)) for at, length, what in spots if at < beats]


def lean(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """The root, and before the chord changes a step on towards the next one."""
    if beats < 2:
        return [Stroke(0, beats, Place.ROOT, 0.66)]
    if beats < 3:
        return [Stroke(0, beats - 1, Place.ROOT, 0.66), Stroke(beats - 1, 0.9, Place.LEADING, 0.5)]
    return [
        Stroke(0, beats - 2, Place.ROOT, 0.66),
        Stroke(beats - 2, 0.95, Place.FIFTH, 0.5),
        Stroke(beats - 1, 0.9, Place.LEADING, 0.52),
    ]


def drone(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """The root held, its fifth joining halfway."""
    late = [Stroke(2, beats - 2, Place.FIFTH, 0.42)] if beats >= 3 else []
    return [Stroke(0, beats, Place.ROOT, 0.58), *late]


BASSLINES: dict[str, Figure] = {
    line.__name__: line for line in (hold, octaves, two, bounce, throb, drive, walk, lofi, lean, drone)
}
