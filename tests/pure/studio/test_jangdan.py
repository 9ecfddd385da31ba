from __future__ import annotations

import random

import pytest

from music.brief import Genre, Mood
from music.studio import Score, compose
from music.studio.arranging.jangdan import CHAE, GUNG, JANGDAN, choose_jangdan, janggu_fill
from music.studio.score import Meter
from tests.pure.studio.commissions import commission


def strokes(name: str, bar: int = 0, full: float = 0.5) -> list[tuple[int, int]]:
    """Sounding strokes of one bar: (third or half of the beat counted from 0, key)."""
    jangdan = JANGDAN[name]
    parts = jangdan.meter.division
    return sorted((round(s.at * parts), s.what) for s in jangdan.strokes(bar, full, random.Random(1)))


def struck(name: str, key: int, bar: int = 0) -> list[int]:
    return [at for at, what in strokes(name, bar) if what == key]


def drummed(score: Score, section: str = "A") -> list[tuple[float, int, int]]:
    start = next(s for s in score.sections if s.name == section).start * score.meter.beats
    played = next(part for part in score.parts if part.name == "drums")
    return [(note.start - start, note.pitch, note.velocity) for note in played.notes if note.start >= start]


def test_it_beats_gutgeori_in_twelve_eighths() -> None:
    assert JANGDAN["gutgeori"].meter == Meter(4, 3)
    assert struck("gutgeori", GUNG) == [0, 3, 6, 9]
    assert 0 in struck("gutgeori", CHAE)
    assert {2, 8} <= set(struck("gutgeori", CHAE))


def test_it_beats_jajinmori_with_the_stick_on_nine_and_eleven() -> None:
    assert JANGDAN["jajinmori"].meter == Meter(4, 3)
    assert struck("jajinmori", GUNG) == [0, 3, 6, 9]
    assert {0, 8, 10} <= set(struck("jajinmori", CHAE))


def test_it_beats_semachi_in_nine_eighths() -> None:
    assert JANGDAN["semachi"].meter == Meter(3, 3)
    assert struck("semachi", GUNG) == [0, 3, 6]
    assert {5, 7} <= set(struck("semachi", CHAE))


def test_it_strikes_the_ninth_beat_of_jungmori_hardest() -> None:
    jungmori = JANGDAN["jungmori"]
    assert jungmori.meter.beats * jungmori.bars == 12
    rng = random.Random(1)
    cycle = [(bar * 3 + stroke.at, stroke.accent) for bar in range(4) for stroke in jungmori.strokes(bar, 0.4, rng)]
    assert max(cycle, key=lambda stroke: stroke[1])[0] == 8


@pytest.mark.parametrize("name", list(JANGDAN))
def test_it_stays_within_the_bar_and_never_empties_one(name: str) -> None:
    jangdan = JANGDAN[name]
    for full in (0.2, 0.6, 1.0):
        for bar in range(2 * jangdan.bars):
            bar_strokes = jangdan.strokes(bar % jangdan.bars, full, random.Random(bar))
            assert bar_strokes
            assert all(0 <= stroke.at < jangdan.meter.beats for stroke in bar_strokes)
            assert all(0 < stroke.accent <= 0.8 for stroke in bar_strokes)


def test_it_chooses_the_cycle_by_mood_and_tempo() -> None:
    assert choose_jangdan(Mood.JOY, 120)[0] == "jajinmori"
    assert choose_jangdan(Mood.JOY, 80)[0] == "gutgeori"
    assert choose_jangdan(Mood.SADNESS, 56)[0] == "jungmori"
    assert choose_jangdan(Mood.WONDER, 96)[0] == "semachi"
    assert choose_jangdan(Mood.LOVE, 80)[0] == "gutgeori"
    assert {choose_jangdan(mood, tempo)[0] for mood in Mood for tempo in (50, 80, 120)} == set(JANGDAN)


@pytest.mark.parametrize(
    ("mood", "meter"),
    [(Mood.JOY, Meter(4, 3)), (Mood.WONDER, Meter(3, 3)), (Mood.SADNESS, Meter(3, 2)), (Mood.LOVE, Meter(4, 3))],
)
def test_it_gives_the_whole_piece_the_cycles_meter(mood: Mood, meter: Meter) -> None:
    assert compose(commission(Genre.KOREAN, mood)).meter == meter


def test_it_begins_the_cycle_anew_with_every_phrase() -> None:
    score = compose(commission(Genre.KOREAN, Mood.SADNESS, duration=90))
    assert score.meter == Meter(3, 2)
    played = drummed(score)
    assert any(at == 0 and key == GUNG for at, key, _ in played)
    ninth = [velocity for at, key, velocity in played if at == 8 and key == CHAE]
    others = [velocity for at, _, velocity in played if at < 12 and at != 8]
    assert ninth
    assert ninth[0] > max(others)


def test_it_rolls_the_stick_at_the_end_of_a_phrase() -> None:
    for meter in (Meter(4, 3), Meter(3, 3), Meter(3, 2)):
        fill = janggu_fill(meter, 0.8, random.Random(1))
        assert len(fill) >= 4
        assert all(meter.beats - 1.2 <= stroke.at < meter.beats for stroke in fill)
