from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from music.brief import Mood, Role
from music.studio.arranging.palettes import COMPOUND, QUADRUPLE, TRIPLE
from music.studio.composing.form import Form, lay_out
from music.studio.score import Meter

METERS = st.sampled_from([QUADRUPLE, TRIPLE, COMPOUND, Meter(3, 3)])
MOODS = st.sampled_from(list(Mood))
ROLES = st.sampled_from(list(Role))


def seconds(form: Form, meter: Meter, *, slowing: float, tail: float) -> float:
    return (form.bars + slowing) * meter.beats * 60 / form.tempo + tail


@given(st.integers(10, 300), st.integers(40, 180), METERS, ROLES, MOODS, st.integers(0, 200))
def test_it_lasts_as_long_as_asked_within_three_seconds(
    duration: int, tempo: int, meter: Meter, role: Role, mood: Mood, chapters: int
) -> None:
    tail = 2.6 if duration >= 24 else 1.6
    form = lay_out(duration, tempo, meter, role, slowing=0.3, tail=tail, mood=mood, chapters=chapters)
    assert seconds(form, meter, slowing=0.3, tail=tail) == pytest.approx(duration, abs=3)


@given(st.integers(30, 300), st.integers(40, 180), METERS, ROLES)
def test_it_keeps_the_tempo_asked_for(duration: int, tempo: int, meter: Meter, role: Role) -> None:
    form = lay_out(duration, tempo, meter, role, slowing=0.3, tail=2.6)
    assert form.tempo == pytest.approx(tempo, rel=0.0121)


@given(st.integers(10, 29), st.integers(40, 180), METERS, ROLES)
def test_it_counts_a_slow_beat_twice_rather_than_end_before_the_tune_does(
    duration: int, tempo: int, meter: Meter, role: Role
) -> None:
    form = lay_out(duration, tempo, meter, role, slowing=0.3, tail=1.6)
    assert form.bars >= 3
    assert any(form.tempo == pytest.approx(tempo * factor, rel=0.061) for factor in (1, 2, 4))


@given(st.integers(10, 300), st.integers(40, 180), METERS, ROLES, MOODS, st.integers(0, 200))
def test_it_leaves_no_bar_without_a_phrase(
    duration: int, tempo: int, meter: Meter, role: Role, mood: Mood, chapters: int
) -> None:
    form = lay_out(duration, tempo, meter, role, slowing=0.3, tail=2.0, mood=mood, chapters=chapters)
    assert form.phrases[0].start == 0
    for before, after in pairwise(form.phrases):
        assert after.start == before.start + before.bars
    assert form.phrases[-1].start + form.phrases[-1].bars == form.bars
    assert form.phrases[-1].closed
    assert any(phrase.kind == "A" for phrase in form.phrases)
    assert sum(phrase.climax for phrase in form.phrases) == 1
    assert len({phrase.label for phrase in form.phrases}) == len(form.phrases)


@pytest.mark.parametrize("duration", [60, 90, 120, 180, 300])
@pytest.mark.parametrize("mood", list(Mood))
def test_it_brings_the_theme_back_after_something_else(duration: int, mood: Mood) -> None:
    form = lay_out(duration, 90, QUADRUPLE, Role.ENTRY, slowing=0.3, tail=2.6, mood=mood)
    kinds = [phrase.kind for phrase in form.phrases if phrase.kind not in ("intro", "coda")]
    assert kinds[0] == "A"
    assert "B" in kinds
    assert kinds[-1] == "A"


@pytest.mark.parametrize("duration", [60, 90, 120, 180, 300])
@pytest.mark.parametrize("mood", list(Mood))
def test_it_is_fullest_between_six_and_eight_tenths(duration: int, mood: Mood) -> None:
    form = lay_out(duration, 90, QUADRUPLE, Role.OPENING, slowing=0.3, tail=2.6, mood=mood)
    fullest = max(form.phrases, key=lambda phrase: phrase.intensity)
    assert fullest.climax
    begins, ends = fullest.start / form.bars, (fullest.start + fullest.bars) / form.bars
    assert begins < 0.8
    assert ends > 0.6


def test_it_keeps_room_for_memories_in_a_finale() -> None:
    for chapters, bars in ((1, 4), (6, 12), (60, 16)):
        form = lay_out(90, 80, QUADRUPLE, Role.FINALE, slowing=0.3, tail=2.6, chapters=chapters)
        assert sum(phrase.bars for phrase in form.phrases if phrase.kind == "M") >= bars, chapters
        assert form.phrases[-1].kind in ("A", "coda")
