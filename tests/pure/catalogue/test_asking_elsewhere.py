"""All sources are asked at once and nobody waits for a slow one for long; what was asked today is known."""

from __future__ import annotations

import logging
import time
import unicodedata
from typing import Any

import pytest

from journeys.catalogue import search_everywhere
from journeys.catalogue.remote import SourceState, remote_query
from tests.doubles.books import DEMIAN, KEYS, NAMES, Bookshop


@pytest.fixture(autouse=True)
def _asked(shop: Bookshop, settings: Any) -> None:
    shop.set_up(settings)


def states(query: str = "달빛 정원", **options: Any) -> dict[str, str]:
    return {answer.name: str(answer.state) for answer in search_everywhere(query, **options).answers}


def until(condition: Any, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def test_four_sources_tell_of_one_book() -> None:
    found = search_everywhere("달빛 정원")

    assert found.here == []
    (book,) = found.elsewhere
    assert book.sources == NAMES
    assert (book.pages, book.year, book.publisher) == (312, 2021, "새벽책방")
    assert not found.silent
    assert not found.is_pending


def test_what_the_catalogue_has_comes_first_and_learns_from_the_others() -> None:
    found = search_everywhere(DEMIAN.isbn13)

    assert [(record.source, record.sources) for record in found.records] == [("embedded", ("embedded", *NAMES))]


def test_a_slow_one_is_not_waited_for_and_is_there_the_next_time(shop: Bookshop) -> None:
    shop.delays["openlibrary"] = 1.2
    started = time.monotonic()
    assert states(seconds=0.5) == {"kakao": "ok", "aladin": "ok", "openlibrary": "failed", "google": "ok"}
    assert time.monotonic() - started < 1.1

    until(lambda: states(seconds=0)["openlibrary"] == "ok")

    assert shop.times("openlibrary") == 1


def test_they_are_asked_together(shop: Bookshop) -> None:
    shop.delays = dict.fromkeys(NAMES, 0.5)
    started = time.monotonic()

    assert set(states().values()) == {"ok"}
    assert time.monotonic() - started < 1.5


@pytest.mark.parametrize(
    "typed", ["달빛 정원", " 달빛  정원 ", unicodedata.normalize("NFD", "달빛 정원"), "달빛\u3000정원"]
)
def test_the_same_question_is_asked_once_a_day(shop: Bookshop, typed: str) -> None:
    search_everywhere("달빛 정원")
    search_everywhere(typed)

    assert [shop.times(name) for name in NAMES] == [1, 1, 1, 1]


def test_with_all_of_them_down_what_is_here_is_there_within_the_budget(shop: Bookshop, settings: Any) -> None:
    shop.delays = dict.fromkeys(NAMES, 60)
    settings.BOOK_SEARCH_SECONDS = 0.5
    started = time.monotonic()

    found = search_everywhere("데미안")

    assert time.monotonic() - started < 2
    assert found.here[0].title == "데미안"
    assert found.elsewhere == []
    assert found.silent == NAMES


def test_with_no_time_to_wait_nobody_is_asked(shop: Bookshop) -> None:
    found = search_everywhere("달빛 정원", seconds=0)

    assert found.is_pending
    assert not found.silent
    assert shop.asked == []


def test_one_that_keeps_failing_is_left_alone(shop: Bookshop, caplog: pytest.LogCaptureFixture) -> None:
    shop.faults["kakao"] = "500"
    for number in range(5):
        assert states(f"달빛 {number}")["kakao"] in (SourceState.FAILED, SourceState.SKIPPED)

    assert shop.times("kakao") == 3
    assert shop.times("aladin") == 5
    assert states("달빛 또")["kakao"] == SourceState.SKIPPED


def test_a_failure_is_not_remembered_as_an_answer(shop: Bookshop) -> None:
    shop.faults["kakao"] = "html"
    assert states()["kakao"] == SourceState.FAILED
    shop.faults.clear()
    assert states()["kakao"] == SourceState.OK


def test_no_key_is_ever_logged(shop: Bookshop, caplog: pytest.LogCaptureFixture, settings: Any) -> None:
    caplog.set_level(logging.INFO)
    shop.faults = {"kakao": "401 gateway", "aladin": "key", "openlibrary": "500", "google": "400"}

    assert set(states().values()) == {"failed"}

    assert "HTTP 401" in caplog.text
    assert not [key for key in KEYS.values() if key in caplog.text]
    assert "달빛" not in caplog.text


def test_one_without_its_key_is_not_asked(shop: Bookshop, settings: Any) -> None:
    settings.KAKAO_API_KEY = settings.ALADIN_TTB_KEY = settings.GOOGLE_BOOKS_API_KEY = ""

    assert states() == {"openlibrary": "ok"}


def test_an_answer_nobody_foresaw_spoils_only_itself(shop: Bookshop, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise TypeError("unforeseen")

    monkeypatch.setattr("journeys.catalogue.sources.kakao.Kakao._record", fails)

    assert states() == {"kakao": "failed", "aladin": "ok", "openlibrary": "ok", "google": "ok"}


@pytest.mark.parametrize("query", ["ㄷㅂ", "ㅂㅂ ㅎㄱ", "", "···", "9788936434121", "x", "🎵", "가" * 1000])
def test_what_nobody_could_answer_is_not_sent_out(query: str, shop: Bookshop) -> None:
    assert remote_query(query) == ""
    assert search_everywhere(query).answers == ()
    assert shop.asked == []


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("흰", "흰"),
        ("봄ㆍ봄", "봄·봄"),
        ("DEMIAN", "demian"),
        ("978-89-374-6044-9", DEMIAN.isbn13),
        ("8937460440", DEMIAN.isbn13),
        ("ISBN 014143984X", "9780141439846"),
        ("데미안\x00", "데미안"),
        (unicodedata.normalize("NFD", "소설"), "소설"),
    ],
)
def test_it_is_sent_out_in_one_way_of_writing(typed: str, sent: str) -> None:
    assert remote_query(typed) == sent
