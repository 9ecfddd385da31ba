"""Staff shut and open gates, empty them, and say what became of orders whose outcome nobody learned."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db.models.functions import Now
from django.test import Client

from journeys.models import Journey, Reader
from music.models import AttemptState, Heartbeat, MusicTrack, ProviderGate, SubmissionAttempt, TrackStatus
from music.services import request_prompted_track
from tests.db.steps import claimed

pytestmark = pytest.mark.django_db
GATES = "/admin/music/providergate/"
ORDERS = "/admin/music/submissionattempt/"
TRACKS = "/admin/music/musictrack/"


@pytest.fixture
def as_charlie(charlie: Reader, client: Client) -> Client:
    client.force_login(charlie)
    return client


@pytest.fixture
def waiting(alice: Reader, settings: Any) -> MusicTrack:
    settings.MUSIC_PROVIDER = "loopback"
    return request_prompted_track(owner=alice, prompt="calm piano")


@pytest.fixture
def gate() -> ProviderGate:
    return ProviderGate.of("loopback")


@pytest.fixture
def unknown(waiting: MusicTrack) -> SubmissionAttempt:
    return lost_order(waiting, "trace-77")


def lost_order(track: MusicTrack, trace_id: str) -> SubmissionAttempt:
    worker = claimed(track)
    attempt = SubmissionAttempt.open(worker)
    assert attempt
    attempt.close(AttemptState.UNKNOWN, trace_id=trace_id, error="the connection broke")
    assert worker.fail("submission_unknown", "the connection broke")
    return attempt


def act(client: Client, gate: ProviderGate, action: str, **more: str) -> str:
    answer = client.post(GATES, {"_selected_action": gate.pk, "action": action, **more}, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


# Gates


def test_a_gate_shows_how_it_stands(as_charlie: Client, gate: ProviderGate, waiting: MusicTrack) -> None:
    assert "open" in as_charlie.get(GATES).content.decode()
    ProviderGate.objects.update(balance_cents=1250, spending_cents=75, account_seen_at=Now(), limit=4)
    gate.stand_back(60)
    assert "stands back until" in as_charlie.get(GATES).content.decode()
    gate.pause("credit_used_up", "quota exceeded")
    page = as_charlie.get(GATES).content.decode()
    assert "paused: the credit is used up (quota exceeded)" in page
    assert "$12.50 left, $0.75 spent" in page
    assert "0 / 4" in page
    page = as_charlie.get(f"{GATES}loopback/change/").content.decode()
    assert "quota exceeded" in page
    assert 'name="pause_code"' not in page
    assert 'name="_save"' not in page
    assert as_charlie.get(f"{GATES}add/").status_code == 403
    assert as_charlie.get(f"{GATES}loopback/delete/").status_code == 403


def test_a_gate_of_a_provider_that_is_gone_is_shown_all_the_same(as_charlie: Client) -> None:
    ProviderGate.of("once-upon-a-time")
    assert "not set up any more" in as_charlie.get(GATES).content.decode()


def test_pausing_asks_for_the_reason_first(as_charlie: Client, gate: ProviderGate) -> None:
    assert 'name="reason"' in act(as_charlie, gate, "pause_selected")
    gate.refresh_from_db()
    assert not gate.is_paused
    assert "is paused" in act(as_charlie, gate, "pause_selected", confirmed="yes", reason="new key tomorrow")
    gate.refresh_from_db()
    assert (gate.pause_code, gate.pause_detail) == ("staff", "charlie; new key tomorrow")
    assert "already" in act(as_charlie, gate, "pause_selected", confirmed="yes", reason="twice")
    assert "is open again" in act(as_charlie, gate, "resume_selected")
    gate.refresh_from_db()
    assert not gate.is_paused
    assert "was open already" in act(as_charlie, gate, "resume_selected")


def test_everything_that_waits_is_given_to_the_studio_after_a_question(
    as_charlie: Client, gate: ProviderGate, waiting: MusicTrack
) -> None:
    assert "1 track waits" in act(as_charlie, gate, "give_waiting_to_the_studio")
    waiting.refresh_from_db()
    assert waiting.provider == "loopback"
    assert "1 track of loopback is" in act(as_charlie, gate, "give_waiting_to_the_studio", confirmed="yes")
    waiting.refresh_from_db()
    assert (waiting.provider, waiting.status) == ("studio", TrackStatus.PENDING)


def test_one_waiting_track_is_given_to_the_studio(as_charlie: Client, waiting: MusicTrack, journey: Journey) -> None:
    chosen = {"_selected_action": str(waiting.pk), "action": "give_to_the_studio"}
    assert "1 track changed" in as_charlie.post(TRACKS, chosen, follow=True).content.decode()
    waiting.refresh_from_db()
    assert waiting.provider == "studio"
    assert "another state" in as_charlie.post(TRACKS, chosen, follow=True).content.decode()


def test_signs_of_life_are_looked_at(as_charlie: Client) -> None:
    Heartbeat.tally("sweep", {"polls": 12})
    assert "sweep" in as_charlie.get("/admin/music/heartbeat/").content.decode()
    page = as_charlie.get("/admin/music/heartbeat/sweep/change/").content.decode()
    assert "polls" in page
    assert 'name="counts"' not in page


# Orders


def test_unknown_orders_come_first_and_the_rest_is_a_click_away(
    as_charlie: Client, alice: Reader, unknown: SubmissionAttempt
) -> None:
    other = claimed(request_prompted_track(owner=alice, prompt="drums"))
    attempt = SubmissionAttempt.open(other)
    assert attempt
    attempt.close(AttemptState.SUBMITTED, task_id="task-1", trace_id="trace-1")
    page = as_charlie.get(ORDERS).content.decode()
    assert "trace-77" in page
    assert "trace-1<" not in page
    assert "unknown (1)" in page
    everything = as_charlie.get(f"{ORDERS}?state=all").content.decode()
    assert "trace-77" in everything
    assert "trace-1<" in everything
    assert "trace-1<" in as_charlie.get(f"{ORDERS}?q=trace-1").content.decode()
    assert "trace-77" not in as_charlie.get(f"{ORDERS}?state=submitted").content.decode()
    assert "task-1" in as_charlie.get(f"{ORDERS}{attempt.pk}/change/").content.decode()


def test_an_order_that_was_taken_is_adopted_and_its_track_goes_on(
    as_charlie: Client, unknown: SubmissionAttempt, waiting: MusicTrack
) -> None:
    page = as_charlie.get(f"{ORDERS}{unknown.pk}/change/").content.decode()
    assert 'name="taken-task_id"' in page
    assert "trace-77" in page
    url = f"{ORDERS}{unknown.pk}/resolve/"
    refused = as_charlie.post(url, {"taken": "x", "taken-task_id": "1436211", "taken-note": "seen in the console"})
    assert refused.status_code == 422
    assert "seen in the console" in refused.content.decode()
    unknown.refresh_from_db()
    assert unknown.state == AttemptState.UNKNOWN
    found = {"taken": "x", "taken-task_id": "1436211", "taken-note": "seen in the console", "taken-checked": "on"}
    done = as_charlie.post(url, found, follow=True)
    assert "the order was taken" in done.content.decode()
    assert "taken-task_id" not in done.content.decode()
    unknown.refresh_from_db()
    assert (unknown.state, unknown.task_id, unknown.resolved_by) == (AttemptState.SUBMITTED, "1436211", "charlie")
    assert unknown.note == "seen in the console"
    waiting.refresh_from_db()
    assert (waiting.status, waiting.ask) == (TrackStatus.PENDING, 1)
    assert "Nothing was changed" in as_charlie.post(url, found, follow=True).content.decode()


def test_an_id_of_another_order_is_not_adopted(
    as_charlie: Client, alice: Reader, unknown: SubmissionAttempt, settings: Any
) -> None:
    other = lost_order(request_prompted_track(owner=alice, prompt="drums"), "trace-78")
    assert other.adopt("1436211", by="charlie")
    found = {"taken": "x", "taken-task_id": "1436211", "taken-checked": "on"}
    answer = as_charlie.post(f"{ORDERS}{unknown.pk}/resolve/", found, follow=True)
    assert "Nothing was changed" in answer.content.decode()
    unknown.refresh_from_db()
    assert unknown.state == AttemptState.UNKNOWN


def test_an_order_that_was_never_taken_is_closed_and_nothing_is_ordered(
    as_charlie: Client, unknown: SubmissionAttempt, waiting: MusicTrack
) -> None:
    found = {"never": "x", "never-note": "no charge in the console", "never-checked": "on"}
    done = as_charlie.post(f"{ORDERS}{unknown.pk}/resolve/", found, follow=True)
    assert "never taken" in done.content.decode()
    unknown.refresh_from_db()
    assert (unknown.state, unknown.note) == (AttemptState.NOT_SUBMITTED, "no charge in the console")
    waiting.refresh_from_db()
    assert waiting.status == TrackStatus.ERROR


def test_an_order_outlives_its_track_in_the_list(
    as_charlie: Client, unknown: SubmissionAttempt, waiting: MusicTrack
) -> None:
    waiting.delete()
    assert "trace-77" in as_charlie.get(ORDERS).content.decode()
    assert str(unknown.track_ref) in as_charlie.get(f"{ORDERS}{unknown.pk}/change/").content.decode()


def test_who_may_only_look_is_offered_nothing_and_refused(
    client: Client, bob: Reader, unknown: SubmissionAttempt, gate: ProviderGate
) -> None:
    bob.is_staff = True
    bob.save()
    bob.user_permissions.set(Permission.objects.filter(codename__in=["view_submissionattempt", "view_providergate"]))
    client.force_login(bob)
    assert "taken-task_id" not in client.get(f"{ORDERS}{unknown.pk}/change/").content.decode()
    found = {"never": "x", "never-checked": "on"}
    assert client.post(f"{ORDERS}{unknown.pk}/resolve/", found).status_code == 403
    client.post(GATES, {"_selected_action": gate.pk, "action": "pause_selected", "confirmed": "yes"})
    gate.refresh_from_db()
    assert not gate.is_paused


def test_resolving_needs_the_forms_token(charlie: Reader, unknown: SubmissionAttempt) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(charlie)
    found = {"never": "x", "never-checked": "on"}
    assert strict.post(f"{ORDERS}{unknown.pk}/resolve/", found).status_code == 403
    unknown.refresh_from_db()
    assert unknown.state == AttemptState.UNKNOWN
