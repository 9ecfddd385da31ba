from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from music.studio.finishing import mastering
from music.studio.finishing.levelling import leveller
from music.studio.finishing.loudness import CELL, SILENCE_LUFS, loudness
from music.studio.finishing.mastering import CEILING_DB, TARGET_LUFS, limiter, master
from music.studio.finishing.room import BLOCK, mix
from music.studio.playing.events import SAMPLE_RATE

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


def test_it_hears_treble_above_half_of_what_it_looks_at_as_loud_as_it_is() -> None:
    # 13 kHz is folded down when every other frame is taken.
    assert loudness(sine(13_000, 5)) == pytest.approx(loudness(sine(6_500, 5)), abs=0.1)


@pytest.mark.parametrize("amplitude", [0.001, 0.02, 0.3])
def test_it_brings_any_level_to_the_target(amplitude: float) -> None:
    finished = master(noise(8, amplitude))
    assert finished.loudness == pytest.approx(TARGET_LUFS, abs=0.02)
    assert loudness(finished.sound) == pytest.approx(TARGET_LUFS, abs=0.05)
    assert np.abs(finished.sound).max() <= 10 ** (CEILING_DB / 20) * 1.001


def struck(height: float) -> Sound:
    """Noise with a thump twice a second."""
    sound = noise(20, 0.05)
    decay = np.exp(-np.arange(4_410) / 800)[:, None].astype(np.float32)
    for beat in range(0, len(sound) - 4_410, SAMPLE_RATE // 2):
        sound[beat : beat + 4_410] += height * decay * sine(180, 0.1)
    return sound


@pytest.mark.parametrize("height", [1.0, 4.0])
def test_it_reaches_the_target_where_the_limiter_eats_loudness(height: float) -> None:
    finished = master(struck(height))
    assert finished.reduction > 1
    assert finished.levelled > 1
    assert loudness(finished.sound) == pytest.approx(TARGET_LUFS, abs=0.1)
    assert np.abs(finished.sound).max() <= 10 ** (CEILING_DB / 20) * 1.001


def test_it_levels_what_stands_out_only_where_the_limiter_would_work_hard() -> None:
    thumps = struck(0.3)
    unaided = mastering.GENTLE_DB
    assert master(thumps.copy()).reduction <= unaided
    assert master(noise(8, 0.1)).levelled == 0


def test_it_turns_down_a_loud_passage_and_leaves_the_rest() -> None:
    energies = np.full(20_000, 0.01)
    energies[8_000:12_000] = 1.0
    gain = leveller(energies, 0.5)
    assert np.array_equal(leveller(energies, 0.0), np.ones(20_000))
    assert gain[:7_000] == pytest.approx(1.0)
    assert gain[13_000:] == pytest.approx(1.0)
    assert gain[9_000:11_000].max() < 0.9
    # A fader moves; it does not jump.
    assert np.abs(np.diff(gain)).max() < 0.02
    assert leveller(np.zeros(500), 0.5).min() == 1.0


def test_it_leaves_silence_silent() -> None:
    finished = master(np.zeros((SAMPLE_RATE * 2, 2), np.float32))
    assert np.abs(finished.sound).max() == 0


def test_it_catches_peaks_in_time_and_lets_go_again() -> None:
    peaks = np.full(2_000, 0.2)
    peaks[1_000] = 2.0
    gain = limiter(peaks)
    ceiling = 10 ** (CEILING_DB / 20)
    assert gain[999:1_002] * 2.0 == pytest.approx(ceiling, rel=1e-3)
    assert gain[980] == pytest.approx(1.0)
    assert np.all(np.diff(gain[980:1_001]) <= 1e-12)
    assert np.all(np.diff(gain[1_010:]) >= -1e-12)
    assert gain[1_000 + int(0.5 * SAMPLE_RATE / CELL)] == pytest.approx(1.0, abs=0.01)
    assert np.abs(np.diff(gain)).max() < 0.5


def test_it_leaves_alone_what_is_under_the_ceiling() -> None:
    assert np.array_equal(limiter(np.full(100, 0.7)), np.ones(100))
    assert len(limiter(np.zeros(0))) == 0


def test_it_cuts_the_silence_around_the_piece_and_says_how_much() -> None:
    silence = np.zeros((SAMPLE_RATE * 2, 2), np.float32)
    finished = master(np.concatenate([silence, noise(6, 0.1), silence]))
    assert len(finished.sound) / SAMPLE_RATE == pytest.approx(6 + 0.15 + 0.4, abs=0.02)
    assert finished.cut == pytest.approx(1.85, abs=0.02)


def test_it_draws_the_envelope_of_what_comes_out() -> None:
    finished = master(noise(4, 0.1))
    cells = np.abs(finished.sound).reshape(-1, 2 * CELL).max(axis=1)
    assert len(cells) == len(finished.envelope)
    assert finished.envelope == pytest.approx(cells, rel=0.05, abs=0.02)


def test_it_stops_between_parts_when_told() -> None:
    asked = 0

    def check() -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        master(noise(20, 0.1), check)
    assert asked == 2


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
