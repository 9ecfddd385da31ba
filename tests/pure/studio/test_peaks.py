from __future__ import annotations

import io

import numpy as np
import soundfile

from music.brief import Genre, Mood
from music.studio import make_piece
from music.studio.finishing.peaks import outline
from tests.pure.studio.commissions import commission


def test_it_has_400_whole_numbers_with_the_loudest_at_100() -> None:
    envelope = np.linspace(0, 0.5, 10_001)
    peaks = outline(envelope)
    assert len(peaks) == 400
    assert all(type(value) is int for value in peaks)
    assert peaks[-1] == 100
    assert list(peaks) == sorted(peaks)
    assert peaks[199] == 50


def test_it_has_fewer_for_very_short_sounds_and_zeros_for_silence() -> None:
    assert outline(np.array([0.1, 0.2])) == (50, 100)
    assert outline(np.zeros(0)) == ()
    assert outline(np.zeros(1000)) == (0,) * 400


def test_it_draws_what_is_heard() -> None:
    piece = make_piece(commission(Genre.CHAMBER, Mood.WONDER, duration=20))
    sound, _ = soundfile.read(io.BytesIO(piece.mp3), dtype="float32")
    heard = np.array([part.max() for part in np.array_split(np.abs(sound).max(axis=1), 400)])
    drawn = np.array(piece.peaks)
    assert len(drawn) == 400
    assert np.corrcoef(heard, drawn)[0, 1] > 0.9
