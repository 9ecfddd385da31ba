from __future__ import annotations

from itertools import pairwise

import pytest

from music.brief import Mood
from music.studio.arranging.palettes import COMPOUND, QUADRUPLE, TRIPLE
from music.studio.composing.theme import Idea, Variation, choose_variation, head, idea, make_motif, narrow, vary
from music.studio.score import Meter

SEEDS = range(300)


def test_it_draws_the_same_motif_from_the_same_seed_and_others_from_others() -> None:
    assert make_motif(42) == make_motif(42)
    assert len({make_motif(seed) for seed in SEEDS}) > 290


def test_it_leaps_and_comes_back_by_step() -> None:
    for seed in SEEDS:
        moves = [after - before for before, after in pairwise(make_motif(seed).steps)]
        leap = next(index for index, move in enumerate(moves) if abs(move) >= 3)
        assert leap + 1 < len(moves)
        assert moves[leap + 1] == (-1 if moves[leap] > 0 else 1), seed


def test_it_draws_contour_and_rhythm_independently() -> None:
    contours: dict[tuple[int, int], set[tuple[int, ...]]] = {}
    for seed in SEEDS:
        motif = make_motif(seed)
        contours.setdefault((len(motif.steps), motif.rhythm), set()).add(motif.steps)
    # One rhythm carries many contours; were they one draw, each would have its own few.
    assert min(len(found) for found in contours.values()) >= 5


@pytest.mark.parametrize("meter", [QUADRUPLE, TRIPLE, COMPOUND, Meter(3, 3)])
def test_it_fills_two_bars_in_every_meter(meter: Meter) -> None:
    for seed in SEEDS:
        motif = make_motif(seed)
        lengths = motif.lengths(meter)
        assert len(lengths) == len(motif.steps)
        assert sum(lengths) == pytest.approx(2 * meter.beats)
        assert min(lengths) > 0.3


@pytest.mark.parametrize(
    ("variation", "bars"),
    [
        (Variation.STATEMENT, 2),
        (Variation.INVERSION, 2),
        (Variation.AUGMENTATION, 4),
        (Variation.DIMINUTION, 2),
        (Variation.SEQUENCE, 2),
        (Variation.HEAD, 1),
        (Variation.CELL, 0.5),
        (Variation.FRAGMENTATION, 2),
        (Variation.ORNAMENT, 2),
    ],
)
@pytest.mark.parametrize("meter", [QUADRUPLE, TRIPLE, COMPOUND, Meter(3, 3)])
def test_it_varies_without_losing_time(variation: Variation, bars: float, meter: Meter) -> None:
    for seed in range(60):
        theme = idea(make_motif(seed), meter)
        assert sum(tone.length for tone in vary(theme, variation, meter)) == pytest.approx(bars * meter.beats)
        assert sum(tone.length for tone in head(theme, meter)) == pytest.approx(meter.beats)


def test_it_mirrors_the_contour_when_it_inverts() -> None:
    theme = idea(make_motif(7), QUADRUPLE)
    mirrored = vary(theme, Variation.INVERSION, QUADRUPLE)
    moves = [after.step - before.step for before, after in pairwise(theme)]
    assert [after.step - before.step for before, after in pairwise(mirrored)] == [-move for move in moves]


def test_it_chooses_variations_that_suit_the_mood() -> None:
    lively = {choose_variation(Mood.JOY, seed) for seed in SEEDS}
    still = {choose_variation(Mood.CALM, seed) for seed in SEEDS}
    assert Variation.ORNAMENT in lively
    assert Variation.AUGMENTATION not in lively
    assert Variation.AUGMENTATION in still
    assert Variation.ORNAMENT not in still


def test_it_augments_only_the_head_where_there_is_no_room_for_more() -> None:
    theme = idea(make_motif(7), QUADRUPLE)
    broad = vary(theme, Variation.AUGMENTATION, QUADRUPLE, bars=2)
    assert [tone.step for tone in broad] == [tone.step for tone in head(theme, QUADRUPLE)]
    assert sum(tone.length for tone in broad) == 8


def test_it_ornaments_other_notes_at_another_turn() -> None:
    themes = [idea(make_motif(seed), QUADRUPLE) for seed in range(40)]
    differing = [
        theme
        for theme in themes
        if vary(theme, Variation.ORNAMENT, QUADRUPLE) != vary(theme, Variation.ORNAMENT, QUADRUPLE, turn=1)
    ]
    assert len(differing) > 30


def test_it_keeps_the_direction_of_every_move_on_five_rungs() -> None:
    def signs(theme: Idea) -> list[int]:
        return [(after.step > before.step) - (after.step < before.step) for before, after in pairwise(theme)]

    for seed in SEEDS:
        theme = idea(make_motif(seed), COMPOUND)
        for wide, slim in zip(signs(theme), signs(narrow(theme)), strict=True):
            assert slim == wide or wide == 0, seed
