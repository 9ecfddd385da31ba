"""The marks of a score, each tried on a score that has the fault and on one that has not."""

from __future__ import annotations

from bench.report.craft import Share, craft
from music.studio.score import Harmony, Meter, Note, Part, Score, Section

FLUTE, PIANO, CONTRABASS = 73, 0, 43
TONIC, DOMINANT = (0, 0, 4, 7), (7, 7, 11, 2)


def line(*pitches: int, length: float = 4.0, start: float = 0.0) -> tuple[Note, ...]:
    return tuple(Note(start + number * length, length, pitch, 80) for number, pitch in enumerate(pitches))


def block(*chords: tuple[int, ...]) -> tuple[Note, ...]:
    return tuple(Note(4.0 * number, 4.0, pitch, 60) for number, chord in enumerate(chords) for pitch in chord)


def score(*harmony: tuple[int, ...], **parts: tuple[Note, ...]) -> Score:
    """In C major, four beats a bar and a chord a bar; parts by name."""
    programs = {"melody": FLUTE, "bass": CONTRABASS}
    chords = tuple(Harmony(4.0 * bar, 4.0, "", pitches) for bar, pitches in enumerate(harmony or (TONIC, DOMINANT)))
    return Score(
        title="", tonic=0, mode="major", scale=(0, 2, 4, 5, 7, 9, 11), tempo=100, meter=Meter(4, 2), swing=0.5,
        bars=len(chords), sections=(Section("A", 0, len(chords)),), harmony=chords, motifs=(),
        parts=tuple(Part(name, programs.get(name, PIANO), notes) for name, notes in parts.items()),
        slowing=0.0, tail=1.0, room=1.0, wet=0.1, seed=1,
    )  # fmt: skip


def test_it_marks_fifths_that_melody_and_bass_take_together():
    assert craft(score(melody=line(67, 74), bass=line(36, 43))).outer_parallels == Share(1, 1)


def test_it_does_not_mark_contrary_motion_or_other_intervals():
    assert craft(score(melody=line(79, 74), bass=line(36, 43))).outer_parallels == Share(0, 1)
    assert craft(score(melody=line(76, 83), bass=line(36, 43))).outer_parallels == Share(0, 1)


def test_it_marks_octaves_inside_moving_chords_and_not_held_voices():
    shifted = craft(score(pad=block((60, 64, 72), (62, 65, 74))))
    held = craft(score(pad=block((60, 64, 67), (60, 65, 69))))

    assert shifted.inner_parallels == Share(1, 3)
    assert held.inner_parallels.bad == 0


def test_it_marks_a_leading_tone_that_falls_and_not_one_that_rises():
    fallen = craft(score(DOMINANT, TONIC, melody=line(83, 79)))
    risen = craft(score(DOMINANT, TONIC, melody=line(83, 84)))

    assert fallen.leading_tones == Share(1, 1)
    assert risen.leading_tones == Share(0, 1)


def test_it_marks_a_leading_tone_lost_inside_a_chord():
    lost = craft(score(DOMINANT, TONIC, pad=block((55, 59, 62), (52, 55, 60))))
    lost_downwards = craft(score(DOMINANT, TONIC, pad=block((55, 59, 62), (48, 52, 55))))

    assert lost.leading_tones == Share(0, 1)
    assert lost_downwards.leading_tones == Share(1, 1)


def test_it_marks_notes_that_an_instrument_has_not():
    assert craft(score(melody=line(50, 72))).out_of_range == Share(1, 2)


def test_it_marks_bars_that_copy_earlier_ones():
    tune = line(72, 74, 76, 77, length=1.0) + line(72, 74, 76, 77, length=1.0, start=4.0)
    moved = line(72, 74, 76, 77, length=1.0) + line(74, 76, 77, 79, length=1.0, start=4.0)

    assert craft(score(melody=tune)).repeated_bars == Share(1, 2)
    assert craft(score(melody=moved)).repeated_bars == Share(0, 2)


def test_it_marks_bars_in_which_nothing_sounds():
    assert craft(score(TONIC, TONIC, TONIC, melody=line(72, length=4.0))).empty_bars == Share(2, 3)
    assert craft(score(TONIC, TONIC, TONIC, bass=line(36, length=12.0))).empty_bars == Share(0, 3)


def test_it_marks_a_long_semitone_and_not_one_that_resolves():
    bare = craft(score(melody=line(77, 72), pad=block((60, 64, 76), (60, 64, 67))))
    suspended = craft(score(melody=line(77, 76), pad=block((60, 64, 76), (60, 64, 67))))

    assert bare.clashes == Share(1, 2)
    assert suspended.clashes == Share(0, 2)


def test_it_tells_for_how_long_the_melody_rests():
    tune = (Note(0.0, 2.0, 72, 80), Note(8.0, 2.0, 72, 80))

    assert craft(score(TONIC, TONIC, TONIC, melody=tune)).longest_rest == 1.5
