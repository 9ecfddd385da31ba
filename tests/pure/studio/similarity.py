"""How much of a theme is in a melody: note by note, whatever the key and the tempo."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from music.studio.score import Note

Shape = tuple[tuple[float, ...], tuple[float, ...]]
"""Intervals in semitones and, between onsets, the logarithm (base 2) of each gap by the one before."""


def shape_of(onsets: Sequence[float], pitches: Sequence[float]) -> Shape:
    gaps = [after - before for before, after in pairwise(onsets)]
    ratios = tuple(math.log2(max(after, 1e-3) / max(before, 1e-3)) for before, after in pairwise(gaps))
    return tuple(after - before for before, after in pairwise(pitches)), ratios


def likeness(theme: Shape, melody: Sequence[Note]) -> float:
    """0 … 1: the best match of the theme anywhere in the melody, three parts intervals to two of rhythm."""
    intervals, ratios = theme
    found_intervals, found_ratios = shape_of([n.start for n in melody], [n.pitch for n in melody])
    best = 0.0
    for at in range(len(found_intervals) - len(intervals) + 1):
        same = sum(
            max(0.0, 1 - abs(found_intervals[at + index] - interval) / 3) for index, interval in enumerate(intervals)
        ) / len(intervals)
        # Even a perfect rhythm could not lift it past what has been found.
        if 0.6 * same + 0.4 <= best:
            continue
        timed = sum(max(0.0, 1 - abs(found_ratios[at + index] - ratio)) for index, ratio in enumerate(ratios)) / max(
            1, len(ratios)
        )
        best = max(best, 0.6 * same + 0.4 * timed)
    return best
