from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from music.studio.events import SAMPLE_RATE
from music.studio.mastering import BLOCK, CEILING_DB, SILENCE_LUFS, TARGET_LUFS, limit, loudness, master, mix

Sound = NDArray[np.float32]


def sine(frequency: float, seconds: float, amplitude: float = 1.0) -> Sound:
    wave = amplitude * np.sin(2 * np.pi * frequency * np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def noise(seconds: float, amplitude: float) -> Sound:
    rng = np.random.default_rng(5)
    return (amplitude * rng.standard_normal((int(seconds * SAMPLE_RATE), 2))).astype(np.float32)


def test_it_measures_loudness_as_the_standard_calibrates_it() -> None:
    # BS.1770: a full-scale 997 Hz sine in one channel reads -3.01 LUFS; in both 3.01 more.
    assert loudness(sine(997, 10)) == pytest.approx(0.0, abs=0.05)
    one = sine(997, 10)
    one[:, 1] = 0
    assert loudness(one) == pytest.approx(-3.01, abs=0.05)


def test_it_weighs_bass_less_and_treble_more() -> None:
    assert loudness(sine(50, 5)) < loudness(sine(997, 5)) - 2
    assert loudness(sine(4000, 5)) > loudness(sine(997, 5)) + 2


def test_it_does_not_count_pauses() -> None:
    sound = sine(997, 5)
    assert loudness(np.concatenate([sound, np.zeros_like(sound)])) == pytest.approx(loudness(sound), abs=0.4)
    assert loudness(np.zeros_like(sound)) == SILENCE_LUFS


def test_it_brings_any_level_to_the_target() -> None:
    for amplitude in (0.001, 0.02, 0.3):
        finished = master(noise(8, amplitude))
        assert loudness(finished.sound) == pytest.approx(TARGET_LUFS, abs=0.3)
        assert np.abs(finished.sound).max() <= 10 ** (CEILING_DB / 20) * 1.001


def test_it_leaves_silence_silent() -> None:
    finished = master(np.zeros((SAMPLE_RATE * 2, 2), np.float32))
    assert np.abs(finished.sound).max() == 0


def test_it_catches_peaks_and_lets_go_again() -> None:
    sound = sine(440, 3, 0.2)
    sound[SAMPLE_RATE : SAMPLE_RATE + 40] = 2.0
    untouched = sound.copy()
    reduction = limit(sound)
    assert reduction == pytest.approx(20 * np.log10(2) - CEILING_DB, abs=0.1)
    assert np.abs(sound).max() <= 10 ** (CEILING_DB / 20) * 1.001
    assert np.array_equal(sound[: SAMPLE_RATE // 2], untouched[: SAMPLE_RATE // 2])
    assert np.allclose(sound[2 * SAMPLE_RATE :], untouched[2 * SAMPLE_RATE :], atol=1e-3)


def test_it_fades_in_and_out() -> None:
    finished = master(noise(6, 0.1)).sound
    assert np.abs(finished[:20]).max() < 0.01
    assert np.abs(finished[-200:]).max() < 0.001
    assert np.abs(finished[2 * SAMPLE_RATE : 3 * SAMPLE_RATE]).max() > 0.1


def test_it_puts_the_distant_parts_into_a_room_wider_than_one_channel() -> None:
    frames = 3 * SAMPLE_RATE
    click = np.zeros((frames, 2), np.float32)
    click[1000] = 1.0
    silence = np.zeros_like(click)

    def blocks(sound: Sound) -> list[Sound]:
        return [sound[start : start + BLOCK] for start in range(0, frames, BLOCK)]

    wet = mix(iter(blocks(click)), iter(blocks(silence)), frames, room=1.5, wet=0.3)
    dry = mix(iter(blocks(click)), iter(blocks(silence)), frames, room=1.5, wet=0.0)
    near = mix(iter(blocks(silence)), iter(blocks(click)), frames, room=1.5, wet=0.3)
    tail = slice(SAMPLE_RATE // 4, SAMPLE_RATE)
    assert np.abs(dry[tail]).max() == 0
    assert np.square(wet[tail]).sum() > 10 * np.square(near[tail]).sum() > 0
    assert abs(np.corrcoef(wet[tail, 0], wet[tail, 1])[0, 1]) < 0.3
    early, late = wet[SAMPLE_RATE // 4 : SAMPLE_RATE // 2], wet[SAMPLE_RATE : SAMPLE_RATE * 5 // 4]
    assert np.square(early).sum() > 100 * np.square(late).sum()


def test_it_joins_blocks_without_a_seam() -> None:
    frames = BLOCK + SAMPLE_RATE
    sound = sine(220, frames / SAMPLE_RATE + 1, 0.3)[:frames]
    silence = np.zeros_like(sound)
    halves = [sound[:BLOCK], sound[BLOCK:]]
    mixed = mix(iter(halves), iter([silence[:BLOCK], silence[BLOCK:]]), frames, room=1.0, wet=0.5)
    steps = np.abs(np.diff(mixed[:, 0]))
    assert steps[BLOCK - 50 : BLOCK + 50].max() < 1.2 * steps[BLOCK - 5000 : BLOCK - 100].max()
