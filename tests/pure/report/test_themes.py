"""A theme is found where it is, in notes and in sound, and not where it is not."""

from __future__ import annotations

import numpy as np

from bench.report.themes import Form, Found, in_score, in_sound
from bench.report.tonality import chroma
from music.studio.score import Meter, Note, Part, Score

MAJOR = (0, 2, 4, 5, 7, 9, 11)
OURS = Form((0, 4, 3, 2, 4, 1), (0, 1, 1.5, 2, 3, 4), (1, 0.5, 0.5, 1, 1, 2), 7)
THEIRS = Form((4, 3, 2, 5, 1, 0), (0, 0.5, 1, 2, 3.5, 4), (0.5, 0.5, 1, 1.5, 0.5, 2), 7)
OTHERS = Form((2, 2, 6, 5, 3, 2), (0, 1.5, 2, 3, 4, 5), (1.5, 0.5, 1, 1, 1, 2), 7)
THEMES = ((OURS,), (THEIRS,), (OTHERS,))
RATE, LOWEST = 43.0, 36


def pitch(step: int) -> int:
    octave, rung = divmod(step, 7)
    return 60 + 12 * octave + MAJOR[rung]


def sung(form: Form, start: float, *, shift: int = 0, stretch: float = 1.0) -> list[Note]:
    return [
        Note(start + stretch * beat, stretch * length, pitch(step + shift), 80)
        for step, beat, length in zip(form.steps, form.starts, form.lengths, strict=True)
    ]


def wandering(bars: int) -> list[Note]:
    """A melody that goes up and down the scale in even notes."""
    return [Note(float(beat), 1.0, pitch(abs(beat % 10 - 5)), 80) for beat in range(4 * bars)]


def score_of(notes: list[Note]) -> Score:
    return Score(
        title="", tonic=0, mode="major", scale=MAJOR, tempo=90, meter=Meter(4, 2), swing=0.5, bars=24, sections=(),
        harmony=(), motifs=(), parts=(Part("melody", 73, tuple(notes)),), slowing=0.0, tail=1.0, room=1.0, wet=0.1,
        seed=1,
    )  # fmt: skip


def spectrum_of(notes: list[Note], beats_a_minute: float) -> np.ndarray:
    """A spectrum in which the notes sound with their overtones, over a chord that never ends."""
    frame = 60 / beats_a_minute * RATE
    spectrum = np.zeros((66, round(frame * max(note.start + note.length for note in notes)) + 20), np.float32)
    spectrum[[pitch(0) - 12 - LOWEST, pitch(2) - 12 - LOWEST, pitch(4) - 12 - LOWEST]] = 0.5
    for note in notes:
        columns = slice(round(frame * note.start), round(frame * (note.start + 0.9 * note.length)))
        for interval, strength in ((0, 1.0), (12, 0.4), (19, 0.25)):
            if note.pitch + interval - LOWEST < len(spectrum):
                spectrum[note.pitch + interval - LOWEST, columns] += strength
    return spectrum


def test_it_finds_a_theme_in_a_melody_at_another_pitch():
    found = in_score(score_of([*wandering(8), *sung(OURS, 32, shift=2), *wandering(2)[:4]]), THEMES)

    assert found.scores[0] == 1.0
    assert found.rank(0) == 1


def test_it_finds_a_theme_at_half_speed():
    found = in_score(score_of(sung(THEIRS, 4, stretch=2.0)), THEMES)

    assert found.rank(1) == 1


def test_it_does_not_find_a_theme_that_is_not_there():
    found = in_score(score_of(sung(THEIRS, 4)), THEMES)

    assert found.scores[0] < 0.7


def test_it_counts_a_tie_as_not_found():
    assert Found((0.5, 0.5, 0.2)).rank(0) == 2


def test_it_finds_no_theme_in_a_score_without_a_melody():
    assert in_score(score_of([]), THEMES).scores == (0.0, 0.0, 0.0)


def test_it_finds_a_theme_in_the_sound_whatever_octave_the_tempo_was_heard_in():
    notes = [*wandering(6), *sung(OURS, 24, shift=1), *wandering(1)]
    spectrum = spectrum_of(notes, 90)

    for heard in (90, 180):
        assert in_sound(spectrum, LOWEST, RATE, heard, chroma(spectrum, LOWEST), THEMES).rank(0) == 1


def test_it_tells_themes_apart_in_the_sound():
    for own, form in enumerate((OURS, THEIRS, OTHERS)):
        spectrum = spectrum_of([*sung(form, 4), *sung(form, 16, shift=-2)], 76)

        assert in_sound(spectrum, LOWEST, RATE, 76, chroma(spectrum, LOWEST), THEMES).rank(own) == 1
