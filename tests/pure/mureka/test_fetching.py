"""Only what can be played is a result, and only addresses of the vendor's are fetched."""

from __future__ import annotations

from typing import Any

import pytest

from music.brief import MusicBrief
from music.providers.base import ProviderError, ProviderHalted, ResultGone, ResultInvalid
from music.providers.mureka import MurekaProvider
from tests.fake_mureka import FakeMureka
from tests.pure.mureka.conftest import told_by


@pytest.fixture
def result_url(provider: MurekaProvider, task_id: str) -> str:
    return provider.poll(task_id).result_url


def test_it_brings_the_audio_with_what_was_found_in_it(
    mureka: FakeMureka, provider: MurekaProvider, result_url: str
) -> None:
    audio = provider.fetch(result_url)
    assert (audio.content_type, audio.extension) == ("audio/mpeg", "mp3")
    assert audio.seconds == pytest.approx(12, abs=0.1)
    assert audio.data[:3] == b"ID3"
    assert len(audio.peaks) == 400
    assert audio.metadata == {"mureka": {"sample_rate": 44_100, "channels": 1}}
    assert mureka.stats()["downloads"] == 1


@pytest.mark.parametrize(
    ("kind", "options", "error", "code", "permanent"),
    [
        ("html", {}, ResultInvalid, "result_invalid", False),
        ("empty", {}, ResultInvalid, "result_invalid", False),
        ("truncated", {}, ResultInvalid, "result_invalid", False),
        ("wrong_codec", {}, ResultInvalid, "result_invalid", False),
        ("short", {}, ResultInvalid, "result_invalid", False),
        ("silent", {}, ResultInvalid, "result_invalid", False),
        ("gzip_bomb", {"megabytes": 100}, ResultInvalid, "result_invalid", False),
        ("huge", {}, ResultInvalid, "result_invalid", True),
        ("huge", {"declared": 5_000_000_000}, ResultInvalid, "result_invalid", True),
        ("redirect", {"location": "http://127.0.0.1:1/"}, ResultInvalid, "result_invalid", True),
        ("redirect", {"location": "http://169.254.169.254/"}, ResultInvalid, "result_invalid", True),
        ("redirect", {"location": "file:///etc/passwd"}, ResultInvalid, "result_invalid", True),
        ("forbidden", {}, ResultGone, "result_gone", False),
        ("missing", {}, ResultGone, "result_gone", False),
        ("gone", {}, ResultGone, "result_gone", False),
        ("broken", {}, ProviderError, "provider_unreachable", False),
        ("slow", {}, ProviderError, "provider_unreachable", False),
        ("stall", {"seconds": 5}, ProviderError, "provider_unreachable", False),
        ("drop", {}, ProviderError, "provider_unreachable", False),
        ("reset", {}, ResultInvalid, "result_invalid", False),
    ],
)
def test_what_cannot_be_played_is_never_a_result(
    mureka: FakeMureka,
    provider: MurekaProvider,
    result_url: str,
    settings: Any,
    kind: str,
    options: dict[str, Any],
    error: type[ProviderError],
    code: str,
    permanent: bool,
) -> None:
    settings.MUSIC_DOWNLOAD_MAX_BYTES = 2_000_000
    settings.MUSIC_DOWNLOAD_SECONDS = 0.6 if kind in ("slow", "stall") else 10
    mureka.script_download(kind, **options)
    assert told_by(lambda: provider.fetch(result_url)) == (error, code, permanent)
    settings.MUSIC_DOWNLOAD_SECONDS = 10
    assert provider.fetch(result_url).peaks  # and the next time it is there


def test_a_result_of_untold_length_is_as_good(mureka: FakeMureka, provider: MurekaProvider, result_url: str) -> None:
    mureka.script_download("no_length")
    assert provider.fetch(result_url).seconds == pytest.approx(12, abs=0.1)


NEVER = (ResultInvalid, "result_invalid", True)
FOR_A_PERSON = (ProviderHalted, "provider_misconfigured", False)


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("http://127.0.0.1:1/song.mp3", NEVER),
        ("http://169.254.169.254/song.mp3", NEVER),
        ("file:///etc/passwd", NEVER),
        ("https://example.org/", FOR_A_PERSON),
    ],
)
def test_a_result_elsewhere_is_not_fetched(
    mureka: FakeMureka, provider: MurekaProvider, url: str, outcome: tuple[type[ProviderError], str, bool]
) -> None:
    assert told_by(lambda: provider.fetch(url)) == outcome


def test_an_expired_address_is_replaced_by_asking_again(
    mureka: FakeMureka, provider: MurekaProvider, task_id: str, result_url: str
) -> None:
    mureka.expire_urls()
    with pytest.raises(ResultGone):
        provider.fetch(result_url)
    fresh = provider.poll(task_id).result_url
    assert fresh != result_url
    assert provider.fetch(fresh).peaks


def test_it_trims_only_what_a_setting_calls_too_long(
    mureka: FakeMureka, provider: MurekaProvider, brief: MusicBrief, settings: Any
) -> None:
    mureka.settings(default_duration=30.0)
    url = provider.poll(provider.submit(brief).task_id).result_url
    assert provider.fetch(url).seconds == pytest.approx(30, abs=0.1)
    settings.MUSIC_MAX_SECONDS = 15
    audio = provider.fetch(url)
    assert audio.seconds == pytest.approx(15, abs=0.1)
    assert (audio.content_type, len(audio.peaks)) == ("audio/mpeg", 400)
