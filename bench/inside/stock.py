"""Rows to measure with. Django must be set up before this is imported."""

# ruff: noqa: S608  # statements are put together here of nothing but our own names

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from bench.inside.vendor import NAME
from journeys.models import Reader
from music.models import AttemptState, MusicTrack, ProviderGate, SubmissionAttempt, TrackStage, TrackStatus
from tests.pure.studio.commissions import commission

BATCH = 1000
DEADLINE = timedelta(minutes=15)
SPREAD_SECONDS = 7
"""Between two finished tracks: a million are some eighty days' work."""


def readers(count: int) -> list[Reader]:
    names = [f"reader{number}" for number in range(count)]
    return Reader.objects.bulk_create([Reader(username=name, email=f"{name}@example.org") for name in names], BATCH)


def track(owner: Reader, **columns: Any) -> MusicTrack:
    """An unsaved row; pending, of the vendor that answers at once."""
    brief = commission(duration=60).to_json()
    told = {"prompt": "instrumental", "genre": "chamber", "mood": "love", "tempo": 80, "duration": 60}
    return MusicTrack(**{"owner": owner, "title": "a piece", "brief": brief, "provider": NAME, **told, **columns})


def add_waiting(owners: Sequence[Reader], count: int, *, provider: str = NAME) -> None:
    """Tracks that wait for their turn."""
    ProviderGate.of(provider)
    turns = ((owners[number % len(owners)], 1 + number // len(owners)) for number in range(count))
    MusicTrack.objects.bulk_create(
        [track(owner, provider=provider, due_at=Now(), turn=turn) for owner, turn in turns], BATCH
    )


def add_ordered(owners: Sequence[Reader], task_ids: Sequence[str], *, provider: str = NAME, due_at: Any) -> None:
    """Tracks whose orders these are, to be asked after at `due_at`, a function of their number."""
    ProviderGate.of(provider)
    tracks = [
        track(
            owners[number % len(owners)],
            provider=provider,
            status=TrackStatus.GENERATING,
            stage=TrackStage.WAITING,
            fencing_token=1,
            started_at=Now(),
            deadline_at=Now() + DEADLINE,
            due_at=due_at(number),
        )
        for number in range(len(task_ids))
    ]
    with transaction.atomic():  # a worker that sweeps must not see them without their orders
        MusicTrack.objects.bulk_create(tracks, BATCH)
        SubmissionAttempt.objects.bulk_create(
            [
                SubmissionAttempt(
                    track=each,
                    track_ref=each.pk,
                    seq=1,
                    ask=1,
                    provider=provider,
                    fencing_token=1,
                    state=AttemptState.SUBMITTED,
                    task_id=task_id,
                    closed_at=Now(),
                )
                for each, task_id in zip(tracks, task_ids, strict=True)
            ],
            BATCH,
        )


def add_finished(owners: Sequence[Reader], count: int) -> None:
    """Finished tracks, each with its order: copies of one that the database makes by itself."""
    template = track(
        owners[0], brief={}, status=TrackStatus.COMPLETED, file="tracks/0.mp3", fencing_token=3, finished_at=Now()
    )
    template.save(force_insert=True)
    moments = ("created_at", "requested_at", "started_at", "finished_at")
    columns = {f.column: f"t.{_quoted(f.column)}" for f in MusicTrack._meta.concrete_fields}
    columns |= {"id": _NEW_ID[connection.vendor], "owner_id": f"{owners[0].pk} + n %% {len(owners)}"}
    columns |= {name: _moment("n") for name in moments} | {"file": "'tracks/' || n || '.mp3'"}
    names = ", ".join(map(_quoted, columns))
    attempt = {
        "track_id": "id",
        "track_ref": "id",
        "seq": "1",
        "ask": "1",
        "provider": f"'{NAME}'",
        "fencing_token": "1",
        "state": "'submitted'",
        "task_id": _TEXT_OF_ID[connection.vendor],
        "trace_id": "''",
        "error": "''",
        "details": "'{}'",
        "resolved_by": "''",
        "note": "''",
        "opened_at": "finished_at",
        "closed_at": "finished_at",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_NUMBERS[connection.vendor]} INSERT INTO music_musictrack ({names}) "
            f"SELECT {', '.join(columns.values())} FROM music_musictrack t, numbers WHERE t.id = %s",
            [count, template.pk if connection.vendor == "postgresql" else template.pk.hex],
        )
        cursor.execute(
            f"INSERT INTO music_submissionattempt ({', '.join(map(_quoted, attempt))}) "
            f"SELECT {', '.join(attempt.values())} FROM music_musictrack "
            "WHERE status = 'completed' AND NOT EXISTS "
            "(SELECT 1 FROM music_submissionattempt a WHERE a.track_id = music_musictrack.id)"
        )
    template.delete()


def tidy() -> None:
    """What the database does by itself sooner or later, done now. SQLite never gathers statistics by itself."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _quoted(column: str) -> str:
    return connection.ops.quote_name(column)


def _moment(number: str) -> str:
    if connection.vendor == "postgresql":
        return f"now() - make_interval(secs => {SPREAD_SECONDS} * {number})"
    return f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', '-' || ({SPREAD_SECONDS} * {number}) || ' seconds')"


def new_task_ids(count: int) -> list[str]:
    return [uuid.uuid4().hex for _ in range(count)]


_NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT %s)",
    "postgresql": "WITH numbers(n) AS (SELECT generate_series(1, %s))",
}
_NEW_ID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
_TEXT_OF_ID = {"sqlite": "id", "postgresql": "id::text"}
