"""What librosa makes of a decoded file, once for everyone who measures it: onsets, constant-Q spectrum, timbre."""

from __future__ import annotations

from dataclasses import dataclass

import librosa
import numpy as np
from numpy.typing import NDArray

from bench.report.sound import SAMPLE_RATE, Sound

RATE = 22_050
HOP = 512
ONSET_HOP = 256
LOWEST = 24
"""MIDI number of the constant-Q spectrum's first row."""
ROWS = 78
FRAMES_A_SECOND = RATE / HOP
ONSET_FRAMES_A_SECOND = RATE / ONSET_HOP

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Spectra:
    """One file: `pitches` has a row a semitone from `LOWEST` upwards, `FRAMES_A_SECOND` columns a second."""

    mono: Floats
    onsets: Floats
    """How much starts, `ONSET_FRAMES_A_SECOND` values a second."""
    pitches: Floats
    """Magnitudes, shape (ROWS, frames)."""
    mel: Floats
    """Mel power spectrum in decibels, hop `ONSET_HOP`."""


def spectra(sound: Sound) -> Spectra:
    mono = librosa.resample(sound.mean(axis=1), orig_sr=SAMPLE_RATE, target_sr=RATE)
    power = librosa.feature.melspectrogram(y=mono, sr=RATE, hop_length=ONSET_HOP, n_mels=96, fmax=10_000)
    mel = librosa.power_to_db(power, ref=np.max).astype(np.float32)
    onsets = librosa.onset.onset_strength(S=mel, sr=RATE, hop_length=ONSET_HOP)
    pitches = np.abs(
        librosa.cqt(mono, sr=RATE, hop_length=HOP, fmin=librosa.midi_to_hz(LOWEST), n_bins=ROWS, bins_per_octave=12)
    )
    return Spectra(mono, onsets.astype(np.float32), pitches.astype(np.float32), mel)
