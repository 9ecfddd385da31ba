from __future__ import annotations

import random

import pytest

from music.brief import Mode, Mood
from music.studio.composing.harmonisation import Heard, Slot, harmonise
from music.studio.composing.harmony import home_key, parse
from music.studio.composing.progressions import TASTES, grammar
from music.studio.composing.theme import make_motif

BAR = 4.0


def chords_under(steps: list[int], mode: Mode, mood: Mood, seed: int = 1) -> list[str]:
    """One long note a bar."""
    key = home_key(mode)
    slots = [
        Slot(index * BAR, BAR, True, (Heard(step, BAR, True, 0),), ("1",) if index == 0 else ())
        for index, step in enumerate(steps)
    ]
    return harmonise(
        slots,
        grammar(mode, mood),
        TASTES[mood],
        random.Random(seed),
        lambda token: parse(token, key),
        key.ladder(),
    )


@pytest.mark.parametrize("mode", list(Mode))
def test_it_finds_chords_that_hold_the_long_notes(mode: Mode) -> None:
    key = home_key(mode)
    agreed = total = 0
    for seed in range(40):
        steps = [0, *make_motif(seed).steps]
        for step, token in zip(steps, chords_under(steps, mode, Mood.LOVE, seed), strict=True):
            total += 1
            agreed += key.ladder()[step % 7] in parse(token, key).offsets()
    assert agreed / total > 0.95


@pytest.mark.parametrize("mode", list(Mode))
def test_it_never_bends_the_melody(mode: Mode) -> None:
    key = home_key(mode)
    for seed in range(40):
        steps = [0, *make_motif(seed).steps]
        for step, token in zip(steps, chords_under(steps, mode, Mood.WONDER, seed), strict=True):
            assert parse(token, key).scale[step % 7] == key.ladder()[step % 7]


def test_it_obeys_what_is_demanded() -> None:
    key = home_key(Mode.MINOR)
    slots = [Slot(index * BAR, BAR, True, (), allowed) for index, allowed in enumerate((("1",), (), (), ("5M", "5M7")))]
    for seed in range(20):
        tokens = harmonise(
            slots,
            grammar(Mode.MINOR, Mood.SADNESS),
            TASTES[Mood.SADNESS],
            random.Random(seed),
            lambda token: parse(token, key),
            key.ladder(),
        )
        assert tokens[0] == "1"
        assert tokens[-1] in ("5M", "5M7")


def test_it_changes_with_chance_but_not_with_the_weather() -> None:
    steps = [0, 4, 2, 0]
    found = {tuple(chords_under(steps, Mode.MAJOR, Mood.LOVE, seed)) for seed in range(30)}
    assert len(found) > 3
    assert chords_under(steps, Mode.MAJOR, Mood.LOVE, 3) == chords_under(steps, Mode.MAJOR, Mood.LOVE, 3)
