"""Mastering: the loudness, the ceiling, the fades and the silence around the piece.

The sound is looked at once and changed once. Between the two, everything is decided on a grid of cells (peak and
loudness every 1.6 ms): the limiter takes loudness away where it works, so the gain in front of it is tried and raised
until what comes out behind it is as loud as it should be. Where it would have to work hard, passages that stand out are
levelled before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from music.studio.finishing.levelling import SHARES, leveller
from music.studio.finishing.loudness import CELL, PART, SILENCE_LUFS, Energies, Weighting, integrated
from music.studio.playing.events import SAMPLE_RATE

Sound = NDArray[np.float32]
Curve = NDArray[np.float64]
"""One value a cell."""

TARGET_LUFS = -16.0
# LAME raises peaks between samples by up to 1 dB where cymbals are dense; the finished file stays under -1 dBTP.
CEILING_DB = -2.3
FADE_IN, FADE_OUT = 0.03, 1.8
TOLERANCE = 0.01
# The limiter may take away this much by itself; beyond it the leveller helps.
GENTLE_DB = 3.0
MOST_TRIES = 16
# The limiter closes within LOOKAHEAD before a peak and opens again over RELEASE.
LOOKAHEAD_CELLS, SMOOTHING_CELLS = 5, 3
RELEASE = 0.08
# What is softer counts as silence; at most so many seconds of it stay before the first and after the last sound.
AUDIBLE_DB = -50.0
SILENCE_BEFORE, SILENCE_AFTER = 0.15, 0.4


@dataclass(frozen=True, slots=True)
class Master:
    """The finished sound, shape (frames, 2), and what was done to it (LUFS and dB)."""

    sound: Sound
    envelope: Curve
    """Loudest sample of every cell."""
    cut: float
    """Seconds of silence taken away at the beginning."""
    loudness_before: float
    loudness: float
    reduction: float
    """Most the limiter took away, dB."""
    levelled: float = 0.0
    """Most the leveller took away before it, dB."""


def master(sound: Sound, check: Callable[[], None] = lambda: None) -> Master:
    """Bring a mix to -16 LUFS under the ceiling, with its beginning and end faded. Changes `sound` in place.

    `check` is called before every few seconds of sound and may raise.
    """
    peaks, energies = _survey(sound, check)
    before = integrated(energies)
    if before <= SILENCE_LUFS:
        return Master(sound, peaks, 0.0, before, before, 0.0)
    first, last = _audible(peaks * _factor(TARGET_LUFS - before))
    peaks, energies = peaks[first:last], energies[first:last]
    kept = sound[first * CELL : last * CELL]
    fades = _fades(last - first)
    for share in SHARES:
        levelled = leveller(energies * fades**2, share)
        shaped = fades * levelled
        quieter = energies * shaped**2
        curve, reached, reduction = _settle(peaks * _nearby(shaped), quieter, TARGET_LUFS - integrated(quieter))
        if reduction <= GENTLE_DB:
            break
    curve = curve * shaped
    _apply(kept, curve, check)
    return Master(
        kept, peaks * curve, first * CELL / SAMPLE_RATE, before, reached, reduction, _decibels(levelled.min())
    )


def limiter(peaks: Curve) -> Curve:
    """The gain, at most 1, that keeps these peaks under the ceiling: shut in time, opening slowly."""
    ceiling = _factor(CEILING_DB)
    if peaks.max(initial=0.0) <= ceiling:
        return np.ones(len(peaks))
    wanted = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    padded = np.pad(wanted, LOOKAHEAD_CELLS, mode="edge")
    held = wanted.copy()
    for shift in range(2 * LOOKAHEAD_CELLS + 1):
        np.minimum(held, padded[shift : shift + len(held)], out=held)
    # Smoothing reaches less far than the lookahead, so the gain at a peak is still the one it needs.
    window = np.hanning(2 * SMOOTHING_CELLS + 3)[1:-1]
    opened = np.pad(_release(held), SMOOTHING_CELLS, mode="edge")
    return np.convolve(opened, window / window.sum(), mode="valid")


def _survey(sound: Sound, check: Callable[[], None]) -> tuple[Curve, Energies]:
    """Peak and K-weighted energy of every whole cell."""
    weighting = Weighting()
    peaks, energies = [np.zeros(0)], [np.zeros(0)]
    for start in range(0, len(sound) // CELL * CELL, PART):
        check()
        part = sound[start : min(start + PART, len(sound) // CELL * CELL)]
        cells = part.reshape(-1, 2 * CELL)
        peaks.append(np.maximum(cells.max(axis=1), -cells.min(axis=1)).astype(np.float64))
        energies.append(weighting.energies(part))
    return np.concatenate(peaks), np.concatenate(energies)


def _audible(peaks: Curve) -> tuple[int, int]:
    """First and last (excluded) cell worth keeping."""
    heard = np.flatnonzero(peaks > _factor(AUDIBLE_DB))
    if not len(heard):
        return 0, len(peaks)
    cells = SAMPLE_RATE / CELL
    return (
        max(0, int(heard[0] - SILENCE_BEFORE * cells)),
        min(len(peaks), int(heard[-1] + 1 + SILENCE_AFTER * cells)),
    )


def _settle(peaks: Curve, energies: Energies, gain_db: float) -> tuple[Curve, float, float]:
    """Find the gain in front of the limiter that gives the target behind it; gain, LUFS reached, reduction in dB."""
    slope = 1.0
    tried, brought = gain_db, TARGET_LUFS
    for attempt in range(MOST_TRIES):
        gain = _factor(gain_db)
        limited = limiter(peaks * gain)
        reached = integrated(energies * (gain * limited) ** 2)
        if abs(TARGET_LUFS - reached) <= TOLERANCE:
            break
        if attempt and gain_db != tried:
            # The more the limiter works, the less each decibel in front of it brings.
            slope = min(1.0, max(0.2, (reached - brought) / (gain_db - tried)))
        tried, brought = gain_db, reached
        gain_db += (TARGET_LUFS - reached) / slope
    return gain * limited, reached, _decibels(limited.min(initial=1.0))


def _release(held: Curve) -> Curve:
    """Gain falls at once and returns exponentially."""
    reduction = -np.log(np.maximum(held, 1e-9))
    # reduction[n] = max over i ≤ n of wanted[i] · back^(n-i): a running maximum once logarithms make the power a slope.
    slope = CELL / SAMPLE_RATE / RELEASE * np.arange(len(reduction))
    trailing = np.exp(np.maximum.accumulate(np.log(np.maximum(reduction, 1e-12)) + slope) - slope)
    return np.asarray(np.exp(-trailing))


def _fades(cells: int) -> Curve:
    curve = np.ones(cells)
    begin = min(cells, int(FADE_IN * SAMPLE_RATE / CELL))
    end = min(cells, int(FADE_OUT * SAMPLE_RATE / CELL))
    curve[:begin] *= 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, begin))
    curve[cells - end :] *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, end))
    return curve


def _nearby(curve: Curve) -> Curve:
    """The highest value a cell's peak may meet, since gain moves in a straight line from cell to cell."""
    around = np.pad(curve, 1, mode="edge")
    return np.maximum(curve, np.maximum(around[:-2], around[2:]))


def _apply(sound: Sound, curve: Curve, check: Callable[[], None]) -> None:
    """Multiply each cell by its value, in straight lines between them."""
    edges = np.concatenate([curve[:1], (curve[:-1] + curve[1:]) / 2, curve[-1:]]).astype(np.float32)
    # Shape (cells, 2 · CELL): a last axis of two would leave the processor's vectors empty.
    ramp = np.repeat(np.arange(CELL, dtype=np.float32) / CELL, 2)
    for start in range(0, len(curve), PART // CELL):
        check()
        end = min(start + PART // CELL, len(curve))
        cells = sound[start * CELL : end * CELL].reshape(-1, 2 * CELL)
        slopes = np.diff(edges[start : end + 1])
        if slopes.any():
            cells *= edges[start:end, None] + slopes[:, None] * ramp
        else:
            cells *= edges[start]


def _decibels(gain: float) -> float:
    """How much this gain takes away."""
    return float(20 * np.log10(1 / gain))


def _factor(decibels: float) -> float:
    return float(10 ** (decibels / 20))
