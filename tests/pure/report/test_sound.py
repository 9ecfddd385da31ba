"""The meters of a file, tried on sounds whose figures are known."""

from __future__ import annotations

import numpy as np
import pytest

from bench.report.sound import SAMPLE_RATE, clipped, correlation, silence, true_peak


def tone(seconds: float, *, frequency: float = 441.0, phase: float = 0.0, level: float = 0.5) -> np.ndarray:
    wave = level * np.sin(2 * np.pi * frequency * np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE + phase)
    return np.stack((wave, wave), axis=1).astype(np.float32)


def test_it_sees_a_peak_between_the_samples():
    between = tone(1, frequency=SAMPLE_RATE / 4, phase=np.pi / 4)

    assert 20 * np.log10(np.abs(between).max()) == pytest.approx(-9.03, abs=0.01)
    assert true_peak(between) == pytest.approx(-6.02, abs=0.15)


def test_it_sees_the_loudest_place_of_a_long_file():
    assert true_peak(np.concatenate((tone(9, level=0.1), tone(0.5, level=0.8), tone(3, level=0.1)))) == pytest.approx(
        -1.94, abs=0.1
    )


def test_it_counts_flattened_tops_and_not_a_single_full_sample():
    flattened = np.clip(tone(0.1, level=1.4), -1, 1)
    touching = tone(0.1)
    touching[100] = 1.0

    assert clipped(flattened) > 100
    assert clipped(touching) == 0


def test_it_measures_the_silence_at_both_ends():
    quiet = np.zeros((SAMPLE_RATE // 2, 2), np.float32)
    before, after = silence(np.concatenate((quiet, tone(2), quiet, quiet)))

    assert before == pytest.approx(0.5, abs=0.011)
    assert after == pytest.approx(1.0, abs=0.011)


def test_it_calls_a_file_silent_throughout_when_nothing_is_louder_than_the_threshold():
    assert silence(tone(2, level=0.0005)) == (2.0, 2.0)


def test_it_tells_mono_from_wide():
    rng = np.random.default_rng(1)

    assert correlation(tone(1)) == pytest.approx(1.0)
    assert abs(correlation(rng.standard_normal((SAMPLE_RATE, 2)).astype(np.float32))) < 0.02
