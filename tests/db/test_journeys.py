"""What a reader can do with a journey, below the pages and the API."""

from __future__ import annotations

import threading
import unicodedata
from functools import partial
from typing import Any

import pytest
from django.core.files.storage import default_storage

from journeys.models import Book, Journey, JourneyStatus, Reader, ReadingLog
from journeys.services import (
    LogEntry,
    NotReading,
    StartCannotBeDeleted,
    add_book,
    add_log,
    delete_journey,
    delete_log,
    edit_log,
    finish_journey,
    resume_journey,
    start_journey,
    stop_journey,
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
