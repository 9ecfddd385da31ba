"""What a file of audio really is, whatever it is called."""

from __future__ import annotations

import gzip
import io
import math
import random
import tempfile
import tracemalloc

import lameenc
import numpy as np
import pytest
import soundfile

from music.examination import KINDS, NotAudio, examine, trim
from music.id3 import Tags, write_tags
from tests.providers import tone

RATE = 44_100


def sound(seconds: float, level: float = 0.25, channels: int = 2) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    return np.repeat((level * np.sin(2 * np.pi * 330 * time))[:, None], channels, axis=1).astype(np.float32)


def file_of(kind: str, data: np.ndarray, rate: int = RATE, subtype: str | None = None) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, data, rate, format=kind, subtype=subtype)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["MP3", "WAV", "FLAC", "OGG"])
def test_it_knows_the_kinds_that_are_played(kind: str) -> None:
    found = examine(file_of(kind, sound(12)))
    assert (found.content_type, found.extension) == KINDS[kind]
    assert found.seconds == pytest.approx(12, abs=0.1)
    assert (found.sample_rate, found.channels) == (RATE, 2)
    assert found.loudness == pytest.approx(20 * math.log10(0.25 / math.sqrt(2)), abs=0.5)
    assert not found.is_silent
    assert len(found.peaks) == 400
    assert min(found.peaks[5:-5]) > 95
    assert max(found.peaks) == 100


def test_it_reads_a_file_as_well_as_bytes_and_in_no_more_memory_for_a_longer_one() -> None:
    def memory(seconds: float) -> int:
        with tempfile.TemporaryFile() as file:
            file.write(tone(seconds))
            tracemalloc.start()
            try:
                assert examine(file).seconds == pytest.approx(seconds, abs=0.1)
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    assert memory(120.0) < memory(20.0) + 500_000


def test_the_outline_follows_the_sound() -> None:
    data = sound(12) * np.linspace(0, 1, 12 * RATE, dtype=np.float32)[:, None]
    peaks = examine(file_of("WAV", data)).peaks
    assert all(abs(peak - n / 4) < 3 for n, peak in enumerate(peaks))


@pytest.mark.parametrize("kind", ["MP3", "OGG", "FLAC"])
def test_reading_in_blocks_hears_the_same_as_reading_at_once(kind: str) -> None:
    data = file_of(kind, sound(12))
    whole, _ = soundfile.read(io.BytesIO(data), dtype="float32")
    found = examine(data)
    assert found.loudness == pytest.approx(20 * math.log10(float(np.sqrt(np.mean(whole.astype(float) ** 2)))), abs=0.01)
    assert found.seconds == pytest.approx(len(whole) / RATE, abs=0.001)


def test_tags_in_front_do_not_hide_the_sound() -> None:
    tagged = write_tags(tone(12.0), Tags(title="데미안", comment="x" * 100_000))
    assert examine(tagged).seconds == pytest.approx(12, abs=0.1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ID3",
        b"RIFF",
        b"\xff\xfb",
        b"<!doctype html><title>Log in</title>" * 500,
        b'{"error": {"message": "expired"}}',
        b"%PDF-1.7" + bytes(50_000),
        gzip.compress(tone(12.0)),
        random.Random(1).randbytes(50_000),
        b"\xff\xfb\x90\x64" + random.Random(2).randbytes(50_000),
        b"ID3\x03\x00\x00\x00\x00\x00\x00" + random.Random(3).randbytes(50_000),
        b"ID3\x03\x00\x00\x7f\x7f\x7f\x7f" + tone(12.0),
        b"fLaC" + random.Random(4).randbytes(50_000),
        b"OggS" + random.Random(5).randbytes(50_000),
        b"RIFF\x00\x00\x00\x00WAVE" + random.Random(6).randbytes(50_000),
        b"FORM\x00\x00\x00\x00AIFF" + random.Random(7).randbytes(50_000),
        file_of("AIFF", sound(12)),
        bytes(50_000),
    ],
)
def test_what_is_no_audio_is_told(data: bytes) -> None:
    with pytest.raises(NotAudio):
        examine(data)


