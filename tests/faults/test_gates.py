"""A key that is revoked, credit that is used up, an outage, a queue that is flooded (cases 32 and 33)."""

from __future__ import annotations

import logging
import time

import pytest
from django.db.models.functions import Now

from journeys.models import Reader
from music import sweeping
from music.models import AttemptState, MusicTrack, ProviderGate, TrackStatus
from tests.faults.harness import Faults, completed
from tests.process.product import wait_until
from tests.pure.studio.commissions import commission


def alerts(faults: Faults) -> int:
    return sum(worker.log.count("ALERT ") for worker in faults.workers)


def gate() -> ProviderGate:
    return ProviderGate.objects.get(pk="mureka")


@pytest.mark.parametrize("trouble", ["key", "credit"])
def test_an_account_in_trouble_stops_all_orders_tells_staff_once_and_goes_on_by_itself(
    faults: Faults, trouble: str
) -> None:
    faults.mureka.settings(latency=(0.3, 0.6), concurrency=3)
    for _ in range(3):
        faults.worker()
    tracks = faults.ask_many(4)
    wait_until(lambda: faults.mureka.ledger, what="the first order")
    if trouble == "key":
        faults.mureka.revoke_key()
    else:
        spent = faults.mureka.stats()["spending_cents"]
        faults.mureka.settings(recharge_cents=spent)
    tracks += faults.ask_many(6)
    wait_until(lambda: gate().is_paused, what="the gate to be shut")
    assert gate().pause_code == ("key_refused" if trouble == "key" else "credit_used_up")

    paid = len(faults.mureka.ledger)
    time.sleep(2)  # several sweeps of three workers, and probes
    assert len(faults.mureka.ledger) == paid
    assert MusicTrack.objects.filter(status=TrackStatus.PENDING).exists()
    assert not MusicTrack.objects.filter(status=TrackStatus.ERROR).exists()
    assert alerts(faults) == 1

    if trouble == "key":
        faults.mureka.restore_key()
    else:
        faults.mureka.top_up(100_000)
    faults.settle(60)
    assert completed(tracks) == 10
    assert len(faults.mureka.ledger) == 10
    assert alerts(faults) == 1
    faults.check()


def test_an_outage_is_told_once_and_the_queue_goes_on_when_it_is_over(faults: Faults) -> None:
    for _ in range(2):
        faults.worker()
    tracks = faults.ask_many(2)
    faults.settle()
    faults.mureka.down("refused")
    tracks += faults.ask_many(6)
    wait_until(lambda: gate().is_paused, what="the gate to be shut")
    assert gate().pause_code == "unreachable"
    faults.mureka.up()
    faults.settle(60)
    assert completed(tracks) == 8
    assert len(faults.mureka.ledger) == 8
    assert alerts(faults) == 1
    faults.check()


def test_a_vendor_that_hangs_holds_up_neither_polls_nor_sweeps(
    faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    """Orders that hang are doubtful; what was ordered before goes on, and each sweep stays short."""
    caplog.set_level(logging.CRITICAL)
    faults.read_account()
    faults.mureka.settings(latency=(0.5, 0.5))
    paid = faults.ask()
    faults.sweep()
    faults.mureka.script("stall", times=2, seconds=5)
    doubtful = faults.ask_many(2)
    began = time.monotonic()
    sweeping.sweep()
    assert time.monotonic() - began < 4, "the stalled orders take five seconds, and no sweep waits for them"
    faults.work_off()
    assert completed([paid]) == 1
    assert [faults.attempts(track) for track in doubtful] == [[AttemptState.UNKNOWN]] * 2
    faults.check()


@pytest.mark.parametrize(("limit", "count"), [(1, 300), (10, 10_000)])
def test_a_flood_of_one_readers_pieces_keeps_nobody_waiting_and_no_sweep_long(
    faults: Faults, bob: Reader, limit: int, count: int
) -> None:
    faults.configure(MUSIC_OWNER_SHARE=0)
    faults.mureka.settings(concurrency=limit, latency=(60, 60))
    faults.read_account()
    _flood(faults, count)
    faults.sweep()
    took = []
    for _ in range(5):
        began = time.monotonic()
        sweeping.sweep()
        took.append(time.monotonic() - began)
    assert sorted(took)[2] < 5, took  # a tenth of a second on an idle machine
    assert len(faults.mureka.ledger) <= limit
    bobs = faults.ask(reader=bob)

    for _ in range(3):
        faults.mureka.finish()
        faults.hurry()
        faults.sweep()
        faults.sweep()
    bobs.refresh_from_db()
    assert bobs.status != TrackStatus.PENDING
    assert bobs.attempts.count() == 1
    faults.mureka.finish()


def _flood(faults: Faults, count: int) -> None:
    brief = commission()
    MusicTrack.objects.bulk_create(
        [
            MusicTrack(
                owner=faults.reader,
                title=f"flood {turn}",
                brief={**brief.to_json(), "prompt": f"flood {turn}"},
                prompt=f"flood {turn}",
                genre=brief.genre,
                mood=brief.mood,
                tempo=brief.tempo,
                duration=brief.duration,
                provider="mureka",
                due_at=Now(),
                turn=turn + 1,
            )
            for turn in range(count)
        ],
        batch_size=500,
    )
