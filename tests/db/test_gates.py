"""Gates: shut for a moment or until somebody does something, told once, open again when the reason is gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db.models.functions import Now

from journeys.models import Reader
from music import gatekeeping, sweeping
from music.models import AttemptState, MusicTrack, PauseCode, ProviderGate, TrackStatus
from music.models.gate import OUTAGE_STRIKES
from music.services import pause_provider, request_prompted_track, resume_provider, switch_waiting
from tests.db.steps import advance, open_gates
from tests.fake_mureka import FakeMureka, running_mureka

pytestmark = pytest.mark.django_db


@pytest.fixture
def mureka(settings: Any) -> Iterator[FakeMureka]:
    with running_mureka(concurrency=3) as mureka:
        settings.MUSIC_PROVIDER = "mureka"
        settings.MUREKA_API_KEY = mureka.key
        settings.MUREKA_API_BASE = mureka.url
        settings.MUREKA_AUDIO_HOSTS = [mureka.host]
        settings.ADMINS = [("", "staff@example.org")]
        yield mureka


@pytest.fixture
def asked(alice: Reader, mureka: FakeMureka) -> MusicTrack:
    return request_prompted_track(owner=alice, prompt="calm piano")


def gate() -> ProviderGate:
    return ProviderGate.of("mureka")


def make_probe_due() -> None:
    ProviderGate.objects.filter(probe_at__isnull=False).update(probe_at=Now() - timedelta(seconds=1))


def test_a_busy_provider_is_left_alone_for_as_long_as_it_says(asked: MusicTrack, mureka: FakeMureka) -> None:
    mureka.script("busy", retry_after=3600)
    assert advance(asked).status == TrackStatus.PENDING
    assert asked.holds == 0, "that is not the track's fault"
    assert asked.attempts.get().state == AttemptState.NOT_SUBMITTED
    assert ProviderGate.objects.filter(not_before__gt=Now() + timedelta(seconds=3500)).exists()
    advance(asked)
    assert len(mureka.requests) == 1, "nobody knocks at a shut gate"
    assert mail.outbox == []
    open_gates()
    assert advance(asked).stage == "waiting"
    assert gate().strikes == 0


def test_without_a_word_of_how_long_each_pause_doubles(asked: MusicTrack, mureka: FakeMureka) -> None:
    mureka.script("busy", times=4)
    pauses = []
    for _time in range(4):
        advance(asked)
        clock = ProviderGate.objects.annotate(clock=Now()).get(pk="mureka")
        assert clock.not_before
        pauses.append(round((clock.not_before - clock.clock).total_seconds()))
        open_gates()
    assert pauses == [2, 4, 8, 16]


def test_what_was_refused_in_the_same_moment_is_one_refusal(mureka: FakeMureka) -> None:
    for _hand in range(4):
        gate().stand_back()
    assert gate().strikes == 1
    open_gates()
    gate().stand_back()
    assert gate().strikes == 2


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("unauthorised", PauseCode.KEY_REFUSED),
        ("forbidden", PauseCode.REGION_REFUSED),
        ("payment", PauseCode.CREDIT_USED_UP),
        ("quota", PauseCode.CREDIT_USED_UP),
        ("not_found", PauseCode.MISCONFIGURED),
    ],
)
def test_what_only_a_person_can_mend_shuts_the_gate_and_is_told_once(
    alice: Reader, asked: MusicTrack, mureka: FakeMureka, fault: str, code: str
) -> None:
    others = [request_prompted_track(owner=alice, prompt=f"more {n}") for n in range(3)]
    mureka.script(fault, times=None)
    for track in [asked, *others]:
        assert advance(track).status == TrackStatus.PENDING
    assert gate().pause_code == code
    assert len(mail.outbox) == 1
    assert mureka.key not in mail.outbox[0].body
    assert "calm piano" not in mail.outbox[0].body
    assert mureka.ledger == []
    assert len(mureka.requests) == 1


def test_several_silences_in_a_row_are_an_outage_that_ends_by_itself(asked: MusicTrack, mureka: FakeMureka) -> None:
    mureka.down()
    for _time in range(OUTAGE_STRIKES):
        assert advance(asked).status == TrackStatus.PENDING
        open_gates()
    assert gate().pause_code == PauseCode.UNREACHABLE
    make_probe_due()
    gatekeeping.mind(gate())
    assert gate().is_paused, "nobody answers yet"
    mureka.up()
    make_probe_due()
    gatekeeping.mind(gate())
    assert not gate().is_paused
    assert advance(asked).stage == "waiting"
    assert len(mail.outbox) == 1


def test_credit_is_back_when_the_account_says_so(asked: MusicTrack, mureka: FakeMureka) -> None:
    mureka.settings(recharge_cents=0)
    assert advance(asked).status == TrackStatus.PENDING
    assert gate().pause_code == PauseCode.CREDIT_USED_UP
    make_probe_due()
    gatekeeping.mind(gate())
    assert gate().is_paused
    mureka.top_up(5000)
    make_probe_due()
    gatekeeping.mind(gate())
    assert not gate().is_paused
    assert gate().balance_cents == 5000
    assert advance(asked).stage == "waiting"


def test_a_reason_that_only_seemed_gone_is_not_told_again_and_looked_for_later(
    asked: MusicTrack, mureka: FakeMureka
) -> None:
    mureka.script("forbidden", times=None)  # the account answers all the same
    pauses = []
    for _time in range(3):
        advance(asked)
        clock = ProviderGate.objects.annotate(clock=Now()).get(pk="mureka")
        assert clock.probe_at
        pauses.append(round((clock.probe_at - clock.clock).total_seconds(), -1))
        make_probe_due()
        gatekeeping.mind(gate())
        assert not gate().is_paused
    assert pauses == [30, 60, 120]
    assert len(mail.outbox) == 1
    mureka.clear()
    advance(asked)
    mureka.script("forbidden")
    request = request_prompted_track(owner=asked.owner, prompt="another")
    advance(request)
    assert len(mail.outbox) == 2, "after something has worked, trouble is news again"


def test_a_key_refused_while_asking_after_a_paid_piece_keeps_the_piece(asked: MusicTrack, mureka: FakeMureka) -> None:
    mureka.settings(latency=(100, 100))
    advance(asked)
    mureka.revoke_key()
    assert advance(asked).stage == "waiting"
    assert gate().pause_code == PauseCode.KEY_REFUSED
    mureka.restore_key()
    mureka.finish()
    assert advance(asked).status == TrackStatus.COMPLETED
    assert len(mureka.ledger) == 1


def test_staff_shut_and_open_it_and_nobody_else_opens_theirs(asked: MusicTrack, mureka: FakeMureka) -> None:
    assert pause_provider("mureka", detail="a quiet night", by="charlie")
    assert not pause_provider("mureka")
    gatekeeping.mind(gate())
    assert not gate().resume(by_staff=False)
    assert advance(asked).status == TrackStatus.PENDING
    assert resume_provider("mureka", by="charlie")
    assert not resume_provider("mureka")
    assert advance(asked).stage == "waiting"


def test_staff_may_take_over_a_gate_that_was_shut_for_another_reason(mureka: FakeMureka) -> None:
    gate().pause(PauseCode.UNREACHABLE, "silence")
    assert pause_provider("mureka")
    assert gate().pause_code == PauseCode.STAFF
    assert gate().probe_at is None


def test_what_waits_can_be_given_to_the_studio(alice: Reader, asked: MusicTrack, mureka: FakeMureka) -> None:
    mureka.settings(latency=(100, 100))
    advance(asked)
    waiting = [request_prompted_track(owner=alice, prompt=f"waits {n}") for n in range(3)]
    gate().pause(PauseCode.CREDIT_USED_UP, "nothing left")
    assert switch_waiting("mureka", "studio", by="charlie") == 3
    assert [advance(track).status for track in waiting] == [TrackStatus.COMPLETED] * 3
    asked.refresh_from_db()
    assert asked.provider == "mureka", "what is ordered and paid for stays where it is"
    assert waiting[0].events.filter(kind="switched").count() == 1


def test_after_a_long_outage_the_studio_steps_in_where_a_setting_says_so(
    asked: MusicTrack, mureka: FakeMureka, settings: Any
) -> None:
    gate().pause(PauseCode.UNREACHABLE, "silence")
    ProviderGate.objects.update(paused_at=Now() - timedelta(minutes=20), probe_at=Now() + timedelta(minutes=5))
    gatekeeping.mind(gate())
    asked.refresh_from_db()
    assert asked.provider == "mureka"
    settings.MUSIC_FALLBACK_MINUTES = 30
    gatekeeping.mind(gate())
    asked.refresh_from_db()
    assert asked.provider == "mureka"
    settings.MUSIC_FALLBACK_MINUTES = 15
    gatekeeping.mind(gate())
    assert advance(asked).status == TrackStatus.COMPLETED
    assert (asked.provider, mureka.ledger) == ("studio", [])


@pytest.mark.parametrize("code", [PauseCode.STAFF, PauseCode.STORAGE])
def test_the_studio_steps_in_for_no_other_reason_than_the_providers_own(
    asked: MusicTrack, mureka: FakeMureka, settings: Any, code: str
) -> None:
    settings.MUSIC_FALLBACK_MINUTES = 15
    gate().pause(code, "a reason")
    ProviderGate.objects.update(paused_at=Now() - timedelta(hours=2))
    assert gate() not in gatekeeping.gates_to_mind()
    gatekeeping.mind(gate())
    asked.refresh_from_db()
    assert asked.provider == "mureka"


def test_the_account_is_read_and_its_limit_kept(mureka: FakeMureka) -> None:
    mureka.settings(recharge_cents=4321, concurrency=7)
    gatekeeping.mind(gate())
    assert (gate().limit, gate().balance_cents, gate().account_error) == (7, 4321, "")
    mureka.script_billing("broken")
    gatekeeping.mind(gate())
    assert gate().account_error == "", "it was read a moment ago"
    ProviderGate.objects.update(account_asked_at=Now() - timedelta(hours=1))
    gatekeeping.mind(gate())
    assert "500" in gate().account_error
    assert gate().limit == 7


def test_storage_that_takes_no_files_stops_new_orders_until_it_does(
    asked: MusicTrack, mureka: FakeMureka, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate().pause(PauseCode.STORAGE, "access denied")
    monkeypatch.setattr(gatekeeping, "check_writable", lambda: (_ for _ in ()).throw(gatekeeping.StorageFailed("no")))
    make_probe_due()
    gatekeeping.mind(gate())
    assert gate().is_paused
    monkeypatch.undo()
    make_probe_due()
    gatekeeping.mind(gate())
    assert not gate().is_paused


def test_the_sweep_minds_the_gates(mureka: FakeMureka, transactional_db: None) -> None:
    gate()
    sweeping.sweep()
    assert sweeping.minding.wait_until_idle()
    assert gate().limit == 3
