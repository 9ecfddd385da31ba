"""An account goes with everything in it, and so does a journey; what was paid for stays in the books."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from rest_framework.test import APIClient

from journeys.models import Book, Journey, Reader, ReadingLog
from journeys.services import LogEntry, add_log, delete_journey, delete_reader, start_journey
from journeys.services.holding import hold_journey
from music import generation
from music.models import MusicTrack, SubmissionAttempt, TrackEvent
from music.providers import get_provider
from music.services import request_prompted_track
from readingjourney.models import RememberedAnswer
from tests.db.steps import advance, files, while_another_waits
from tests.loopback import Vendor

PASSWORD = "wonderland-7"


def rows_of(reader_id: int) -> dict[str, int]:
    """Everything in the database that points to the reader, by model."""
    found = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.related_model is Reader and (rows := model._default_manager.filter(**{field.name: reader_id})):
                found[model._meta.label] = len(rows)
    return found


@pytest.mark.django_db(transaction=True)
def test_what_is_written_while_the_account_goes_is_done_and_goes_with_it(journey: Journey) -> None:
    """Neither waits for the other for ever: the log needs its reader only when it is done."""
    with while_another_waits(lambda: delete_reader(journey.reader)) as begin, transaction.atomic():
        hold_journey(journey)
        begin()
        add_log(journey, LogEntry(memo="마지막 말"))
    assert not Reader.objects.exists()
    assert not ReadingLog.objects.exists()
    assert not MusicTrack.objects.exists()


@pytest.mark.django_db
def test_an_account_goes_with_everything_in_it(
    alice: Reader,
    bob: Reader,
    journey: Journey,
    vendor: Vendor,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    add_log(journey, LogEntry(memo="비밀"))
    own = Book.objects.create(title="alice's own", added_by=alice)
    start_journey(reader=alice, book=own)
    for _ in range(3):
        generation.begin_next(get_provider("studio"))
    monkeypatch.setattr(settings, "MUSIC_PROVIDER", "loopback")
    ordered = advance(request_prompted_track(owner=alice, prompt="calm piano"))
    RememberedAnswer.objects.create(reader=alice, key="k", fingerprint="f")
    api = APIClient()
    token = api.post("/api/token", {"username": "alice", "password": PASSWORD}).json()["token"]
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(alice)
    bobs = Client()
    bobs.force_login(bob)
    pk = alice.pk
    with django_capture_on_commit_callbacks(execute=True):
        delete_reader(alice)
    assert rows_of(pk) == {}
    assert not Reader.objects.filter(pk=pk).exists()
    assert [model.__name__ for model in (Journey, ReadingLog, MusicTrack, TrackEvent) if model.objects.exists()] == []
    assert not Book.objects.filter(pk=own.pk).exists()
    assert files() == []
    assert Session.objects.count() == 1
    assert [browser.get("/settings").status_code for browser in (*browsers, bobs)] == [302, 302, 200]
    assert api.get("/api/journeys", headers={"Authorization": f"Token {token}"}).status_code == 401
    order = SubmissionAttempt.objects.get()
    assert (order.track, order.track_ref, order.task_id) == (None, ordered.pk, "task-1")
    delete_reader(Reader(pk=pk))  # from a second window: quiet


@pytest.mark.django_db
def test_a_thousand_pieces_go_in_statements_of_bounded_size(
    alice: Reader, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr("journeys.services.discarding.DISCARDED_AT_ONCE", 100)
    MusicTrack.objects.bulk_create(
        MusicTrack(
            owner=alice, title="x", brief={}, tempo=60, duration=60, provider="studio", turn=1, due_at=alice.date_joined
        )
        for _ in range(1050)
    )
    with django_capture_on_commit_callbacks(execute=True):
        delete_reader(alice)
    assert not MusicTrack.objects.exists()


@pytest.mark.django_db
def test_a_journey_deleted_twice_at_once_is_deleted_once(journey: Journey) -> None:
    stale = Journey.objects.get()
    delete_journey(journey)
    delete_journey(stale)
    assert not Journey.objects.exists()


# The page


@pytest.mark.django_db
def test_settings_lead_to_a_page_that_says_what_goes(as_alice: Client, journey: Journey) -> None:
    assert "/account/delete" in as_alice.get("/settings").content.decode()
    as_alice.cookies["django_language"] = "en"
    Reader.objects.update(language="en")
    page = as_alice.get("/account/delete").content.decode()
    assert "1 journey with all its logs" in page
    assert "1 piece of music" in page
    assert "cannot be undone" in page
    assert Reader.objects.filter(username="alice").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["", "wrong", " wonderland-7"])
def test_it_takes_the_right_password(as_alice: Client, journey: Journey, password: str) -> None:
    answer = as_alice.post("/account/delete", {"password": password})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode() or "errorlist" in answer.content.decode()
    assert Journey.objects.exists()
    assert as_alice.get("/settings").status_code == 200


@pytest.mark.django_db
def test_the_page_deletes_the_account_and_logs_out(
    as_alice: Client, bob: Reader, journey: Journey, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = as_alice.post("/account/delete", {"password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert not Reader.objects.filter(username="alice").exists()
    assert Reader.objects.get() == bob
    home = as_alice.get("/")
    assert not home.wsgi_request.user.is_authenticated
    assert len(list(home.context["messages"])) == 1
    assert not Session.objects.exists()
    assert as_alice.get("/account/delete")["Location"].startswith("/login")


@pytest.mark.django_db
def test_a_visitor_is_asked_to_log_in(client: Client) -> None:
    assert client.post("/account/delete", {"password": PASSWORD})["Location"].startswith("/login")
