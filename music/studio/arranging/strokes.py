"""Strokes: the small unit of accompaniment, bass and percussion, before it has a pitch and a loudness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from music.studio.score import Meter

THIRD = 1 / 3


@dataclass(frozen=True, slots=True)
class Stroke:
    """`at` and `length` in beats after the beginning of the chord or bar; `accent` 0 … 1.

    `what`: of a chord an index into its voicing, counted upwards through the octaves; of percussion the drum's key.
    """

    at: float
    length: float
    what: int
    accent: float = 0.6


Strokes = list[Stroke]


def eighth(meter: Meter) -> float:
    """The beat's ordinary part."""
    return THIRD if meter.division == 3 else 0.5


def cycle(order: Sequence[int], beats: float, step: float, ring: float | None = None) -> Strokes:
    """One voice after the other in this order; a beat's first stroke leans a little, the chord's first more."""
    return [
        Stroke(
            i * step,
            min(ring or step, beats - i * step),
            order[i % len(order)],
            0.75 if i == 0 else 0.56 if abs(i * step % 1) < 1e-6 else 0.46,
        )
        for i in range(max(1, round(beats / step)))
    ]


def chord(at: float, length: float, voices: Sequence[int], accent: float) -> Strokes:
    return [Stroke(at, length, index, accent) for index in voices]


def spread(at: float, length: float, voices: Sequence[int], accent: float, gap: float = 0.06) -> Strokes:
    """A chord rolled upwards."""
    return [
        Stroke(at + place * gap, length - place * gap, index, accent)
        for place, index in enumerate(voices)
        if length - place * gap > 0.05
    ]
