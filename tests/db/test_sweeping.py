"""The sweep: claims in batches, asks after what waits, and never lets one row's trouble become another's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from journeys.models import Reader
from music import dispatching, polling, sweeping, tally
from music.hands import Hands
from music.models import Heartbeat, MusicTrack, ProviderGate, TrackStage, TrackStatus
from music.providers import get_provider
from music.services import request_prompted_track
from music.tasks import advance_track
from tests.db.steps import advance, claimed, lose_worker, make_due, past_deadline
from tests.fake_mureka import FakeMureka, running_mureka

pytestmark = pytest.mark.django_db
LEASE = timedelta(seconds=60)


@pytest.fixture
def mureka(settings: Any) -> Iterator[FakeMureka]:
    with running_mureka(concurrency=500, latency=(100, 100)) as mureka:
        settings.MUSIC_PROVIDER = "mureka"
        settings.MUREKA_API_KEY = mureka.key
        settings.MUREKA_API_BASE = mureka.url
        settings.MUREKA_AUDIO_HOSTS = [mureka.host]
        settings.MUREKA_CONCURRENCY = 500
        settings.MUSIC_OWNER_SHARE = 500
        yield mureka


def at_once(hands: Hands, job: Any, *args: Any) -> bool:
    if hands.free:
        job(*args)
        return True
    return False


@pytest.fixture(autouse=True)
def _no_hands_but_these(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are done at once and in this thread: another one would not see what this test has not committed."""

    for hands in (dispatching.submitting, dispatching.fetching, sweeping.minding, sweeping.watching):
        monkeypatch.setattr(hands, "give", partial(at_once, hands))


def ordered(alice: Reader, count: int) -> list[MusicTrack]:
    """So many tracks that wait at the provider, all due to be asked after."""
    ProviderGate.objects.update_or_create(pk="mureka", defaults={"limit": 500})
    tracks = [request_prompted_track(owner=alice, prompt=f"calm piano {n}") for n in range(count)]
    for track in tracks:
        assert advance(track).stage == TrackStage.WAITING
        make_due(track)
    return tracks


def states(tracks: list[MusicTrack]) -> list[tuple[str, str]]:
    rows = MusicTrack.objects.in_bulk([track.pk for track in tracks])
    return [(rows[track.pk].status, rows[track.pk].stage) for track in tracks]


def test_a_round_of_polls_costs_the_same_statements_for_three_tracks_and_for_thirty(
    alice: Reader, mureka: FakeMureka
) -> None:
    costs = []
    for count in (3, 27):
        ordered(alice, count)
        with CaptureQueriesContext(connection) as captured:
            polling.poll_due()
        costs.append(len(captured))
        MusicTrack.objects.under_way().update(due_at=Now() + timedelta(hours=1))
    assert mureka.stats()["polls"] == 3 + 27
    assert costs[0] == costs[1] <= 10


def test_what_is_still_running_is_due_again_later_and_nobody_sees_a_change(alice: Reader, mureka: FakeMureka) -> None:
    (track,) = ordered(alice, 1)
    version, events = MusicTrack.objects.get(pk=track.pk).version, track.events.count()
    sweeping.sweep()
    row = MusicTrack.objects.annotate(clock=Now()).get(pk=track.pk)
    assert (row.stage, row.lease_until, row.version) == (TrackStage.WAITING, None, version)
    assert row.due_at
    assert 4 <= (row.due_at - row.clock).total_seconds() <= 6
    assert track.events.count() == events


def test_an_old_task_is_asked_after_less_often(alice: Reader, mureka: FakeMureka) -> None:
    tracks = ordered(alice, 3)
    for track, age in zip(tracks, (10, 90, 800), strict=True):
        MusicTrack.objects.filter(pk=track.pk).update(started_at=Now() - timedelta(seconds=age))
    waiting = {each.pk: each for each in MusicTrack.claim_waiting(10, lease=LEASE)}
    pauses = [polling._pause(waiting[track.pk], 0.0) for track in tracks]
    for pause, plain in zip(pauses, (5, 15, 30), strict=True):
        assert plain * 0.85 <= pause <= plain * 1.16


def test_a_crowd_is_asked_after_as_often_as_one_process_can(alice: Reader, mureka: FakeMureka, settings: Any) -> None:
    ordered(alice, 6)
    settings.MUSIC_POLLS_PER_SECOND = 0.1
    assert polling._crowd() == 60
    (waiting, *_others) = MusicTrack.claim_waiting(1, lease=LEASE)
    assert polling._pause(waiting, 60) >= 51


