from __future__ import annotations

from itertools import pairwise

import pytest

from music.brief import Mode, Mood
from music.studio.composing.harmony import home_key, sounding
from music.studio.composing.manner import MANNERS
from music.studio.composing.melody import Ground, Line, Sung, breathe

TIMES = [(float(beat), 1.0) for beat in range(16)]


def drawn(mood: Mood, mode: Mode = Mode.MAJOR, goals: dict[int, float] | None = None) -> tuple[list[Sung], Ground]:
    key = home_key(mode)
    tokens = ("1", "4", "5M" if mode is Mode.MINOR else "5", "1")
    ground = Ground([sounding(token, key, 4.0 * index, 4.0) for index, token in enumerate(tokens)])
    line = Line(ground, MANNERS[mood], -1, 8)
    return line.draw(TIMES, [3.0] * 16, [Sung(-1.0, 1.0, 2)], goals or {}, [1.0] * 16), ground


@pytest.mark.parametrize("mood", list(Mood))
@pytest.mark.parametrize("mode", list(Mode))
def test_it_stays_in_range_and_leans_on_the_chords(mood: Mood, mode: Mode) -> None:
    notes, ground = drawn(mood, mode)
    assert [(note.start, note.length) for note in notes] == TIMES
    assert all(-1 <= note.step <= 8 for note in notes)
    strong = [ground.consonant(note.step, note.start) for note in notes if note.start % 4 == 0]
    assert sum(strong) >= 3


@pytest.mark.parametrize("mood", list(Mood))
def test_it_reaches_its_goal(mood: Mood) -> None:
    for goal in (0, 7):
        notes, _ = drawn(mood, goals={goal: 0.0})
        assert notes[-1].step == goal
        assert abs(notes[-2].step - goal) <= 4


@pytest.mark.parametrize("mood", list(Mood))
def test_it_does_not_hammer_for_ever(mood: Mood) -> None:
    notes, _ = drawn(mood)
    longest = run = 1
    for before, after in pairwise(notes):
        run = run + 1 if before.step == after.step else 1
        longest = max(longest, run)
    assert longest <= 4


@pytest.mark.parametrize("mood", list(Mood))
def test_it_sings_no_augmented_seconds_over_a_raised_leading_note(mood: Mood) -> None:
    notes, ground = drawn(mood, Mode.MINOR, {0: 0.0, 7: 0.0})
    pitches = [ground.semitones(note.step, note.start) for note in notes]
    for (before, after), (low, high) in zip(pairwise(notes), pairwise(pitches), strict=True):
        assert not (abs(after.step - before.step) == 1 and abs(high - low) == 3)


def test_it_takes_breath_from_the_last_note_only() -> None:
    notes = [Sung(0.0, 2.0, 0), Sung(2.0, 2.0, 1)]
    assert [note.length for note in breathe(notes, 0.5)] == [2.0, 1.5]
    assert [note.length for note in breathe(notes, 9.0)] == [2.0, 1.0]
