from __future__ import annotations

import random
from itertools import pairwise

import pytest

from music.brief import Mode, Mood
from music.studio.harmony import SCALES, cells, departure, farewell, open_cells, parse, phrase, realise
from music.studio.voicing import parallels, voice


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("mood", list(Mood))
def test_it_has_progressions_for_every_mode_and_mood(mode: Mode, mood: Mood) -> None:
    for cell in (*cells(mode, mood), *open_cells(mode), departure(mode, random.Random(1))):
        assert len(cell.split()) == 4
        for token in cell.split():
            assert len(set(parse(token, mode).offsets())) == 3


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("bars", range(1, 13))
def test_it_closes_at_home_and_stays_open_elsewhere(mode: Mode, bars: int) -> None:
    for seed in range(20):
        rng = random.Random(seed)
        for pentatonic in (False, True):
            closed = phrase(cells(mode, Mood.JOY)[0], bars, mode, rng, closed=True, pentatonic=pentatonic)
            left_open = phrase(cells(mode, Mood.JOY)[0], bars, mode, rng, closed=False, pentatonic=pentatonic)
            assert len(closed) == len(left_open) == bars
            assert closed[-1] == ["1"]
            if bars > 1:
                assert left_open[-1] != ["1"]
                # A close is approached from elsewhere: tonic to tonic would not be one.
                assert closed[-2][-1] != "1"


@pytest.mark.parametrize("mode", list(Mode))
def test_it_says_farewell_on_the_tonic(mode: Mode) -> None:
    for bars in (1, 2, 3):
        tokens = farewell(bars, mode, random.Random(bars))
        assert len(tokens) == bars
        assert tokens[-1] == ["1"]


def test_it_raises_the_leading_note_in_minor() -> None:
    dominant = parse("5M", Mode.MINOR)
    assert dominant.offsets() == (7, 11, 2)
    assert SCALES[Mode.MINOR][6] == 10


def test_it_borrows_from_the_parallel_minor() -> None:
    assert parse("b6", Mode.MAJOR).offsets() == (8, 0, 3)
    assert parse("4m", Mode.MAJOR).offsets() == (5, 8, 0)


def test_it_refuses_what_is_not_a_chord() -> None:
    with pytest.raises(ValueError, match="not a chord"):
        parse("9", Mode.MAJOR)


def test_it_shares_a_bar_between_two_chords() -> None:
    chords = realise([["4", "5"], ["1"]], Mode.MAJOR, 3, first_beat=6)
    assert [(chord.start, chord.length) for chord in chords] == [(6, 2), (8, 1), (9, 3)]


@pytest.mark.parametrize("mode", list(Mode))
def test_it_leads_voices_by_small_steps_without_parallels(mode: Mode) -> None:
    moves: list[int] = []
    found = changes = 0
    for mood in Mood:
        for cell in cells(mode, mood):
            previous: tuple[int, ...] = ()
            voicings = []
            for token in cell.split() * 2:
                classes = tuple(offset % 12 for offset in parse(token, mode).offsets())
                previous = voice(classes, previous, 47, 74, 60)
                assert {pitch % 12 for pitch in previous} == set(classes)
                voicings.append(previous)
            for before, after in pairwise(voicings):
                moves += [abs(a - b) for a, b in zip(before, after, strict=True)]
                found += parallels(before, after)
                changes += before != after
    assert sum(moves) / len(moves) < 2.5
    assert found <= 0.1 * changes


def test_it_counts_parallel_fifths_and_octaves() -> None:
    assert parallels((48, 55, 64), (50, 57, 65)) == 1
    assert parallels((48, 60), (50, 62)) == 1
    assert parallels((48, 55, 64), (47, 55, 62)) == 0
