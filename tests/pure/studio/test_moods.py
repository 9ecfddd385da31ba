"""Moods on paper: what the notes say when tempo, mode, energy and theme are the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

from music.brief import Genre, Mode, Mood, Role
from music.studio import compose
from music.studio.score import Score
from tests.pure.studio.checks import lead
from tests.pure.studio.commissions import commission


@lru_cache(maxsize=8)
def scores(mood: Mood) -> tuple[Score, ...]:
    return tuple(
        compose(
            commission(
                Genre.SOLO_PIANO,
                mood,
                duration=120,
                seed=seed,
                theme_seed=seed + 40,
                mode=Mode.MINOR,
                tempo=90,
                energy=0.5,
                role=Role.OPENING,
            )
        )
        for seed in range(8)
    )


def mean(mood: Mood, feature: Callable[[Score], float]) -> float:
    values = [feature(score) for score in scores(mood)]
    return sum(values) / len(values)


def density(score: Score) -> float:
    return len(lead(score)) / score.beats


def moves(score: Score) -> list[int]:
    return [after.pitch - before.pitch for before, after in pairwise(lead(score))]


def repeated_notes(score: Score) -> float:
    return sum(move == 0 for move in moves(score)) / len(moves(score))


def leaping(score: Score) -> float:
    return sum(abs(move) > 4 for move in moves(score)) / len(moves(score))


def changes(score: Score) -> float:
    """Chords a bar that are another than the one before."""
    return sum(before.name != after.name for before, after in pairwise(score.harmony)) / score.bars


def test_it_repeats_notes_in_anger_and_tension_only() -> None:
    driven = min(mean(mood, repeated_notes) for mood in (Mood.ANGER, Mood.TENSION))
    others = max(mean(mood, repeated_notes) for mood in set(Mood) - {Mood.ANGER, Mood.TENSION})
    assert driven > 1.5 * others


def test_it_leaves_more_air_in_calm_and_wonder_than_in_joy() -> None:
    assert mean(Mood.JOY, density) > 1.08 * mean(Mood.CALM, density)
    assert mean(Mood.JOY, density) > 1.08 * mean(Mood.WONDER, density)


def test_it_leaps_less_in_sadness_than_in_wonder() -> None:
    assert mean(Mood.SADNESS, leaping) < mean(Mood.WONDER, leaping)


def test_it_changes_harmony_more_often_in_joy_than_in_calm() -> None:
    assert mean(Mood.JOY, changes) > 1.15 * mean(Mood.CALM, changes)


def test_it_swells_further_in_wonder_than_in_calm() -> None:
    def swing(score: Score) -> float:
        sung = [note.velocity for note in lead(score)]
        return float(max(sung) - min(sung))

    assert mean(Mood.WONDER, swing) > mean(Mood.CALM, swing)
