"""What is deleted while its music is being made leaves nothing behind: no row, no file, no error, no second order."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import close_old_connections, connections
from django.db.models.functions import Now
from django.test import Client
from rest_framework.test import APIClient

from journeys.models import Book, Journey, Reader, ReadingLog
from journeys.services import LogEntry, add_log, delete_journey, delete_log, delete_reader, remake_piece, start_journey
from music import generation
from music.models import AttemptState, MusicTrack, SubmissionAttempt, TrackEvent
from music.providers import get_provider
from music.services import request_prompted_track
from readingjourney.models import RememberedAnswer
from tests.db.steps import advance, claimed, make_due
from tests.loopback import Vendor

PASSWORD = "wonderland-7"
WHAT = pytest.mark.parametrize("what", ["log", "journey", "reader"])


@pytest.fixture
def piece(journey: Journey) -> MusicTrack:
    """The music of v1, so that it can be deleted by itself; nothing else waits."""
    advance(MusicTrack.objects.get(log__journey=journey))
    return add_log(journey, LogEntry(memo="x")).track


@pytest.fixture
def delete(piece: MusicTrack, what: str, django_capture_on_commit_callbacks: Any) -> Callable[[], None]:
    """Deletes what the piece belongs to, as a reader's request does, with what follows on its commit."""

    def now() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            if what == "log":
                delete_log(ReadingLog.objects.get(version=1))
            elif what == "journey":
                delete_journey(Journey.objects.get())
            else:
                delete_reader(Reader.objects.get(username="alice"))

    return now


def files() -> list[str]:
    media = Path(settings.MEDIA_ROOT)
    return sorted(path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file())


def delete_before(monkeypatch: pytest.MonkeyPatch, target: Any, name: str, delete: Callable[[], None]) -> None:
    _around(monkeypatch, target, name, delete, before=True)


def delete_after(monkeypatch: pytest.MonkeyPatch, target: Any, name: str, delete: Callable[[], None]) -> None:
    _around(monkeypatch, target, name, delete, before=False)


def _around(
    monkeypatch: pytest.MonkeyPatch, target: Any, name: str, delete: Callable[[], None], *, before: bool
) -> None:
    """Have it deleted just before or after the call, the first time."""
    call = getattr(target, name)

    def wrapped(*given: Any, **named: Any) -> Any:
        monkeypatch.setattr(target, name, call)
        if before:
            delete()
        answer = call(*given, **named)
        if not before:
            delete()
        return answer

    monkeypatch.setattr(target, name, wrapped)


def nothing_is_left(piece: MusicTrack, what: str, caplog: pytest.LogCaptureFixture) -> None:
    """Neither of the piece nor of a remake of it; v0 is there where only the log went."""
    generation.advance(piece.pk)
    left = MusicTrack.objects.all()
    if what == "log":
        assert [track.log.version for track in left if track.log] == [0]
        assert files() == sorted(key for track in left for key in (track.file.name, track.midi.name) if key)
    else:
        assert not left.exists()
        assert not TrackEvent.objects.exists()
        assert files() == []
    assert not MusicTrack.objects.filter(pk=piece.pk).exists()
    assert not TrackEvent.objects.filter(track_id=piece.pk).exists()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


