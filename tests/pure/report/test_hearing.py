"""What is heard in a sound, tried on sounds of which it is known: tempo, pitch classes, an onset's place."""

from __future__ import annotations

import numpy as np
import pytest

from bench.report import tempo, tonality

RATE = 86.0
LOWEST = 36


def clicks(beats_a_minute: float, seconds: float, *, stray: float = 0.0) -> np.ndarray:
    """Onset strengths of a pulse, each beat off by up to `stray` seconds."""
    rng = np.random.default_rng(1)
    onsets = np.zeros(int(seconds * RATE), np.float32)
    for beat in np.arange(0.5, seconds - 0.5, 60 / beats_a_minute):
        onsets[round((beat + rng.uniform(-stray, stray)) * RATE)] += 1.0
    return np.convolve(onsets, np.hanning(5), mode="same").astype(np.float32)


def chords(*pitch_sets: tuple[int, ...]) -> np.ndarray:
    """A spectrum in which these notes sound one after another, 40 columns each, with overtones that fade."""
    spectrum = np.zeros((66, 40 * len(pitch_sets)), np.float32)
    for number, pitches in enumerate(pitch_sets):
        for pitch in pitches:
            for interval, strength in ((0, 1.0), (12, 0.4), (19, 0.3), (28, 0.2)):
                if pitch - LOWEST + interval < len(spectrum):
                    spectrum[pitch - LOWEST + interval, 40 * number : 40 * number + 40] += strength
    return spectrum


@pytest.mark.parametrize("asked", [52, 66.5, 97, 120, 147])
def test_it_hears_a_steady_tempo_within_a_fifth_of_a_per_cent(asked: float):
    heard = tempo.estimate(clicks(asked, 60), RATE)

    assert tempo.agreement(heard, asked, compound=False) < 0.002


def test_it_hears_a_tempo_behind_untidy_playing():
    heard = tempo.estimate(clicks(84, 60, stray=0.02), RATE)

    assert tempo.agreement(heard, 84, compound=False) < 0.005


def test_it_does_not_take_another_tempo_for_the_one_asked_for():
    heard = tempo.estimate(clicks(100, 60), RATE)

    assert tempo.agreement(heard, 104, compound=False) == pytest.approx(0.0385, abs=0.003)
    assert tempo.agreement(heard, 75, compound=False) > 0.3


def test_it_lets_a_compound_beat_be_tapped_dotted_or_plain_and_a_simple_one_not():
    assert tempo.agreement(120, 80, compound=True) < 1e-9
    assert tempo.agreement(120, 80, compound=False) > 0.2


def test_it_hears_the_notes_of_a_key_through_their_overtones():
    c_major = chords((48, 64, 67), (53, 69, 72), (55, 71, 74), (57, 72, 76))

    assert tonality.estimate(tonality.chroma(c_major, LOWEST), tonality.DIATONIC) == {0, 2, 4, 5, 7, 9, 11}


def test_it_hears_that_a_piece_is_in_another_key():
    d_major = chords((50, 66, 69), (55, 71, 74), (57, 73, 76), (59, 74, 78))
    classes = tonality.chroma(d_major, LOWEST)

    assert tonality.estimate(classes, tonality.DIATONIC) == set(tonality.scale_of(2, "major"))
    assert tonality.inside(classes, frozenset(tonality.scale_of(0, "major"))) < 0.85


def test_it_does_not_take_a_short_low_stroke_for_a_note_of_the_scale():
    spectrum = chords((60, 64, 67), (65, 69, 72), (67, 71, 74), (57, 60, 64))
    spectrum[LOWEST - 36 + 6, ::20] = 5.0

    assert tonality.inside(tonality.chroma(spectrum, LOWEST), frozenset(tonality.scale_of(0, "major"))) > 0.95
