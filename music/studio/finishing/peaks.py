"""The outline of a sound, for drawing its waveform."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STRETCHES = 400


def outline(envelope: NDArray[np.float64]) -> tuple[int, ...]:
    """The loudest value of each of 400 equal stretches (fewer where there are fewer values), the loudest being 100.

    `envelope`: peaks at equal distances, 0 … 1. Silence gives zeros.
    """
    count = min(STRETCHES, len(envelope))
    if count == 0:
        return ()
    starts = np.arange(count) * len(envelope) // count
    loudest = np.maximum.reduceat(envelope, starts)
    highest = float(loudest.max())
    if highest <= 0:
        return (0,) * count
    return tuple(int(value) for value in np.rint(100 * loudest / highest))
