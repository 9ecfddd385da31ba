"""Taking an import back: what it did to journeys that were there before, and what came in between."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from journeys.importing.services import choose, confirm, undo
from journeys.importing.undoing import what_undoing_takes
from journeys.models import Import, Journey, Reader, ReadingLog, Tag
from journeys.services import LogEntry, add_log, edit_log, start_journey, want_book
from journeys.services.books import add_book
from journeys.services.logs import ask_for_music
from journeys.services.record import edit_record, rate_journey
from tests.db.transfers import brought, outcomes, table, taken_in, worked
from tests.pure.importing import samples

pytestmark = pytest.mark.django_db

EMMA = {
    "Book Id": "1",
    "Title": "Emma",
    "Author": "Jane Austen",
    "My Rating": "4",
    "Exclusive Shelf": "read",
    "Date Read": "2020/02/20",
    "My Review": "Clever.",
}
READWISE = "Highlight,Book Title,Book Author,Amazon Book ID,Note\nA clever sentence.,Emma,Jane Austen,,\n"
COLUMNS = ("status", "started_on", "ended_on", "rating", "review", "updated_at")


@pytest.fixture
def wanted(alice: Reader) -> Journey:
    return want_book(reader=alice, book=add_book(reader=alice, title="Emma", authors="Jane Austen"))


def state_of(journey: Journey) -> list[object]:
    logs = journey.logs.order_by("version").values_list("pk", "version", "quote", "updated_at")
    return [Journey.objects.values(*COLUMNS).get(pk=journey.pk), list(logs)]


def gone_on(journey: Journey, data: str) -> Import:
    """This file taken in, with what it says of the journey's later state."""
    record = brought(journey.reader, data)
    assert choose(record, {1: f"journey:{journey.pk}"})
    confirm(record)
    return worked(record)


def undone(record: Import) -> list[tuple[str, str]]:
    undo(record)
    return outcomes(worked(record))


def test_a_journey_that_went_on_by_the_import_is_as_it_was(wanted: Journey) -> None:
    before = state_of(wanted)
    record = gone_on(wanted, table(EMMA))
    wanted.refresh_from_db()
    assert (wanted.status, wanted.ended_on, wanted.rating) == ("finished", date(2020, 2, 20), 16)
    takes = what_undoing_takes(record)
    assert (takes.put_back, takes.kept, takes.journeys, takes.words) == (1, 0, 0, 0)
    assert undone(record) == [("skipped", "undone")]
    assert state_of(wanted) == before


def test_a_journey_that_got_stars_and_days_by_the_import_is_as_it_was(alice: Reader, wanted: Journey) -> None:
    reading = start_journey(reader=alice, book=wanted.book, started_on=date(2020, 2, 1))
    wanted.delete()
    before = state_of(reading)
    record = gone_on(reading, table(EMMA))
    reading.refresh_from_db()
    assert (reading.status, reading.rating, reading.review) == ("finished", 16, "Clever.")
    assert undone(record) == [("skipped", "undone")]
    assert state_of(reading) == before


def test_words_that_made_a_wanted_book_one_that_is_read_go_with_its_beginning(wanted: Journey) -> None:
    before = state_of(wanted)
    record = taken_in(wanted.reader, READWISE)
    wanted.refresh_from_db()
    assert (wanted.status, wanted.logs.count()) == ("reading", 2)
    takes = what_undoing_takes(record)
    assert (takes.put_back, takes.words, takes.kept) == (1, 1, 0)
    assert undone(record) == [("skipped", "undone")]
    assert state_of(wanted) == before


def test_what_its_reader_did_since_stays_and_is_said(wanted: Journey) -> None:
    record = gone_on(wanted, table(EMMA))
    rate_journey(wanted, 20)
    takes = what_undoing_takes(record)
    assert (takes.put_back, takes.kept) == (0, 1)
    assert undone(record) == [("imported", "touched")]
    wanted.refresh_from_db()
    assert (wanted.status, wanted.rating, wanted.logs.count()) == ("finished", 20, 1)


def test_a_beginning_that_has_its_music_stays_and_is_said(wanted: Journey) -> None:
    record = gone_on(wanted, table(EMMA))
    ask_for_music(wanted.logs.get())
    assert what_undoing_takes(record).put_back == 0
    assert undone(record) == [("imported", "touched")]
    wanted.refresh_from_db()
    assert (wanted.status, wanted.logs.count()) == ("finished", 1)


def test_a_quote_that_has_its_music_keeps_the_beginning_before_it(wanted: Journey) -> None:
    record = taken_in(wanted.reader, READWISE)
    ask_for_music(wanted.logs.exclude(quote="").get())
    takes = what_undoing_takes(record)
    assert (takes.put_back, takes.words, takes.kept) == (0, 0, 1)
    assert undone(record) == [("imported", "touched")]
    wanted.refresh_from_db()
    assert (wanted.status, wanted.logs.count()) == ("reading", 2)


def test_untouched_words_go_though_their_journey_went_on(alice: Reader) -> None:
    reading = start_journey(reader=alice, book=add_book(reader=alice, title="Emma", authors="Jane Austen"))
    record = taken_in(alice, READWISE)
    add_log(reading, LogEntry(memo="my own"))
    takes = what_undoing_takes(record)
    assert (takes.words, takes.put_back, takes.kept) == (1, 0, 0)
    assert undone(record) == [("skipped", "undone")]
    assert list(reading.logs.order_by("version").values_list("memo", flat=True)) == ["", "my own"]


def test_two_imports_are_taken_back_one_after_the_other(wanted: Journey) -> None:
    before = state_of(wanted)
    words = taken_in(wanted.reader, READWISE)
    between = state_of(wanted)
    record = gone_on(wanted, table(EMMA))
    assert what_undoing_takes(words).put_back == 0
    assert undone(record) == [("skipped", "undone")]
    assert state_of(wanted) == between
    assert undone(words) == [("skipped", "undone")]
    assert state_of(wanted) == before


def test_a_journey_of_one_import_can_still_be_taken_back_when_another_joined_it_for_a_while(alice: Reader) -> None:
    first = taken_in(alice, table(EMMA))
    second = taken_in(alice, READWISE)
    assert outcomes(second) == [("imported", "joins")]
    assert undone(second) == [("skipped", "undone")]
    assert undone(first) == [("skipped", "undone")]
    assert not Journey.objects.exists()


def test_its_tags_go_when_no_other_journey_has_them(alice: Reader, journey: Journey) -> None:
    edit_record(journey, {"tags": ("classics",)})
    record = taken_in(alice, samples.STORYGRAPH)
    assert Tag.objects.count() > 1
    undone(record)
    assert list(Tag.objects.values_list("name", flat=True)) == ["classics"]


def test_the_page_says_what_becomes_what_it_was(as_alice: Client, alice: Reader, wanted: Journey) -> None:
    Reader.objects.update(language="en")
    record = gone_on(wanted, table(EMMA))
    page = as_alice.get(f"/imports/{record.pk}/undo").content.decode()
    assert "1 journey you had before becomes what it was" in page
    assert "Undo the import</button>" in page
    edit_log(wanted.logs.get(), LogEntry(memo="and so it began"))
    page = as_alice.get(f"/imports/{record.pk}/undo").content.decode()
    assert "1 journey stays" in page
    assert "Undo the import</button>" not in page
    assert ReadingLog.objects.get().memo == "and so it began"
