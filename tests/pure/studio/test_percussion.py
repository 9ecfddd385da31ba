from __future__ import annotations

import random

import pytest

from music.brief import Genre, Mood
from music.studio import Score, compose
from music.studio.arranging.palettes import PALETTES
from music.studio.arranging.percussion import CYMBAL, FILLS, GROOVES, KICK
from music.studio.score import Meter, Note
from tests.pure.studio.commissions import commission

METERS = (Meter(4, 2), Meter(3, 2), Meter(4, 3), Meter(3, 3))


def drums(score: Score) -> list[Note]:
    return [note for part in score.parts if part.name == "drums" for note in part.notes]


def bars_drummed(score: Score, name: str) -> float:
    """Share of the section's bars with anything from the drums."""
    section = next(section for section in score.sections if section.name == name)
    beats = score.meter.beats
    bars = {int(note.start // beats) for note in drums(score)}
    return sum(bar in bars for bar in range(section.start, section.start + section.bars)) / section.bars


@pytest.mark.parametrize("name", [*GROOVES, *FILLS])
@pytest.mark.parametrize("meter", METERS, ids=str)
def test_it_stays_within_the_bar_of_any_meter(name: str, meter: Meter) -> None:
    pattern = GROOVES.get(name) or FILLS[name]
    for full in (0.2, 0.7, 1.0):
        for seed in range(5):
            strokes = pattern(meter, full, random.Random(seed))
            assert all(0 <= stroke.at < meter.beats for stroke in strokes)
            assert all(0 < stroke.accent < 1 for stroke in strokes)


@pytest.mark.parametrize("name", ["lofi", "folk", "swing", "march", "war", "heartbeat"])
def test_it_plays_more_when_the_piece_is_fuller(name: str) -> None:
    thin, full = (
        sum(len(GROOVES[name](Meter(4, 2), level, random.Random(seed))) for seed in range(20)) for level in (0.2, 1.0)
    )
    assert thin < full


def test_it_varies_the_lofi_beat_without_losing_it() -> None:
    bars = [
        tuple((stroke.at, stroke.what) for stroke in GROOVES["lofi"](Meter(4, 2), 0.7, random.Random(seed)))
        for seed in range(12)
    ]
    assert len(set(bars)) > 1
    assert all((0, KICK) in bar and (2.5, KICK) in bar for bar in bars)


def test_it_brings_the_drums_in_after_the_introduction_and_takes_them_out_for_the_contrast() -> None:
    score = compose(commission(Genre.LOFI, Mood.MELANCHOLY, duration=120))
    names = [section.name for section in score.sections]
    contrast = next(name for name in names if name[0] in "BCD")
    assert bars_drummed(score, "A") == 1
    assert bars_drummed(score, contrast) < 1
    # All the introduction has is the fill that ends it.
    assert bars_drummed(score, names[0]) <= 0.5


def test_it_announces_the_return_with_a_fill() -> None:
    score = compose(commission(Genre.CINEMATIC, Mood.WONDER, duration=120))
    beats = score.meter.beats
    returns = [
        section.start * beats for section in score.sections if section.name.startswith("A") and section.start > 0
    ]
    rolled = [at for at in returns if sum(n.pitch == CYMBAL and at - beats <= n.start < at for n in drums(score)) >= 6]
    assert rolled
    for at in rolled:
        roll = [note.velocity for note in drums(score) if note.pitch == CYMBAL and at - beats <= note.start < at]
        assert roll[-1] > roll[0]


def test_it_drums_most_in_anger_and_hardly_in_calm() -> None:
    for genre in (Genre.CINEMATIC, Genre.FOLK, Genre.LOFI, Genre.JAZZ_BALLAD, Genre.KOREAN):
        counts = {mood: len(drums(compose(commission(genre, mood)))) for mood in (Mood.ANGER, Mood.CALM)}
        assert counts[Mood.ANGER] > 2.5 * counts[Mood.CALM], genre


def test_it_rolls_the_kettledrums_into_the_climax() -> None:
    score = compose(commission(Genre.CINEMATIC, Mood.ANGER, duration=120))
    timpani = next(part for part in score.parts if part.name == "timpani")
    quick = [note for note in timpani.notes if note.length < 0.2]
    assert len(quick) >= 8
    assert quick[-1].velocity > quick[0].velocity


def test_it_names_only_grooves_and_fills_that_exist() -> None:
    for palette in PALETTES.values():
        assert palette.fill in ("", *FILLS)
        if palette.meters[0].division == 2:
            assert set(palette.grooves.values()) <= set(GROOVES)
