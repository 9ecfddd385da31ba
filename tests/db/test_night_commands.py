"""What staff do at night from a console: look, and act through the services."""

from __future__ import annotations

import io
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now

from journeys.models import Reader
from music.models import AttemptState, Heartbeat, MusicTrack, ProviderGate, SubmissionAttempt, TrackStage, TrackStatus
from music.providers.base import Account, ProviderHalted
from readingjourney.management.commands import doctor
from tests.db.steps import claimed
from tests.loopback import Vendor

pytestmark = pytest.mark.django_db


def said(*command: str) -> str:
    out = io.StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


@pytest.fixture
def unknown(ordered: MusicTrack) -> SubmissionAttempt:
    """An order of alice's that left and was never answered."""
    worker = claimed(ordered)
    attempt = SubmissionAttempt.open(worker)
    assert attempt
    attempt.close(AttemptState.UNKNOWN, trace_id="trace-7", error="read timed out")
    worker.fail("submission_unknown", "read timed out")
    return attempt


# Looking


def test_queue_tells_what_waits_and_whether_the_sweep_lives(track: MusicTrack, ordered: MusicTrack) -> None:
    text = said("queue")
    assert re.search(r"^studio +1 +1 +\d+ s$", text, re.MULTILINE)
    assert re.search(r"^loopback +1 +1 +\d+ s$", text, re.MULTILINE)
    assert "Nothing is being made." in text
    assert "Last sweep: never" in text
    claimed(ordered)
    Heartbeat.beat("sweep")
    text = said("queue")
    assert re.search(r"^loopback +submitting +1$", text, re.MULTILINE)
    assert re.search(r"^Last sweep: \d+ s ago$", text, re.MULTILINE)


def test_queue_points_at_trouble(unknown: SubmissionAttempt, settings: Any) -> None:
    settings.MUSIC_MIN_FREE_MB = 10**12
    ProviderGate.of("loopback").pause("key_refused", "401")
    text = said("queue")
    assert "The gate of loopback is shut (key_refused)" in text
    assert "Orders whose outcome nobody knows: 1" in text
    assert "nothing new is begun" in text


def test_an_empty_product_has_an_empty_queue(db: None) -> None:
    assert "Nothing waits." in said("queue")
    assert "There are no orders" in said("unknown_orders")
    assert "no gates yet" in said("gates")


def test_track_tells_its_story_without_a_word_of_the_reader_s(
    unknown: SubmissionAttempt, ordered: MusicTrack, alice: Reader
) -> None:
    text = said("track", str(ordered.pk))
    for word in ("error_code", "submission_unknown", "requested", "claimed", "failed", "trace-7", "read timed out"):
        assert word in text, word
    for word in (ordered.title, alice.username, alice.email):
        assert word not in text, word


def test_track_knows_the_orders_of_one_that_is_deleted(unknown: SubmissionAttempt, ordered: MusicTrack) -> None:
    MusicTrack.objects.filter(pk=ordered.pk).delete()
    text = said("track", str(ordered.pk))
    assert "deleted" in text
    assert "trace-7" in text
    with pytest.raises(CommandError, match="There is no track"):
        said("track", str(uuid.uuid4()))


# Acting


def test_a_gate_is_paused_and_resumed(ordered: MusicTrack) -> None:
    text = said("gates", "--pause", "loopback", "--reason", "the vendor is on fire")
    assert "loopback is paused." in text
    assert "paused (staff)" in text
    assert "the vendor is on fire" in text
    assert "was paused already" in said("gates", "--pause", "loopback")
    assert "loopback is open again." in said("gates", "--resume", "loopback")
    assert "was not paused" in said("gates", "--resume", "loopback")
    assert not ProviderGate.of("loopback").is_paused
    with pytest.raises(CommandError, match=r"loopback, .*studio"):
        said("gates", "--pause", "lopback")


def test_gates_tell_of_credit_and_of_standing_back(db: None) -> None:
    gate = ProviderGate.of("loopback")
    ProviderGate.objects.update(balance_cents=123456, limit=3, account_error="the account could not be read: 500")
    gate.stand_back(90)
    text = said("gates")
    assert "$1,234.56" in text
    assert re.search(r"stands back for \d+ s", text)
    assert "the account could not be read: 500" in text


