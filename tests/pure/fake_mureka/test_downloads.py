"""The audio: real, behind addresses that expire, and spoilt in every way that was asked for."""

from __future__ import annotations

import time
import zlib
from pathlib import Path
from typing import Any

import pytest
import soundfile

from tests.fake_mureka import FakeMureka
from tests.pure.fake_mureka.shop import BROKEN, Shop


def test_the_audio_is_a_real_mp3_and_another_for_every_task(mureka: FakeMureka, shop: Shop, tmp_path: Path) -> None:
    tasks = [shop.ordered(), shop.ordered()]
    mureka.finish()

    pieces = [shop.download(shop.audio_url(task)).content for task in tasks]

    assert pieces[0] != pieces[1]
    for number, piece in enumerate(pieces):
        (tmp_path / f"{number}.mp3").write_bytes(piece)
        assert soundfile.info(tmp_path / f"{number}.mp3").duration == pytest.approx(12, abs=0.2)
    assert mureka.stats()["downloads"] == 2


def test_a_result_address_expires_and_another_query_gives_a_fresh_one(mureka: FakeMureka, shop: Shop) -> None:
    task_id = shop.ordered()
    mureka.finish()
    url = shop.audio_url(task_id)
    assert shop.audio_url(task_id) == url

    mureka.advance(31 * 86400)

    assert shop.download(url).status_code == 403
    fresh = shop.audio_url(task_id)
    assert fresh != url
    assert shop.download(fresh).status_code == 200
    assert shop.download(url).status_code == 403
    mureka.expire_urls()
    assert shop.download(fresh).status_code == 403


def test_a_key_that_goes_along_to_the_audio_is_noticed(mureka: FakeMureka, shop: Shop) -> None:
    task_id = shop.ordered()
    mureka.finish()
    url = shop.audio_url(task_id)
    shop.download(url)
    assert mureka.leaks == []

    shop.session.get(url, timeout=5)

    assert len(mureka.leaks) == 1


@pytest.fixture
def url(mureka: FakeMureka, shop: Shop) -> str:
    task_id = shop.ordered()
    mureka.finish()
    return shop.audio_url(task_id)


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("html", lambda answer: answer.content.startswith(b"<!doctype html>")),
        ("empty", lambda answer: answer.content == b""),
        ("wrong_codec", lambda answer: len(answer.content) == 192_000),
        ("short", lambda answer: len(answer.content) < 40_000),
        ("silent", lambda answer: len(answer.content) > 100_000),
        ("no_length", lambda answer: "Content-Length" not in answer.headers and len(answer.content) > 100_000),
        ("forbidden", lambda answer: answer.status_code == 403),
        ("missing", lambda answer: answer.status_code == 404),
        ("gone", lambda answer: answer.status_code == 410),
        ("broken", lambda answer: answer.status_code == 500),
        ("redirect", lambda answer: answer.headers["Location"] == "http://127.0.0.1:1/"),
    ],
)
def test_audio_can_be_something_else(mureka: FakeMureka, shop: Shop, url: str, kind: str, what: Any) -> None:
    mureka.script_download(kind)

    assert what(shop.download(url))
    assert len(shop.download(url).content) > 190_000


def test_audio_can_redirect_anywhere(mureka: FakeMureka, shop: Shop, url: str) -> None:
    mureka.script_download("redirect", location="http://169.254.169.254/latest/meta-data/")

    assert shop.download(url).headers["Location"] == "http://169.254.169.254/latest/meta-data/"


@pytest.mark.parametrize("kind", ["truncated", "drop", "reset"])
def test_audio_can_end_too_early(mureka: FakeMureka, shop: Shop, url: str, kind: str) -> None:
    mureka.script_download(kind)

    with pytest.raises(BROKEN):
        _ = shop.download(url).content


def test_audio_can_go_on_for_ever(mureka: FakeMureka, shop: Shop, url: str) -> None:
    mureka.script_download("huge")
    mureka.script_download("huge", declared=5_000_000_000)

    for promised in (None, "5000000000"):
        with shop.download(url) as answer:
            assert answer.headers.get("Content-Length") == promised
            got = sum(len(each) for each, _ in zip(answer.iter_content(100_000), range(50), strict=False))
        assert got > 4_000_000
    assert shop.download(url).status_code == 200  # and others are still served


def test_audio_can_be_a_gzip_bomb(mureka: FakeMureka, shop: Shop, url: str) -> None:
    mureka.script_download("gzip_bomb", megabytes=20)

    answer = shop.download(url)

    packed = answer.raw.read(decode_content=False)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(packed) < 30_000
    assert len(zlib.decompressobj(31).decompress(packed)) == 10_000_000


def test_audio_can_be_slow(mureka: FakeMureka, shop: Shop, url: str) -> None:
    mureka.script_download("slow")
    started = time.monotonic()

    with shop.download(url) as answer:
        got = answer.raw.read(500)

    assert len(got) == 500
    assert time.monotonic() - started > 0.2
