"""The decoded file: its peaks, clipping, silence at both ends and width.

Decoded by ffmpeg where there is one, else by libsndfile; peaks between samples by scipy. None of the studio's own
meters is asked.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy import signal

SAMPLE_RATE = 44_100
SILENCE_DB = -60.0
WINDOW_SECONDS = 0.01
OVERSAMPLING = 4
FULL_SCALE = 0.9999
CLIPPED_RUN = 2
"""Samples in a row at full scale that count as clipping: a single one may be a peak that happens to fit."""

Sound = NDArray[np.float32]


def decode(path: Path) -> Sound:
    """The file as stereo at 44.1 kHz, shape (frames, 2)."""
    if shutil.which("ffmpeg") is None:
        sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
        if rate != SAMPLE_RATE or sound.shape[1] != 2:
            raise ValueError(f"{path}: {rate} Hz with {sound.shape[1]} channels, not stereo at {SAMPLE_RATE} Hz")
        return np.asarray(sound, dtype=np.float32)
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "f32le", "-ac", "2", "-ar", str(SAMPLE_RATE), "-"]
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.float32).reshape(-1, 2)


def true_peak(sound: Sound) -> float:
    """The highest value between the samples too, dBTP; blockwise, so that a long file needs little memory."""
    highest = float(np.abs(sound).max(initial=0.0))
    block, edge = 1 << 17, 64
    for start in range(0, len(sound), block):
        piece = sound[max(0, start - edge) : start + block + edge]
        # Interpolation hardly ever lifts a peak by 3 dB: quieter blocks cannot hold the highest.
        if np.abs(piece).max(initial=0.0) * 1.41 < highest:
            continue
        raised = signal.resample_poly(piece, OVERSAMPLING, 1, axis=0)
        highest = max(highest, float(np.abs(raised).max(initial=0.0)))
    return float(20 * np.log10(max(highest, 1e-9)))


def clipped(sound: Sound) -> int:
    """Samples that lie in runs at full scale, both channels together."""
    count = 0
    for channel in sound.T:
        full = np.concatenate(([0], (np.abs(channel) >= FULL_SCALE).astype(np.int8), [0]))
        edges = np.diff(full)
        runs = np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)
        count += int(runs[runs >= CLIPPED_RUN].sum())
    return count


def silence(sound: Sound) -> tuple[float, float]:
    """Seconds before the first and after the last 10 ms whose level exceeds -60 dBFS; the whole length if none does."""
    window = int(SAMPLE_RATE * WINDOW_SECONDS)
    whole = len(sound) // window * window
    power = (sound[:whole].astype(np.float64) ** 2).mean(axis=1).reshape(-1, window).mean(axis=1)
    heard = np.flatnonzero(power > 10 ** (SILENCE_DB / 10))
    if not len(heard):
        return len(sound) / SAMPLE_RATE, len(sound) / SAMPLE_RATE
    return float(heard[0] * WINDOW_SECONDS), float(len(sound) / SAMPLE_RATE - (heard[-1] + 1) * WINDOW_SECONDS)


def correlation(sound: Sound) -> float:
    """Pearson's between the channels; 1 if either is silent."""
    left, right = sound.T.astype(np.float64)
    power = float(np.sqrt((left**2).sum() * (right**2).sum()))
    return float((left * right).sum() / power) if power > 0 else 1.0
