"""A vendor that answers in every wrong way (cases 17 to 23, 25, 26): sorted by whether money may have been spent."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from music.models import AttemptState, MusicTrack, ProviderGate, SubmissionAttempt, TrackStatus
from tests.faults.harness import Faults, attempt_of


def ended(track: MusicTrack) -> tuple[str, str]:
    track.refresh_from_db()
    return (track.status, track.error_code)


COMPLETED = (TrackStatus.COMPLETED, "")


@pytest.fixture
def faults(faults: Faults) -> Faults:
    faults.read_account()
    return faults


# Orders that were provably not taken


@pytest.mark.parametrize(
    "options",
    [{}, {"retry_after": "7"}, {"retry_after_date": 30}, {"retry_after": "3600"}, {"retry_after": "soon"}],
    ids=["silent", "seconds", "date", "hour", "nonsense"],
)
def test_too_many_at_once_is_waited_for_and_held_against_nobody(faults: Faults, options: dict[str, Any]) -> None:
    faults.mureka.script("busy", **options)
    first, second = faults.ask_many(2)
    faults.sweep()
    gate = ProviderGate.of("mureka")
    assert gate.not_before is not None
    first.refresh_from_db()
    second.refresh_from_db()
    submits = faults.mureka.stats()["submits"]
    faults.sweep()
    assert faults.mureka.stats()["submits"] == submits, "the gate is shut"
    assert {first.holds, second.holds} == {0}

    faults.work_off()

    assert ended(first) == ended(second) == COMPLETED
    assert len(faults.mureka.ledger) == 2
    faults.check()


def test_the_gate_stays_shut_as_long_as_the_vendor_said(faults: Faults) -> None:
    faults.mureka.script("busy", retry_after="3600")
    faults.ask()
    faults.sweep()
    opens = ProviderGate.of("mureka").not_before
    assert opens is not None
    assert 3500 < opens.timestamp() - time.time() < 3700
    assert MusicTrack.objects.get().status == TrackStatus.PENDING
    faults.check(ended=False)


@pytest.mark.parametrize("kind", ["refuse", "unprocessable", "moderated"])
def test_a_refusal_of_the_words_ends_the_piece_and_costs_nothing(faults: Faults, kind: str) -> None:
    faults.mureka.script(kind)
    track, other = faults.ask_many(2)
    faults.work_off()
    outcomes = sorted([ended(track), ended(other)])
    assert outcomes == [COMPLETED, (TrackStatus.ERROR, "content_refused")]
    assert len(faults.mureka.ledger) == 1
    faults.check()


def test_a_vendor_that_is_not_there_is_waited_for(faults: Faults) -> None:
    track = faults.ask()
    faults.mureka.down("refused")
    for _ in range(3):
        faults.sweep()
        faults.hurry()
    track.refresh_from_db()
    assert (track.status, track.holds) == (TrackStatus.PENDING, 0)
    assert set(faults.attempts(track)) == {AttemptState.NOT_SUBMITTED}
    faults.mureka.up()
    faults.work_off()
    assert ended(track) == COMPLETED
    assert faults.charges(track) == 1
    faults.check()


@pytest.mark.parametrize("base", ["http://mureka.invalid", "https://127.0.0.1:{port}"], ids=["no name", "no TLS"])
def test_an_address_that_leads_nowhere_orders_nothing(faults: Faults, base: str) -> None:
    track = faults.ask()
    right = faults.options["MUREKA_API_BASE"]
    faults.configure(MUREKA_API_BASE=base.format(port=right.rpartition(":")[2]))
    faults.sweep()
    assert set(faults.attempts(track)) == {AttemptState.NOT_SUBMITTED}
    faults.configure(MUREKA_API_BASE=right)
    faults.hurry()
    faults.work_off()
    assert ended(track) == COMPLETED
    assert faults.charges(track) == 1
    faults.check()


# Orders of which nobody knows


UNKNOWN = [
    ("broken", {"status": 500}),
    ("broken", {"status": 500, "charged": True}),
    ("broken", {"status": 502, "html": True, "charged": True}),
    ("broken", {"status": 503}),
    ("broken", {"status": 504, "charged": True}),
    ("drop_before", {}),
    ("drop_after", {}),
    ("reset", {}),
    ("stall", {"seconds": 3}),
    ("garbage", {}),
    ("empty", {}),
    ("no_id", {}),
    ("redirect", {}),
    ("huge", {}),
    ("duplicate_keys", {}),
]


@pytest.mark.parametrize(("kind", "options"), UNKNOWN, ids=[f"{kind} {options}" for kind, options in UNKNOWN])
def test_an_order_without_a_usable_answer_is_never_sent_again(
    faults: Faults, kind: str, options: dict[str, Any]
) -> None:
    faults.mureka.script(kind, **options)
    track = faults.ask()
    faults.work_off()
    assert ended(track) == (TrackStatus.ERROR, "submission_unknown")
    assert faults.attempts(track) == [AttemptState.UNKNOWN]
    assert faults.charges(track) <= 1
    for _ in range(3):
        faults.sweep()
    assert faults.mureka.stats()["submits"] == 1
    faults.check()

    charged = faults.charges(track)
    faults.retry(track)
    faults.work_off()
    assert ended(track) == COMPLETED
    assert faults.charges(track) == charged + 1
    faults.check()


def test_an_id_that_another_order_has_is_no_id(faults: Faults) -> None:
    first = faults.ask()
    faults.work_off()
    faults.mureka.script("same_id")
    second = faults.ask()
    faults.work_off()
    assert ended(first) == COMPLETED
    assert ended(second) == (TrackStatus.ERROR, "submission_unknown")
    assert SubmissionAttempt.objects.exclude(task_id="").count() == 1
    faults.check()


def test_an_id_that_is_a_number_is_an_id(faults: Faults) -> None:
    faults.mureka.script("int_id")
    track = faults.ask()
    faults.work_off()
    assert ended(track) == COMPLETED
    faults.check()


# Questions


QUESTIONS = [
    ("broken", {"status": 500}),
    ("broken", {"status": 503, "html": True}),
    ("garbage", {}),
    ("empty", {}),
    ("huge", {}),
    ("redirect", {}),
    ("duplicate_keys", {}),
    ("drop", {}),
    ("reset", {}),
    ("stall", {"seconds": 2}),
    ("wrong_id", {}),
    ("unknown", {"status": "percolating"}),
    ("backwards", {}),
    ("reviewing", {}),
    ("missing_text", {}),
    ("busy", {}),
]


@pytest.mark.parametrize(("kind", "options"), QUESTIONS, ids=[f"{kind} {options}" for kind, options in QUESTIONS])
def test_a_question_that_is_answered_badly_is_asked_again_and_spoils_no_other(
    faults: Faults, kind: str, options: dict[str, Any]
) -> None:
    faults.mureka.settings(latency=(0.1, 0.1))
    tracks = faults.ask_many(3)
    faults.mureka.script_query(kind, times=2, **options)
    faults.work_off()
    assert {ended(track) for track in tracks} == {COMPLETED}
    assert len(faults.mureka.ledger) == 3
    faults.check()


@pytest.mark.parametrize(
    ("fate", "reason", "code"),
    [
        ("failed", "internal", "provider_failed"),
        ("failed", "content moderation: violation", "content_refused"),
        ("timeouted", "", "provider_timeout"),
        ("cancelled", "", "provider_cancelled"),
    ],
)
def test_a_task_that_ended_badly_is_an_error_that_may_be_asked_for_again(
    faults: Faults, fate: str, reason: str, code: str
) -> None:
    faults.mureka.script("accept", fate=fate, reason=reason)
    track = faults.ask()
    faults.work_off()
    assert ended(track) == (TrackStatus.ERROR, code)
    faults.check()
    faults.retry(track)
    faults.work_off()
    assert ended(track) == COMPLETED
    assert (track.ask, faults.charges(track)) == (2, 2)
    faults.check()


def test_what_never_ends_is_given_up_at_its_deadline_and_taken_in_when_it_comes_late(faults: Faults) -> None:
    faults.mureka.script("accept", fate="running")
    track = faults.ask()
    faults.sweep()
    faults.hurry()
    faults.sweep()
    faults.past_deadline()
    faults.hurry()
    faults.work_off()
    assert ended(track) == (TrackStatus.ERROR, "timeout")
    faults.check()

    faults.mureka.finish()
    attempt_of(track).watch_soon()
    faults.sweep()
    track.refresh_from_db()
    assert track.arrived_late
    assert track.status == TrackStatus.ERROR, "an end is left by a person's act only"
    faults.retry(track)
    faults.work_off()
    assert ended(track) == COMPLETED
    assert (track.ask, faults.charges(track)) == (1, 1)
    faults.check()


def test_a_task_that_is_not_known_any_more_is_an_error(faults: Faults) -> None:
    faults.mureka.settings(latency=(0.3, 0.3))
    track = faults.ask()
    faults.sweep()
    faults.mureka.script_query("missing", task_id=faults.mureka.ledger[0].task_id)
    faults.hurry()
    faults.sweep()
    track.refresh_from_db()
    assert track.status == TrackStatus.GENERATING, "so soon it may not be known yet"
    MusicTrack.objects.update(started_at=Now() - timedelta(minutes=2))
    faults.work_off()
    assert ended(track) == (TrackStatus.ERROR, "result_gone")
    faults.check()


# Downloads


@pytest.mark.parametrize("kind", ["forbidden", "missing", "gone"])
def test_an_address_that_has_expired_is_asked_for_anew(faults: Faults, kind: str) -> None:
    faults.mureka.script_download(kind)
    track = faults.ask()
    faults.work_off()
    assert ended(track) == COMPLETED
    assert faults.mureka.stats()["downloads"] == 2
    faults.check()


def test_an_address_that_stays_expired_is_an_error_in_the_end(faults: Faults) -> None:
    faults.mureka.script_download("forbidden", times=None)
    track = faults.ask()
    faults.work_off()
    assert ended(track) == (TrackStatus.ERROR, "result_gone")
    faults.check()


SPOILT = [
    ("html", {}),
    ("empty", {}),
    ("truncated", {}),
    ("wrong_codec", {}),
    ("short", {}),
    ("silent", {}),
    ("broken", {}),
    ("stall", {"seconds": 5}),
    ("slow", {"rate": 1024}),
    ("drop", {}),
    ("reset", {}),
]


@pytest.mark.parametrize(("kind", "options"), SPOILT, ids=[kind for kind, _ in SPOILT])
def test_what_is_no_whole_piece_is_never_completed_and_fetched_again(
    faults: Faults, kind: str, options: dict[str, Any]
) -> None:
    faults.configure(MUSIC_DOWNLOAD_SECONDS=1.0)
    faults.mureka.script_download(kind, times=2, **options)
    track = faults.ask()
    faults.work_off()
    assert ended(track) == COMPLETED
    assert faults.mureka.stats()["downloads"] == 3
    assert faults.charges(track) == 1
    faults.check()


@pytest.mark.parametrize("kind", ["html", "truncated", "wrong_codec", "short", "silent"])
def test_what_stays_spoilt_is_an_error_after_three_downloads(faults: Faults, kind: str) -> None:
    faults.mureka.script_download(kind, times=None)
    track = faults.ask()
    faults.work_off()
    assert ended(track) == (TrackStatus.ERROR, "result_invalid")
    assert faults.mureka.stats()["downloads"] == 3
    assert faults.charges(track) == 1
    faults.check()


@pytest.mark.parametrize(
    ("kind", "options"), [("huge", {}), ("huge", {"declared": 5_000_000_000}), ("gzip_bomb", {})], ids=str
)
def test_a_file_without_end_is_cut_off_and_leaves_nothing(
    faults: Faults, kind: str, options: dict[str, Any], tmp_path: Any
) -> None:
    faults.configure(MUSIC_DOWNLOAD_MAX_BYTES=2_000_000)
    faults.mureka.script_download(kind, times=None, **options)
    track = faults.ask()
    faults.work_off()
    assert ended(track) == (TrackStatus.ERROR, "result_invalid")
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 2_000_000
    faults.check()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/a.mp3",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "https://cdn.mureka.ai@127.0.0.1/a.mp3",
        "http://[::1]:80/a.mp3",
    ],
)
def test_an_address_inside_our_own_walls_is_not_asked(faults: Faults, url: str) -> None:
    faults.mureka.script_query("url", url=url, times=None)
    track = faults.ask()
    faults.work_off()
    assert ended(track) == (TrackStatus.ERROR, "result_invalid")
    assert faults.mureka.stats()["downloads"] == 0
    faults.check()


@pytest.mark.parametrize("location", ["http://169.254.169.254/latest", "file:///etc/passwd", "http://127.0.0.1:1/"])
def test_a_redirect_into_our_own_walls_is_not_followed(faults: Faults, location: str) -> None:
    faults.mureka.script_download("redirect", location=location, times=None)
    track = faults.ask()
    faults.work_off()
    assert ended(track) == (TrackStatus.ERROR, "result_invalid")
    assert not (faults.home / "media").exists() or not list((faults.home / "media").rglob("*.mp3"))
    faults.check()
