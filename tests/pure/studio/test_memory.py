from __future__ import annotations

from itertools import pairwise

import pytest

from music.brief import Chapter, Mode, Mood, Role
from music.studio.arranging.palettes import QUADRUPLE
from music.studio.composing.form import Phrase, lay_out
from music.studio.composing.manner import MANNERS
from music.studio.composing.memory import remember
from music.studio.composing.plan import Kind, Material, Planner, Segment
from music.studio.composing.theme import Variation, idea, make_motif

MOODS = list(Mood)


def recalled(count: int, duration: int = 120, tempo: int = 80, mode: Mode = Mode.MAJOR) -> list[Segment]:
    chapters = [Chapter(1000 + number, MOODS[number % 8]) for number in range(count)]
    form = lay_out(duration, tempo, QUADRUPLE, Role.FINALE, slowing=0.3, tail=2.6, chapters=count)
    theme = idea(make_motif(7), QUADRUPLE)
    planner = Planner(
        Material(theme, theme, Variation.STATEMENT, idea(make_motif(8), QUADRUPLE)),
        QUADRUPLE,
        MANNERS[Mood.LOVE],
        Mood.LOVE,
        7,
        0,
    )
    phrases: list[Phrase] = [phrase for phrase in form.phrases if phrase.kind == "M"]
    plans = remember(phrases, chapters, planner, QUADRUPLE, mode)
    return [segment for phrase in phrases for segment in plans[phrase.start] if segment.kind is Kind.QUOTE]


@pytest.mark.parametrize("count", [1, 2, 5, 12, 30, 60, 200])
def test_it_recalls_chapters_in_order_from_the_first_to_the_last(count: int) -> None:
    numbers = [segment.number for segment in recalled(count)]
    assert numbers[0] == 0
    assert numbers[-1] == count - 1
    assert all(after - before >= 0 for before, after in pairwise(numbers))


@pytest.mark.parametrize("count", [1, 2, 5, 12, 20, 30])
def test_it_leaves_no_chapter_out_where_there_is_room(count: int) -> None:
    assert {segment.number for segment in recalled(count)} == set(range(count))


def test_it_samples_evenly_what_does_not_fit() -> None:
    numbers = sorted({segment.number for segment in recalled(200)})
    gaps = [after - before for before, after in pairwise(numbers)]
    assert max(gaps) - min(gaps) <= 1


def test_it_quotes_whole_motifs_then_heads_then_cells() -> None:
    assert recalled(3)[0].form is Variation.STATEMENT
    assert {segment.form for segment in recalled(16)} == {Variation.HEAD}
    assert {segment.form for segment in recalled(50)} == {Variation.CELL}


def test_it_colours_a_chapter_by_its_mood() -> None:
    in_major = {MOODS[segment.number % 8]: segment.shift for segment in recalled(8, duration=300)}
    in_minor = {MOODS[segment.number % 8]: segment.shift for segment in recalled(8, duration=300, mode=Mode.MINOR)}
    assert in_major[Mood.SADNESS] < in_major[Mood.JOY] or in_minor[Mood.SADNESS] < in_minor[Mood.JOY]
    touches = {MOODS[segment.number % 8]: segment.touch for segment in recalled(8)}
    assert touches[Mood.JOY] < touches[Mood.CALM]
