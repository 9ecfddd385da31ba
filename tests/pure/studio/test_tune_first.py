"""The tune comes first: what steps back for it, what yields to it, what must not run along with it."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from itertools import pairwise

import pytest

from music.brief import Genre, Mood
from music.studio import compose
from music.studio.arranging.counterpoint import independent, leaned_on, runs_along, yielding
from music.studio.score import Meter, Note, Score
from tests.pure.studio.commissions import commission

FOUR = Meter(4, 2)
each_genre = pytest.mark.parametrize("genre", list(Genre))


def note(start: float, length: float, pitch: int) -> Note:
    return Note(start, length, pitch, 80)


@cache
def written(genre: Genre, mood: Mood, duration: int = 90) -> Score:
    return compose(commission(genre, mood, duration=duration, seed=11))


def notes(score: Score, *names: str) -> list[Note]:
    return sorted((n for part in score.parts if part.name in names for n in part.notes), key=lambda n: n.start)


def stated(score: Score, beat: float) -> bool:
    """Whether the first two bars of a phrase of the theme sound."""
    starts = [section.start for section in score.sections]
    bar = int((beat + 1e-6) // score.meter.beats)
    section = score.sections[bisect_right(starts, bar) - 1]
    return section.name.startswith("A") and bar - section.start < 2


def test_it_leans_on_long_strong_notes_that_do_not_resolve() -> None:
    tune = [note(0, 1, 72), note(1, 1, 71), note(2, 1.5, 69), note(4, 2, 77), note(6, 2, 76)]
    assert leaned_on(tune, FOUR) == [tune[2], tune[4]]


def test_it_ends_what_rings_into_a_rub_where_the_tune_comes_in() -> None:
    assert yielding([note(0, 4, 71)], [note(2, 2, 72)]) == [note(0, 2, 71)]
    assert yielding([note(0, 4, 59)], [note(2, 2, 72)]) == [note(0, 2, 59)]


def test_it_takes_the_tunes_tone_where_both_are_struck_together() -> None:
    assert yielding([note(2, 2, 59)], [note(2, 2, 72)]) == [note(2, 2, 60)]
    assert yielding([note(2, 2, 59)], [note(2, 2, 72)], silent=True) == []


def test_it_leaves_major_sevenths_and_passing_rubs_alone() -> None:
    tune = [note(2, 2, 72)]
    for other in (note(2, 2, 61), note(2, 0.25, 71), note(0, 2, 71), note(2, 2, 64)):
        assert yielding([other], tune) == [other]


def test_it_hears_octaves_only_where_both_lines_go_one_way() -> None:
    tune = [note(0, 4, 72), note(4, 4, 74)]
    starts = [n.start for n in tune]
    assert runs_along(tune, starts, note(0, 4, 48), note(4, 4, 50))
    assert not runs_along(tune, starts, note(0, 4, 48), note(4, 4, 38))
    assert not runs_along(tune, starts, note(0, 4, 48), note(4, 4, 47))


@pytest.mark.parametrize("before", [[note(0, 4, 48)], [note(0, 2, 43), note(2, 2, 48)]])
def test_it_leads_the_bass_away_from_the_tune(before: list[Note]) -> None:
    tune = [note(0, 4, 72), note(4, 4, 74)]
    line = independent([before, [note(4, 4, 50)]], tune, 31, 52)
    assert not runs_along(tune, [0, 4], line[-2], line[-1])
    assert [n.start for n in line] == [*(n.start for n in before), 4]
    assert {n.pitch % 12 for n in line} <= {n.pitch % 12 for n in (*before, note(4, 4, 50))}
    assert all(31 <= n.pitch <= 52 for n in line)


@each_genre
@pytest.mark.parametrize("mood", [Mood.LOVE, Mood.WONDER, Mood.ANGER])
def test_it_silences_second_lines_while_the_theme_is_stated(genre: Genre, mood: Mood) -> None:
    score = written(genre, mood)
    assert any(stated(score, n.start) for n in notes(score, "melody"))
    assert not [n for n in notes(score, "counter", "texture", "spark") if stated(score, n.start)]


@each_genre
def test_it_plays_the_accompaniment_softer_while_the_theme_is_stated(genre: Genre) -> None:
    for mood in (Mood.JOY, Mood.MELANCHOLY):
        score = written(genre, mood)
        tune = [n.velocity for n in notes(score, "melody") if stated(score, n.start)]
        under = [n.velocity for n in notes(score, "accompaniment") if stated(score, n.start)]
        assert sum(tune) / len(tune) > sum(under) / len(under) + 15


def test_it_lifts_a_theme_that_lies_low() -> None:
    for genre, wish in ((Genre.CINEMATIC, "cello"), (Genre.JAZZ_BALLAD, "tenor saxophone"), (Genre.FOLK, "cello")):
        score = compose(commission(genre, Mood.SADNESS, duration=60, seed=11, instruments=(wish,)))
        tune = {n.start: n.pitch for n in notes(score, "melody") if stated(score, n.start)}
        above = {n.start for n in notes(score, "double") if n.pitch - tune.get(n.start, n.pitch) == 12}
        assert sum(tune.values()) / len(tune) >= 64 or len(above) > 0.8 * len(tune)


def test_it_gives_wonder_a_rising_and_sadness_a_sinking_course() -> None:
    def rise(mood: Mood) -> float:
        score = written(Genre.CHAMBER, mood)
        half = score.beats / 2
        early = [n.velocity for n in notes(score, "accompaniment", "pad") if n.start < half]
        late = [n.velocity for n in notes(score, "accompaniment", "pad") if n.start >= half]
        return sum(late) / len(late) - sum(early) / len(early)

    assert rise(Mood.WONDER) > rise(Mood.SADNESS) + 10


@each_genre
def test_it_moves_in_melancholy_and_love_and_stands_still_in_calm_and_sadness(genre: Genre) -> None:
    def strokes(mood: Mood) -> float:
        score = written(genre, mood)
        starts = [n.start for n in notes(score, "accompaniment")]
        # A spread chord is one stroke.
        return sum(later - earlier > 0.2 for earlier, later in pairwise(starts)) / score.bars

    assert min(strokes(Mood.MELANCHOLY), strokes(Mood.LOVE)) > 1.4 * max(strokes(Mood.CALM), strokes(Mood.SADNESS))
