"""What a mood might be heard by: a few dozen features of the sound, none of them told by the brief or the score."""

from __future__ import annotations

import librosa
import numpy as np
from numpy.typing import NDArray

from bench.report.levels import Levels
from bench.report.spectra import LOWEST, ONSET_FRAMES_A_SECOND, ONSET_HOP, RATE, Spectra
from bench.report.tempo import comb
from bench.report.tonality import DIATONIC, estimate, salience

BASS_ROWS = 28
QUARTERS = 4
TEMPO_FEATURES = ("tempo", "tempo folded", "pulse clarity", "onset density")
"""Those that tell the tempo or follow it, left out where moods are to be told apart without it."""


def onset_density(spectra: Spectra) -> float:
    """Onsets a second."""
    onsets = librosa.onset.onset_detect(
        onset_envelope=spectra.onsets, sr=RATE, hop_length=ONSET_HOP, backtrack=False, units="frames"
    )
    return float(len(onsets) * ONSET_FRAMES_A_SECOND / max(len(spectra.onsets), 1))


def features(spectra: Spectra, levels: Levels, tempo: float, classes: NDArray[np.float64]) -> dict[str, float]:
    """Named features. `tempo` and `classes` are what was heard (not asked) of beats a minute and pitch classes."""
    named: dict[str, float] = {
        "tempo": float(np.log2(tempo)),
        "tempo folded": float(np.log2(tempo / 60) % 1),
        "pulse clarity": float(comb(spectra.onsets, ONSET_FRAMES_A_SECOND)[1].max()),
        "onset density": onset_density(spectra),
        "onset strength": float(spectra.onsets.mean()),
        "onset peaks": float(np.percentile(spectra.onsets, 95)),
        "loudness range": levels.loudness_range,
        "true peak": levels.true_peak,
        "correlation": levels.correlation,
    }
    named |= _dynamics(spectra)
    named |= _colour(spectra)
    named |= _pitch(spectra, classes)
    return named


def _dynamics(spectra: Spectra) -> dict[str, float]:
    level = librosa.amplitude_to_db(librosa.feature.rms(y=spectra.mono, hop_length=ONSET_HOP)[0], ref=1.0)
    level = level[level > -60]
    if len(level) < QUARTERS:
        return {}
    named = {f"level p{percent}": float(np.percentile(level, percent)) for percent in (5, 25, 75, 95)}
    named["level spread"] = float(level.std())
    named["level motion"] = float(np.abs(np.diff(level)).mean())
    for number, quarter in enumerate(np.array_split(level, QUARTERS)):
        named[f"level of quarter {number}"] = float(quarter.mean() - level.mean())
    return named


def _colour(spectra: Spectra) -> dict[str, float]:
    magnitudes = np.abs(librosa.stft(spectra.mono, n_fft=2048, hop_length=1024))
    named: dict[str, float] = {}
    tracks = {
        "centroid": librosa.feature.spectral_centroid(S=magnitudes, sr=RATE),
        "bandwidth": librosa.feature.spectral_bandwidth(S=magnitudes, sr=RATE),
        "rolloff": librosa.feature.spectral_rolloff(S=magnitudes, sr=RATE),
        "flatness": np.log(librosa.feature.spectral_flatness(S=magnitudes) + 1e-6),
    }
    loud = magnitudes.sum(axis=0) > 0.01 * magnitudes.sum(axis=0).max()
    for name, track in tracks.items():
        named[name] = float(track[0][loud].mean())
        named[f"{name} spread"] = float(track[0][loud].std())
    for number, row in enumerate(librosa.feature.spectral_contrast(S=magnitudes, sr=RATE)):
        named[f"contrast {number}"] = float(row.mean())
    for number, row in enumerate(librosa.feature.mfcc(S=spectra.mel, n_mfcc=16)):
        named[f"cepstrum {number}"] = float(row.mean())
        named[f"cepstrum {number} spread"] = float(row.std())
    rising = np.maximum(np.diff(spectra.mel, axis=1), 0)
    for number, band in enumerate(np.array_split(rising, 4)):
        named[f"attacks in band {number}"] = float(band.mean())
    return named


def _pitch(spectra: Spectra, classes: NDArray[np.float64]) -> dict[str, float]:
    """The mode: pitch classes counted from the tonic of the major scale with the same notes; and where lines lie."""
    home = estimate(classes, DIATONIC)
    first = next(pitch for pitch in range(12) if {(pitch + offset) % 12 for offset in DIATONIC} == home)
    named = {f"degree {step}": float(share) for step, share in enumerate(np.roll(classes, -first))}
    bass = salience(spectra.pitches)[:BASS_ROWS].sum(axis=1)
    low = np.zeros(12)
    np.add.at(low, (np.arange(BASS_ROWS) + LOWEST) % 12, bass)
    low = np.roll(low / max(low.sum(), 1e-9), -first)
    named |= {f"bass degree {step}": float(share) for step, share in enumerate(low)}
    heard = salience(spectra.pitches)
    rows = np.arange(len(heard))[:, None]
    weight = np.maximum(heard.sum(axis=0), 1e-9)
    height = (heard * rows).sum(axis=0) / weight
    top = np.array([column.nonzero()[0].max(initial=0) for column in heard.T[::4]])
    sounding = (heard > 0.2 * heard.max(axis=0, keepdims=True)).sum(axis=0)
    return named | {
        "height": float(height.mean()),
        "height spread": float(height.std()),
        "top": float(top.mean()),
        "top spread": float(top.std()),
        "voices": float(sounding.mean()),
        "change of pitches": float(np.abs(np.diff(heard, axis=1)).sum() / max(heard.sum(), 1e-9)),
    }
