"""Searching on the page and over the API, and choosing what was found: nothing is believed that a browser says."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils.html import escape
from django.utils.translation import gettext as _
from rest_framework.test import APIClient

from journeys.catalogue import find_record, search_books
from journeys.models import Book, Journey, JourneyStatus, Reader
from journeys.record.readings import journeys_with
from journeys.services import add_book, book_from_record, start_journey, want_book
from tests.doubles.books import DEMIAN, GARDEN, NAMES, Bookshop, running_bookshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(settings: Any) -> Iterator[Bookshop]:
    caches["books"].clear()
    with running_bookshop() as shop:
        shop.set_up(settings)
        yield shop
    caches["books"].clear()


@pytest.fixture
def all_down(shop: Bookshop, settings: Any) -> Bookshop:
    shop.delays = dict.fromkeys(NAMES, 60.0)
    settings.BOOK_SEARCH_SECONDS = 0.5
    return shop


# The page


def test_the_page_shows_what_is_here_at_once_and_fetches_the_rest(as_alice: Client, shop: Bookshop) -> None:
    page = as_alice.get("/journeys/new", {"q": "데미안"})

    assert shop.asked == []
    assert page.context["results"][0].title == "데미안"
    html = page.content.decode()
    assert 'src="/journeys/new?q=%EB%8D%B0%EB%AF%B8%EC%95%88&amp;further=1"' in html
    assert 'href="/journeys/new?q=%EB%8D%B0%EB%AF%B8%EC%95%88&amp;further=1"' in html  # without JavaScript


def test_the_further_part_names_its_sources_and_pays_its_respects(as_alice: Client, shop: Bookshop) -> None:
    html = as_alice.get("/journeys/new", {"q": "달빛 정원", "further": "1"}).content.decode()

    assert "달빛 정원" in html
    assert "Open Library, Google Books" in html
    assert "www.aladin.co.kr</a>" in html
    assert f'value="kakao/{GARDEN.isbn13}"' in html
    assert "<img" not in html.split("<main")[1].split("</main>")[0]  # nobody's browser is sent to a shop


def test_what_was_asked_today_is_shown_without_a_second_request(as_alice: Client, shop: Bookshop) -> None:
    as_alice.get("/journeys/new", {"q": "달빛 정원", "further": "1"})

    html = as_alice.get("/journeys/new", {"q": "달빛 정원"}).content.decode()

    assert f'value="kakao/{GARDEN.isbn13}"' in html
    assert "further=1" not in html


def test_a_part_is_called_a_part(as_alice: Client, shop: Bookshop) -> None:
    shop.faults = {"openlibrary": "500", "google": "400"}

    page = as_alice.get("/journeys/new", {"q": "달빛 정원", "further": "1"})

    assert page.context["silent"] == "Open Library, Google Books"
    assert "Open Library, Google Books" in page.content.decode().split('class="notice"')[1][:200]


def test_with_everybody_down_the_page_is_there_within_the_budget(as_alice: Client, all_down: Bookshop) -> None:
    started = time.monotonic()

    page = as_alice.get("/journeys/new", {"q": "봄봄", "further": "1"})

    assert time.monotonic() - started < 4
    assert page.context["results"][0].title == "봄·봄"
    assert page.context["found"].silent == NAMES
    html = page.content.decode()
    assert 'name="manual"' in html
    assert _("Could not look elsewhere") in html
    assert _("Nothing more found elsewhere") not in html


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("봄봄", "봄·봄"),
        ("봄·봄", "봄·봄"),
        ("ㅂㅂ", "봄·봄"),
        (unicodedata.normalize("NFD", "소년이"), "소년이 온다"),
        ("미안", "데미안"),
        ("978-89-364-3412-0", "소년이 온다"),
        ("014143984X", "드라큘라"),
    ],
)
def test_every_way_of_typing_still_finds_with_everybody_down(
    alice_api: APIClient, all_down: Bookshop, typed: str, title: str
) -> None:
    started = time.monotonic()

    answer = alice_api.get("/api/books", {"q": typed}).json()

    assert time.monotonic() - started < 4
    assert title in [each["title"] for each in answer["results"]]


@pytest.mark.parametrize("typed", ["9788936433595", "978-89-364-3359-5", "8936433597"])
def test_a_wrong_check_digit_is_told(as_alice: Client, alice_api: APIClient, typed: str) -> None:
    page = as_alice.get("/journeys/new", {"q": typed})
    assert escape(page.context["hint"]) in page.content.decode()
    assert (page.context["form"]["isbn"].value(), page.context["form"]["title"].value()) == (typed, None)
    assert page.context["hint"] == alice_api.get("/api/books", {"q": typed}).json()["hint"] != ""


@pytest.mark.parametrize("typed", ["9788936434120", "데미안", "1984", "97889364335"])
def test_where_no_isbn_is_wrong_nothing_is_told(as_alice: Client, alice_api: APIClient, typed: str) -> None:
    assert as_alice.get("/journeys/new", {"q": typed}).context["hint"] == ""
    assert alice_api.get("/api/books", {"q": typed}).json()["hint"] == ""


# What the reader knows already


def begins(html: str) -> int:
    return html.count(_("Start a journey with this book")) - 1  # there is one below, to enter a book by hand


def test_a_book_that_is_being_read_leads_to_its_journey(as_alice: Client, journey: Journey, bob: Reader) -> None:
    as_bob = Client()
    as_bob.force_login(bob)
    others = begins(as_bob.get("/journeys/new", {"q": "데미안"}).content.decode())

    html = as_alice.get("/journeys/new", {"q": "데미안"}).content.decode()

    link = re.search(rf'<a class="([^"]*)" href="/journeys/{journey.pk}">([^<]*)', html)
    assert link
    assert link.groups() == ("button button-small", _("Reading now – to the journey"))
    assert _("Start another journey") in html
    assert begins(html) == others - 1


@pytest.mark.parametrize(
    ("status", "text", "again"),
    [
        (JourneyStatus.WANT, "On your list – to the journey", None),
        (JourneyStatus.FINISHED, "Finished – to the journey", "Read it again"),
        (JourneyStatus.STOPPED, "Stopped – to the journey", "Read it again"),
    ],
)
def test_a_book_that_is_wanted_or_behind_says_so(
    as_alice: Client, alice: Reader, demian: Book, status: JourneyStatus, text: str, again: str | None
) -> None:
    journey = want_book(reader=alice, book=demian)
    Journey.objects.filter(pk=journey.pk).update(status=status)

    html = as_alice.get("/journeys/new", {"q": "데미안"}).content.decode()

    assert f'href="/journeys/{journey.pk}">{_(text)}' in html
    assert (again is not None) == (_("Read it again") in html)
    assert f'name="want" value="{demian.source}/{demian.source_id}"' not in html


def test_of_several_journeys_with_a_book_the_one_that_goes_on_is_told(
    as_alice: Client, alice: Reader, demian: Book
) -> None:
    reading = start_journey(reader=alice, book=demian)
    finished = start_journey(reader=alice, book=demian)
    Journey.objects.filter(pk=finished.pk).update(status=JourneyStatus.FINISHED)

    html = as_alice.get("/journeys/new", {"q": "데미안"}).content.decode()

    assert f'href="/journeys/{reading.pk}"' in html
    assert f'href="/journeys/{finished.pk}"' not in html


def test_the_same_isbn_from_elsewhere_and_a_book_typed_in_are_known_too(
    as_alice: Client, alice: Reader, shop: Bookshop, typed: Book
) -> None:
    record = find_record("aladin", GARDEN.isbn13, reader=alice)
    assert record is not None
    garden = start_journey(reader=alice, book=book_from_record(record))
    own = want_book(reader=alice, book=typed)
    caches["books"].clear()

    page = as_alice.get("/journeys/new", {"q": "달빛 정원", "further": "1"})
    assert f'href="/journeys/{garden.pk}"' in page.content.decode()
    assert f'href="/journeys/{own.pk}"' in as_alice.get("/journeys/new", {"q": "봄날"}).content.decode()


def test_the_marks_of_all_results_are_one_query(
    alice: Reader, journey: Journey, django_assert_num_queries: Any
) -> None:
    records = search_books("이", reader=alice)
    assert len(records) > 3
    with django_assert_num_queries(1):
        journeys_with(alice, records)


# The API


def test_the_api_tells_of_every_source(alice_api: APIClient, shop: Bookshop) -> None:
    shop.faults["google"] = "400"

    answer = alice_api.get("/api/books", {"q": "달빛 정원"}).json()

    assert answer["sources"] == [
        {"name": "kakao", "state": "ok"},
        {"name": "aladin", "state": "ok"},
        {"name": "openlibrary", "state": "ok"},
        {"name": "google", "state": "failed"},
    ]
    (book,) = answer["results"]
    assert book["sources"] == ["kakao", "aladin", "openlibrary"]
    assert (book["source"], book["source_id"], book["isbn13"]) == ("kakao", GARDEN.isbn13, GARDEN.isbn13)
    assert (book["edition_year"], book["pages"], book["cover"]) == (2021, 312, "")
    assert book["source_url"].startswith("https://")

    again = alice_api.get("/api/books", {"q": "달빛 저녁"}).json()
    assert again["sources"][3] == {"name": "google", "state": "skipped"}  # a used-up quota is not asked again


def test_without_sources_the_api_answers_as_ever(alice_api: APIClient) -> None:
    answer = alice_api.get("/api/books", {"q": "데미안"}).json()

    assert answer["sources"] == []
    assert answer["results"][0]["source"] == "embedded"


# Choosing


def chosen(client: Client, **posted: str) -> Any:
    return client.post("/journeys/new", posted)


def test_a_found_book_is_begun_with_what_its_sources_said(as_alice: Client, shop: Bookshop) -> None:
    as_alice.get("/journeys/new", {"q": "달빛 정원", "further": "1"})

    answer = chosen(as_alice, record=f"kakao/{GARDEN.isbn13}", title="Something else", pages="1")

    assert answer.status_code == 303
    book = Journey.objects.get().book
    assert (book.title, book.authors, book.pages, book.isbn13) == ("달빛 정원", "정은우", 312, GARDEN.isbn13)
    assert (book.source, book.source_id, book.year) == ("kakao", GARDEN.isbn13, 2021)
    assert book.cover_url.endswith("/pictures/cover.jpg")
    assert book.complete_at is not None
    assert shop.times("kakao") == 1


def test_what_is_no_longer_known_is_asked_for_at_its_source(as_alice: Client, shop: Bookshop) -> None:
    answer = chosen(as_alice, record=f"kakao/{GARDEN.isbn13}")

    assert answer.status_code == 303
    assert shop.times("kakao") == 1


def test_a_book_can_be_wanted(as_alice: Client, shop: Bookshop) -> None:
    answer = chosen(as_alice, want=f"aladin/{GARDEN.isbn13}")

    assert answer.status_code == 303
    journey = Journey.objects.get()
    assert journey.status == JourneyStatus.WANT
    assert journey.book.title == "달빛 정원"
    assert journey.logs.count() == 0


def test_a_typed_book_can_be_wanted(as_alice: Client) -> None:
    chosen(as_alice, manual="1", title="우리 집 이야기", want="1")

    assert Journey.objects.get().status == JourneyStatus.WANT


@pytest.mark.parametrize(
    "record", ["kakao/9788900000001", "kakao/daum-44", "nowhere/1", "embedded/none", "manual/1", "kakao/", "", "/"]
)
def test_a_book_that_is_not_there_is_a_clear_error_and_the_search_stays(
    as_alice: Client, shop: Bookshop, record: str
) -> None:
    answer = chosen(as_alice, record=record, q="데미안")

    assert answer.status_code == 422
    assert answer.context["query"] == "데미안"
    assert answer.context["results"][0].title == "데미안"
    assert Journey.objects.count() == 0


def test_a_source_that_is_down_says_so_and_nothing_is_begun(as_alice: Client, alice: Reader, shop: Bookshop) -> None:
    shop.faults["kakao"] = "500"
    alice_api = APIClient(raise_request_exception=False)
    alice_api.force_authenticate(alice)

    page = chosen(as_alice, record=f"kakao/{GARDEN.isbn13}", q="데미안")
    api = alice_api.post("/api/journeys/create", {"source": "kakao", "source_id": GARDEN.isbn13})

    assert page.status_code == 422
    assert api.status_code == 503
    assert api.json()["errors"][0]["code"] == "source_unavailable"
    assert Journey.objects.count() == 0


def test_a_book_here_needs_no_source(as_alice: Client, shop: Bookshop, alice: Reader) -> None:
    record = find_record("kakao", GARDEN.isbn13, reader=alice)
    assert record is not None
    book_from_record(record)
    caches["books"].clear()
    shop.faults["kakao"] = "500"

    assert chosen(as_alice, record=f"kakao/{GARDEN.isbn13}").status_code == 303
    assert Book.objects.count() == 1


def test_choosing_again_fills_gaps_and_writes_nothing_over(alice: Reader, shop: Bookshop) -> None:
    record = find_record("kakao", GARDEN.isbn13, reader=alice)
    assert record is not None
    first = book_from_record(record)
    Book.objects.update(publisher="다른 출판사", year=None, cover_url="", complete_at=None)
    caches["books"].clear()
    looked_up = find_record("aladin", GARDEN.isbn13, reader=alice)
    assert looked_up is not None
    assert book_from_record(looked_up).pk != first.pk  # a row for each record of a source

    again = book_from_record(record)

    again.refresh_from_db()
    assert again.pk == first.pk
    assert again.publisher == "다른 출판사"
    assert again.cover_url == record.cover_url
    assert again.complete_at is not None


# The books that are here


@pytest.fixture
def typed(alice: Reader) -> Book:
    return add_book(reader=alice, title="봄날의 일기", authors="이웃 사람", isbn13="9791199990029")


@pytest.mark.parametrize("query", ["봄날", "날의", "봄날의일기", "ㅂㄴㅇ", "이웃", "979-11-9999-002-9", "봄날 이웃"])
def test_a_reader_finds_what_they_typed_in_however_they_type_it(alice: Reader, typed: Book, query: str) -> None:
    found = search_books(query, reader=alice)

    assert ("manual", str(typed.pk)) in [(record.source, record.source_id) for record in found]


def test_nobody_finds_what_another_reader_typed_in(alice: Reader, bob: Reader, typed: Book, bob_api: APIClient) -> None:
    assert not [record for record in search_books("봄날의 일기", reader=bob) if record.source == "manual"]
    assert find_record("manual", str(typed.pk), reader=bob) is None
    assert find_record("manual", str(typed.pk)) is None
    refused = bob_api.post("/api/journeys/create", {"source": "manual", "source_id": str(typed.pk)})
    assert refused.status_code == 400
    assert find_record("manual", str(typed.pk), reader=alice) is not None


def test_reading_a_typed_book_again_makes_no_second_book(as_alice: Client, alice: Reader, typed: Book) -> None:
    start_journey(reader=alice, book=typed)

    assert chosen(as_alice, record=f"manual/{typed.pk}").status_code == 303

    assert Book.objects.count() == 1
    assert Journey.objects.filter(book=typed).count() == 2


def test_everybody_finds_what_a_source_gave_to_somebody(alice: Reader, bob: Reader, shop: Bookshop) -> None:
    record = find_record("kakao", GARDEN.isbn13, reader=alice)
    assert record is not None
    book_from_record(record)

    for query in ("달빛", "빛 정", "정은우", GARDEN.isbn13):
        assert [(each.source, each.title) for each in search_books(query, reader=bob)] == [("kakao", "달빛 정원")], (
            query
        )


def test_the_same_book_from_here_and_from_a_source_is_one(alice: Reader, alice_api: APIClient, shop: Bookshop) -> None:
    record = find_record("kakao", GARDEN.isbn13, reader=alice)
    assert record is not None
    book_from_record(record)

    results = alice_api.get("/api/books", {"q": "달빛 정원"}).json()["results"]

    assert [each["isbn13"] for each in results] == [GARDEN.isbn13]
    assert results[0]["sources"] == list(NAMES)


@pytest.mark.parametrize("query", ["%", "_", "\\", "'", '"', "\x00봄", "\ud800", "a" * 10_000, "(((", "😀"])
def test_odd_text_finds_nothing_and_harms_nothing(alice: Reader, typed: Book, query: str) -> None:
    assert not [record for record in search_books(query, reader=alice) if query.strip() not in ("\x00봄",)]


def test_a_long_title_is_cut_to_what_there_is_room_for(alice: Reader, shop: Bookshop) -> None:
    shop.overrides["kakao"] = {"title": "긴" * 1000, "authors": [f"{number} 이름" * 20 for number in range(9)]}

    record = find_record("kakao", DEMIAN.isbn13, reader=alice)
    assert record is not None
    book = book_from_record(record)

    assert len(book.title) == 300
    assert len(book.authors) == 300
