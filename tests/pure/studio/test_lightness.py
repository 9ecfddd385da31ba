"""A web process imports the studio's contract and never plays: it must not pay for the instruments."""

from __future__ import annotations

import os
import subprocess
import sys

from music.brief import Genre, Mood
from music.studio import make_piece
from tests.pure.studio.commissions import commission

HEAVY = ("numpy", "scipy", "tinysoundfont", "midirenderer", "soundfile", "lameenc", "mido", "scipy.signal")


def loaded_after(statement: str) -> set[str]:
    program = f"{statement}\nimport sys\nprint(*(name for name in {HEAVY!r} if name in sys.modules))"
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return set(child.stdout.split())


def test_it_composes_without_loading_the_instruments() -> None:
    assert loaded_after("import music.studio; music.studio.compose; music.studio.STUDIO_VERSION") == set()


def test_it_offers_the_provider_without_loading_the_instruments() -> None:
    assert loaded_after("from music.providers.studio import StudioProvider; StudioProvider().typical_seconds") == set()


def test_it_loads_them_for_the_first_piece() -> None:
    assert {"numpy", "scipy", "lameenc"} <= loaded_after("from music.studio import make_piece")


def test_it_does_without_the_signal_package_which_would_cost_as_much_memory_as_two_minutes_of_sound() -> None:
    assert "scipy.signal" not in loaded_after("from music.studio import make_piece")


def test_it_plays_in_a_process_forked_after_it_has_played() -> None:
    brief = commission(Genre.SOLO_PIANO, Mood.CALM, duration=10)
    expected = make_piece(brief).mp3
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        same = make_piece(brief).mp3 == expected
        os.write(writing, b"same" if same else b"other")
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert pipe.read() == b"same"
    assert os.waitpid(child, 0)[1] == 0
