"""Goodreads, StoryGraph, Readwise and calibre, in every variant that goes about."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from journeys.importing.reading import Limits, Parsed, parse_text
from journeys.importing.reasons import LEFT_OUT
from journeys.importing.records import tidy_record
from journeys.models import ImportFormat
from tests.pure.importing import samples

LIMITS = Limits(text_bytes=1_000_000, rows=1000)


def parsed(text: str) -> Parsed:
    return parse_text(text, limits=LIMITS)


def test_goodreads_new_columns() -> None:
    found = parsed(samples.GOODREADS_NEW)
    assert found.format == ImportFormat.GOODREADS
    demian, iliad, half, odd = found.records
    assert (demian.title, demian.authors) == ("Demian", "Hermann Hesse, Some Translator")
    assert (demian.isbn13, demian.publisher, demian.pages, demian.year) == ("9788937460449", "민음사", 239, 1919)
    assert (demian.status, demian.ended_on, demian.rating) == ("finished", date(2024, 3, 9), 20)
    assert demian.review == "Good.\nTwice."
    assert demian.tags == ("favorites", "to-reread")
    assert [passage.memo for passage in demian.passages] == ["lent to Bob"]
    assert (iliad.status, iliad.rating, iliad.year, iliad.isbn13) == ("want", None, -750, "")
    assert (half.status, half.rating, half.ended_on) == ("stopped", 12, None)
    assert (odd.status, odd.tags) == ("want", ("wishlist-kr", "wishlist-kr"))
    assert tidy_record(odd).tags == ("wishlist-kr",)


def test_goodreads_old_columns() -> None:
    (emma,) = parsed(samples.GOODREADS_OLD).records
    assert (emma.isbn13, emma.rating, emma.status, emma.pages) == ("9780141439587", 16, "finished", 474)


def test_storygraph_makes_a_journey_of_every_reading() -> None:
    found = parsed(samples.STORYGRAPH)
    assert found.format == ImportFormat.STORYGRAPH
    first, second, odd, down = found.records
    assert (first.started_on, first.ended_on, first.rating) == (date(2020, 2, 1), date(2020, 2, 20), None)
    assert (second.started_on, second.ended_on, second.rating) == (None, date(2023, 5, 6), 17)
    assert (second.moods, second.review, second.tags) == (("joy", "love"), "Lovely, again.", ("classics", "england"))
    assert first.key != second.key
    assert (odd.status, odd.isbn13, odd.tags) == ("want", "", ("owned",))
    assert (down.status, down.started_on, down.ended_on, down.rating) == ("stopped", date(2021, 1, 5), None, 7)


def test_storygraph_of_2021() -> None:
    (emma,) = parsed(samples.STORYGRAPH_2021).records
    assert (emma.authors, emma.isbn13, emma.status, emma.ended_on) == (
        "Jane Austen", "9780141439587", "finished", date(2020, 2, 20)
    )  # fmt: skip


def test_readwise_gathers_highlights_by_book_and_skips_what_is_no_book() -> None:
    found = parsed(samples.READWISE)
    assert found.format == ImportFormat.READWISE
    (demian,) = found.records
    assert (demian.title, demian.authors, demian.status, demian.tags) == ("Demian", "Hermann Hesse", "", ("favs",))
    first, second = demian.passages
    assert (first.quote, first.memo, first.page) == ("The bird fights\nits way out.", "an egg", 91)
    assert first.on == date(2024, 3, 9)
    assert second.page is None


@pytest.mark.parametrize(
    ("highlighted", "zone", "day"),
    [
        ("2026-11-21 21:30:00+00:00", "Asia/Seoul", date(2026, 11, 22)),
        ("2026-11-21T21:30:00Z", "Asia/Seoul", date(2026, 11, 22)),
        ("2026-11-21 21:30:00+00:00", "America/New_York", date(2026, 11, 21)),
        ("2026-11-21 21:30:00", "Asia/Seoul", date(2026, 11, 21)),
        ("2026-11-21", "Asia/Seoul", date(2026, 11, 21)),
        ("November 21", "Asia/Seoul", None),
        ("9999-12-31 23:30:00+00:00", "Asia/Seoul", date(9999, 12, 31)),
        ("0900-01-01 00:30:00+00:00", "Asia/Seoul", None),
    ],
)
def test_a_moment_counts_on_the_day_that_it_was_for_the_reader(highlighted: str, zone: str, day: date | None) -> None:
    table = f"Highlight,Book Title,Book Author,Highlighted at,Location Type\nOne.,Emma,Jane Austen,{highlighted},page\n"
    (emma,) = parse_text(table, limits=LIMITS, zone=ZoneInfo(zone)).records
    assert emma.passages[0].on == day


def test_a_number_that_no_book_has_so_many_pages_for_is_no_page() -> None:
    table = (
        "Highlight,Title,Author,Date,Note,Location\nOne.,Emma,Jane Austen,,,20211105123\nTwo.,Emma,Jane Austen,,,91\n"
    )
    (emma,) = map(tidy_record, parsed(table).records)
    assert [each.page for each in emma.passages] == [None, 91]


def test_readwise_with_nine_columns() -> None:
    (emma,) = parsed(samples.READWISE_SHORT).records
    assert [(each.quote, each.memo, each.page) for each in emma.passages] == [("One.", "my note", None)]


def test_calibre_leaves_the_status_to_the_reader() -> None:
    found = parsed(samples.CALIBRE)
    assert found.format == ImportFormat.CALIBRE
    emma, wings = found.records
    assert (emma.title, emma.authors, emma.isbn13) == ("Emma", "Jane Austen, Somebody Else", "9780141439587")
    assert (emma.status, emma.rating, emma.year, emma.language) == ("", 20, 1815, "en")
    assert emma.tags == ("classic", "love")
    assert (wings.title, wings.year, wings.language, wings.rating) == ("날개", None, "ko", None)


def test_calibre_with_halves_of_stars() -> None:
    emma, _wings = parsed(samples.CALIBRE.replace(",5,Library", ",9,Library")).records
    assert emma.rating == 18


@pytest.mark.parametrize(
    "text", [samples.GOODREADS_NEW, samples.STORYGRAPH, samples.READWISE, samples.CALIBRE, samples.CLIPPINGS]
)
def test_records_survive_their_way_through_json(text: str) -> None:
    for record in map(tidy_record, parsed(text).records):
        assert type(record).from_json(record.to_json()) == record


@pytest.mark.parametrize("shelf", ["oma's shelf", ""])
def test_a_day_goodreads_cannot_have_meant_makes_no_wish_of_a_book_that_was_read(shelf: str) -> None:
    rows = "Title,Author,Exclusive Shelf,My Rating,Date Read\nEmma,Jane Austen,{},0,{}\n"
    (emma,) = parsed(rows.format(shelf, "2021/02/30")).records
    assert (emma.status, emma.ended_on, emma.remarks) == ("finished", None, ("date_unread",))
    (emma,) = parsed(rows.format(shelf, "")).records
    assert (emma.status, emma.remarks) == ("want", ())
    (emma,) = parsed(rows.format("to-read", "2021/02/30")).records
    assert (emma.status, emma.remarks) == ("want", ("date_unread",))


@pytest.mark.parametrize("dates", ["2021/02/30", "2021/01/05-2021/02/30", "some day in 2021"])
def test_a_day_storygraph_cannot_have_meant_is_said(dates: str) -> None:
    text = f'Title,Read Status,Star Rating,Dates Read\nEmma,,4.0,"{dates}"\nPersuasion,to-read,,\n'
    emma, persuasion = parsed(text).records
    assert (emma.status, emma.ended_on, emma.remarks) == ("finished", None, ("date_unread",))
    assert persuasion.remarks == ()


def test_what_readwise_calls_a_book_is_one() -> None:
    rows = (
        "Highlight,Book Title,Book Author,Location Type,Location,Category\n"
        "One.,Tweets from Tahrir,Nadia Idle,page,3,books\nTwo.,Dune,Frank Herbert,time_offset,90,books\n"
        "Three.,,Somebody,page,3,books\nFour.,Tweets from a friend,Somebody,page,3,\n"
    )
    found = parsed(rows)
    assert [record.title for record in found.records] == ["Tweets from Tahrir", "Dune"]
    assert found.left_out == {"untitled": 1, "tweets": 1}


def test_readwise_says_how_much_of_what_it_left_out() -> None:
    assert parsed(samples.READWISE).left_out == {"tweets": 1, "articles": 1, "podcasts": 1}
    more = (
        "Highlight,Title,Author,Note,Category\n"
        "One.,Emma,Jane Austen,,books\n,Emma,Jane Austen,,books\nTwo.,,Jane Austen,,\n"
        "Three.,A Talk,Somebody,,podcasts\nFour.,An Essay,Somebody,,articles\nFive.,Extras,Somebody,,supplementals\n"
    )
    found = parsed(more)
    assert found.left_out == {"empty": 1, "untitled": 1, "podcasts": 1, "articles": 1, "others": 1}
    assert [len(record.passages) for record in found.records] == [1]
    assert set(found.left_out) <= set(LEFT_OUT)
