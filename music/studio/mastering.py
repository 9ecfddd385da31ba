"""Mastering: the room, the loudness, the ceiling and the last fade. Works block by block, so memory stays small.

Loudness after ITU-R BS.1770-4 (K-weighting, gated); the room is a noise response made once, convolved by FFT.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal

from music.studio.events import SAMPLE_RATE

Sound = NDArray[np.float32]

TARGET_LUFS = -16.0
# LAME raises peaks between samples by up to 1 dB where cymbals are dense; the finished file stays under -1 dBTP.
CEILING_DB = -2.3
BLOCK = 1 << 18
CLOSE_SEND = 0.15
FADE_IN, FADE_OUT = 0.03, 1.8
PRE_DELAY = 0.018
ROOM_SEED = 20_240
SILENCE_LUFS = -70.0
# Below this gain change a second pass of the limiter is not worth its time.
LOUDNESS_TOLERANCE = 0.1
LIMITER_GRID, LIMITER_LOOKAHEAD, LIMITER_RELEASE = 32, 6, 0.08


@dataclass(frozen=True, slots=True)
class Master:
    """The finished sound, shape (frames, 2), and what was done to it (LUFS and dB)."""

    sound: Sound
    loudness_before: float
    loudness: float
    reduction: float
    """Most the limiter took away, dB."""


def mix(distant: Iterator[Sound], close: Iterator[Sound], frames: int, *, room: float, wet: float) -> Sound:
    """Both stems with the room around them. `room`: reverberation time in seconds; `wet`: its share."""
    out = np.zeros((frames, 2), np.float32)
    response = _response(room)
    size = fft.next_fast_len(BLOCK + response.shape[1] - 1, real=True)
    spectrum = _spectrum(room, size)
    for number, (far, near) in enumerate(zip(distant, close, strict=True)):
        start = number * BLOCK
        length = len(far)
        out[start : start + length] += far + near
        # One channel in, two out: the response is what makes the room wide.
        send = (far.sum(axis=1) + CLOSE_SEND * near.sum(axis=1)) * np.float32(0.5 * wet)
        transformed = fft.rfft(send, size)
        end = min(frames, start + size)
        for side in range(2):
            out[start:end, side] += fft.irfft(transformed * spectrum[side], size)[: end - start]
    return out


def master(sound: Sound) -> Master:
    """Bring a mix to -16 LUFS under the ceiling, with its beginning and end faded. Changes `sound` in place."""
    _fade(sound)
    before = loudness(sound)
    sound *= np.float32(10 ** ((TARGET_LUFS - before) / 20)) if before > SILENCE_LUFS else np.float32(1)
    reduction = limit(sound)
    reached = loudness(sound)
    if abs(reached - TARGET_LUFS) > LOUDNESS_TOLERANCE and before > SILENCE_LUFS:
        sound *= np.float32(10 ** ((TARGET_LUFS - reached) / 20))
        reduction = max(reduction, limit(sound))
        reached = loudness(sound)
    return Master(sound, before, reached, reduction)


def loudness(sound: Sound) -> float:
    """Integrated loudness in LUFS; -70 for silence."""
    sections = _k_weighting()
    hop = SAMPLE_RATE // 10
    state = np.zeros((sections.shape[0], 2, 2))
    energies: list[NDArray[np.float64]] = []
    chunk = hop * 100
    for start in range(0, len(sound), chunk):
        weighted, state = signal.sosfilt(sections, sound[start : start + chunk].astype(np.float64), axis=0, zi=state)
        whole = len(weighted) // hop * hop
        energies.append((weighted[:whole] ** 2).reshape(-1, hop, 2).mean(axis=1).sum(axis=1))
    hops = np.concatenate(energies) if energies else np.zeros(0)
    if len(hops) < 4:
        return SILENCE_LUFS
    blocks = np.convolve(hops, np.ones(4) / 4, mode="valid")
    blocks = blocks[blocks > 10 ** ((SILENCE_LUFS + 0.691) / 10)]
    if not len(blocks):
        return SILENCE_LUFS
    blocks = blocks[blocks > blocks.mean() / 10]
    return float(-0.691 + 10 * np.log10(blocks.mean()))


def limit(sound: Sound) -> float:
    """Keep peaks under the ceiling, in place, by a gain that opens slowly; returns the most it took, in dB."""
    ceiling = 10 ** (CEILING_DB / 20)
    grid = -(-len(sound) // LIMITER_GRID)
    peaks = np.zeros(grid, np.float32)
    for start in range(0, len(sound), BLOCK):
        block = np.abs(sound[start : start + BLOCK]).max(axis=1)
        block = np.pad(block, (0, -len(block) % LIMITER_GRID)).reshape(-1, LIMITER_GRID).max(axis=1)
        peaks[start // LIMITER_GRID : start // LIMITER_GRID + len(block)] = block
    wanted = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    if wanted.min() >= 1.0:
        return 0.0
    reach = 2 * LIMITER_LOOKAHEAD + 1
    padded = np.pad(wanted, LIMITER_LOOKAHEAD, mode="edge")
    held = np.lib.stride_tricks.sliding_window_view(padded, reach).min(axis=1)
    gain = _release(held)
    smooth = np.convolve(np.pad(gain, LIMITER_LOOKAHEAD // 2, mode="edge"), np.ones(7) / 7, mode="valid")[:grid]
    gain = np.minimum(smooth, gain) if len(smooth) == grid else gain
    positions = np.arange(grid) * LIMITER_GRID + LIMITER_GRID / 2
    for start in range(0, len(sound), BLOCK):
        frames = np.arange(start, min(start + BLOCK, len(sound)))
        sound[start : start + BLOCK] *= np.interp(frames, positions, gain).astype(np.float32)[:, None]
    return float(-20 * np.log10(gain.min()))


def _release(held: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gain falls at once and returns exponentially."""
    reduction = -np.log(np.maximum(held, 1e-9))
    # reduction[n] = max over i ≤ n of wanted[i] · back^(n-i): a running maximum once logarithms make the power a slope.
    slope = LIMITER_GRID / SAMPLE_RATE / LIMITER_RELEASE * np.arange(len(reduction))
    trailing = np.exp(np.maximum.accumulate(np.log(np.maximum(reduction, 1e-12)) + slope) - slope)
    return np.asarray(np.exp(-trailing))


