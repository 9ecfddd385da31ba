"""Tempo from the onsets of the sound alone, and whether it is the tempo that was asked for.

The onsets' autocorrelation repeats at every multiple of a beat. A comb over long multiples gives the period to a
fraction of a per cent; which of its multiples people would tap is not decided here, as tempo is compared up to the
factors by which tapping differs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

SLOWEST, FASTEST = 40.0, 220.0
STEP = 1.001
"""Ratio between neighbouring candidates."""
TEETH = 24
"""Multiples of a beat that are looked at, as far as the piece is long enough."""
USUAL, SPREAD = 100.0, 1.4
"""People's preferred pulse, and how far from it (in octaves) it is still likely."""
SURROUNDINGS = 1.5
"""Seconds against which an onset is strong or weak: a roll or a swell lasts longer and is no beat."""
OCTAVES = (0.25, 0.5, 1.0, 2.0, 4.0)
COMPOUND = (1 / 3, 2 / 3, 1.5, 3.0)
"""Also right where a beat has three parts: dotted and plain beats differ by these."""


def evened(onsets: NDArray[np.float32], rate: float) -> NDArray[np.float32]:
    """Onset strengths against their surroundings, as loud in quiet passages as in full ones."""
    width = int(SURROUNDINGS * rate)
    standing_out = onsets - uniform_filter1d(onsets, width)
    usual = np.sqrt(uniform_filter1d(standing_out**2, 2 * width))
    return np.asarray(standing_out / np.maximum(usual + 0.1 * onsets.std(), 1e-9), dtype=np.float32)


def autocorrelation(onsets: NDArray[np.float32]) -> NDArray[np.float64]:
    """Of the onset strengths, 1 at lag 0, corrected for the overlap that shrinks with the lag."""
    centred = onsets.astype(np.float64) - onsets.mean()
    size = 1 << (2 * len(centred) - 1).bit_length()
    transformed = np.fft.rfft(centred, size)
    raw = np.fft.irfft(transformed * np.conj(transformed), size)[: len(centred)]
    overlap = np.arange(len(centred), 0, -1) / len(centred)
    return np.asarray(raw / max(raw[0], 1e-12) / np.maximum(overlap, 0.25))


def comb(onsets: NDArray[np.float32], rate: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Candidate tempi and how well each explains when things start. `rate`: onset values a second."""
    correlation = autocorrelation(evened(onsets, rate))
    count = int(np.log(FASTEST / SLOWEST) / np.log(STEP)) + 1
    tempi = SLOWEST * STEP ** np.arange(count)
    periods = 60 * rate / tempi
    lags = np.arange(len(correlation))
    total = np.zeros(count)
    weights = np.zeros(count)
    for tooth in range(1, TEETH + 1):
        lag = tooth * periods
        inside = lag < 0.7 * len(correlation)
        total += np.where(inside, np.interp(lag, lags, correlation), 0.0)
        weights += inside
    return np.asarray(tempi), total / np.maximum(weights, 1)


def estimate(onsets: NDArray[np.float32], rate: float) -> float:
    """Beats a minute, right up to an octave (or a dotted beat)."""
    tempi, strength = comb(onsets, rate)
    likely = np.exp(-0.5 * (np.log2(tempi / USUAL) / SPREAD) ** 2)
    return float(tempi[np.argmax(strength * likely)])


def agreement(estimated: float, asked: float, *, compound: bool) -> float:
    """Relative error after the nearest allowed factor: 0.02 is 2 %."""
    factors = OCTAVES + COMPOUND if compound else OCTAVES
    return min(abs(estimated / (asked * factor) - 1) for factor in factors)