@pytest.mark.parametrize("kind", ["MP3", "WAV", "FLAC"])
@pytest.mark.parametrize("part", [0.02, 0.5, 0.9])
def test_what_was_cut_off_is_told_by_what_the_file_promises(kind: str, part: float) -> None:
    whole = file_of(kind, sound(12))
    with pytest.raises(NotAudio):
        examine(whole[: int(len(whole) * part)])


def test_an_mp3_that_promises_nothing_is_as_long_as_it_is() -> None:
    """Without a promise, libsndfile guesses the length from the first frame, and wrongly where the bit rate varies."""
    encoder = lameenc.Encoder()
    encoder.set_vbr(4)
    encoder.set_vbr_quality(0)
    encoder.set_in_sample_rate(RATE)
    encoder.set_channels(1)
    encoder.silence()
    noise = np.random.default_rng(1).normal(0, 6_000, 12 * RATE)
    noise[: 6 * RATE] = 0
    data = bytes(encoder.encode(noise.astype("<i2").tobytes()) + encoder.flush())
    frame = (
        data.index(b"\xff\xfb", 4)
        if data[:2] == b"\xff\xfb" and (b"Xing" in data[:200] or b"Info" in data[:200])
        else 0
    )
    assert examine(data[frame:]).seconds == pytest.approx(12, abs=0.2)


def test_damage_in_the_middle_is_told() -> None:
    whole = tone(20.0)
    with pytest.raises(NotAudio):
        examine(whole[:50_000] + random.Random(8).randbytes(100_000) + whole[150_000:])


@pytest.mark.parametrize(("level", "silent"), [(0.0, True), (0.0003, True), (0.01, False)])
def test_it_tells_silence_from_quiet_music(level: float, silent: bool) -> None:
    found = examine(file_of("WAV", sound(12, level)))
    assert found.is_silent is silent
    assert found.peaks == (0,) * 400 if level == 0 else max(found.peaks) == 100


def test_samples_that_are_no_numbers_are_told() -> None:
    data = sound(12)
    data[1_000] = np.nan
    with pytest.raises(NotAudio, match="no numbers"):
        examine(file_of("WAV", data, subtype="FLOAT"))


def test_a_small_file_that_decodes_to_hours_is_not_heard_out() -> None:
    hours = file_of("FLAC", np.zeros((2 * 3600 * 8_000, 1), np.int16), rate=8_000)
    assert len(hours) < 500_000
    with pytest.raises(NotAudio, match="longer than"):
        examine(hours)


def test_more_channels_than_music_has_are_told() -> None:
    with pytest.raises(NotAudio, match="channels"):
        examine(file_of("WAV", np.zeros((RATE, 64), np.int16)))


def test_it_trims_with_a_fade() -> None:
    trimmed = trim(tone(30.0), 15)
    found = examine(trimmed)
    assert (found.content_type, found.extension) == ("audio/mpeg", "mp3")
    assert found.seconds == pytest.approx(15, abs=0.1)
    data, _ = soundfile.read(io.BytesIO(trimmed), dtype="float32")
    level = [float(np.abs(data[int(at * RATE) : int((at + 0.2) * RATE)]).max()) for at in (5, 11.7, 13.4, 14.7)]
    assert level[1] == pytest.approx(level[0], rel=0.05)
    assert level[2] == pytest.approx(level[0] / 2, rel=0.15)
    assert level[3] < level[0] / 8


def test_it_trims_what_has_more_than_two_channels() -> None:
    found = examine(trim(file_of("WAV", sound(12, channels=6)), 11))
    assert (found.channels, found.seconds) == (2, pytest.approx(11, abs=0.1))


def test_trimming_what_is_shorter_leaves_its_end() -> None:
    data, _ = soundfile.read(io.BytesIO(trim(tone(12.0), 60)), dtype="float32")
    assert len(data) / RATE == pytest.approx(12, abs=0.1)
    assert float(np.abs(data[int(11.5 * RATE) : int(11.9 * RATE)]).max()) > 0.2
