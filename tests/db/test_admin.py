"""Staff read the machine and act through the services; nobody edits a track by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from journeys.models import Journey, Reader
from journeys.services import start_journey
from music import generation
from music.models import AttemptState, MusicTrack, SubmissionAttempt, TrackStatus

pytestmark = pytest.mark.django_db
LIST = "/admin/music/musictrack/"


@pytest.fixture
def as_charlie(charlie: Reader, client: Client) -> Client:
    client.force_login(charlie)
    return client


@pytest.fixture
def track(journey: Journey) -> MusicTrack:
    return MusicTrack.objects.get(log__journey=journey)


def test_every_list_and_filter_opens(as_charlie: Client, track: MusicTrack) -> None:
    for page in ("journeys/reader", "journeys/book", "journeys/journey", "journeys/readinglog", "music/musictrack"):
        assert as_charlie.get(f"/admin/{page}/").status_code == 200, page
    for query in ("status=pending", "stage=waiting", "age=1h", "provider=studio", "unfinished=yes", "q=alice"):
        assert as_charlie.get(f"{LIST}?{query}").status_code == 200, query
    assert "데미안 · v0" in as_charlie.get(f"{LIST}?unfinished=yes").content.decode()
    assert "데미안 · v0" not in as_charlie.get(f"{LIST}?age=1h").content.decode()


def test_a_track_shows_its_timeline_and_has_nothing_to_type_into(as_charlie: Client, track: MusicTrack) -> None:
    page = as_charlie.get(f"{LIST}{track.pk}/change/").content.decode()
    assert "requested" in page
    assert "fencing" in page.lower()
    for name in ("status", "stage", "version", "error_code", "file"):
        assert f'name="{name}"' not in page
    assert as_charlie.get(f"{LIST}add/").status_code == 403
    assert as_charlie.get(f"{LIST}{track.pk}/delete/").status_code == 403


def test_staff_cancel_and_retry_through_the_services(as_charlie: Client, track: MusicTrack) -> None:
    chosen = {"_selected_action": str(track.pk)}
    as_charlie.post(LIST, {**chosen, "action": "cancel_selected"})
    track.refresh_from_db()
    assert (track.status, track.error_code) == (TrackStatus.ERROR, "cancelled")
    again = as_charlie.post(LIST, {**chosen, "action": "cancel_selected"}, follow=True)
    assert "another state" in again.content.decode()
    as_charlie.post(LIST, {**chosen, "action": "retry_selected"})
    track.refresh_from_db()
    assert (track.status, track.ask) == (TrackStatus.PENDING, 2)
    kinds = list(track.events.values_list("kind", flat=True))
    assert kinds == ["requested", "cancelled", "retried"]


def test_the_orders_are_listed_with_their_trace_ids(as_charlie: Client, track: MusicTrack) -> None:
    worker = MusicTrack.claim(track.pk, lease=timedelta(seconds=9), deadline=timedelta(minutes=1))
    assert worker
    attempt = SubmissionAttempt.open(worker)
    assert attempt
    attempt.close(AttemptState.UNKNOWN, trace_id="trace-77")
    assert "trace-77" in as_charlie.get("/admin/music/submissionattempt/?state=unknown").content.decode()


def test_staff_delete_a_journey_or_a_reader_with_all_their_audio(
    as_charlie: Client, alice: Reader, journey: Journey, track: MusicTrack, django_capture_on_commit_callbacks: Any
) -> None:
    generation.advance(track.pk)
    second = start_journey(reader=alice, book=journey.book)
    generation.advance(second.logs.get().track.pk)
    keys = [str(name) for name in MusicTrack.objects.values_list("file", flat=True)]
    for url in (f"/admin/journeys/journey/{journey.pk}/delete/", f"/admin/journeys/reader/{alice.pk}/delete/"):
        with django_capture_on_commit_callbacks(execute=True):
            assert as_charlie.post(url, {"post": "yes"}).status_code == 302
    assert not Reader.objects.filter(pk=alice.pk).exists()
    assert not MusicTrack.objects.exists()
    assert not any(default_storage.exists(key) for key in keys)


def test_a_journey_is_looked_at_and_not_rewritten(as_charlie: Client, journey: Journey) -> None:
    page = as_charlie.get(f"/admin/journeys/journey/{journey.pk}/change/").content.decode()
    for name in ("reader", "status", "book", "started_on_0", "started_on"):
        assert f'name="{name}"' not in page
    log = journey.logs.get()
    page = as_charlie.get(f"/admin/journeys/readinglog/{log.pk}/change/").content.decode()
    assert 'name="memo"' not in page


def test_readers_are_kept_out(as_alice: Client, track: MusicTrack) -> None:
    assert as_alice.get(LIST).status_code == 302
