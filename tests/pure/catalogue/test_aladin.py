"""Aladin as it answers: errors with status 200, people in one string, entities, semicolons, numbers of its own."""

from __future__ import annotations

import pytest

from journeys.catalogue import SourceFailed
from journeys.catalogue.sources.aladin import Aladin, read_people
from tests.doubles.books import DEMIAN, KEYS, Bookshop


@pytest.fixture
def aladin(shop: Bookshop) -> Aladin:
    return Aladin(shop.url, KEYS["aladin"], 5.0)


def test_it_reads_a_book(aladin: Aladin, shop: Bookshop) -> None:
    (record,) = aladin.search("데미안", limit=20)

    assert (record.title, record.authors, record.translators) == ("데미안", ("헤르만 헤세",), ("전영애",))
    assert (record.isbn13, record.publisher, record.edition_year) == (DEMIAN.isbn13, "민음사", 2009)
    assert record.source_url == "https://www.aladin.co.kr/shop/wproduct.aspx?ItemId=44&partner=openAPI"
    assert "<깊이>" in record.description_ko
    assert record.cover_url == f"{shop.url}/pictures/cover.jpg"
    assert record.pages is None


def test_looking_an_isbn_up_tells_the_pages(aladin: Aladin) -> None:
    (record,) = aladin.search("89-374-6044-0", limit=20)

    assert record.pages == 240


@pytest.mark.parametrize(
    ("text", "authors", "translators"),
    [
        ("헤르만 헤세 (지은이), 전영애 (옮긴이)", ("헤르만 헤세",), ("전영애",)),
        ("김상욱, 심채경 (지은이), 홍길동 (그림)", ("김상욱", "심채경"), ()),
        ("무라카미 하루키 (Murakami Haruki) (지은이)", ("무라카미 하루키 (Murakami Haruki)",), ()),
        ("백희나 (글.그림)", ("백희나",), ()),
        ("요시타케 신스케 (글·그림), 유문조, 김정화 (옮긴이)", ("요시타케 신스케",), ("유문조", "김정화")),
        ("한강", ("한강",), ()),
        ("한강, 정세랑", ("한강", "정세랑"), ()),
        ("창비 편집부 (엮은이)", ("창비 편집부",), ()),
        ("김민정 (엮은이), 이상 (지은이)", ("이상",), ()),
        ("누군가 (해설)", (), ()),
        ("", (), ()),
        (" , ,", (), ()),
    ],
)
def test_a_role_goes_for_all_names_since_the_last_one(
    text: str, authors: tuple[str, ...], translators: tuple[str, ...]
) -> None:
    assert read_people(text) == (authors, translators)


def test_a_semicolon_at_the_end_does_no_harm(aladin: Aladin, shop: Bookshop) -> None:
    shop.faults["aladin"] = "semicolon"

    assert [record.title for record in aladin.search("데미안", limit=20)] == ["데미안"]


def test_a_number_of_their_own_is_no_isbn(aladin: Aladin, shop: Bookshop) -> None:
    shop.overrides["aladin"] = {"isbn13": ""}

    (record,) = aladin.search("데미안", limit=20)

    assert (record.isbn13, record.source_id) == ("", "44")


def test_books_for_adults_are_left_out(aladin: Aladin, shop: Bookshop) -> None:
    shop.overrides["aladin"] = {"adult": True}

    assert aladin.search("데미안", limit=20) == []


def test_a_subtitle_is_not_part_of_the_title(aladin: Aladin, shop: Bookshop) -> None:
    shop.overrides["aladin"] = {
        "title": "데미안 - 젊은 날의 이야기",
        "subInfo": {"subTitle": "젊은 날의 이야기", "originalTitle": "Demian (1919년)", "itemPage": "240"},
    }

    (record,) = aladin.search("데미안", limit=20)

    assert (record.title, record.subtitle, record.original_title) == ("데미안", "젊은 날의 이야기", "Demian")
    assert record.pages == 240


@pytest.mark.parametrize(("fault", "rest"), [("key", 600), ("quota", 900), ("500", None), ("html", None)])
def test_an_error_is_one_whatever_its_status(aladin: Aladin, shop: Bookshop, fault: str, rest: float | None) -> None:
    shop.faults["aladin"] = fault

    with pytest.raises(SourceFailed) as caught:
        aladin.search("데미안", limit=20)

    assert caught.value.rest == rest
    assert KEYS["aladin"] not in f"{caught.value!r} {aladin!r}"


def test_a_book_that_is_not_there_is_no_error(aladin: Aladin) -> None:
    assert aladin.get("9788900000001") is None
    assert aladin.get(DEMIAN.isbn13) is not None
