from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from music.brief import Mood
from music.studio.arranging.palettes import QUADRUPLE, TRIPLE
from music.studio.composing.form import Phrase
from music.studio.composing.manner import MANNERS
from music.studio.composing.plan import Kind, Material, Planner, Segment
from music.studio.composing.theme import Variation, idea, make_motif
from music.studio.score import Meter


def planner(mood: Mood = Mood.LOVE, seed: int = 7, meter: Meter = QUADRUPLE, rungs: int = 7, habit: int = 0) -> Planner:
    theme = idea(make_motif(seed), meter)
    material = Material(theme, theme, Variation.STATEMENT, idea(make_motif(seed + 1), meter))
    return Planner(material, meter, MANNERS[mood], mood, rungs, habit)


def planned(
    label: str,
    bars: int,
    *,
    form: Variation = Variation.STATEMENT,
    last: bool = False,
    climax: bool = False,
    **kind: int,
) -> list[Segment]:
    phrase = Phrase(label, 0, bars, closed=last, intensity=0.5, climax=climax)
    return planner(**kind).plan(phrase, form, last=last, rng=random.Random(1))


@given(
    st.sampled_from(["intro", "A", "A'", "A''", "B", "B'", "B''", "C", "C'", "D", "D'", "M", "coda"]),
    st.integers(1, 12),
    st.sampled_from(list(Mood)),
    st.integers(0, 300),
    st.sampled_from([QUADRUPLE, TRIPLE]),
    st.sampled_from(list(Variation)[:7]),
    st.booleans(),
    st.booleans(),
)
def test_it_fills_every_phrase_without_gap_or_overlap(
    label: str, bars: int, mood: Mood, seed: int, meter: Meter, form: Variation, last: bool, climax: bool
) -> None:
    if label[0] == "D" and bars < 3:
        return
    phrase = Phrase(label, 0, bars, closed=last, intensity=0.5, climax=climax)
    segments = planner(mood, seed, meter).plan(phrase, form, last=last, rng=random.Random(seed))
    segments = [segment for segment in segments if segment.length > 0]
    assert segments[0].start == 0
    for before, after in pairwise(segments):
        assert after.start == pytest.approx(before.end)
    assert segments[-1].end == pytest.approx(bars * meter.beats)


def test_it_answers_a_half_close_with_the_theme_and_a_full_close() -> None:
    kinds = [segment.kind for segment in planned("A", 8)]
    assert kinds == [Kind.QUOTE, Kind.HALF, Kind.QUOTE, Kind.CLOSE]


def test_it_goes_on_as_a_sentence_after_a_period() -> None:
    forms = [segment.form for segment in planned("A'", 8) if segment.kind is Kind.QUOTE]
    assert forms[:2] == [Variation.STATEMENT, Variation.SEQUENCE]
    assert Variation.HEAD in forms


def test_it_hints_at_the_theme_before_and_after() -> None:
    assert any(segment.of == "theme" for segment in planned("intro", 4))
    ending = planned("coda", 4, last=True)
    assert any(segment.of == "theme" for segment in ending)
    assert ending[-1].kind is Kind.HOLD


def test_it_moves_the_theme_about_in_a_development() -> None:
    for bars in (4, 8, 11):
        quotes = [segment for segment in planned("D", bars) if segment.kind is Kind.QUOTE]
        assert all(segment.of == "theme" for segment in quotes)
        assert len({(segment.form, segment.shift) for segment in quotes}) > 1


def test_it_climbs_highest_at_the_climax() -> None:
    for label in ("A''", "D"):
        tops = {}
        for climax in (False, True):
            phrase = Phrase(label, 0, 8, closed=False, intensity=0.9, climax=climax)
            writer = planner(Mood.WONDER)
            segments = writer.plan(phrase, Variation.STATEMENT, last=False, rng=random.Random(2))
            tops[climax] = max(tone.step + segment.shift for segment in segments for tone in segment.idea)
        assert tops[True] >= tops[False]
        assert planner(Mood.WONDER).compass(phrase)[1] > tops[False]
