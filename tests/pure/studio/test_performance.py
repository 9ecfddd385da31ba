from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings

from music.brief import Genre, Mood, MusicBrief
from music.studio import Score, compose
from music.studio.playing.events import Kind, Stem
from music.studio.playing.performance import Clock, perform
from music.studio.score import Gesture, Note, Ornament, Part
from tests.pure.studio.commissions import ANY_BRIEF, commission


def stems(brief: MusicBrief) -> tuple[float, list[Stem]]:
    played = perform(compose(brief))
    return played.seconds, [played.distant, played.close]


@given(ANY_BRIEF)
@settings(max_examples=40, deadline=None)
def test_it_ends_every_note_before_its_pitch_sounds_again(brief: MusicBrief) -> None:
    seconds, played = stems(brief)
    for stem in played:
        assert list(stem.events) == sorted(stem.events)
        sounding: set[tuple[int, int]] = set()
        for event in stem.events:
            assert 0 <= event.seconds <= seconds
            key = (event.channel, event.number)
            if event.kind is Kind.ON:
                assert key not in sounding
                assert 1 <= event.value <= 127
                sounding.add(key)
            elif event.kind is Kind.OFF:
                sounding.discard(key)
        assert not sounding


def test_it_keeps_drums_tighter_than_everything_else() -> None:
    score = compose(commission(Genre.LOFI, Mood.JOY))
    clock = Clock(score)
    played = perform(score)
    parts = [part for part in score.parts if part.name in ("bass", "drums")]
    strays = {}
    for channel, part in enumerate(parts):
        written = sorted(clock.seconds(note.start) for note in part.notes)
        struck = sorted(e.seconds for e in played.close.events if e.kind is Kind.ON and e.channel == channel)
        strays[part.name] = max(abs(a - b) for a, b in zip(written, struck, strict=True))
    assert 0 < strays["drums"] <= 0.0061 < strays["bass"] <= 0.0121


def test_it_slows_down_into_the_end() -> None:
    score = compose(commission(Genre.CHAMBER, Mood.LOVE))
    clock = Clock(score)
    early = clock.seconds(9) - clock.seconds(8)
    late = clock.seconds(score.beats) - clock.seconds(score.beats - 1)
    assert late > early * 1.15


@pytest.mark.parametrize("mood", list(Mood))
def test_it_breathes_within_what_a_listener_taps_along_to(mood: Mood) -> None:
    score = compose(commission(Genre.SOLO_PIANO, mood, duration=120))
    clock = Clock(score)
    steady = int(score.beats - 2 * score.meter.beats)
    beats = [(clock.seconds(n + 1) - clock.seconds(n)) * score.tempo / 60 for n in range(steady)]
    assert max(abs(beat - 1) for beat in beats) <= 0.0125
    assert max(beats) - min(beats) > 0.004
    assert (clock.seconds(steady) - clock.seconds(0)) * score.tempo / 60 == pytest.approx(steady, rel=0.002)


def test_it_takes_its_time_at_both_ends_of_a_phrase() -> None:
    score = compose(commission(Genre.CHAMBER, Mood.LOVE, duration=120))
    clock = Clock(score)
    section = score.sections[2]
    start, length = section.start * score.meter.beats, section.bars * score.meter.beats
    end = start + length
    edges = clock.seconds(start + 1) - clock.seconds(start) + clock.seconds(end) - clock.seconds(end - 1)
    middle = clock.seconds(start + length / 2 + 1) - clock.seconds(start + length / 2 - 1)
    assert edges > middle


def test_it_plays_a_strict_piece_stricter() -> None:
    free, strict = (compose(commission(Genre.CINEMATIC, mood, duration=120)) for mood in (Mood.LOVE, Mood.ANGER))
    assert swing_of(strict) < swing_of(free)


def swing_of(score: Score) -> float:
    clock = Clock(score)
    beats = [clock.seconds(n + 1) - clock.seconds(n) for n in range(int(score.beats) - 2 * score.meter.beats)]
    return (max(beats) - min(beats)) * score.tempo / 60


def test_it_never_runs_backwards() -> None:
    score = compose(commission(Genre.KOREAN, Mood.ANGER))
    clock = Clock(score)
    times = [clock.seconds(index / 8) for index in range(int(score.beats * 8))]
    assert times == sorted(times)
    assert len(set(times)) == len(times)


def test_it_gives_held_winds_a_vibrato_that_comes_to_rest() -> None:
    played = perform(compose(commission(Genre.KOREAN, Mood.SADNESS)))
    bends = [event for event in played.distant.events if event.kind is Kind.BEND and event.channel == 0]
    assert max(abs(event.value) for event in bends) > 0.3
    assert bends[-1].value == 0.0


def test_it_swells_and_fades_with_long_notes_and_never_above_its_level() -> None:
    played = perform(compose(commission(Genre.CINEMATIC, Mood.WONDER)))
    levels = [event.value for event in played.distant.events if event.kind is Kind.LEVEL]
    assert min(levels) < -3
    assert max(levels) <= 0


def ornamented(*ornaments: Ornament) -> list[float]:
    score = compose(commission(Genre.KOREAN, Mood.LOVE))
    notes = tuple(Note(start, 2.0, 64, 80) for start in (0.0, 2.0))
    part = Part("melody", 107, notes, ornaments=ornaments)
    events = perform(replace(score, parts=(part,))).distant.events
    return [event.value for event in events if event.kind is Kind.BEND]


def test_it_bends_the_pitch_as_the_ornament_says() -> None:
    breaking = ornamented(Ornament(0.0, 0.25, Gesture.BREAK, 1.5))
    assert breaking[0] == pytest.approx(1.5)
    assert breaking == sorted(breaking, reverse=True)
    pushing = ornamented(Ornament(1.5, 0.4, Gesture.PUSH, 1.0))
    assert max(pushing) > 0.6
    assert pushing[:-1] == sorted(pushing[:-1])
    assert min(ornamented(Ornament(1.5, 0.4, Gesture.SIGH, 1.0))) < -0.6
    assert ornamented(Ornament(0.0, 0.2, Gesture.SCOOP, 0.8))[0] == pytest.approx(-0.8)
    shaking = ornamented(Ornament(0.0, 2.0, Gesture.SHAKE, 0.9))
    assert min(shaking) < -0.7
    assert max(shaking) > 0.7
    assert all(bends[-1] == 0.0 for bends in (breaking, pushing, shaking))


@given(ANY_BRIEF)
@settings(max_examples=25, deadline=None)
def test_it_ornaments_one_thing_at_a_time_within_the_wheels_reach(brief: MusicBrief) -> None:
    for part in compose(brief).parts:
        ornaments = part.ornaments
        for before, after in pairwise(ornaments):
            assert before.start + before.length <= after.start + 1e-3
        assert all(0 < ornament.depth <= 2 and ornament.length > 0 for ornament in ornaments)


def test_it_strikes_once_what_falls_on_one_pitch_almost_together() -> None:
    score = compose(commission(Genre.CHAMBER, Mood.LOVE))
    notes = (Note(0.0, 1.0, 64, 60), Note(0.005, 2.0, 64, 90), Note(3.0, 1.0, 64, 80))
    events = perform(replace(score, parts=(Part("melody", 0, notes),))).distant.events
    struck = [event for event in events if event.kind is Kind.ON]
    assert len(struck) == 2
    assert struck[0].value > 75
    released = [event.seconds for event in events if event.kind is Kind.OFF]
    assert released[0] == pytest.approx(Clock(score).seconds(2.0), abs=0.05)
