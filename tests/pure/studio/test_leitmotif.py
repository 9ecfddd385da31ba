"""One theme a journey: stated, varied, brought home, recorded truthfully, and unlike those of other journeys."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from music.brief import Chapter, Genre, Mood, MusicBrief, Role
from music.studio import compose
from music.studio.composing.harmony import SCALES
from music.studio.composing.theme import Idea, Variation, idea, make_motif, narrow
from music.studio.composition import PENTATONIC
from music.studio.score import Note, Quotation, Score
from tests.pure.studio.checks import lead
from tests.pure.studio.commissions import commission
from tests.pure.studio.similarity import Shape, likeness, shape_of

JOURNEYS = range(500, 520)


def motif(seed: int, score: Score, brief: MusicBrief) -> Idea:
    whole = idea(make_motif(seed), score.meter)
    return narrow(whole) if brief.genre is Genre.KOREAN else whole


def shape(theme: Idea, brief: MusicBrief) -> Shape:
    ladder = PENTATONIC[brief.mode] if brief.genre is Genre.KOREAN else SCALES[brief.mode]
    onsets = [sum(tone.length for tone in theme[:index]) for index in range(len(theme))]
    return shape_of(onsets, [12 * (tone.step // len(ladder)) + ladder[tone.step % len(ladder)] for tone in theme])


def sung(score: Score, quotation: Quotation) -> list[Note]:
    return [
        note for note in lead(score) if quotation.start - 0.05 <= note.start < quotation.start + quotation.length - 0.05
    ]


def journeys(durations: tuple[int, ...], *, every: int) -> Iterator[tuple[MusicBrief, Score]]:
    number = 0
    for role in (Role.OPENING, Role.ENTRY, Role.FINALE):
        for genre in Genre:
            for mood in Mood:
                for duration in durations:
                    number += 1
                    if number % every:
                        continue
                    chapters = tuple(Chapter(100 + index, list(Mood)[index % 8]) for index in range(number % 12))
                    brief = commission(
                        genre,
                        mood,
                        duration=duration,
                        seed=number * 31 + 7,
                        theme_seed=JOURNEYS[number % len(JOURNEYS)],
                        role=role,
                        chapters=chapters if role is Role.FINALE else (),
                    )
                    yield brief, compose(brief)


def test_it_finds_the_journey_of_a_piece_among_twenty_by_its_melody() -> None:
    found = total = 0
    for brief, score in journeys((10, 30, 60, 120), every=7):
        melody = lead(score)
        likest = max(JOURNEYS, key=lambda seed: likeness(shape(motif(seed, score, brief), brief), melody))
        found += likest == brief.theme_seed
        total += 1
    assert total > 100
    assert found / total >= 0.97


def test_it_says_truthfully_where_a_motif_is_stated() -> None:
    total = right = 0
    for brief, score in journeys((30, 120), every=11):
        own = {"theme": brief.theme_seed, "own": brief.seed}
        for quotation in score.motifs:
            if quotation.form != Variation.STATEMENT:
                continue
            seed = own.get(quotation.of, 0) or brief.chapters[quotation.number].seed
            wanted = motif(seed, score, brief)
            notes = sung(score, quotation)
            total += 1
            rises = [(after.step > before.step) - (after.step < before.step) for before, after in pairwise(wanted)]
            heard = [(after.pitch > before.pitch) - (after.pitch < before.pitch) for before, after in pairwise(notes)]
            begins = [sum(tone.length for tone in wanted[:index]) for index in range(len(wanted))]
            timely = len(notes) == len(wanted) and all(
                abs(note.start - quotation.start - begin) < 0.2 for note, begin in zip(notes, begins, strict=True)
            )
            right += timely and rises == heard
    assert total > 90
    assert right / total > 0.97


def test_it_lists_motifs_in_order_within_the_piece() -> None:
    for brief, score in journeys((10, 60), every=13):
        assert score.motifs
        starts = [quotation.start for quotation in score.motifs]
        assert starts == sorted(starts)
        for quotation in score.motifs:
            assert quotation.of in ("theme", "own", "chapter")
            assert Variation(quotation.form)
            assert 0 <= quotation.start < quotation.start + quotation.length <= score.beats + 1e-6
        assert brief.role is Role.FINALE or all(quotation.of != "chapter" for quotation in score.motifs)


@pytest.mark.parametrize("genre", list(Genre))
def test_it_states_the_theme_in_full_at_least_twice_in_an_opening(genre: Genre) -> None:
    for mood in Mood:
        score = compose(commission(genre, mood, duration=60))
        statements = [q for q in score.motifs if q.of == "theme" and q.form == Variation.STATEMENT]
        assert len(statements) >= 2, mood
        begins = next(section.start for section in score.sections if section.name == "A") * score.meter.beats
        assert statements[0].start == begins


@pytest.mark.parametrize("mood", list(Mood))
@pytest.mark.parametrize("duration", [10, 30, 120])
def test_it_transforms_the_theme_in_an_entry_and_still_brings_it_home(mood: Mood, duration: int) -> None:
    seen: set[str] = set()
    for seed in range(12):
        score = compose(commission(Genre.CHAMBER, mood, role=Role.ENTRY, seed=seed, duration=duration))
        theme = [q for q in score.motifs if q.of == "theme"]
        plain = [q for q in theme if q.form == Variation.STATEMENT]
        assert plain
        if duration >= 30:
            assert any(q.of == "own" for q in score.motifs)
            seen |= {q.form for q in theme}
    assert duration < 120 or len(seen) >= 4


def test_it_recalls_every_chapter_in_the_finale_and_closes_with_the_theme() -> None:
    for count in (1, 3, 12, 40):
        chapters = tuple(Chapter(1000 + number, list(Mood)[number % 8]) for number in range(count))
        score = compose(commission(Genre.CINEMATIC, Mood.LOVE, role=Role.FINALE, chapters=chapters, duration=120))
        recalled = [q for q in score.motifs if q.of == "chapter"]
        numbers = [q.number for q in recalled]
        assert set(numbers) == set(range(count))
        assert numbers == sorted(numbers)
        home = [q for q in score.motifs if q.of == "theme" and q.form == Variation.STATEMENT]
        assert home[0].start < recalled[0].start
        assert home[-1].start > recalled[-1].start


def test_it_recalls_the_first_and_the_last_of_two_hundred_chapters() -> None:
    chapters = tuple(Chapter(1000 + number, list(Mood)[number % 8]) for number in range(200))
    score = compose(commission(Genre.CINEMATIC, Mood.LOVE, role=Role.FINALE, chapters=chapters, duration=60))
    numbers = [q.number for q in score.motifs if q.of == "chapter"]
    assert (numbers[0], numbers[-1]) == (0, 199)


def test_it_gives_a_standalone_piece_a_second_idea() -> None:
    score = compose(commission(seed=5, theme_seed=5, role=Role.STANDALONE, duration=90))
    theme = next(q for q in score.motifs if q.of == "theme" and q.form == Variation.STATEMENT)
    own = next(q for q in score.motifs if q.of == "own" and q.form == Variation.STATEMENT)
    moves = [[b.pitch - a.pitch for a, b in pairwise(sung(score, quotation))] for quotation in (theme, own)]
    assert moves[0] != moves[1]
