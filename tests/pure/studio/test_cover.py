"""The cover, unpacked by a decoder of the test's own."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from numpy.typing import NDArray

from music.brief import Genre, Mood, MusicBrief
from music.studio.showing.cover import WEATHER, cover_png, paint
from music.studio.showing.png import to_png
from tests.pure.studio.commissions import commission


def unpack(png: bytes) -> NDArray[np.uint8]:
    """Pixels of an eight-bit RGB picture, checksums checked, by the letter of the standard."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, data, size = 8, b"", (0, 0)
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        chunk = png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + chunk)
        if kind == b"IHDR":
            size = struct.unpack(">II", chunk[:8])
            assert chunk[8:] == b"\x08\x02\x00\x00\x00"
        elif kind == b"IDAT":
            data += chunk
        at += 12 + length
    width, height = size
    raw = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, 1 + 3 * width)
    out = np.zeros((height, 3 * width), np.uint8)
    for row, line in enumerate(raw):
        above = out[row - 1] if row else np.zeros(3 * width, np.uint8)
        out[row] = [0] * (3 * width)
        if line[0] == 2:
            out[row] = line[1:] + above
            continue
        for column in range(3 * width):
            a = int(out[row, column - 3]) if column > 2 else 0
            b, c = int(above[column]), int(above[column - 3]) if column > 2 else 0
            if line[0] == 1:
                guess = a
            else:
                assert line[0] == 4
                guess = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
            out[row, column] = (int(line[1 + column]) + guess) % 256
    return out.reshape(height, width, 3)


def mean_difference(one: MusicBrief, other: MusicBrief) -> float:
    return float(np.abs(paint(one).astype(int) - paint(other).astype(int)).mean())


def test_it_packs_any_picture_without_loss() -> None:
    picture = np.random.default_rng(3).integers(0, 256, (40, 30, 3), dtype=np.uint8)
    picture[10:20] = np.arange(30, dtype=np.uint8)[None, :, None] * 5
    picture[20:30] = np.arange(10, dtype=np.uint8)[:, None, None] * 9
    assert np.array_equal(unpack(to_png(picture)), picture)


def test_it_is_the_picture_that_was_painted_the_same_every_time() -> None:
    brief = commission(Genre.KOREAN, Mood.SADNESS)
    png = cover_png(brief)
    assert cover_png(brief) == png
    assert unpack(png).shape == (600, 600, 3)


@pytest.mark.parametrize("genre", list(Genre))
def test_it_is_small_for_every_mood_and_seed(genre: Genre) -> None:
    for number, mood in enumerate(Mood):
        assert len(cover_png(commission(genre, mood, seed=number, theme_seed=31 * number))) <= 60_000


def test_it_looks_as_the_mood_and_the_genre_do() -> None:
    pictures = {mood: paint(commission(Genre.FOLK, mood)).reshape(-1, 3).mean(axis=0) for mood in Mood}
    nearest = min(float(np.abs(pictures[a] - pictures[b]).max()) for a in Mood for b in Mood if a < b)
    assert nearest > 8
    for genre in Genre:
        if genre is not Genre.FOLK:
            assert mean_difference(commission(Genre.FOLK, Mood.CALM), commission(genre, Mood.CALM)) > 0.2


def test_it_is_kin_within_a_journey_and_not_across_journeys() -> None:
    one = commission(Genre.CHAMBER, Mood.LOVE, seed=1, theme_seed=5)
    sibling = commission(Genre.CHAMBER, Mood.LOVE, seed=2, theme_seed=5)
    stranger = commission(Genre.CHAMBER, Mood.LOVE, seed=1, theme_seed=6)
    assert mean_difference(one, sibling) < 0.5 < 3 < mean_difference(one, stranger)


def test_it_knows_every_mood() -> None:
    assert set(WEATHER) == set(Mood)
