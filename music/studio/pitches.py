"""Names of pitches and keys as musicians write them."""

from __future__ import annotations

from music.brief import KEYS
from music.studio.score import Meter

_FLAT_KEYS = {"F", "Bb", "Eb", "Ab"}
_SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")

# Semitones from the mode's tonic up to the tonic of the major key with the same signature.
_TO_MAJOR = {"major": 0, "dorian": 10, "phrygian": 8, "lydian": 7, "mixolydian": 5, "minor": 3}


def parent_major(tonic: int, mode: str) -> str:
    """The major key (as in `KEYS`) with the same signature as this tonic (pitch class) and mode.

    A mode of another name is taken for the major of its tonic.
    """
    return KEYS[(tonic + _TO_MAJOR.get(mode, 0)) % 12]


def pitch_name(pitch: int, *, flats: bool = False) -> str:
    """Note name and octave of a MIDI number: 60 is C4."""
    return f"{(_FLATS if flats else _SHARPS)[pitch % 12]}{pitch // 12 - 1}"


def writes_flats(tonic: int, mode: str) -> bool:
    """Whether this key is written with flats."""
    return parent_major(tonic, mode) in _FLAT_KEYS


def time_signature(meter: Meter) -> tuple[int, int]:
    """Numerator and denominator: a beat is a quarter, in compound meters a dotted one."""
    return (meter.beats, 4) if meter.division == 2 else (3 * meter.beats, 8)
