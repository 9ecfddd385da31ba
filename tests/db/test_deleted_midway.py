"""What is deleted while its music is being made leaves nothing behind: no row, no file, no error, no second order."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db.models.functions import Now

from journeys.models import Book, Journey, Reader, ReadingLog
from journeys.services import LogEntry, add_log, delete_journey, delete_log, delete_reader, remake_piece, start_journey
from music import generation
from music.models import AttemptState, MusicTrack, SubmissionAttempt, TrackEvent
from music.providers import get_provider
from music.services import request_prompted_track
from tests.db.steps import advance, claimed, files, make_due, meanwhile
from tests.loopback import Vendor

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
    begun = threading.Event()

    def work() -> None:
        for _ in range(8):
            generation.begin_next(get_provider("studio"))
            begun.set()

    with meanwhile(work, work, work):
        assert begun.wait(30)
        delete_reader(alice)
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
    begun, deleted = threading.Event(), threading.Event()

    def poll() -> None:
        while not deleted.is_set():
            batch = MusicTrack.claim_waiting(100, lease=timedelta(seconds=60))
            MusicTrack.wait_on(dict.fromkeys(reversed(batch), -1.0))
            begun.set()

    with meanwhile(poll, poll):
        try:
            assert begun.wait(30)
            delete_reader(alice)
        finally:
            deleted.set()
    assert not MusicTrack.objects.exists()
