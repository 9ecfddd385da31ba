from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings

from music.brief import KEYS, Chapter, Genre, Mode, Mood, MusicBrief, Role
from music.studio import compose
from music.studio.composing.harmony import SCALES
from music.studio.composing.theme import idea, make_motif
from music.studio.composition import PENTATONIC
from music.studio.instruments import INSTRUMENTS
from music.studio.score import Note, Part, Score
from tests.pure.studio.commissions import ANY_BRIEF, commission

# A score is a promise: the same brief and STUDIO_VERSION give the same piece. When one of these changes on purpose,
# STUDIO_VERSION rises with it.
GOLDEN = {
    (Genre.SOLO_PIANO, Mood.LOVE, Role.OPENING): "1b95570b61cb088b",
    (Genre.CHAMBER, Mood.SADNESS, Role.ENTRY): "40dea80cab2921eb",
    (Genre.KOREAN, Mood.JOY, Role.FINALE): "10e25197265d40d7",
    (Genre.LOFI, Mood.CALM, Role.STANDALONE): "e4a9fe4b8ec5ff73",
}


def part(score: Score, name: str) -> Part:
    return next(part for part in score.parts if part.name == name)


def tune(score: Score) -> list[Note]:
    return sorted(
        (note for part in score.parts if part.name in ("melody", "second") for note in part.notes),
        key=lambda note: note.start,
    )


def shape(notes: Sequence[Note]) -> list[int]:
    return [after.pitch - before.pitch for before, after in pairwise(notes)]


def density(score: Score) -> float:
    """Distinct onsets a second, of everything but percussion."""
    onsets = {round(note.start, 2) for part in score.parts if not part.drums for note in part.notes}
    return len(onsets) / (score.beats * 60 / score.tempo)


@given(ANY_BRIEF)
@settings(max_examples=120, deadline=None)
def test_it_composes_any_brief_into_a_playable_score(brief: MusicBrief) -> None:
    score = compose(brief)
    names = [part.name for part in score.parts]
    assert {"melody", "accompaniment", "bass"} <= set(names)
    assert len(names) == len(set(names))
    for played in score.parts:
        instrument = INSTRUMENTS.get(played.program)
        for note in played.notes:
            assert 0 <= note.start < score.beats
            assert note.length > 0
            assert 1 <= note.velocity <= 127
            if not played.drums:
                assert instrument is not None
                assert instrument.low - 1 <= note.pitch <= max(instrument.high, 74), played.name
    if not brief.drums:
        assert "drums" not in names


@given(ANY_BRIEF)
@settings(max_examples=80, deadline=None)
def test_it_closes_on_the_tonic_in_melody_bass_and_harmony(brief: MusicBrief) -> None:
    score = compose(brief)
    tonic = KEYS.index(brief.key)
    assert score.harmony[-1].pitches[0] == tonic
    assert part(score, "bass").notes[-1].pitch % 12 == tonic
    last = tune(score)[-1]
    assert last.pitch % 12 == tonic
    # The last chord is held, not stopped.
    assert max(note.start + note.length for note in part(score, "bass").notes) == pytest.approx(score.beats, abs=0.5)


@given(ANY_BRIEF)
@settings(max_examples=40, deadline=None)
def test_it_keeps_to_its_key(brief: MusicBrief) -> None:
    score = compose(brief)
    scale = PENTATONIC[brief.mode] if brief.genre is Genre.KOREAN else SCALES[brief.mode]
    home = {(KEYS.index(brief.key) + offset) % 12 for offset in scale}
    notes = tune(score)
    inside = sum(note.length for note in notes if note.pitch % 12 in home)
    # What is outside belongs to a borrowed chord or a raised leading note.
    assert inside >= 0.7 * sum(note.length for note in notes)
    if brief.genre is Genre.KOREAN:
        assert inside == pytest.approx(sum(note.length for note in notes))


@pytest.mark.parametrize(("character", "digest"), GOLDEN.items(), ids=lambda value: "-".join(value) if value else None)
def test_it_writes_the_same_score_as_ever(character: tuple[Genre, Mood, Role], digest: str) -> None:
    genre, mood, role = character
    brief = commission(genre, mood, role=role, chapters=(Chapter(3, Mood.JOY), Chapter(4, Mood.SADNESS)))
    assert compose(brief).digest()[:16] == digest


def test_it_writes_another_piece_for_another_seed() -> None:
    assert compose(commission(seed=1)).digest() != compose(commission(seed=2)).digest()


def test_it_gives_every_genre_a_sound_and_a_movement_of_its_own() -> None:
    scores = {genre: compose(commission(genre)) for genre in Genre}
    bands = {genre: tuple((part.name, part.program) for part in score.parts) for genre, score in scores.items()}
    assert len(set(bands.values())) == len(Genre)
    movements = {
        genre: tuple((note.start % score.meter.beats, note.length) for note in part(score, "accompaniment").notes)
        for genre, score in scores.items()
    }
    assert len(set(movements.values())) == len(Genre)


