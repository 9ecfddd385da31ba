"""Arpeggios: figures that take the tones of a chord one after the other."""

from __future__ import annotations

import random

from music.studio.arranging.strokes import THIRD, Stroke, Strokes, cycle, eighth
from music.studio.score import Meter


def rocking(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Back and forth in quarters, or in long and short."""
    if meter.division == 3:
        return [
            stroke
            for beat in range(max(1, round(beats)))
            for stroke in (
                Stroke(beat, min(1.0, beats - beat), 0 if beat % 2 == 0 else 2, 0.6),
                Stroke(beat + 2 * THIRD, THIRD, 1 if beat % 2 == 0 else 3, 0.42),
            )
        ]
    return cycle((0, 2, 1, 3), beats, 0.5 if lively else 1.0, ring=beats)


def broken(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """A wide arpeggio that rises and rings until the chord changes."""
    return cycle((0, 1, 2, 3, 2, 1), beats, eighth(meter), ring=beats)


def falling(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Quavers whose top comes down through the chord while they keep going."""
    return cycle((3, 1, 2, 1, 2, 0, 1, 0), beats, eighth(meter), ring=eighth(meter))


def flowing(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    return cycle((0, 1, 2, 3, 4, 3, 2, 1), beats, eighth(meter), ring=1.5)


def sweep(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Up through two octaves and down again, quick enough to blur."""
    step = THIRD / 2 if meter.division == 3 and lively else THIRD if meter.division == 3 else 0.25 if lively else 0.5
    return cycle((0, 1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1), beats, step, ring=1.0)


def shimmer(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Small quick circles."""
    step = THIRD if meter.division == 3 else 0.25
    return cycle((1, 2, 3, 4, 3, 5, 4, 2), beats, step, ring=0.8)


def ripple(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """Three against two: groups of three that drift over the beat."""
    return cycle((0, 2, 4, 1, 3, 4), beats, eighth(meter), ring=1.2)


def alberti(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    order = (0, 2, 1, 2) if meter.beats == 4 and meter.division == 2 else (0, 1, 2, 3, 2, 1)
    return cycle(order, beats, eighth(meter), ring=eighth(meter) * 1.1)


def throb(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """One low tone like a heartbeat, its neighbour above once in a while."""
    step = eighth(meter)
    return [
        Stroke(i * step, step * 0.7, 1 if i % 8 == 5 else 0, 0.66 if abs(i * step % 1) < 1e-6 else 0.42)
        for i in range(max(1, round(beats / step)))
    ]


def ostinato(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """The same quick turn over and over."""
    step = THIRD if meter.division == 3 else (0.25 if lively else 0.5)
    return cycle((0, 2, 1, 2, 3, 2, 1, 2), beats, step, ring=step * 0.8)


def drops(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """A high tone now and then."""
    spots = [beat for beat in range(1, max(2, round(beats))) if rng.random() < 0.4]
    return [Stroke(beat, beats - beat, rng.choice((3, 4, 5)), 0.46) for beat in spots if beat < beats]


def glitter(beats: float, voices: int, meter: Meter, lively: bool, rng: random.Random) -> Strokes:
    """High and quick, with holes."""
    step = THIRD if meter.division == 3 else 0.25
    return [stroke for stroke in cycle((5, 3, 6, 4, 7, 5, 4, 6), beats, step, ring=1.0) if rng.random() < 0.6]
