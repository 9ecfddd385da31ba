"""What a studio's meter says of a finished file; loudness by pyloudnorm, which had no part in making it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pyloudnorm

from bench.report.sound import SAMPLE_RATE, Sound, clipped, correlation, silence, true_peak


@dataclass(frozen=True, slots=True)
class Levels:
    """What a meter says of a finished file."""

    seconds: float
    loudness: float
    """Integrated, LUFS (ITU-R BS.1770)."""
    loudness_range: float
    """LU (EBU Tech 3342)."""
    true_peak: float
    """dBTP, at four times the sample rate."""
    clipped: int
    """Samples in runs at full scale."""
    silence_before: float
    """Seconds until the first 10 ms louder than -60 dBFS."""
    silence_after: float
    correlation: float
    """Between left and right, 1 for mono."""


def levels(sound: Sound) -> Levels:
    """Measure a decoded file of at least half a second."""
    meter = pyloudnorm.Meter(SAMPLE_RATE)
    exact = sound.astype(np.float64)
    with warnings.catch_warnings():
        # Both gates divide by what they keep; a file that is silent throughout keeps nothing and is reported as such.
        warnings.simplefilter("ignore")
        loudness = float(meter.integrated_loudness(exact))
        spread = float(meter.loudness_range(exact)) if len(sound) > 4 * SAMPLE_RATE else 0.0
    before, after = silence(sound)
    return Levels(
        seconds=len(sound) / SAMPLE_RATE,
        loudness=loudness,
        loudness_range=spread,
        true_peak=true_peak(sound),
        clipped=clipped(sound),
        silence_before=before,
        silence_after=after,
        correlation=correlation(sound),
    )
