"""The examiner's marks over a grid of moods, genres, durations and roles."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest

from music.brief import Chapter, Genre, Mood, Role
from music.studio import compose
from music.studio.playing.performance import LEAD_IN
from music.studio.score import Score
from tests.pure.studio import checks
from tests.pure.studio.commissions import commission

DURATIONS = (10, 30, 60, 120, 180, 300)
ROLES = list(Role)


@lru_cache(maxsize=1)
def grid() -> tuple[tuple[int, Score], ...]:
    """Every genre and mood at two of the durations each, all roles among them."""
    pieces = []
    for first, genre in enumerate(Genre):
        for second, mood in enumerate(Mood):
            for turn in range(2):
                number = 16 * first + 2 * second + turn
                duration = DURATIONS[(first + second + 3 * turn) % 6]
                role = ROLES[number % 4]
                chapters = tuple(Chapter(100 + index, list(Mood)[index % 8]) for index in range(number % 12))
                brief = commission(
                    genre,
                    mood,
                    duration=duration,
                    seed=number * 7919,
                    theme_seed=number * 7919 if role is Role.STANDALONE else number % 20 + 500,
                    role=role,
                    chapters=chapters if role is Role.FINALE else (),
                )
                pieces.append((duration, compose(brief)))
    return tuple(pieces)


@pytest.mark.parametrize(
    ("check", "mean", "worst"),
    [
        (checks.outer_parallels, 0.06, 0.5),
        (checks.unresolved_leading_notes, 0.08, 1.0),
        (checks.range_violations, 0.01, 0.05),
        (checks.repeated_bars, 0.36, 0.65),
        (checks.silent_bars, 0.0, 0.0),
        (checks.bars_without_melody, 0.01, 0.1),
        (checks.clashes, 0.03, 0.25),
        (checks.unrecovered_leaps, 0.01, 0.1),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_it_is_nearly_free_of(check: Callable[[Score], float], mean: float, worst: float) -> None:
    marks = [check(score) for duration, score in grid() if duration >= 30]
    assert sum(marks) / len(marks) <= mean
    assert max(marks) <= worst


def test_it_has_no_parallels_inside_its_held_chords() -> None:
    pads = [part for _, score in grid() for part in score.parts if part.name == "pad"]
    assert pads
    assert max(checks.inner_parallels(checks.chords_of(pad)) for pad in pads) <= 0.05


def test_it_lasts_as_long_as_it_was_asked_to() -> None:
    for duration, score in grid():
        seconds = (score.bars + score.slowing) * score.meter.beats * 60 / score.tempo + score.tail + LEAD_IN
        assert seconds == pytest.approx(duration, abs=3)
