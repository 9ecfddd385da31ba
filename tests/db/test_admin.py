"""Staff read the machine and act through the services; nobody edits a track by hand."""

from __future__ import annotations

import pytest
from django.test import Client

from journeys.models import Journey, Reader
from music.models import MusicTrack, TrackStatus

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


def test_readers_are_kept_out(as_alice: Client, track: MusicTrack) -> None:
    assert as_alice.get(LIST).status_code == 302
