"""Manner: how each mood moves. Its rhythms, its intervals, the arcs of its lines, its silences, its dynamics."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from enum import StrEnum

from music.brief import Mood
from music.studio.score import Meter

SLOW_BEAT, FAST_BEAT = 54, 132


class Arc(StrEnum):
    """The outline of a free line between where it begins and where it ends."""

    ARCH = "arch"
    RISE = "rise"
    FALL = "fall"
    WAVE = "wave"
    LEVEL = "level"

    def height(self, place: float) -> float:
        """How far above the straight line, -1 … 1, at `place` 0 … 1 of the way."""
        match self:
            case Arc.ARCH:
                return round(math.sin(math.pi * place), 6)
            case Arc.RISE:
                return place * place * (1.0 if place < 0.8 else 5 * (1 - place))
            case Arc.FALL:
                return min(1.0, 5 * place) * (1 - place)
            case Arc.WAVE:
                return round(math.sin(math.tau * place) * 0.8, 6)
            case Arc.LEVEL:
                return 0.0


@dataclass(frozen=True, slots=True)
class Manner:
    rhythms: str
    """Which pool of bars it draws from."""
    leaps: float
    """What a leap costs, 1 is ordinary."""
    repeats: float
    """What a repeated note costs; below 0 it is sought."""
    arc: Arc
    reach: float
    """Steps the arc leaves the straight line."""
    span: int
    """Steps above and below the theme's own range that free lines may use."""
    breath: float
    """Beats of silence after a phrase."""
    pickup: float
    """How likely an upbeat leads into the next phrase."""
    sequence: int
    """Steps by which it likes to move what it repeats."""
    contrast: float
    """How far apart its soft and loud phrases are, 1 is ordinary."""
    loudness: float
    """Added to every phrase's intensity."""
    kinship: float
    """How often a bar of free melody takes the theme's rhythm instead of the mood's."""


MANNERS: dict[Mood, Manner] = {
    Mood.JOY: Manner("lively", 0.6, 1.1, Arc.RISE, 3.0, 2, 0.5, 0.6, 1, 0.9, 0.04, 0.25),
    Mood.LOVE: Manner("singing", 0.9, 1.2, Arc.ARCH, 3.0, 1, 0.75, 0.5, 1, 0.9, 0.0, 0.4),
    Mood.WONDER: Manner("open", 0.5, 1.6, Arc.RISE, 4.0, 3, 1.0, 0.2, 2, 1.3, -0.02, 0.15),
    Mood.CALM: Manner("sparse", 1.5, 1.8, Arc.LEVEL, 1.0, 0, 1.5, 0.0, -1, 0.55, -0.06, 0.0),
    Mood.MELANCHOLY: Manner("singing", 1.3, 1.6, Arc.WAVE, 2.5, 0, 1.0, 0.4, -1, 0.8, -0.03, 0.3),
    Mood.SADNESS: Manner("sighing", 2.3, 1.5, Arc.FALL, 2.0, -1, 1.0, 0.15, -1, 0.7, -0.06, 0.1),
    Mood.TENSION: Manner("nervous", 1.3, -0.2, Arc.LEVEL, 1.0, -1, 0.75, 0.2, 1, 1.3, -0.08, 0.1),
    Mood.ANGER: Manner("hammering", 0.8, -0.7, Arc.FALL, 2.0, 0, 0.5, 0.2, -1, 0.7, 0.12, 0.1),
}

