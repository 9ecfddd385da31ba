"""The room: a reverberation made once from decaying noise, put around what the synthesiser plays.

Convolution by FFT, several blocks at a time: the transform works on four rows in one vector of the processor.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from music.studio.playing.events import SAMPLE_RATE

Sound = NDArray[np.float32]

BLOCK = 1 << 18
"""Frames the synthesiser is asked for at a time, 6 s."""
ROWS = 4
CLOSE_SEND = 0.15
PRE_DELAY = 0.018
ONSET = 0.012
# Above the crossover (Hz) the room rings for a smaller share of its time; below the rumble it does not ring.
CROSSOVER, AIR, RUMBLE = 2_400, 0.4, 180
# How long the cut of the rumble rings on.
RUMBLE_FRAMES = SAMPLE_RATE // 20
SEED = 20_240


def mix(
    distant: Iterator[Sound],
    close: Iterator[Sound],
    frames: int,
    *,
    room: float,
    wet: float,
    check: Callable[[], None] = lambda: None,
) -> Sound:
    """Both stems, blocks of `BLOCK` frames, with the room around them: shape (frames, 2).

    `room`: reverberation time in seconds; `wet`: its share; `check` is called before every block and may raise.
    """
    _keep_memory()
    out = np.zeros((frames, 2), np.float32)
    size = fft.next_fast_len(BLOCK + _length(room) + RUMBLE_FRAMES, real=True)
    spectrum = _spectrum(room, size)
    # As long as the transform: the zeros behind each block are where its answer rings on.
    sends = np.zeros((ROWS, size), np.float32)
    product = np.empty((ROWS, size // 2 + 1), np.complex64)
    blocks = -(-frames // BLOCK)
    for number, (far, near) in enumerate(zip(distant, close, strict=True)):
        check()
        start, row = number * BLOCK, number % ROWS
        dry = out[start : start + len(far)]
        dry += far
        dry += near
        # One channel in, two out: the response is what makes the room wide.
        send = sends[row, : len(far)]
        np.add(far[:, 0], far[:, 1], out=send)
        send += np.float32(CLOSE_SEND) * (near[:, 0] + near[:, 1])
        send *= np.float32(0.5 * wet)
        if row == ROWS - 1 or number == blocks - 1:
            check()
            _reverberate(out, sends, (number - row) * BLOCK, row + 1, spectrum, product)
            sends[:] = 0
    return out


def _reverberate(
    out: Sound,
    sends: Sound,
    start: int,
    rows: int,
    spectrum: NDArray[np.complex64],
    product: NDArray[np.complex64],
) -> None:
    """Add the room's answer to `rows` blocks of sends, the first of which begins at frame `start` of `out`.

    `product` is room to work in: memory taken anew for every block costs as much as the transforms.
    """
    size = sends.shape[1]
    # A few rows of silence cost less than rows taken one by one.
    taken = ROWS if rows > 1 else 1
    transformed = fft.rfft(sends[:taken], axis=1)
    for side in range(2):
        np.multiply(transformed, spectrum[side], out=product[:taken])
        answers = fft.irfft(product[:taken], size, axis=1, overwrite_x=True)
        for row in range(rows):
            begin = start + row * BLOCK
            end = min(len(out), begin + size)
            out[begin:end, side] += answers[row, : end - begin]


@lru_cache(maxsize=1)
def _keep_memory() -> None:
    """Let blocks of working memory be used again.

    glibc gives memory back to the system as soon as blocks of this size are freed, and fetching it again, page by page,
    costs as much as the transforms. It stops once it has seen a larger block freed, even one that was never touched.
    """
    np.empty(31 << 20, np.uint8)


def _length(room: float) -> int:
    return int(room * SAMPLE_RATE) + int(PRE_DELAY * SAMPLE_RATE)


@lru_cache(maxsize=8)
def _spectrum(room: float, size: int) -> NDArray[np.complex64]:
    """A stereo room of `room` seconds at `size` points, energy 1: noise that decays, its treble faster."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    frames = int(room * SAMPLE_RATE)
    noise = rng.standard_normal((2, frames), np.float32)
    dark = 1 / (1 + 1j * fft.rfftfreq(size, 1 / SAMPLE_RATE) / CROSSOVER)
    low = fft.irfft(fft.rfft(noise, size, axis=1) * dark.astype(np.complex64), size, axis=1)[:, :frames]
    decay = np.exp(-6.9 / room * np.arange(frames) / SAMPLE_RATE)
    response = low * decay.astype(np.float32) + (noise - low) * (decay ** (1 / AIR)).astype(np.float32)
    onset = int(ONSET * SAMPLE_RATE)
    response[:, :onset] *= np.linspace(0, 1, onset, dtype=np.float32)
    response /= np.sqrt(np.square(response).sum(axis=1, keepdims=True))
    delayed = np.pad(response, ((0, 0), (_length(room) - frames, 0)))
    s = 1j * fft.rfftfreq(size, 1 / SAMPLE_RATE) / RUMBLE
    cut = s * s / (s * s + math.sqrt(2) * s + 1)
    return np.asarray(fft.rfft(delayed, size, axis=1) * cut.astype(np.complex64), np.complex64)
