from __future__ import annotations

from hypothesis import given, settings

from music.brief import Genre, Mood, MusicBrief
from music.studio import compose
from music.studio.events import Kind, Stem
from music.studio.performance import Clock, perform
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
