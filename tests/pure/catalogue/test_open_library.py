"""Open Library as it answers: works with the ISBNs of all editions, fields only when asked for, slow or sorry."""

from __future__ import annotations

import time

import pytest

from journeys.catalogue import SourceFailed
from journeys.catalogue.sources.openlibrary import OpenLibrary
from tests.doubles.books import DEMIAN, Bookshop


@pytest.fixture
def library(shop: Bookshop) -> OpenLibrary:
    return OpenLibrary(shop.url, "https://covers.example", "Tests (mailto:tests@example.org)", 5.0)


def test_it_reads_a_work_with_one_edition(library: OpenLibrary, shop: Bookshop) -> None:
    (record,) = library.search("데미안", limit=20)

    assert (record.title, record.authors, record.year) == ("데미안", ("헤르만 헤세",), 1919)
    assert (record.source_id, record.isbn13, record.pages) == ("OL44W", DEMIAN.isbn13, 240)
    assert record.cover_url == "https://covers.example/b/id/44-L.jpg?default=false"
    assert record.source_url == "https://openlibrary.org/works/OL44W"
    assert shop.headers[0]["User-Agent"] == "Tests (mailto:tests@example.org)"


def test_a_work_with_many_editions_names_none_of_them(library: OpenLibrary, shop: Bookshop) -> None:
    shop.overrides["openlibrary"] = {"isbn": [DEMIAN.isbn13, "9780141439846", "junk"], "publisher": ["A", "B"]}

    (record,) = library.search("데미안", limit=20)

    assert (record.isbn13, record.publisher) == ("", "")


def test_the_edition_that_was_asked_for_is_named(library: OpenLibrary, shop: Bookshop) -> None:
    shop.overrides["openlibrary"] = {"isbn": [DEMIAN.isbn13, "9780141439846"]}

    (record,) = library.search("8937460440", limit=20)

    assert record.isbn13 == DEMIAN.isbn13
    assert record.cover_url == f"https://covers.example/b/isbn/{DEMIAN.isbn13}-L.jpg?default=false"


def test_missing_fields_are_unknown(library: OpenLibrary, shop: Bookshop) -> None:
    shop.faults["openlibrary"] = "bare"

    (record,) = library.search("데미안", limit=20)

    assert (record.title, record.authors, record.isbn13, record.pages, record.cover_url) == (
        "Only a title",
        (),
        "",
        None,
        "",
    )


@pytest.mark.parametrize("fault", ["html", "500"])
def test_a_page_that_says_sorry_is_no_answer(library: OpenLibrary, shop: Bookshop, fault: str) -> None:
    shop.faults["openlibrary"] = fault

    with pytest.raises(SourceFailed):
        library.search("데미안", limit=20)


def test_it_is_not_waited_for_any_longer_than_said(shop: Bookshop) -> None:
    shop.delays["openlibrary"] = 30
    started = time.monotonic()

    with pytest.raises(SourceFailed):
        OpenLibrary(shop.url, "https://covers.example", "Tests", 0.3).search("데미안", limit=20)

    assert time.monotonic() - started < 3


def test_it_finds_a_work_again_and_asks_for_nothing_that_is_no_work(library: OpenLibrary, shop: Bookshop) -> None:
    found = library.get("OL44W")

    assert found is not None
    assert found.title == "데미안"
    assert library.get("OL999W") is None
    assert library.get("OL44W OR author:x") is None
    assert shop.times("openlibrary") == 2
