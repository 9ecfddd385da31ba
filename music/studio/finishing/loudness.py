"""Loudness after ITU-R BS.1770-4: K-weighting, blocks of 400 ms, two gates.

Taken in cells of 70 frames (1.6 ms), fine enough to say how loud a sound will be under a gain that moves, without
measuring it again. Every other frame is enough: what lies above 11 kHz is folded down, keeps its energy, and meets the
same weight of 4 dB anywhere above 3 kHz.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from music.studio.playing.events import SAMPLE_RATE

Energies = NDArray[np.float64]

CELL = 70
"""Frames a cell; divides a tenth of a second."""
PART = 245_840
"""Frames that are best taken at a time, 5.6 s: whole cells, and whole rows of the transform."""
SILENCE_LUFS = -70.0

_STRIDE = 2
_CELLS_A_HOP = SAMPLE_RATE // 10 // CELL
_OFFSET = -0.691
_RELATIVE_GATE = 0.1
_ROWS, _SIZE = 4, 1 << 15
_NEW = PART // _STRIDE // _ROWS
# What a row knows of the one before: 92 ms, after which the low cut has forgotten all but 10⁻⁶.
_KNOWN = _SIZE - _NEW


def loudness(sound: NDArray[np.float32]) -> float:
    """Integrated loudness in LUFS of a sound of shape (frames, 2); -70 for silence."""
    return integrated(Weighting().energies(sound))


class Weighting:
    """The K-weighting of one sound that comes in parts: it remembers how the last part ended."""

    def __init__(self) -> None:
        self._known = np.zeros(_KNOWN, np.complex64)

    def energies(self, sound: NDArray[np.float32]) -> Energies:
        """Mean K-weighted square of every whole cell of the next part, both channels added.

        All parts but the last are whole cells.
        """
        # Left and right as real and imaginary part: one transform for both.
        both = np.ascontiguousarray(sound).view(np.complex64)[::_STRIDE, 0]
        found = [self._of_rows(both[start : start + _ROWS * _NEW]) for start in range(0, len(both), _ROWS * _NEW)]
        return np.concatenate([np.zeros(0), *found])[: len(both) * _STRIDE // CELL]

    def _of_rows(self, both: NDArray[np.complex64]) -> Energies:
        joined = np.zeros(_KNOWN + _ROWS * _NEW, np.complex64)
        joined[:_KNOWN] = self._known
        joined[_KNOWN : _KNOWN + len(both)] = both
        self._known = joined[len(both) : len(both) + _KNOWN].copy()
        rows = np.lib.stride_tricks.sliding_window_view(joined, _SIZE)[::_NEW]
        spectrum = fft.fft(rows, axis=1)
        spectrum *= _k_weighting()
        weighted = fft.ifft(spectrum, axis=1, overwrite_x=True)[:, _KNOWN:]
        taken = 2 * CELL // _STRIDE
        cells = np.ascontiguousarray(weighted).view(np.float32).reshape(-1, taken)
        return np.asarray(np.einsum("ij,ij->i", cells, cells), np.float64) * (_STRIDE / CELL)


def integrated(energies: Energies) -> float:
    """LUFS of a sound's cells, gated; -70 for silence and for less than 400 ms."""
    whole = len(energies) // _CELLS_A_HOP * _CELLS_A_HOP
    hops = energies[:whole].reshape(-1, _CELLS_A_HOP).mean(axis=1)
    if len(hops) < 4:
        return SILENCE_LUFS
    blocks = np.convolve(hops, np.ones(4) / 4, mode="valid")
    blocks = blocks[blocks > 10 ** ((SILENCE_LUFS - _OFFSET) / 10)]
    if not len(blocks):
        return SILENCE_LUFS
    blocks = blocks[blocks > blocks.mean() * _RELATIVE_GATE]
    return float(_OFFSET + 10 * np.log10(blocks.mean()))


@lru_cache(maxsize=1)
def _k_weighting() -> NDArray[np.complex64]:
    """Answer of the two filters of BS.1770, the head's shelf and the low cut, at every frequency of a row."""
    delay = np.exp(-2j * np.pi * np.fft.fftfreq(_SIZE))
    answer = np.ones(_SIZE, np.complex128)
    for frequency, gain, quality in (
        (1681.974450955533, 3.999843853973347, 0.7071752369554196),
        (38.13547087602444, None, 0.5003270373238773),
    ):
        k = np.tan(np.pi * frequency * _STRIDE / SAMPLE_RATE)
        bottom = 1 + k / quality + k * k
        denominator = (1.0, 2 * (k * k - 1) / bottom, (1 - k / quality + k * k) / bottom)
        numerator: tuple[float, float, float] = (1.0, -2.0, 1.0)
        if gain is not None:
            high = 10 ** (gain / 20)
            band = high**0.4996667741545416
            numerator = (
                (high + band * k / quality + k * k) / bottom,
                2 * (k * k - high) / bottom,
                (high - band * k / quality + k * k) / bottom,
            )
        answer *= np.polyval(numerator[::-1], delay) / np.polyval(denominator[::-1], delay)
    return answer.astype(np.complex64)