def test_one_rows_trouble_is_its_own(alice: Reader, mureka: FakeMureka) -> None:
    tracks = ordered(alice, 6)
    ids = [track.attempts.get().task_id for track in tracks]
    for fault, task in zip(("garbage", "huge", "wrong_id", "unknown", "broken"), ids, strict=False):
        mureka.script_query(fault, task_id=task)
    mureka.finish(ids[5])
    sweeping.sweep()
    assert states(tracks) == [("generating", "waiting")] * 5 + [("completed", "")]
    mureka.clear()
    mureka.finish()
    MusicTrack.objects.under_way().update(due_at=Now(), lease_until=None)
    sweeping.sweep()
    assert {status for status, _stage in states(tracks)} == {"completed"}
    assert len(mureka.ledger) == 6


def test_a_claim_is_given_back_only_by_whoever_has_it(alice: Reader, mureka: FakeMureka) -> None:
    ordered(alice, 2)
    first = MusicTrack.claim_waiting(10, lease=LEASE)
    assert len(first) == 2
    assert MusicTrack.claim_waiting(10, lease=LEASE) == []
    MusicTrack.objects.under_way().update(lease_until=None, due_at=Now())
    second = MusicTrack.claim_waiting(1, lease=LEASE)
    assert MusicTrack.wait_on(dict.fromkeys(first, 5.0)) == 1, "the other has been claimed by somebody else"
    assert MusicTrack.wait_on(dict.fromkeys(second, 5.0)) == 1


