"""Figures: what an accompaniment plays over one chord, by name."""

from __future__ import annotations

import random
from collections.abc import Callable

from music.studio.arranging.arpeggios import (
    alberti,
    broken,
    drops,
    falling,
    flowing,
    glitter,
    ostinato,
    ripple,
    rocking,
    shimmer,
    sweep,
    throb,
)
from music.studio.arranging.chording import (
    bounce,
    charleston,
    comp,
    gallop,
    hammer,
    held,
    offbeat,
    offbeats,
    power,
    pulse,
    roll,
    sighs,
    skank,
    stabs,
    still,
    trembling,
)
from music.studio.arranging.plucking import banjo_roll, chop, picking, strum, zither, zither_bare, zither_run
from music.studio.arranging.strokes import Strokes
from music.studio.score import Meter

Figure = Callable[[float, int, Meter, bool, random.Random], Strokes]
"""(beats, voices, meter, lively, rng) → strokes."""

POWER_FIGURES = frozenset({"power"})
"""Their voices are root, fifth and octave whatever the chord."""

FIGURES: dict[str, Figure] = {
    figure.__name__: figure
    for figure in (
        held, sighs, roll, rocking, broken, falling, still, flowing, sweep, shimmer, ripple, alberti, bounce, gallop,
        pulse, throb, ostinato, stabs, hammer, offbeat, skank, comp, charleston, strum, chop, picking, zither,
        zither_bare, zither_run, drops, glitter, offbeats, banjo_roll, trembling, power,
    )
}  # fmt: skip
