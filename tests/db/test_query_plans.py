"""Sweep, queue and readers look into indexes of unfinished tracks, however many have finished."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from journeys.models import Journey, Reader
from music import sweeping, vitals
from music.models import MusicTrack, ProviderGate, TrackStage, TrackStatus
from music.providers import get_provider
from music.queueing import places_of, take
from tests.db.copies import FILE_OF_N, copy_track

pytestmark = pytest.mark.django_db
FINISHED = 4000
WAITING = 900
ASKED_AFTER = 900
PARTIAL = {"track_due", "track_inside", "track_queue", "track_owner_queue", "track_owner_unfinished"}
RECENT = "track_provider_recent"  # the last forty that a provider finished


def row(owner: Reader, title: str, **columns: object) -> MusicTrack:
    return MusicTrack(
        **{"owner": owner, "title": title, "brief": {}, "tempo": 60, "duration": 60, "provider": "loopback", **columns}
    )


@pytest.fixture
def many(alice: Reader, journey: Journey) -> None:
    """Thousands of finished tracks, hundreds that wait for their turn and hundreds that are asked after later."""
    ProviderGate.of("loopback")
    copy_track(row(alice, "waits", due_at=Now() - timedelta(minutes=1), turn=1), WAITING, turn="n + 1")
    asked_after = row(
        alice,
        "asked after",
        status=TrackStatus.GENERATING,
        stage=TrackStage.WAITING,
        fencing_token=1,
        started_at=Now(),
        deadline_at=Now() + timedelta(minutes=15),
        due_at=Now() + timedelta(minutes=1),
    )
    copy_track(asked_after, ASKED_AFTER)
    old = row(alice, "old", status="completed", file="0.mp3", fencing_token=1, finished_at=Now())
    copy_track(old, FINISHED, file=FILE_OF_N)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def plans(work: Callable[[], object]) -> dict[str, str]:
    """How the database runs each query on tracks that the work makes, except those by primary key."""
    with CaptureQueriesContext(connection) as captured:
        work()
    postgres = connection.vendor == "postgresql"
    explain = "EXPLAIN " if postgres else "EXPLAIN QUERY PLAN "
    found = {}
    with connection.cursor() as cursor:
        for query in captured.captured_queries:
            sql = query["sql"]
            by_key = re.search(r'"music_musictrack"\."id" (=|IN) ', sql)
            looks = re.match(r'SELECT .* FROM "music_musictrack"|UPDATE "music_musictrack"', sql, re.DOTALL)
            if looks and not by_key:
                cursor.execute(explain + sql.replace("%", "%%") if postgres else explain + sql)
                found[sql] = "\n".join(str(line) for line in cursor.fetchall())
    return found


def assert_only_what_is_unfinished_is_read(work: Callable[[], object], *, at_least: int) -> None:
    looked = plans(work)
    assert len(looked) >= at_least
    for sql, plan in looked.items():
        assert any(name in plan for name in (*PARTIAL, RECENT)), f"{sql}\n{plan}"
        assert "Seq Scan on music_musictrack" not in plan, f"{sql}\n{plan}"
        assert not re.search(r"SCAN (music_musictrack|U\d)(?! USING)", plan), f"{sql}\n{plan}"


def test_the_sweep_reads_only_what_is_due(many: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "_mind_gates", lambda: None)  # in a thread, on a connection of its own
    monkeypatch.setattr(sweeping, "_begin_orders", lambda: None)
    assert_only_what_is_unfinished_is_read(sweeping.sweep, at_least=3)


def test_letting_the_next_in_reads_only_the_head_of_the_queue(many: None, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = get_provider("loopback")
    monkeypatch.setattr(provider, "concurrency", ASKED_AFTER + 20)
    monkeypatch.setattr("music.queueing.share", lambda total: total)
    assert_only_what_is_unfinished_is_read(lambda: take(provider, 4), at_least=3)
    assert MusicTrack.objects.filter(stage=TrackStage.SUBMITTING).count() == 4


def test_a_place_in_the_queue_is_counted_in_the_index(many: None) -> None:
    last = MusicTrack.objects.waiting().filter(provider="loopback").order_by("-turn")[0]
    assert_only_what_is_unfinished_is_read(lambda: places_of([last]), at_least=1)


def test_a_readers_unfinished_tracks_are_found_by_index(many: None, alice: Reader) -> None:
    assert_only_what_is_unfinished_is_read(MusicTrack.objects.for_reader(alice).unfinished().count, at_least=1)


@pytest.mark.parametrize("look", [vitals.oldest_due, vitals.under_way])
def test_how_the_machine_is_doing_is_told_from_the_same_indexes(many: None, look: Callable[[], object]) -> None:
    assert_only_what_is_unfinished_is_read(look, at_least=1)


def test_a_readers_pieces_are_found_by_their_owner(many: None, bob: Reader) -> None:
    for rows in (MusicTrack.objects.for_reader(bob).pieces(), MusicTrack.objects.for_reader(bob).standalone()):
        for sql, plan in plans(lambda rows=rows: list(rows.order_by("-created_at")[:20])).items():  # type: ignore[misc]
            assert "track_owner" in plan, f"{sql}\n{plan}"


@pytest.mark.parametrize("which", ["", "unheard", "prompt"])
def test_a_readers_library_is_read_by_their_own_index(many: None, bob: Reader, client: Client, which: str) -> None:
    others = [bob, *(Reader.objects.create_user(f"reader{number}") for number in range(9))]
    MusicTrack.objects.bulk_create(
        row(reader, f"theirs {n}", status="completed", file=f"{reader}-{n}.mp3", finished_at=Now())
        for reader in others
        for n in range(100)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client.force_login(bob)
    for sql, plan in plans(lambda: client.get(f"/music?which={which}")).items():
        assert re.search("track_(owner|unheard)", plan), f"{sql}\n{plan}"
        assert "Seq Scan on music_musictrack" not in plan, f"{sql}\n{plan}"
