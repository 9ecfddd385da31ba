"""How the machine is doing, in figures read from the database: for health checks, metrics and staff at night.

Nearly every query is served by an index that holds unfinished rows only, or by a table of a few rows, so that asking
often costs little; `attempts_by_state` alone reads all the orders on record. Ages are seconds by the database's clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Sum
from django.db.models.functions import Now

from music.models import AttemptState, EventKind, Heartbeat, MusicTrack, ProviderGate, SubmissionAttempt, TrackEvent

SWEEP = "sweep"
"""The heartbeat that every sweep writes."""

RECENTLY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Queued:
    """What waits for one provider: how many tracks, of how many readers, and how long the oldest has."""

    provider: str
    tracks: int
    readers: int
    oldest: float


@dataclass(frozen=True, slots=True)
class Pulse:
    """One heartbeat: seconds since the last, and what was counted since the beginning."""

    age: float
    counts: Mapping[str, float]


def waiting() -> list[Queued]:
    """The queue, by provider."""
    rows = (
        MusicTrack.objects.waiting()
        .order_by("provider")
        .values_list("provider")
        .annotate(
            tracks=Count("pk"),
            readers=Count("owner", distinct=True),
            oldest=Min("requested_at"),
            clock=Max(Now()),
        )
    )
    return [Queued(name, tracks, readers, _age(oldest, clock)) for name, tracks, readers, oldest, clock in rows]


def oldest_due() -> float:
    """How long ago the track under way that is most overdue should have been looked at; 0.0 when none is."""
    first = MusicTrack.objects.due().annotate(clock=Now()).values_list("due_at", "clock").first()
    return _age(*first) if first and first[0] else 0.0


def under_way() -> dict[tuple[str, str], int]:
    """How many tracks are being made, by provider and stage."""
    rows = MusicTrack.objects.under_way().order_by().values_list("provider", "stage").annotate(Count("pk"))
    return {(provider, stage): count for provider, stage, count in rows}


def rescues() -> int:
    """How many workers the tracks that are being made now have cost so far."""
    return MusicTrack.objects.under_way().aggregate(lost=Sum("rescues"))["lost"] or 0


def ended_recently() -> dict[tuple[str, str], int]:
    """How many tracks ended within `RECENTLY`, by kind of end (completed, remade, failed, cancelled) and code."""
    ends = [EventKind.COMPLETED, EventKind.REMADE, EventKind.FAILED, EventKind.CANCELLED]
    recent = TrackEvent.objects.filter(at__gte=Now() - RECENTLY, kind__in=ends).order_by()
    return {(kind, code): count for kind, code, count in recent.values_list("kind", "code").annotate(Count("pk"))}


def pulses() -> dict[str, Pulse]:
    """Every heartbeat by name."""
    rows = Heartbeat.objects.annotate(clock=Now()).values_list("name", "at", "clock", "counts")
    return {name: Pulse(_age(at, clock), counts) for name, at, clock, counts in rows}


def paused_gates() -> dict[str, str]:
    """The providers whose gate is shut until somebody does something, with the code of the reason."""
    return dict(ProviderGate.objects.exclude(pause_code="").values_list("provider", "pause_code"))


def unknown_orders() -> int:
    """How many orders there are whose outcome nobody has learned: each may have been paid for."""
    return SubmissionAttempt.objects.filter(state=AttemptState.UNKNOWN).count()


def attempts_by_state() -> dict[str, int]:
    """How many orders are on record, by what became of them. Every state is named."""
    counts = dict(SubmissionAttempt.objects.order_by().values_list("state").annotate(Count("pk")))
    return {state: counts.get(state, 0) for state in AttemptState.values}


def _age(moment: datetime, clock: datetime) -> float:
    return max(0.0, (clock - moment).total_seconds())
