"""Orders and downloads, given to bounded pairs of hands of this process.

A hand that has done its job takes the next one itself, for as long as one sweep is from the next: so that a warm stop
is never far away.
"""

from __future__ import annotations

import logging
import random
import time
from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from music.generation import carry_on, settle
from music.hands import Hands
from music.models import MusicTrack, ProviderGate, TrackQuerySet, TrackStage
from music.providers import UnknownProvider, get_provider
from music.providers.base import TaskProvider, TaskReport
from music.queueing import lease_for, take
from music.storage import has_room

logger = logging.getLogger(__name__)

GO_ON_SECONDS = 2.0
FETCHED = 50

submitting = Hands("submit", 4)
fetching = Hands("fetch", 4)


def task_provider(name: str) -> TaskProvider | None:
    """The provider of that name, if it is set up and one that is asked and then polled."""
    try:
        provider = get_provider(name)
    except UnknownProvider:
        return None
    return provider if isinstance(provider, TaskProvider) else None


def order(provider: TaskProvider) -> None:
    """Set free hands to ordering what waits, each for one that is due."""
    waiting = MusicTrack.objects.waiting().filter(provider=provider.name, due_at__lte=Now()).order_by()
    for _hand in range(waiting.values("pk")[: submitting.free].count() if submitting.free else 0):
        submitting.give(order_on, provider)


def order_on(provider: TaskProvider) -> None:
    """Order what waits, in turn, for as long as the gate lets somebody in; the next sweep goes on."""
    until = time.monotonic() + GO_ON_SECONDS
    while True:
        if not has_room():
            logger.error("the disk is nearly full; nothing new is ordered")
            return
        tracks = take(provider, 1)
        for track in tracks:
            carry_on(track, provider)
        if not tracks or time.monotonic() >= until:
            return


def fetch() -> None:
    """Set free hands to what is ready to be fetched: found so when all hands were busy, or to be tried again."""
    for _hand in range(ready_to_fetch()[: fetching.free].count() if fetching.free else 0):
        fetching.give(fetch_on)


def fetch_on() -> None:
    """Fetch one after the other; the next sweep goes on."""
    until = time.monotonic() + GO_ON_SECONDS
    ready = list(ready_to_fetch().values_list("pk", "provider")[:FETCHED])
    random.shuffle(ready)  # every hand has read the same rows: in their order all would try for the first
    for pk, name in ready:
        provider = task_provider(name)
        if provider is None:
            continue
        deadline = timedelta(seconds=provider.deadline_seconds)
        if track := MusicTrack.claim(pk, lease=lease_for(provider), deadline=deadline):
            carry_on(track, provider)
        if time.monotonic() >= until:
            return


def settle_and_go_on(track: MusicTrack, provider: TaskProvider, report: TaskReport) -> None:
    settle(track, provider, report)
    fetch_on()


def ready_to_fetch() -> TrackQuerySet:
    """Tracks of providers that are polled whose next step is more than a question: results to be fetched, and whatever
    a lost worker was about to do. (What it was only to ask after is given back by `give_back_lost`.)"""
    left = Q(lease_until__isnull=True, stage=TrackStage.FETCHING)
    lost = Q(lease_until__isnull=False) & ~Q(stage=TrackStage.WAITING)
    return MusicTrack.objects.due().filter(left | lost).filter(provider__in=task_providers())


def give_back_lost() -> None:
    """Tracks that a lost worker was to ask after: the next round of polls takes them, in its batches."""
    lost = MusicTrack.objects.due().filter(stage=TrackStage.WAITING, lease_until__isnull=False)
    if given := lost.filter(provider__in=task_providers()).update(lease_until=None):
        logger.warning("%d tracks were taken over from a worker that was lost while asking after them", given)


def task_providers() -> list[str]:
    """The names of the providers that are polled and have ever been asked."""
    return [name for name in ProviderGate.objects.values_list("pk", flat=True) if task_provider(name)]
