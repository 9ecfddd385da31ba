"""Old rows are forgotten in batches: timelines, orders whose outcome is known, answers, sessions, tokens."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from knox.models import get_token_model

from journeys.models import Reader
from music import housekeeping
from music.housekeeping import prune
from music.models import AttemptState, MusicTrack, SubmissionAttempt, TrackEvent
from music.services import request_prompted_track
from readingjourney.models import RememberedAnswer
from readingjourney.tasks import tidy
from tests.db.steps import advance

pytestmark = pytest.mark.django_db


def old_event(track: MusicTrack, days: float) -> TrackEvent:
    event = track.events.create(kind="entered", status="pending")
    TrackEvent.objects.filter(pk=event.pk).update(at=Now() - timedelta(days=days))
    return event


def test_old_timelines_of_ended_tracks_go(track: MusicTrack, alice: Reader) -> None:
    unfinished = request_prompted_track(owner=alice, prompt="x")
    advance(track)
    events = {days: old_event(track, days) for days in (29, 31)}
    kept = old_event(unfinished, 31)
    assert prune()["events"] == 1
    left = set(TrackEvent.objects.values_list("pk", flat=True))
    assert {events[29].pk, kept.pk} <= left
    assert events[31].pk not in left
    assert prune()["events"] == 0


def order(track: MusicTrack | None, state: str, days: float = 91, **columns: Any) -> SubmissionAttempt:
    number = SubmissionAttempt.objects.count() + 1
    then = Now() - timedelta(days=days)
    return SubmissionAttempt.objects.create(
        track=track,
        track_ref=track.pk if track else uuid.uuid4(),
        seq=number,
        ask=1,
        provider="loopback",
        fencing_token=1,
        state=state,
        opened_at=then,
        closed_at=None if state == AttemptState.OPEN else then,
        task_id=f"task-{number}" if state == AttemptState.SUBMITTED else "",
        **columns,
    )


def test_old_orders_go_when_their_outcome_is_known_and_their_track_has_ended(track: MusicTrack, alice: Reader) -> None:
    unfinished = request_prompted_track(owner=alice, prompt="x")
    advance(track)
    going = [
        order(track, AttemptState.SUBMITTED),
        order(track, AttemptState.NOT_SUBMITTED),
        order(None, AttemptState.SUBMITTED),
    ]
    staying = [
        order(track, AttemptState.SUBMITTED, days=89),
        order(track, AttemptState.UNKNOWN),
        order(None, AttemptState.UNKNOWN),
        order(track, AttemptState.OPEN),
        order(unfinished, AttemptState.SUBMITTED),
        order(track, AttemptState.SUBMITTED, watch_at=Now()),
    ]
    assert prune()["orders"] == len(going)
    assert set(SubmissionAttempt.objects.all()) == set(staying)


def test_an_order_whose_track_and_worker_are_gone_becomes_unknown(track: MusicTrack) -> None:
    lost, fresh, ended = (
        order(None, AttemptState.OPEN, days=2),
        order(None, AttemptState.OPEN, days=0.5),
        order(track, AttemptState.OPEN, days=2),
    )
    assert prune()["abandoned"] == 1
    for each in (lost, fresh, ended):
        each.refresh_from_db()
    assert (lost.state, fresh.state, ended.state) == ("unknown", "open", "open")
    assert "had ended" in lost.error
    assert track.cancel()
    assert prune()["abandoned"] == 1
    ended.refresh_from_db()
    assert ended.state == "unknown"


def test_it_goes_in_batches_and_leaves_the_rest_for_the_next_run(
    track: MusicTrack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "DELETED_AT_ONCE", 10)
    monkeypatch.setattr(housekeeping, "BATCHES", 3)
    advance(track)
    TrackEvent.objects.all().delete()
    TrackEvent.objects.bulk_create(
        TrackEvent(track=track, kind="entered", status="pending", at=Now() - timedelta(days=40)) for _ in range(35)
    )
    with CaptureQueriesContext(connection) as captured:
        assert prune()["events"] == 30
    deletes = [query["sql"] for query in captured.captured_queries if query["sql"].startswith("DELETE")]
    assert len(deletes) == 3
    assert prune()["events"] == 5


def test_pruning_reads_by_an_index(track: MusicTrack, alice: Reader) -> None:
    advance(track)
    TrackEvent.objects.bulk_create(
        [TrackEvent(track=track, kind="entered", status="pending", at=Now()) for _ in range(5000)], batch_size=1000
    )
    SubmissionAttempt.objects.bulk_create(
        [
            SubmissionAttempt(
                track_ref=uuid.uuid4(), seq=1, ask=1, provider="x", fencing_token=1, state="refused", closed_at=Now()
            )
            for _ in range(5000)
        ],
        batch_size=1000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as captured:
        prune()
    explain = "EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN "
    plans = []
    with connection.cursor() as cursor:
        for query in captured.captured_queries:
            if query["sql"].startswith("SELECT"):
                cursor.execute(explain + query["sql"])
                plans.append("\n".join(str(row) for row in cursor.fetchall()))
    assert len(plans) == 3
    assert "event_at" in plans[0]
    assert all("attempt_state_closed" in plan for plan in plans[1:])


def test_tidying_forgets_what_has_ended(alice: Reader, track: MusicTrack) -> None:
    RememberedAnswer.objects.create(reader=alice, key="old", fingerprint="x")
    RememberedAnswer.objects.update(created_at=Now() - timedelta(hours=25))
    RememberedAnswer.objects.create(reader=alice, key="new", fingerprint="x")
    ended, going = SessionStore(), SessionStore()
    ended.set_expiry(-60)
    for session in (ended, going):
        session["a"] = 1
        session.save()
    tokens = get_token_model().objects
    tokens.create(alice, expiry=timedelta(days=-1))
    kept, _secret = tokens.create(alice)
    advance(track)
    old_event(track, 31)
    tidy()
    assert RememberedAnswer.objects.get().key == "new"
    assert Session.objects.get().pk == going.session_key
    assert tokens.get() == kept
    assert not TrackEvent.objects.filter(at__lt=Now() - timedelta(days=30)).exists()
