"""Kakao as it answers: what its fields hold, and every way in which they may be missing."""

from __future__ import annotations

import pytest

from journeys.catalogue import SourceFailed
from journeys.catalogue.sources.kakao import Kakao
from tests.doubles.books import DEMIAN, KEYS, Bookshop


@pytest.fixture
def kakao(shop: Bookshop) -> Kakao:
    return Kakao(shop.url, KEYS["kakao"], 5.0)


def test_it_reads_a_book(kakao: Kakao, shop: Bookshop) -> None:
    (record,) = kakao.search("데미안", limit=20)

    assert (record.title, record.authors, record.translators) == ("데미안", ("헤르만 헤세",), ("전영애",))
    assert (record.isbn13, record.source_id) == (DEMIAN.isbn13, DEMIAN.isbn13)
    assert (record.publisher, record.edition_year, record.year) == ("민음사", 2009, None)
    assert record.pages is None
    assert record.cover_url == f"{shop.url}/pictures/kakao.jpg"
    assert record.description_ko.startswith("데미안의")
    assert shop.asked[0][2] == {"query": "데미안", "size": "20"}


@pytest.mark.parametrize(
    ("isbn", "read"),
    [
        ("8937460440 9788937460449", "9788937460449"),
        (" 9788937460449", "9788937460449"),
        ("8937460440 ", "9788937460449"),
        ("8937460440", "9788937460449"),
        ("8937460440 9788937460440", "9788937460449"),  # a wrong check digit
        ("", ""),
        (" ", ""),
        (None, ""),
    ],
)
def test_either_half_of_the_isbn_may_be_missing(kakao: Kakao, shop: Bookshop, isbn: str | None, read: str) -> None:
    shop.overrides["kakao"] = {"isbn": isbn}

    (record,) = kakao.search("데미안", limit=20)

    assert record.isbn13 == read
    assert record.source_id == (read or "daum-44")


def test_a_book_without_a_picture_has_none(kakao: Kakao, shop: Bookshop) -> None:
    shop.overrides["kakao"] = {"thumbnail": ""}

    assert kakao.search("데미안", limit=20)[0].cover_url == ""


def test_what_is_not_as_documented_is_unknown(kakao: Kakao, shop: Bookshop) -> None:
    shop.overrides["kakao"] = {
        "authors": None, "translators": "전영애", "publisher": 7, "datetime": "", "contents": None,
        "url": "javascript:alert(1)", "thumbnail": "ftp://x/y.jpg",
    }  # fmt: skip

    (record,) = kakao.search("데미안", limit=20)

    assert (record.authors, record.translators, record.publisher, record.edition_year) == ((), (), "", None)
    assert (record.source_url, record.cover_url, record.description_ko) == ("", "", "")


def test_an_isbn_is_asked_for_as_one(kakao: Kakao, shop: Bookshop) -> None:
    assert kakao.search("978-89-374-6044-9", limit=20)[0].title == "데미안"
    assert shop.asked[0][2] == {"query": DEMIAN.isbn13, "size": "20", "target": "isbn"}


def test_it_finds_a_book_again_by_its_isbn_and_by_nothing_else(kakao: Kakao, shop: Bookshop) -> None:
    found = kakao.get(DEMIAN.isbn13)

    assert found is not None
    assert found.title == "데미안"
    assert kakao.get("daum-44") is None
    assert shop.times("kakao") == 1


@pytest.mark.parametrize("fault", ["401 gateway", "401 platform", "401 in 200"])
def test_a_refused_key_is_not_tried_for_a_while(kakao: Kakao, shop: Bookshop, fault: str) -> None:
    shop.faults["kakao"] = fault

    with pytest.raises(SourceFailed) as caught:
        kakao.search("데미안", limit=20)

    assert caught.value.rest == 600
    assert KEYS["kakao"] not in f"{caught.value!r} {kakao!r}"


def test_it_waits_as_long_as_it_is_told_to(kakao: Kakao, shop: Bookshop) -> None:
    shop.faults["kakao"] = "429"

    with pytest.raises(SourceFailed) as caught:
        kakao.search("데미안", limit=20)

    assert caught.value.rest == 120


@pytest.mark.parametrize("fault", ["500", "html"])
def test_anything_else_is_a_failure_that_may_pass(kakao: Kakao, shop: Bookshop, fault: str) -> None:
    shop.faults["kakao"] = fault

    with pytest.raises(SourceFailed) as caught:
        kakao.search("데미안", limit=20)

    assert caught.value.rest is None


def test_nobody_there_is_a_failure_that_names_no_key() -> None:
    with pytest.raises(SourceFailed) as caught:
        Kakao("http://127.0.0.1:9", KEYS["kakao"], 2.0).search("데미안", limit=20)

    assert KEYS["kakao"] not in str(caught.value)