def test_a_provider_that_answers_nobody_is_not_asked_two_hundred_times(
    alice: Reader, mureka: FakeMureka, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracks = ordered(alice, 60)
    asked = []
    mureka.down()
    poll = get_provider("mureka").poll  # type: ignore[union-attr]
    monkeypatch.setattr(get_provider("mureka"), "poll", lambda task: asked.append(task) or poll(task))
    monkeypatch.setattr(polling, "POLL_THREADS", 4)
    monkeypatch.setattr(polling, "_poll_pool", None)
    polling.poll_due()
    assert polling.SILENT_POLLS <= len(asked) < 40
    assert set(states(tracks)) == {("generating", "waiting")}
    assert not MusicTrack.objects.under_way().filter(lease_until__isnull=False).exists()


def test_past_the_deadline_it_is_asked_a_last_time(alice: Reader, mureka: FakeMureka) -> None:
    there, missing, silent = tracks = ordered(alice, 3)
    for track in tracks:
        past_deadline(track)
    mureka.finish(there.attempts.get().task_id)
    mureka.script_query("broken", task_id=silent.attempts.get().task_id)
    sweeping.sweep()
    assert [status for status, _stage in states(tracks)] == ["completed", "error", "error"]
    assert set(MusicTrack.objects.filter(status="error").values_list("error_code", flat=True)) == {"timeout"}
    assert missing.attempts.get().watch_at, "it is paid for, and asked after for a while yet"


def test_a_download_waits_for_free_hands(alice: Reader, mureka: FakeMureka, monkeypatch: pytest.MonkeyPatch) -> None:
    (track,) = ordered(alice, 1)
    mureka.finish()
    monkeypatch.setattr(dispatching.fetching, "_busy", 4)
    sweeping.sweep()
    assert states([track]) == [("generating", "fetching")]
    monkeypatch.setattr(dispatching.fetching, "_busy", 0)
    sweeping.sweep()
    assert states([track]) == [("completed", "")]


def test_new_orders_are_placed_by_free_hands_in_turn(
    alice: Reader, bob: Reader, mureka: FakeMureka, monkeypatch: pytest.MonkeyPatch
) -> None:
    ProviderGate.objects.create(pk="mureka", limit=500)
    hers = [request_prompted_track(owner=alice, prompt=f"alice {n}") for n in range(5)]
    his = request_prompted_track(owner=bob, prompt="bob")
    monkeypatch.setattr(dispatching.submitting, "_busy", 2)
    monkeypatch.setattr(dispatching, "GO_ON_SECONDS", 0.0)
    assert sweeping.attend(his.pk)
    assert [stage for _status, stage in states([*hers[:2], his])] == ["waiting", "", "waiting"]
    sweeping.sweep()
    assert [stage for _status, stage in states(hers)] == ["waiting"] * 3 + [""] * 2
    assert len(mureka.ledger) == 4


def test_a_knock_for_the_studio_is_not_for_these_hands(alice: Reader, settings: Any) -> None:
    settings.MUSIC_PROVIDER = "studio"
    track = request_prompted_track(owner=alice, prompt="calm piano")
    assert not sweeping.attend(track.pk)
    advance_track(str(track.pk))
    assert states([track]) == [("completed", "")]
    assert not sweeping.attend(track.pk)


def test_with_a_full_disk_nothing_is_ordered_and_what_is_ordered_goes_on(
    alice: Reader, mureka: FakeMureka, settings: Any
) -> None:
    (under_way,) = ordered(alice, 1)
    waiting = request_prompted_track(owner=alice, prompt="waits")
    settings.MUSIC_MIN_FREE_MB = 10**9
    mureka.finish()
    sweeping.sweep()
    assert states([under_way, waiting]) == [("completed", ""), ("pending", "")]
    assert len(mureka.ledger) == 1


def test_a_part_that_fails_does_not_keep_the_others_from_their_work(
    alice: Reader, mureka: FakeMureka, monkeypatch: pytest.MonkeyPatch
) -> None:
    (track,) = ordered(alice, 1)
    mureka.finish()
    monkeypatch.setattr(sweeping.spool, "replay", lambda: 1 / 0)
    sweeping.sweep()
    assert states([track]) == [("completed", "")]


def test_a_provider_that_was_taken_away_leaves_no_loop(alice: Reader, mureka: FakeMureka, settings: Any) -> None:
    (track,) = ordered(alice, 1)
    MusicTrack.objects.filter(pk=track.pk).update(provider="gone")
    sweeping.sweep()
    assert states([track]) == [("generating", "waiting")]
    past_deadline(track)
    make_due(track)
    MusicTrack.objects.filter(pk=track.pk).update(lease_until=None)
    sweeping.sweep()
    assert MusicTrack.objects.get(pk=track.pk).status == TrackStatus.ERROR


def test_it_shows_that_it_lives_and_counts(alice: Reader, mureka: FakeMureka, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "WRITE_EVERY_SECONDS", 0.0)
    ordered(alice, 2)
    sweeping.sweep()
    counts = Heartbeat.objects.get(pk="sweep").counts
    assert counts["submitted"] >= 2
    assert counts["polls"] >= 2
    assert counts["sweeps"] >= 1


def test_what_a_lost_worker_was_to_ask_after_goes_into_the_next_batch(alice: Reader, mureka: FakeMureka) -> None:
    tracks = ordered(alice, 3)
    assert len(MusicTrack.claim_waiting(10, lease=timedelta(seconds=-1))) == 3
    MusicTrack.objects.under_way().update(due_at=Now() - timedelta(seconds=1))
    mureka.finish()
    assert sweeping.sweep() == [], "no knock: eight Celery threads would do one after the other"
    assert set(states(tracks)) == {("completed", "")}


def test_what_a_lost_worker_was_fetching_is_fetched_by_free_hands(alice: Reader, mureka: FakeMureka) -> None:
    tracks = ordered(alice, 2)
    mureka.finish()
    for track in tracks:
        worker = claimed(track)
        assert worker.enter(TrackStage.STORING)
        lose_worker(worker)
    assert sweeping.sweep() == []
    assert set(states(tracks)) == {("completed", "")}
    assert MusicTrack.objects.filter(rescues=1).count() == 2


def test_hands_take_no_more_than_they_can_hold() -> None:
    hands, hold = Hands("test", 2), Event()
    assert [hands.give(hold.wait), hands.give(hold.wait), hands.give(hold.wait)] == [True, True, False]
    assert hands.free == 0
    hold.set()
    assert hands.wait_until_idle()
    assert hands.free == 2


def test_in_an_outage_nothing_fails_unasked_at_its_deadline(
    alice: Reader, mureka: FakeMureka, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracks = ordered(alice, 50)
    MusicTrack.objects.under_way().update(deadline_at=Now() - timedelta(seconds=1))
    mureka.down()
    monkeypatch.setattr(polling, "POLL_THREADS", 4)
    monkeypatch.setattr(polling, "_poll_pool", None)
    polling.poll_due()
    ended = [status for status, _stage in states(tracks)].count("error")
    assert polling.SILENT_POLLS <= ended < 30, "those that were asked after, and no others"


def test_what_is_counted_is_no_sign_of_life() -> None:
    Heartbeat.beat("sweep")
    Heartbeat.objects.update(at=Now() - timedelta(minutes=5))
    Heartbeat.tally("sweep", {"completed": 1})
    assert Heartbeat.objects.filter(pk="sweep", at__lt=Now() - timedelta(minutes=4)).exists()
