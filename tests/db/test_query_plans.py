"""The sweep's queries read the index of unfinished tracks, however many finished ones there are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from journeys.models import Journey, Reader
from music import generation
from music.models import MusicTrack

pytestmark = pytest.mark.django_db
FINISHED = 3000
WAITING = 600


@pytest.fixture
def many(alice: Reader, journey: Journey) -> MusicTrack:
    """One due track among thousands of finished ones and hundreds that wait for their time."""
    MusicTrack.objects.bulk_create(
        [
            MusicTrack(
                owner=alice,
                title=f"later {n}",
                brief={},
                tempo=60,
                duration=60,
                provider="studio",
                due_at=Now() + timedelta(minutes=10, seconds=n),
            )
            for n in range(WAITING)
        ]
    )
    MusicTrack.objects.bulk_create(
        [
            MusicTrack(
                owner=alice,
                title=f"old {n}",
                brief={},
                tempo=60,
                duration=60,
                provider="studio",
                status="completed",
                file=f"tracks/{n}.mp3",
                fencing_token=1,
                finished_at=Now(),
            )
            for n in range(FINISHED)
        ],
        batch_size=500,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    track = MusicTrack.objects.get(log__journey=journey)
    MusicTrack.objects.filter(pk=track.pk).update(due_at=Now() - timedelta(minutes=1))
    return track


def plans(queries: list[dict[str, str]]) -> list[str]:
    """How the database would run each captured query on tracks."""
    explain = "EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN "
    found = []
    with connection.cursor() as cursor:
        for query in queries:
            sql = query["sql"]
            if "music_musictrack" in sql and sql.startswith(("SELECT", "UPDATE")):
                cursor.execute(explain + sql.replace("%", "%%") if connection.vendor == "postgresql" else explain + sql)
                found.append("\n".join(str(row) for row in cursor.fetchall()))
    return found


def test_the_sweep_reads_only_what_is_due(many: MusicTrack) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert generation.sweep() == [(many.pk, "studio")]
    looked = [plan for plan in plans(captured.captured_queries) if "due_at" in plan or "track_due" in plan]
    assert len(looked) >= 2
    for plan in looked:
        assert "track_due" in plan, plan
        assert "Seq Scan" not in plan
        assert "SCAN music_musictrack" not in plan


def test_a_readers_unfinished_tracks_are_found_by_index(many: MusicTrack, alice: Reader) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert MusicTrack.objects.for_reader(alice).unfinished().count() == WAITING + 1
    (plan,) = plans(captured.captured_queries)
    assert "track_owner_unfinished" in plan or "track_due" in plan, plan
    assert "Seq Scan" not in plan
