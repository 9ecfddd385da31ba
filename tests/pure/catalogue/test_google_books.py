"""Google Books as it answers: used-up quotas in three disguises, pictures at http addresses."""

from __future__ import annotations

import pytest

from journeys.catalogue import SourceFailed
from journeys.catalogue.sources.google import GoogleBooks
from tests.doubles.books import DEMIAN, KEYS, Bookshop


@pytest.fixture
def google(shop: Bookshop) -> GoogleBooks:
    return GoogleBooks(shop.url, KEYS["google"], 5.0)


def test_it_reads_a_volume(google: GoogleBooks) -> None:
    (record,) = google.search("데미안", limit=20)

    assert (record.title, record.authors, record.isbn13) == ("데미안", ("헤르만 헤세",), DEMIAN.isbn13)
    assert (record.source_id, record.pages, record.edition_year, record.year) == ("g44", 240, 2009, None)
    assert record.cover_url == "https://books.google.com/books/content?id=g1&img=1"


def test_nothing_found_is_an_empty_list_whatever_the_total_says(google: GoogleBooks) -> None:
    assert google.search("없는 책", limit=20) == []


def test_an_isbn_is_asked_for_as_one(google: GoogleBooks, shop: Bookshop) -> None:
    assert google.search("978-89-374-6044-9", limit=20)[0].source_id == "g44"
    assert shop.asked[0][2]["q"] == f"isbn:{DEMIAN.isbn13}"


@pytest.mark.parametrize("fault", ["400", "403"])
def test_a_used_up_quota_is_left_alone_for_long(google: GoogleBooks, shop: Bookshop, fault: str) -> None:
    shop.faults["google"] = fault

    with pytest.raises(SourceFailed) as caught:
        google.search("데미안", limit=20)

    assert caught.value.rest == 900
    assert KEYS["google"] not in f"{caught.value!r} {google!r}"


def test_without_a_good_key_it_is_the_quota_of_all_the_world(shop: Bookshop) -> None:
    with pytest.raises(SourceFailed) as caught:
        GoogleBooks(shop.url, "another", 5.0).search("데미안", limit=20)

    assert caught.value.rest == 60


def test_it_finds_a_volume_again(google: GoogleBooks, shop: Bookshop) -> None:
    found = google.get("g44")

    assert found is not None
    assert found.isbn13 == DEMIAN.isbn13
    assert google.get("g999") is None
    assert google.get("../../secret") is None
    assert shop.times("google") == 2