def test_it_plays_korean_music_on_five_notes_in_twelve_eighths_with_the_gutgeori_drum() -> None:
    score = compose(commission(Genre.KOREAN, Mood.LOVE))
    assert len(score.scale) == 5
    assert (score.meter.beats, score.meter.division) == (4, 3)
    drums = part(score, "drums")
    start = next(section for section in score.sections if section.name == "A").start * 4
    bar = [(round((note.start - start) * 3, 1), note.pitch) for note in drums.notes if start <= note.start < start + 4]
    low = [at for at, key in bar if key == 64]
    assert low == [0, 3, 6, 9]
    assert (0, 62) in bar


def test_it_swings_jazz_and_lofi_only() -> None:
    swinging = {genre for genre in Genre if compose(commission(genre)).swing > 0.55}
    assert swinging == {Genre.JAZZ_BALLAD, Genre.LOFI}


def test_it_moves_more_in_excited_moods_than_in_quiet_ones() -> None:
    for genre in set(Genre) - {Genre.AMBIENT}:
        lively = min(density(compose(commission(genre, mood))) for mood in (Mood.JOY, Mood.TENSION, Mood.ANGER))
        quiet = max(density(compose(commission(genre, mood))) for mood in (Mood.CALM, Mood.SADNESS))
        assert lively > 1.25 * quiet, genre


def test_it_states_the_theme_as_it_is_in_an_opening() -> None:
    brief = commission(Genre.CINEMATIC, Mood.JOY)
    score = compose(brief)
    start = next(section for section in score.sections if section.name == "A").start * score.meter.beats
    stated = [note for note in tune(score) if start <= note.start < start + 8]
    theme = idea(make_motif(brief.theme_seed), score.meter)
    sung = [tone.length for tone in theme]
    assert [round(note.start - start, 2) for note in stated] == [sum(sung[:index]) for index in range(len(sung))]
    rises = [after.step > before.step for before, after in pairwise(theme) if after.step != before.step]
    assert [move > 0 for move in shape(stated) if move][: len(rises)] == rises


def test_it_shares_one_theme_within_a_journey() -> None:
    opening = compose(commission(Genre.CINEMATIC, Mood.JOY, seed=1, theme_seed=99))
    finale = compose(commission(Genre.CINEMATIC, Mood.JOY, seed=2, theme_seed=99, role=Role.FINALE))
    stranger = compose(commission(Genre.CINEMATIC, Mood.JOY, seed=3, theme_seed=100))

    def first_bars(score: Score) -> list[int]:
        start = next(section for section in score.sections if section.name == "A").start * score.meter.beats
        return shape([note for note in tune(score) if start <= note.start < start + 2 * score.meter.beats])

    assert first_bars(opening) == first_bars(finale)
    assert first_bars(opening) != first_bars(stranger)


def test_it_varies_the_theme_in_entries() -> None:
    opening = compose(commission(Genre.CINEMATIC, Mood.SADNESS))
    entries = [
        compose(commission(Genre.CINEMATIC, Mood.SADNESS, role=Role.ENTRY, seed=seed)).digest() for seed in range(6)
    ]
    assert opening.digest() not in entries
    assert len(set(entries)) == 6


def test_it_plays_another_finale_for_other_chapters() -> None:
    plain = commission(Genre.CINEMATIC, Mood.LOVE, role=Role.FINALE, duration=90)
    chapters = (Chapter(123, Mood.JOY), Chapter(456, Mood.SADNESS))
    digests = {compose(replace(plain, chapters=told)).digest() for told in ((), chapters, chapters[::-1], chapters[:1])}
    assert len(digests) == 4


def test_it_lets_the_brief_choose_the_leading_instrument() -> None:
    score = compose(commission(Genre.CHAMBER, Mood.SADNESS, instruments=("solo oboe", "felt piano")))
    assert INSTRUMENTS[part(score, "melody").program].name == "oboe"
    assert INSTRUMENTS[part(score, "accompaniment").program].name == "piano"


def test_it_leaves_a_solo_piano_alone_whatever_is_wished() -> None:
    score = compose(commission(Genre.SOLO_PIANO, Mood.LOVE, instruments=("violin", "choir")))
    assert {played.program for played in score.parts} == {0}


def test_it_breathes_between_phrases() -> None:
    score = compose(commission(Genre.CHAMBER, Mood.LOVE))
    notes = tune(score)
    for section in score.sections[1:]:
        boundary = section.start * score.meter.beats
        before = [note for note in notes if note.start < boundary]
        if before:
            assert before[-1].start + before[-1].length <= boundary - 0.25


@pytest.mark.parametrize("mode", list(Mode))
def test_it_agrees_with_its_chords_on_strong_beats(mode: Mode) -> None:
    score = compose(commission(Genre.CHAMBER, Mood.LOVE, mode=mode, duration=90))
    agreed = total = 0
    for note in tune(score):
        if note.start % score.meter.beats == 0:
            chord = next(h for h in score.harmony if h.start <= note.start < h.start + h.length)
            agreed += note.pitch % 12 in chord.pitches
            total += 1
    assert agreed / total > 0.6
