"""What a reader can do with a journey, below the pages and the API."""

from __future__ import annotations

import threading
import unicodedata
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.http import Http404
from django.test import Client
from rest_framework.test import APIClient

from journeys.models import Book, Journey, JourneyStatus, Reader, ReadingLog
from journeys.services import (
    LogEntry,
    NotReading,
    StartCannotBeDeleted,
    add_book,
    add_log,
    ask_for_music,
    delete_journey,
    delete_log,
    edit_log,
    finish_journey,
    resume_journey,
    start_journey,
    stop_journey,
    today_of,
)
from music import generation
from music.brief import Mood
from music.models import MusicTrack
from tests.db.steps import advance, claimed, meanwhile

pytestmark = pytest.mark.django_db


def labels(journey: Journey) -> list[str]:
    return [log.label for log in journey.logs.order_by("version")]


def test_an_album_has_v0_vn_and_vfinal(journey: Journey) -> None:
    add_log(journey, LogEntry(memo="하나"))
    add_log(journey, LogEntry(memo="둘"))
    finish_journey(journey, LogEntry(memo="끝"))
    assert labels(journey) == ["v0", "v1", "v2", "vFinal"]
    assert journey.status == JourneyStatus.FINISHED
    roles = [log.track.brief["role"] for log in journey.logs.order_by("version")]
    assert roles == ["opening", "entry", "entry", "finale"]


def test_all_pieces_of_a_journey_share_its_theme_and_no_other_journeys(
    journey: Journey, bob: Reader, demian: Book
) -> None:
    add_log(journey, LogEntry(memo="하나"))
    themes = {track.brief["theme_seed"] for track in MusicTrack.objects.filter(log__journey=journey)}
    assert themes == {journey.theme_seed}
    assert start_journey(reader=bob, book=demian).theme_seed != journey.theme_seed


def test_reading_a_book_again_is_another_journey(journey: Journey, alice: Reader, demian: Book) -> None:
    again = start_journey(reader=alice, book=demian)
    assert again.pk != journey.pk
    assert labels(again) == ["v0"]


def test_a_stopped_journey_takes_no_logs_until_it_is_resumed(journey: Journey) -> None:
    stop_journey(journey)
    with pytest.raises(NotReading):
        add_log(journey, LogEntry(memo="x"))
    with pytest.raises(NotReading):
        finish_journey(journey, LogEntry())
    assert resume_journey(journey)
    assert not resume_journey(journey)
    assert add_log(journey, LogEntry(memo="x")).label == "v1"


def test_a_journey_ends_on_the_day_of_its_last_log(journey: Journey) -> None:
    Journey.objects.filter(pk=journey.pk).update(started_on=date(2026, 1, 1))
    journey.refresh_from_db()
    finish_journey(journey, LogEntry(logged_on=date(2026, 1, 9)))
    assert (journey.status, journey.ended_on) == (JourneyStatus.FINISHED, date(2026, 1, 9))


def test_a_last_log_from_before_the_first_day_ends_it_on_that_day(journey: Journey) -> None:
    finish_journey(journey, LogEntry(logged_on=date(2026, 1, 9)))
    assert journey.ended_on == journey.started_on


def test_what_was_imported_as_finished_can_be_gone_on_with(journey: Journey, as_alice: Client) -> None:
    Journey.objects.filter(pk=journey.pk).update(status=JourneyStatus.FINISHED)
    url = f"/journeys/{journey.pk}"
    assert f"{url}/resume" in as_alice.get(url).content.decode()
    as_alice.post(f"{url}/resume")
    assert add_log(journey, LogEntry(memo="x")).label == "v1"
    finish_journey(journey, LogEntry())
    assert f"{url}/resume" not in as_alice.get(url).content.decode()
    assert not resume_journey(journey)


def test_a_log_that_was_deleted_meanwhile_is_not_there(journey: Journey) -> None:
    log = add_log(journey, LogEntry(memo="x"))
    stale = ReadingLog.objects.get(pk=log.pk)
    delete_log(log)
    for work in (partial(edit_log, stale, LogEntry(memo="y")), partial(ask_for_music, stale)):
        with pytest.raises(Http404):
            work()
    gone = Journey.objects.select_related("book").get(pk=journey.pk)
    delete_journey(journey)
    with pytest.raises(Http404):
        add_log(gone, LogEntry(memo="x"))