def _fade(sound: Sound) -> None:
    begin = min(len(sound), int(FADE_IN * SAMPLE_RATE))
    end = min(len(sound), int(FADE_OUT * SAMPLE_RATE))
    rise = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, begin, dtype=np.float32))
    fall = 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, end, dtype=np.float32))
    sound[:begin] *= rise[:, None]
    sound[len(sound) - end :] *= fall[:, None]


@lru_cache(maxsize=8)
def _response(room: float) -> Sound:
    """A stereo room of `room` seconds, shape (2, frames), energy 1: noise that decays, its treble faster."""
    rng = np.random.Generator(np.random.PCG64(ROOM_SEED))
    frames = int(room * SAMPLE_RATE)
    time = np.arange(frames) / SAMPLE_RATE
    noise = rng.standard_normal((2, frames))
    low, high = (
        signal.butter(1, 2_400, fs=SAMPLE_RATE, output="sos"),
        signal.butter(1, 2_400, "high", fs=SAMPLE_RATE, output="sos"),
    )
    body = signal.sosfilt(low, noise) * np.exp(-6.9 * time / room)
    air = signal.sosfilt(high, noise) * np.exp(-6.9 * time / (0.4 * room))
    response = signal.sosfilt(signal.butter(2, 180, "high", fs=SAMPLE_RATE, output="sos"), body + air)
    onset = int(0.012 * SAMPLE_RATE)
    response[:, :onset] *= np.linspace(0, 1, onset)
    response = np.pad(response, ((0, 0), (int(PRE_DELAY * SAMPLE_RATE), 0)))
    return np.asarray(response / np.sqrt((response**2).sum(axis=1, keepdims=True)), dtype=np.float32)


@lru_cache(maxsize=8)
def _spectrum(room: float, size: int) -> NDArray[np.complex64]:
    return np.asarray(fft.rfft(_response(room), size, axis=1), dtype=np.complex64)


@lru_cache(maxsize=1)
def _k_weighting() -> NDArray[np.float64]:
    """The two filters of BS.1770 at this sample rate: the head's shelf and the low cut."""
    rows = []
    for frequency, gain, quality in (
        (1681.974450955533, 3.999843853973347, 0.7071752369554196),
        (38.13547087602444, None, 0.5003270373238773),
    ):
        k = np.tan(np.pi * frequency / SAMPLE_RATE)
        bottom = 1 + k / quality + k * k
        denominator = [1.0, 2 * (k * k - 1) / bottom, (1 - k / quality + k * k) / bottom]
        if gain is None:
            rows.append([1.0, -2.0, 1.0, *denominator])
        else:
            high = 10 ** (gain / 20)
            band = high**0.4996667741545416
            numerator = [
                (high + band * k / quality + k * k) / bottom,
                2 * (k * k - high) / bottom,
                (high - band * k / quality + k * k) / bottom,
            ]
            rows.append([*numerator, *denominator])
    return np.array(rows)
