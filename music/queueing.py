"""Whose turn it is: taking waiting tracks through their provider's gate, and telling readers where they stand.

Fair between readers by the turns that tracks get when they are asked for (`music.models.gate`), and by a share: of a
provider with several places, one reader's pieces take all but a quarter at most, so that another's first piece begins
at once however many somebody else has ordered.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Now

from music.expectations import typical_seconds
from music.models import MusicTrack, ProviderGate
from music.providers import UnknownProvider, get_provider
from music.providers.base import AccountProvider, MakeProvider, TaskProvider

SEARCHED = 500  # waiting rows looked at for one filling: those of readers whose share is used up are passed over
COUNTED = 200  # a place further back is "more than 200"
SHOWN_PLACES = 20  # of one reader's waiting tracks, the foremost


def lease_for(provider: MakeProvider | TaskProvider) -> timedelta:
    """How long a claim that may order something holds: longer than the order itself can take, so that nobody thinks a
    worker lost that still waits for an answer."""
    return timedelta(seconds=max(settings.MUSIC_LEASE_SECONDS, order_seconds(provider) * 1.5))


def order_seconds(provider: MakeProvider | TaskProvider) -> float:
    """The longest that one order may take by the provider's own time limits; 0 where it does not say."""
    return float(getattr(provider, "order_seconds", 0.0))


def places(provider: MakeProvider | TaskProvider, gate: ProviderGate) -> int | None:
    """How many pieces may be under way at the provider; None: any number."""
    if not isinstance(provider, TaskProvider):
        return None
    known = [limit for limit in (provider.concurrency, gate.limit) if limit is not None]
    if isinstance(provider, AccountProvider) and gate.limit is None:
        return 1  # until its account has been read: the smallest one lets one run at a time
    return max(1, min(known)) if known else None