# Bars of free melody in beats; a negative length is a rest.
_QUADRUPLE: dict[str, tuple[tuple[float, ...], ...]] = {
    "sparse": ((3, -1), (2, 2), (2, 1, -1), (1, 3), (4,), (1, 1, 2)),
    "sighing": ((1.5, 0.5, 2), (1, 2, -1), (2, 2), (1, 1, 2), (3, 1), (0.5, 1.5, 2)),
    "singing": ((1.5, 0.5, 1, 1), (2, 1, 1), (1, 1, 2), (1.5, 0.5, 2), (3, 0.5, 0.5), (1, 0.5, 0.5, 2)),
    "open": ((1, 3), (2, 2), (1.5, 0.5, 2), (1, 1, 2), (3, 1), (0.5, 0.5, 3)),
    "lively": (
        (1, 0.5, 0.5, 1, 1),
        (0.5, 0.5, 1, 1, 1),
        (1, 1, 0.5, 0.5, 1),
        (1.5, 0.5, 0.5, 0.5, 1),
        (0.5, 0.5, 0.5, 0.5, 1, 1),
        (1, 0.5, 0.5, 1.5, 0.5),
    ),
    "nervous": (
        (0.5, 0.5, 1, -1, 1),
        (-0.5, 0.5, 0.5, 0.5, 1, -1),
        (0.5, 0.5, 0.5, 0.5, 1, -1),
        (1.5, 0.5, -1, 1),
        (1, -0.5, 0.5, 1, -1),
        (0.5, 0.5, 3),
    ),
    "hammering": (
        (0.5, 0.5, 0.5, 0.5, 1, 1),
        (1, 0.5, 0.5, 1, 1),
        (1, 1, 0.5, 0.5, 1),
        (0.5, 0.5, 1, 0.5, 0.5, 1),
        (1.5, 0.5, 0.5, 0.5, 1),
        (1, 1, 1, -1),
    ),
}
_TRIPLE: dict[str, tuple[tuple[float, ...], ...]] = {
    "sparse": ((2, -1), (3,), (1, 2), (2, 1)),
    "sighing": ((1.5, 0.5, 1), (1, 2), (2, 1), (0.5, 1.5, 1), (2, -1)),
    "singing": ((1.5, 0.5, 1), (2, 1), (1, 1, 1), (1, 0.5, 0.5, 1), (2, 0.5, 0.5)),
    "open": ((1, 2), (3,), (1.5, 0.5, 1), (0.5, 0.5, 2)),
    "lively": ((1, 0.5, 0.5, 1), (0.5, 0.5, 1, 1), (1, 1, 0.5, 0.5), (0.5, 0.5, 0.5, 0.5, 1)),
    "nervous": ((0.5, 0.5, 1, -1), (0.5, 0.5, 0.5, 0.5, -1), (1, -0.5, 0.5, 1), (-0.5, 0.5, 1, 1)),
    "hammering": ((0.5, 0.5, 0.5, 0.5, 1), (1, 0.5, 0.5, 1), (1, 1, 0.5, 0.5), (1, 1, 1)),
}
_CALMER = {"lively": "singing", "hammering": "singing", "nervous": "sighing", "singing": "sighing", "open": "sparse"}
_BUSIER = {"sparse": "sighing", "sighing": "singing", "open": "singing", "singing": "lively"}


def bar_rhythm(manner: Manner, meter: Meter, tempo: float, rng: random.Random) -> tuple[float, ...]:
    """One bar of lengths, rests negative. What is too quick or too slow for the tempo is eased."""
    pool = manner.rhythms
    if tempo >= FAST_BEAT and pool != "hammering":
        pool = _CALMER.get(pool, pool)
    elif tempo <= SLOW_BEAT:
        pool = _BUSIER.get(pool, pool)
    lengths = rng.choice((_TRIPLE if meter.beats == 3 else _QUADRUPLE)[pool])
    return lilt(lengths) if meter.division == 3 else lengths


def lilt(lengths: tuple[float, ...]) -> tuple[float, ...]:
    """A simple rhythm in triple division: what fell on the half beat falls on its last third."""
    ends: list[float] = []
    total = 0.0
    for length in lengths:
        total += abs(length)
        whole = total // 1
        ends.append(whole + (2 / 3 if total - whole else 0.0))
    spans = [end - start for start, end in zip([0.0, *ends], ends, strict=False)]
    return tuple(math.copysign(span, length) for span, length in zip(spans, lengths, strict=True))