def test_what_waits_is_given_to_the_studio(ordered: MusicTrack) -> None:
    assert "1 track(s) now wait for studio" in said("switch_waiting", "--from", "loopback", "--to", "studio")
    ordered.refresh_from_db()
    assert (ordered.provider, ordered.status) == ("studio", TrackStatus.PENDING)
    assert "0 track(s)" in said("switch_waiting", "--from", "loopback", "--to", "studio")
    for target, reason in (("nobody", "no provider"), ("loopback", "already")):
        with pytest.raises(CommandError, match=reason):
            said("switch_waiting", "--from", "loopback", "--to", target)


def test_an_unknown_order_is_adopted(unknown: SubmissionAttempt, ordered: MusicTrack) -> None:
    assert "trace-7" in said("unknown_orders")
    text = said("unknown_orders", "--adopt", str(unknown.pk), "task-77")
    assert "is task task-77" in text
    assert "There are no orders" in text
    unknown.refresh_from_db()
    ordered.refresh_from_db()
    assert (unknown.state, unknown.task_id) == (AttemptState.SUBMITTED, "task-77")
    assert unknown.resolved_by.startswith("console")
    assert ordered.status == TrackStatus.PENDING
    with pytest.raises(CommandError, match="known already"):
        said("unknown_orders", "--adopt", str(unknown.pk), "task-78")


def test_an_unknown_order_is_found_never_to_have_been_placed(unknown: SubmissionAttempt) -> None:
    assert "was never placed" in said("unknown_orders", "--not-submitted", str(unknown.pk))
    unknown.refresh_from_db()
    assert unknown.state == AttemptState.NOT_SUBMITTED
    with pytest.raises(CommandError, match="known already"):
        said("unknown_orders", "--not-submitted", str(unknown.pk))
    for nonsense in ("999999", "abc"):
        with pytest.raises(CommandError, match="no order"):
            said("unknown_orders", "--not-submitted", nonsense)


@pytest.mark.django_db(transaction=True)
def test_a_sweep_can_be_made_by_hand(ordered: MusicTrack, vendor: Vendor) -> None:
    assert said("sweep_once").startswith("Swept.")
    assert len(vendor.ledger) == 1
    ordered.refresh_from_db()
    assert (ordered.status, ordered.stage) == (TrackStatus.GENERATING, TrackStage.WAITING)
    assert "Last sweep: never" not in said("queue")


@pytest.mark.django_db(transaction=True)
def test_a_sweep_by_hand_can_make_what_would_wait_for_a_worker(track: MusicTrack) -> None:
    MusicTrack.objects.update(due_at=Now() - timedelta(minutes=1))
    assert "need a worker: 1, left" in said("sweep_once")
    ProviderGate.objects.update(knocked_at=None)
    assert "need a worker: 1, made here" in said("sweep_once", "--make")
    track.refresh_from_db()
    assert track.status == TrackStatus.COMPLETED


# The doctor


class AccountVendor:
    """A provider with an account."""

    def __init__(self, found: Account | Exception) -> None:
        self.found = found

    def account(self) -> Account:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def test_the_doctor_finds_nothing_wrong(db: None) -> None:
    Heartbeat.beat("sweep")
    text = said("doctor")
    assert "Nothing is in trouble." in text
    assert "migrated" in text
    assert "has no account to look at" in text


def test_the_doctor_reads_the_account(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = AccountVendor(Account(balance_cents=2550, spending_cents=100, concurrency=1))
    monkeypatch.setattr(doctor, "get_provider", lambda _name: vendor)
    assert "credit $25.50, spent $1.00, at once: 1" in said("doctor")


def test_the_doctor_s_exit_status_tells_of_trouble(unknown: SubmissionAttempt, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = ProviderHalted("401 Incorrect API key provided", code="key_refused")
    monkeypatch.setattr(doctor, "get_provider", lambda _name: AccountVendor(refused))
    out = io.StringIO()
    with pytest.raises(CommandError) as trouble:
        call_command("doctor", stdout=out)
    assert trouble.value.returncode == 1
    assert "key_refused: 401 Incorrect API key provided" in out.getvalue()
    assert "1 with an unknown outcome" in out.getvalue()
    assert str(trouble.value).startswith("2 in trouble")