def share(total: int) -> int:
    """How many of a provider's places one reader may have."""
    return min(total, settings.MUSIC_OWNER_SHARE or max(1, total - max(1, total // 4)))


def take(provider: MakeProvider | TaskProvider, count: int = 1) -> list[MusicTrack]:
    """Claim up to `count` waiting tracks of the provider, in turn, as far as its gate lets them in.

    One transaction that holds the gate, so that many takers never let in too many. Tracks whose piece is ordered
    already need neither a place nor an open gate.
    """
    gate_row = ProviderGate.of(provider.name)
    with transaction.atomic():
        gate = ProviderGate.objects.select_for_update().annotate(clock=Now()).get(pk=gate_row.pk)
        ready = MusicTrack.objects.waiting().filter(provider=provider.name, due_at__lte=Now()).in_order()
        chosen = list(ready.filter(turn__lt=0).values_list("pk", flat=True)[:count])
        shut = gate.is_paused or (gate.not_before is not None and gate.not_before > gate.clock)
        if len(chosen) < count and not shut:
            fresh = _choose(provider, gate, count - len(chosen))
            chosen += [pk for pk, _turn in fresh]
            if turns := [turn for _pk, turn in fresh if turn > gate.turn]:
                ProviderGate.objects.filter(pk=gate.pk).update(turn=max(turns))
        if not chosen:
            return []
        return MusicTrack.begin(
            chosen, lease=lease_for(provider), deadline=timedelta(seconds=provider.deadline_seconds)
        )


def _choose(provider: MakeProvider | TaskProvider, gate: ProviderGate, count: int) -> list[tuple[uuid.UUID, int]]:
    """The next tracks to let in, with their turns."""
    ready = MusicTrack.objects.waiting().filter(provider=provider.name, turn__gte=0, due_at__lte=Now()).in_order()
    total = places(provider, gate)
    if total is None:
        return list(ready.values_list("pk", "turn")[:count])
    inside = dict(
        MusicTrack.objects.at_provider(provider.name).values_list("owner").annotate(count=Count("pk")).order_by()
    )
    free = min(count, total - sum(inside.values()))
    if free <= 0:
        return []
    allowed = share(total)
    full = [owner for owner, number in inside.items() if number >= allowed]
    chosen = []
    for pk, turn, owner in ready.exclude(owner__in=full).values_list("pk", "turn", "owner")[:SEARCHED]:
        if inside.get(owner, 0) < allowed:
            inside[owner] = inside.get(owner, 0) + 1
            chosen.append((pk, turn))
            if len(chosen) == free:
                break
    return chosen


@dataclass(frozen=True, slots=True)
class Place:
    """Where a waiting track stands."""

    ahead: int
    """Tracks that come before it, as things are now."""
    more: bool
    """Whether `ahead` is only where the counting stopped."""
    low: int
    high: int
    """Seconds within which it should be there, counted from now; both 0 where nobody can say."""
    pause_code: str
    """Why its provider's gate is shut until further notice; empty while it is open."""
    stands_back: bool
    """Whether its provider's gate lets nobody in for a moment, and then opens by itself."""


def places_of(tracks: Iterable[MusicTrack]) -> dict[uuid.UUID, Place]:
    """The places of one reader's waiting tracks, the foremost ones; a few bounded queries however long the queue is.

    One whose piece is ordered already waits for nobody's turn, and has no place.
    """
    waiting = sorted(
        (track for track in tracks if track.turn is not None and track.turn >= 0),
        key=lambda track: (track.turn, track.requested_at),
    )[:SHOWN_PLACES]
    names = {track.provider for track in waiting}
    gates = ProviderGate.objects.annotate(clock=Now()).in_bulk(names)
    spans = {name: typical_seconds(name) for name in names}
    fronts = {name: _front(name) for name in names}
    inside = dict(
        MusicTrack.objects.taking_places()
        .filter(provider__in=names)
        .values_list("provider")
        .annotate(count=Count("pk"))
        .order_by()
    )
    found = {}
    for track in waiting:
        front = fronts[track.provider]
        # One that is missing stands further back, or, where the whole queue was read, has been let in meanwhile.
        ahead = front.get(track.pk, len(front) if len(front) > COUNTED else 0)
        found[track.pk] = _place(
            track, gates.get(track.provider), spans[track.provider], ahead, inside.get(track.provider, 0)
        )
    return found


def _front(provider: str) -> dict[uuid.UUID, int]:
    """The foremost of the provider's queue, each with how many come before it."""
    queue = MusicTrack.objects.waiting().filter(provider=provider).in_order()
    return {pk: ahead for ahead, pk in enumerate(queue.values_list("pk", flat=True)[: COUNTED + 1])}


def _place(
    track: MusicTrack, gate: ProviderGate | None, span: tuple[int, int] | None, ahead: int, inside: int
) -> Place:
    pause_code = gate.pause_code if gate else ""
    shut = 0.0
    if gate and gate.not_before:
        shut = max(0.0, (gate.not_before - gate.clock).total_seconds())  # type: ignore[attr-defined]
    low = high = 0
    if span and not pause_code and ahead <= COUNTED:
        rounds = _rounds(track, gate, ahead + inside)
        # Of those inside, nobody knows how near their ends are: at best at once, at worst a whole generation away.
        low = int(shut + span[0] * max(1, rounds))
        high = int(shut + span[1] * (rounds + 1)) + 1
    return Place(min(ahead, COUNTED), ahead > COUNTED, low, high, pause_code, stands_back=shut > 0)


def _rounds(track: MusicTrack, gate: ProviderGate | None, before: int) -> int:
    """How many generations of pieces must end before this one begins, with so many before it, those inside included."""
    try:
        provider = get_provider(track.provider)
    except UnknownProvider:
        return 0
    total = places(provider, gate) if gate else None
    if isinstance(provider, MakeProvider):
        total = settings.STUDIO_CONCURRENCY
    return before // total if total else 0
