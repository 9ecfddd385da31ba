"""How far a reader is: noted without music, told by logs, corrected and shown."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from journeys.models import Book, Journey, Progress, Reader
from journeys.record.progress import Position, entries_of, latest_positions
from journeys.services import (
    BeyondTheBook,
    HowFar,
    InTheFuture,
    LogEntry,
    NotReading,
    add_log,
    add_progress,
    delete_journey,
    delete_progress,
    edit_progress,
    start_journey,
    today_of,
    want_book,
)
from journeys.services.holding import hold_journey
from music.models import MusicTrack
from tests.db.steps import while_another_waits

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 1)


def where(journey: Journey) -> str:
    position = latest_positions([journey]).get(journey.pk)
    return position.text if position else ""


@pytest.mark.parametrize(
    ("page", "percent", "pages", "share", "read_page"),
    [
        (120, None, 240, 0.5, 120),
        (None, 50, 240, 0.5, 120),
        (None, 50, None, 0.5, None),
        (120, None, None, None, 120),
        (300, None, 240, 1.0, 240),
        (0, None, 240, 0.0, 0),
    ],
)
def test_a_page_and_a_percentage_tell_each_other_where_the_pages_are_known(
    page: int | None, percent: int | None, pages: int | None, share: float | None, read_page: int | None
) -> None:
    position = Position(page, percent, DAY, pages)
    assert (position.share, position.read_page) == (share, read_page)


@pytest.mark.parametrize("percent", range(101))
def test_a_percentage_is_told_as_it_was_noted(percent: int) -> None:
    assert Position(None, percent, DAY, None).whole_percent == percent
    assert Position(None, percent, DAY, 321).whole_percent == percent
    assert Position(percent, None, DAY, 100).whole_percent == percent


def test_the_last_page_but_one_is_not_yet_all_of_it() -> None:
    assert Position(999, None, DAY, 1000).whole_percent == 99


def test_noting_it_makes_no_music(journey: Journey) -> None:
    tracks = MusicTrack.objects.count()
    add_progress(journey, HowFar(page=120))
    assert "120" in where(journey)
    assert "240" in where(journey)
    assert "50%" in where(journey)
    assert MusicTrack.objects.count() == tracks


def test_the_latest_day_counts_whether_a_log_tells_it_or_a_note(journey: Journey) -> None:
    add_log(journey, LogEntry(memo="x", page=60, logged_on=DAY))
    assert "60" in where(journey)
    add_progress(journey, HowFar(page=90, read_on=DAY + timedelta(days=2)))
    assert "90" in where(journey)
    add_log(journey, LogEntry(memo="x", percent=30, logged_on=DAY + timedelta(days=1)))
    assert "90" in where(journey)
    add_log(journey, LogEntry(memo="x", percent=60, logged_on=DAY + timedelta(days=3)))
    assert "60%" in where(journey)


def test_on_one_day_what_was_written_last_counts(journey: Journey) -> None:
    add_progress(journey, HowFar(page=90, read_on=DAY))
    add_progress(journey, HowFar(page=80, read_on=DAY))
    assert "80" in where(journey)


def test_it_is_corrected_and_deleted(journey: Journey) -> None:
    note = add_progress(journey, HowFar(page=12, read_on=DAY))
    edit_progress(note, HowFar(percent=10, read_on=DAY))
    assert (note.page, note.percent) == (None, 10)
    delete_progress(note)
    assert where(journey) == ""


def test_what_was_deleted_meanwhile_is_not_there(journey: Journey) -> None:
    note = add_progress(journey, HowFar(page=12))
    stale = Progress.objects.get(pk=note.pk)
    delete_progress(note)
    with pytest.raises(Http404):
        edit_progress(stale, HowFar(page=13))
    stale_journey = Journey.objects.get(pk=journey.pk)
    delete_journey(journey)
    with pytest.raises(Http404):
        add_progress(stale_journey, HowFar(page=13))


def test_a_page_beyond_the_book_is_refused_until_the_copy_has_it(journey: Journey) -> None:
    with pytest.raises(BeyondTheBook, match="240"):
        add_progress(journey, HowFar(page=241))
    Journey.objects.filter(pk=journey.pk).update(pages=300)
    journey.refresh_from_db()
    assert add_progress(journey, HowFar(page=241)).page == 241


def test_tomorrow_is_refused_where_the_reader_is(journey: Journey, alice: Reader) -> None:
    today = today_of(alice)
    assert add_progress(journey, HowFar(page=1)).read_on == today
    with pytest.raises(InTheFuture):
        add_progress(journey, HowFar(page=2, read_on=today + timedelta(days=1)))


def test_a_wanted_book_is_nowhere(alice: Reader, demian: Book) -> None:
    with pytest.raises(NotReading):
        add_progress(want_book(reader=alice, book=demian), HowFar(page=1))


def test_the_database_takes_a_page_or_a_percentage(journey: Journey) -> None:
    for wrong in ({"page": 1, "percent": 1}, {}, {"percent": 101}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Progress.objects.create(journey=journey, read_on=DAY, **wrong)


def test_a_shelf_full_of_journeys_is_asked_about_in_three_queries(alice: Reader, demian: Book) -> None:
    journeys = [start_journey(reader=alice, book=demian) for _ in range(5)]
    for number, journey in enumerate(journeys):
        add_progress(journey, HowFar(page=number))
    add_log(journeys[4], LogEntry(page=99))
    with CaptureQueriesContext(connection) as seen:
        found = latest_positions(journeys)
    assert [found[journey.pk].page for journey in journeys] == [0, 1, 2, 3, 99]
    assert len(seen) == 3


def test_the_list_tells_notes_and_logs_newest_first(journey: Journey) -> None:
    add_progress(journey, HowFar(page=10, read_on=DAY))
    add_log(journey, LogEntry(page=30, logged_on=DAY + timedelta(days=2)))
    add_progress(journey, HowFar(page=20, read_on=DAY + timedelta(days=1)))
    assert [(entry.position.page, entry.note is None) for entry in entries_of(journey, 10)] == [
        (30, True),
        (20, False),
        (10, False),
    ]


def test_the_picture_says_the_days_it_goes_from_and_to(as_alice: Client, journey: Journey) -> None:
    Journey.objects.filter(pk=journey.pk).update(pages=None)
    Book.objects.update(pages=None)
    journey = Journey.objects.get(pk=journey.pk)
    for day, how_far in ((1, {"page": 3}), (2, {"percent": 10}), (5, {"percent": 40}), (9, {"page": 99})):
        add_progress(journey, HowFar(read_on=date(2026, 11, day), **how_far))
    line = as_alice.get(f"/journeys/{journey.pk}/progress").context["line"]
    assert (line.first, line.last) == (date(2026, 11, 2), date(2026, 11, 5))


def test_pages_note_correct_and_delete_it(as_alice: Client, journey: Journey) -> None:
    url = f"/journeys/{journey.pk}/progress"
    form = {"page": "120", "read_on": "2026-11-01", "request_key": "k"}
    assert as_alice.post(url, form)["Location"] == f"/journeys/{journey.pk}"
    assert as_alice.post(url, form).status_code == 303
    note = journey.progress.get()
    assert 'value="50"' in as_alice.get(f"/journeys/{journey.pk}").content.decode()
    assert as_alice.post(f"{url}/{note.pk}", {"percent": "40", "read_on": "2026-11-02"})["Location"] == url
    note.refresh_from_db()
    assert (note.page, note.percent, str(note.read_on)) == (None, 40, "2026-11-02")
    as_alice.post(f"{url}/{note.pk}/delete")
    assert not journey.progress.exists()


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "page"),
        ({"page": "1", "percent": "1"}, "percent"),
        ({"page": "500"}, "page"),
        ({"page": "1", "read_on": "2999-01-01"}, "read_on"),
    ],
)
def test_a_wrong_note_is_refused_at_its_field_and_kept(
    as_alice: Client, journey: Journey, form: dict[str, str], field: str
) -> None:
    answer = as_alice.post(f"/journeys/{journey.pk}/progress", form)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    for value in form.values():
        assert f'value="{value}"' in answer.content.decode()
    assert not journey.progress.exists()


def test_the_api_notes_it_once_for_a_key(alice_api: APIClient, journey: Journey) -> None:
    url = f"/api/journeys/{journey.pk}/progress"
    for body in ({"page": 60}, {"page": "60", "percent": None}):
        made = alice_api.post(url, body, format="json", headers={"Idempotency-Key": "once"})
        assert (made.status_code, made.json()["page"]) == (201, 60)
    told = alice_api.get(url).json()
    assert told["position"]["percent"] == 25
    assert len(told["progress"]) == 1
    one = made["Location"].removeprefix("http://testserver")
    assert alice_api.put(one, {"percent": 30}).json()["percent"] == 30
    refused = alice_api.put(one, {"page": 999})
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "page")
    assert alice_api.delete(one).status_code == 204
    assert alice_api.get(url).json() == {"position": None, "progress": []}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", [delete_progress, lambda note: edit_progress(note, HowFar(page=3))])
def test_a_note_that_is_changed_while_its_journey_is_deleted_is_gone(journey: Journey, change: Any) -> None:
    note = add_progress(journey, HowFar(page=1))

    def too_late() -> None:
        with pytest.raises(Http404):
            change(note)

    with while_another_waits(too_late) as begin, transaction.atomic():
        hold_journey(journey)
        begin()
        delete_journey(journey)
    assert not Progress.objects.exists()
