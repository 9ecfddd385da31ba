from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from music.studio.playing.events import SAMPLE_RATE, Channel, Event, Kind, Stem
from music.studio.playing.soundfont import JOURNEY_FONT
from music.studio.playing.synth import ENGINES, Synth, default_synth
from music.studio.playing.synth.midi import MidiRendererSynth, decoded

SECOND = SAMPLE_RATE
Sound = NDArray[np.float32]


def note(start: float, end: float, pitch: int = 69, velocity: float = 90, channel: int = 0) -> list[Event]:
    return [Event(start, Kind.ON, channel, pitch, velocity), Event(end, Kind.OFF, channel, pitch)]


def play(synth: Synth, events: list[Event], *channels: Channel, seconds: float = 2.0, block: int = SECOND) -> Sound:
    stem = Stem(channels or (Channel(73, False, 0.0, 0.0),), tuple(sorted(events)))
    return np.concatenate(list(synth.stream(stem, int(seconds * SECOND), block)))


def level(sound: Sound) -> float:
    return float(10 * np.log10((sound.astype(np.float64) ** 2).mean() + 1e-20))


@pytest.fixture(scope="module", params=ENGINES, ids=lambda engine: engine.name)
def synth(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Synth:
    if request.param is MidiRendererSynth:
        return MidiRendererSynth(cache=tmp_path_factory.mktemp("font"))
    engine: Synth = request.param()
    return engine


def test_it_has_an_engine_that_runs_everywhere() -> None:
    assert MidiRendererSynth in ENGINES
    assert default_synth().name == ENGINES[0].name


def test_it_sounds_the_pitch_it_is_given(synth: Synth) -> None:
    sound = play(synth, note(0.1, 1.6))
    middle = sound[SECOND // 2 : SECOND, 0] * np.hanning(SECOND - SECOND // 2)
    spectrum = np.abs(np.fft.rfft(middle))
    assert np.argmax(spectrum) * 2 == pytest.approx(440, abs=6)


def test_it_begins_where_it_is_told(synth: Synth) -> None:
    sound = play(synth, note(0.5, 1.0, velocity=110), Channel(0, False, 0.0, 0.0))
    assert level(sound[: int(0.49 * SECOND)]) < -90
    first = int(np.argmax(np.abs(sound).max(axis=1) > 0.002))
    assert first / SECOND == pytest.approx(0.5, abs=0.02)


def test_it_obeys_velocity_level_and_place(synth: Synth) -> None:
    soft, loud = (play(synth, note(0.1, 1.0, velocity=velocity)) for velocity in (40, 110))
    assert 8 < level(loud) - level(soft) < 18
    quiet = play(synth, note(0.1, 1.0), Channel(73, False, -6.0, 0.0))
    assert level(play(synth, note(0.1, 1.0))) - level(quiet) == pytest.approx(6, abs=0.7)
    swelled = play(synth, [*note(0.1, 1.0), Event(0.05, Kind.LEVEL, 0, 0, -12.0)])
    assert level(play(synth, note(0.1, 1.0))) - level(swelled) == pytest.approx(12, abs=1.0)
    left = play(synth, note(0.1, 1.0), Channel(73, False, 0.0, -1.0))
    assert level(left[:, :1]) - level(left[:, 1:]) > 15


def test_it_bends_by_semitones(synth: Synth) -> None:
    sound = play(synth, [*note(0.1, 1.6), Event(0.05, Kind.BEND, 0, 0, 1.0)])
    middle = sound[SECOND // 2 : SECOND, 0] * np.hanning(SECOND - SECOND // 2)
    assert np.argmax(np.abs(np.fft.rfft(middle))) * 2 == pytest.approx(466, abs=6)


def test_it_leaves_no_note_hanging(synth: Synth) -> None:
    events = [event for index in range(60) for event in note(0.02 * index, 0.02 * index + 0.01)]
    sound = play(synth, events, seconds=4)
    assert level(sound[3 * SECOND :]) < -80


def test_it_sounds_the_same_whatever_the_block(synth: Synth) -> None:
    whole = play(synth, note(0.1, 1.0), block=2 * SECOND)
    pieces = play(synth, note(0.1, 1.0), block=10_007)
    # TinySoundFont steps its envelopes once per rendered run, so a cut moves them by a hair.
    assert level(whole - pieces) < level(whole) - 30


def test_it_plays_alike_on_either_engine(tmp_path: Path) -> None:
    channels = (Channel(73, False, 0.0, 0.0), Channel(0, True, 0.0, 0.0))
    events = [*note(0.1, 1.0, 76), *note(0.1, 0.4, 36, channel=1), *note(0.6, 0.9, 38, channel=1)]
    levels = [level(play(engine(), events, *channels)) for engine in ENGINES]
    assert max(levels) - min(levels) < 3.5


def test_it_serves_several_threads_at_once() -> None:
    synth = default_synth()
    alone = [play(synth, note(0.1, 1.0, pitch)) for pitch in (60, 67, 72)]
    together: list[Sound | None] = [None, None, None]

    def work(index: int, pitch: int) -> None:
        together[index] = play(synth, note(0.1, 1.0, pitch))

    threads = [threading.Thread(target=work, args=entry) for entry in enumerate((60, 67, 72))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for expected, heard in zip(alone, together, strict=True):
        assert heard is not None
        assert np.array_equal(expected, heard)


def test_it_decodes_the_font_once(tmp_path: Path) -> None:
    first = decoded(JOURNEY_FONT, tmp_path)
    made = first.stat().st_mtime_ns
    assert decoded(JOURNEY_FONT, tmp_path) == first
    assert first.stat().st_mtime_ns == made
    assert [path.name for path in tmp_path.iterdir()] == [first.name]
