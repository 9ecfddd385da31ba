"""The leveller: a hand on the fader that turns passages down which stand out, so that the limiter has less to do.

A solo piano or a plucked lead is far below its peaks in loudness; bringing it to the common loudness by the limiter
alone would flatten its attacks. The leveller looks at a third of a second at a time and does no more than is needed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from music.studio.finishing.loudness import CELL, SILENCE_LUFS, Energies, integrated
from music.studio.playing.events import SAMPLE_RATE

SHARES = (0.0, 0.25, 0.45, 0.65)
"""How much of what stands out is taken away: tried in this order."""
# What counts is an average weighted by a triangle this wide at its foot, the moment itself in the middle.
WIDTH = 0.3
# So far below the loudness of the whole begins what stands out, dB.
DEPTH = 3.0


def leveller(energies: Energies, share: float) -> NDArray[np.float64]:
    """The gain, at most 1, for every cell of a sound with these K-weighted energies."""
    whole = integrated(energies)
    if share == 0.0 or whole <= SILENCE_LUFS:
        return np.ones(len(energies))
    average = _box(_box(energies))
    threshold = 10 ** ((whole - DEPTH) / 10)
    return np.asarray(np.maximum(average / threshold, 1.0) ** (-share / 2))


def _box(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over half the width, beyond the ends taken as silence."""
    half = max(1, round(WIDTH / 2 * SAMPLE_RATE / CELL / 2))
    padded = np.pad(values, (half + 1, half))
    sums = np.cumsum(padded)
    return (sums[2 * half + 1 :] - sums[: -2 * half - 1]) / (2 * half + 1)
