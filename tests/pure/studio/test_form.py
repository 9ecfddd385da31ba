from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from music.brief import Role
from music.studio.form import lay_out
from music.studio.palettes import COMPOUND, QUADRUPLE, TRIPLE
from music.studio.score import Meter

METERS = st.sampled_from([QUADRUPLE, TRIPLE, COMPOUND])


@given(st.integers(60, 300), st.integers(40, 180), METERS, st.sampled_from(list(Role)))
def test_it_fits_the_time_asked_for_with_little_change_of_tempo(
    duration: int, tempo: int, meter: Meter, role: Role
) -> None:
    form = lay_out(duration, tempo, meter, role, slowing=0.3, tail=2.6)
    seconds = (form.bars + 0.3) * meter.beats * 60 / form.tempo + 2.6
    assert seconds == pytest.approx(duration, rel=0.05)
    assert form.tempo == pytest.approx(tempo, rel=0.061)


@given(st.integers(10, 300), st.integers(40, 180), METERS, st.sampled_from(list(Role)))
def test_it_leaves_no_bar_without_a_phrase(duration: int, tempo: int, meter: Meter, role: Role) -> None:
    form = lay_out(duration, tempo, meter, role, slowing=0.3, tail=2.0)
    assert form.phrases[0].start == 0
    for before, after in pairwise(form.phrases):
        assert after.start == before.start + before.bars
    assert form.phrases[-1].start + form.phrases[-1].bars == form.bars
    assert form.phrases[-1].closed
    assert any(phrase.kind == "A" for phrase in form.phrases)


def test_it_brings_the_theme_back_after_something_else() -> None:
    form = lay_out(90, 80, QUADRUPLE, Role.ENTRY, slowing=0.3, tail=2.6)
    kinds = [phrase.kind for phrase in form.phrases if phrase.kind not in ("intro", "coda")]
    assert kinds[0] == "A"
    assert "B" in kinds
    assert kinds[-1] == "A"
    fullest = max(form.phrases, key=lambda phrase: phrase.intensity)
    assert fullest.kind == "A"
    assert fullest.start > form.bars / 2


def test_it_keeps_room_for_memories_in_a_finale() -> None:
    assert any(phrase.kind == "M" for phrase in lay_out(90, 80, QUADRUPLE, Role.FINALE, slowing=0.3, tail=2.6).phrases)
