from __future__ import annotations

import pytest

from music import studio
from music.brief import Genre, Mood
from music.providers.base import MakeProvider, ProviderError
from music.providers.studio import StudioProvider
from tests.pure.studio.commissions import commission


def test_it_is_a_provider_that_makes_and_charges_nothing() -> None:
    provider = StudioProvider()
    assert isinstance(provider, MakeProvider)
    assert (provider.name, provider.charges, provider.deadline_seconds) == ("studio", False, 300)
    low, high = provider.typical_seconds
    assert 0 < low < high < provider.deadline_seconds


def test_it_makes_an_mp3() -> None:
    audio = StudioProvider().make(commission(Genre.FOLK, Mood.JOY, duration=10))
    assert audio.content_type == "audio/mpeg"
    assert audio.extension == "mp3"
    assert audio.seconds == pytest.approx(10, rel=0.1)
    assert audio.data[:2] in (b"\xff\xfb", b"\xff\xfa")
    assert audio.metadata["genre"] == "folk"
    assert audio.midi[:4] == b"MThd"
    assert len(audio.peaks) == 400


def test_it_stops_when_nobody_wants_the_piece_any_more() -> None:
    with pytest.raises(ProviderError) as caught:
        StudioProvider().make(commission(Genre.FOLK, Mood.JOY, duration=10), cancelled=lambda: True)
    assert (caught.value.code, caught.value.permanent) == ("cancelled", True)


@pytest.mark.parametrize(
    ("failure", "code", "permanent"),
    [(MemoryError(), "out_of_memory", False), (ZeroDivisionError("in the composer"), "studio_failed", True)],
)
def test_it_answers_every_failure_with_a_code(
    failure: Exception, code: str, permanent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(studio, "make_piece", fail)
    with pytest.raises(ProviderError) as caught:
        StudioProvider().make(commission())
    assert caught.value.code == code
    assert caught.value.permanent is permanent
    assert caught.value.__cause__ is failure
