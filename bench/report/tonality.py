"""Which pitch classes a piece is made of, heard in its sound, and whether they are the ones that were asked for.

Relative keys and modes share their notes, and no listener's statistics tell D dorian from C major surely, so what is
compared is the set: of the twelve transpositions of the scale, the one that explains most of what is heard.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

MODES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
}
DIATONIC = MODES["major"]
HELD = 9
"""Frames that a tone is heard for, at least half of them; what is shorter is a stroke and not a pitch."""
FROM = 48
"""MIDI number from which pitches count: below, drums are loud and the ear's and the spectrum's pitch is coarse."""
HEARD = 0.1
"""Of a frame's strongest pitch: weaker ones are overtones and room."""
OVERTONES = ((12, 0.5), (19, 0.4), (24, 0.3), (28, 0.25), (31, 0.2))
"""Semitones above a note where its own overtones are, and how much of them to expect."""


def salience(pitches: NDArray[np.float32]) -> NDArray[np.float32]:
    """The spectrum without what lower notes' overtones explain; only peaks, compressed. Same shape."""
    rest = pitches.astype(np.float32).copy()
    for interval, share in OVERTONES:
        rest[interval:] -= share * pitches[:-interval]
    np.maximum(rest, 0, out=rest)
    peak = rest.copy()
    peak[1:] *= rest[1:] >= rest[:-1]
    peak[:-1] *= rest[:-1] >= rest[1:]
    strongest = pitches.max(axis=0, keepdims=True)
    peak[peak < HEARD * strongest] = 0
    return np.sqrt(peak)


def chroma(pitches: NDArray[np.float32], lowest: int) -> NDArray[np.float64]:
    """The share of each pitch class in the whole, summing to 1. `lowest`: MIDI number of the first row."""
    heard = salience(median_filter(pitches, (1, HELD))).sum(axis=1, dtype=np.float64)[FROM - lowest :]
    classes = np.zeros(12)
    np.add.at(classes, (np.arange(len(heard)) + FROM) % 12, heard)
    return np.asarray(classes / max(classes.sum(), 1e-12))


def inside(classes: NDArray[np.float64], pitch_set: frozenset[int]) -> float:
    """The share of what is heard that belongs to the set."""
    return float(sum(classes[pitch_class] for pitch_class in pitch_set))


def estimate(classes: NDArray[np.float64], scale: tuple[int, ...]) -> frozenset[int]:
    """Of the scale's twelve transpositions, the one with the most of the sound in it."""
    sets = [frozenset((offset + tonic) % 12 for offset in scale) for tonic in range(12)]
    return max(sets, key=lambda candidate: inside(classes, candidate))


def scale_of(tonic: int, mode: str) -> tuple[int, ...]:
    """Pitch classes of a key, the tonic first."""
    return tuple((tonic + offset) % 12 for offset in MODES[mode])