@WHAT
@pytest.mark.django_db
@pytest.mark.parametrize("again", [False, True], ids=["first", "remake"])
@pytest.mark.parametrize(
    ("step", "moment"),
    [("make", delete_before), ("make", delete_after), ("store", delete_before), ("store", delete_after)],
)
def test_while_the_studio_makes_it(
    piece: MusicTrack,
    delete: Callable[[], None],
    what: str,
    again: bool,
    step: str,
    moment: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    track = piece
    if again:
        advance(piece)
        remake_piece(piece)
        track = MusicTrack.objects.get(replaces=piece)
    if step == "make":
        moment(monkeypatch, type(get_provider("studio")), "make", delete)
    else:
        moment(monkeypatch, generation, "store_audio", delete)
    make_due(track)
    generation.advance(track.pk)
    nothing_is_left(piece, what, caplog)


@WHAT
@pytest.mark.django_db
@pytest.mark.parametrize("again", [False, True], ids=["first", "remake"])
@pytest.mark.parametrize(
    ("step", "moment", "orders"),
    [
        ("claim", delete_after, 0),
        ("record", delete_before, 0),
        ("record", delete_after, 1),
        ("submit", delete_after, 1),
        ("poll", delete_before, 1),
        ("poll", delete_after, 1),
        ("fetch", delete_before, 1),
        ("fetch", delete_after, 1),
        ("store", delete_before, 1),
        ("store", delete_after, 1),
    ],
)
def test_while_a_paid_provider_makes_it(
    piece: MusicTrack,
    delete: Callable[[], None],
    what: str,
    again: bool,
    step: str,
    moment: Callable[..., None],
    orders: int,
    vendor: Vendor,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    track = piece
    if again:
        advance(piece)
        monkeypatch.setattr(settings, "MUSIC_PROVIDER", "loopback")
        remake_piece(piece)
        track = MusicTrack.objects.get(replaces=piece)
    else:
        piece.switch(provider="loopback")
    ref = track.pk
    targets = {
        "claim": (generation, "take"),
        "record": (SubmissionAttempt, "open"),
        "store": (generation, "store_audio"),
    }
    target, name = targets.get(step, (type(get_provider("loopback")), step))
    moment(monkeypatch, target, name, delete)
    for _ in range(3):
        make_due(track)
        generation.advance(ref)
    nothing_is_left(piece, what, caplog)
    assert len(vendor.ledger) == orders
    assert [(attempt.track_ref, attempt.task_id) for attempt in SubmissionAttempt.objects.all()] == [
        (ref, task) for task in vendor.ledger
    ]
    assert all(
        (attempt.track, attempt.state) == (None, AttemptState.SUBMITTED) for attempt in SubmissionAttempt.objects.all()
    )


@WHAT
@pytest.mark.django_db
def test_a_worker_that_holds_it_hears_no_for_an_answer(
    piece: MusicTrack, delete: Callable[[], None], what: str, caplog: pytest.LogCaptureFixture
) -> None:
    worker = claimed(piece)
    delete()
    assert not worker.is_held()
    assert not worker.fail("x")
    assert not worker.enter(generation.TrackStage.STORING)
    assert not worker.hold(seconds=1, code="x")
    assert SubmissionAttempt.open(worker) is None
    nothing_is_left(piece, what, caplog)


@pytest.mark.django_db(transaction=True)
def test_an_account_is_deleted_in_the_midst_of_many_workers(
    alice: Reader, bob: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    """Real transactions against each other, on whatever database this is."""
    journey = start_journey(reader=alice, book=Book.objects.create(title="x", source="manual"))
    tracks = [request_prompted_track(owner=alice, prompt=f"calm piano {number}") for number in range(11)]
    tracks.append(journey.logs.get().track)
    bobs = request_prompted_track(owner=bob, prompt="calm piano")
    errors: list[BaseException] = []
    begun = threading.Event()

    def work() -> None:
        try:
            for _ in range(8):
                generation.begin_next(get_provider("studio"))
                begun.set()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    assert begun.wait(30)
    delete_reader(alice)
    for worker in workers:
        worker.join(60)
    close_old_connections()
    assert errors == []
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert [track.pk for track in MusicTrack.objects.all()] == [bobs.pk]
    bobs.refresh_from_db()
    assert bobs.status == "completed"
    assert files() == sorted([bobs.file.name, bobs.midi.name])


@pytest.mark.django_db(transaction=True)
def test_an_account_is_deleted_in_the_midst_of_polls(alice: Reader) -> None:
    """Both hold hundreds of rows at once; without an order that both keep to, PostgreSQL would end one of them."""
    MusicTrack.objects.bulk_create(
        MusicTrack(
            owner=alice,
            title="x",
            brief={},
            tempo=60,
            duration=60,
            provider="loopback",
            status="generating",
            stage="waiting",
            fencing_token=1,
            started_at=Now(),
            deadline_at=Now() + timedelta(hours=1),
            due_at=Now() - timedelta(seconds=number % 97),
        )
        for number in range(1000)
    )
    errors: list[BaseException] = []
    begun, deleted = threading.Event(), threading.Event()

    def poll() -> None:
        try:
            while not deleted.is_set():
                batch = MusicTrack.claim_waiting(100, lease=timedelta(seconds=60))
                MusicTrack.wait_on(dict.fromkeys(reversed(batch), -1.0))
                begun.set()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    sweeps = [threading.Thread(target=poll) for _ in range(2)]
    for each in sweeps:
        each.start()
    assert begun.wait(30)
    try:
        delete_reader(alice)
    finally:
        deleted.set()
        for each in sweeps:
            each.join(60)
    assert errors == []
    assert not MusicTrack.objects.exists()


def rows_of(reader_id: int) -> dict[str, int]:
    """Everything in the database that points to the reader, by model."""
    found = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.related_model is Reader and (rows := model._default_manager.filter(**{field.name: reader_id})):
                found[model._meta.label] = len(rows)
    return found


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
    monkeypatch.setattr("journeys.services.DISCARDED_AT_ONCE", 100)
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