def test_a_day_to_come_is_refused_and_one_that_was_imported_so_is_kept(
    journey: Journey, alice: Reader, as_alice: Client, alice_api: APIClient
) -> None:
    today = today_of(alice)
    later, far = str(today + timedelta(days=1)), str(today + timedelta(days=9))
    url = f"/journeys/{journey.pk}"
    for page in (url, f"{url}/finish"):
        refused = as_alice.post(page, {"memo": "x", "logged_on": later})
        assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["logged_on"])
    for path, body in (
        (f"/api{url}/logs", {"memo": "x", "logged_on": far}),
        ("/api/journeys/create", {"book_title": "봄봄", "started_on": far}),
    ):
        assert alice_api.post(path, body).status_code == 400
    assert as_alice.post(url, {"memo": "x", "logged_on": str(today)}).status_code == 303
    log = journey.logs.get(version=1)
    ReadingLog.objects.filter(pk=log.pk).update(logged_on=far)
    assert as_alice.post(f"{url}/logs/{log.pk}/edit", {"memo": "y", "logged_on": far}).status_code == 303
    assert alice_api.put(f"/api{url}/logs/{log.pk}", {"memo": "z", "logged_on": far}).status_code == 200


def test_without_its_last_log_a_finished_journey_goes_on(journey: Journey) -> None:
    final = finish_journey(journey, LogEntry())
    delete_log(final)
    journey.refresh_from_db()
    assert (journey.status, journey.ended_on) == (JourneyStatus.READING, None)
    assert add_log(journey, LogEntry(memo="x")).label == "v1"


def test_the_beginning_goes_only_with_the_journey(journey: Journey) -> None:
    with pytest.raises(StartCannotBeDeleted):
        delete_log(journey.logs.get())


def test_a_deleted_log_takes_its_track_and_file_along(
    journey: Journey, django_capture_on_commit_callbacks: Any
) -> None:
    log = add_log(journey, LogEntry(memo="x"))
    advance(log.track)
    key = MusicTrack.objects.get(log=log).file.name
    assert default_storage.exists(key)
    with django_capture_on_commit_callbacks(execute=True):
        delete_log(log)
    assert not default_storage.exists(key)
    assert not MusicTrack.objects.filter(log__version=1).exists()


def test_a_log_deleted_while_its_music_is_made_leaves_nothing(journey: Journey) -> None:
    log = add_log(journey, LogEntry(memo="x"))
    worker = claimed(log.track)
    delete_log(log)
    assert worker
    assert not worker.complete(key="x.mp3", content_type="audio/mpeg", size=1, sha256="0", seconds=1.0)


def test_a_deleted_journey_takes_everything_along(
    journey: Journey, demian: Book, django_capture_on_commit_callbacks: Any
) -> None:
    generation.advance(journey.logs.get().track.pk)
    key = MusicTrack.objects.get().file.name
    with django_capture_on_commit_callbacks(execute=True):
        delete_journey(journey)
    assert not Journey.objects.exists()
    assert not ReadingLog.objects.exists()
    assert not MusicTrack.objects.exists()
    assert not default_storage.exists(key)


def test_a_book_typed_in_goes_with_its_last_journey(alice: Reader) -> None:
    book = add_book(reader=alice, title="할머니의 일기")
    first, second = start_journey(reader=alice, book=book), start_journey(reader=alice, book=book)
    delete_journey(first)
    assert Book.objects.filter(pk=book.pk).exists()
    delete_journey(second)
    assert not Book.objects.filter(pk=book.pk).exists()


def test_text_is_kept_composed(journey: Journey, alice: Reader) -> None:
    apart = unicodedata.normalize("NFD", "봄봄")
    assert add_book(reader=alice, title=apart).title == "봄봄"
    assert add_log(journey, LogEntry(quote=apart)).quote == "봄봄"


def test_correcting_a_log_keeps_its_music(journey: Journey) -> None:
    log = add_log(journey, LogEntry(memo="처음", emotions=(Mood.SADNESS,), page=3))
    brief = log.track.brief
    edit_log(log, LogEntry(memo="나중", percent=50))
    assert (log.memo, log.emotions, log.page, log.percent) == ("나중", [], None, 50)
    assert MusicTrack.objects.get(log=log).brief == brief


def test_no_word_of_the_readers_reaches_what_a_provider_is_sent(alice: Reader) -> None:
    book = add_book(reader=alice, title="Zanzibar Quokka", authors="Wilhelmina Brontosaurus")
    journey = start_journey(reader=alice, book=book)
    add_log(journey, LogEntry(memo="Persimmon velociraptor 감나무", quote="Xylophone marmalade"))
    finish_journey(journey, LogEntry(memo="Kaleidoscope"))
    for track in MusicTrack.objects.all():
        sent = f"{track.prompt} {track.brief['style_tags']}".lower()
        for word in ("zanzibar", "quokka", "wilhelmina", "persimmon", "감나무", "xylophone", "kaleidoscope", "alice"):
            assert word not in sent


@pytest.mark.django_db(transaction=True)
def test_logs_written_at_the_same_moment_get_their_own_versions(journey: Journey) -> None:
    start = threading.Barrier(4)

    def write(number: int) -> None:
        start.wait(5)
        add_log(Journey.objects.get(pk=journey.pk), LogEntry(memo=f"{number}"))

    with meanwhile(*(partial(write, number) for number in range(4))):
        pass
    assert labels(journey) == ["v0", "v1", "v2", "v3", "v4"]
