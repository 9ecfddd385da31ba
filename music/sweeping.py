"""Looking after everything that is due: gates, new orders, polls, downloads, lost workers, late arrivals.

One sweep claims what there are free hands for and hands it over; it waits for polls only, which are bounded. Any number
may run at once, on any number of machines: every row is claimed before it is touched, every gate is held while it lets
somebody in. A sweep that is lost costs the time to the next one.
"""

from __future__ import annotations

import logging
import time
import uuid
from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from music import gatekeeping, spool
from music.dispatching import fetch, give_back_lost, order, task_provider, task_providers
from music.hands import Hands
from music.models import Heartbeat, MusicTrack, ProviderGate, TrackStatus
from music.polling import poll_in_turn
from music.tally import count
from music.watching import ask_after_late

logger = logging.getLogger(__name__)

FORGOTTEN_AFTER = timedelta(seconds=3)  # a pending row that nobody took by then needs a knock
KNOCK_AGAIN_AFTER = timedelta(seconds=15)
KNOCKS = 16  # for one provider in one sweep
LOST_BATCH = 100

minding = Hands("mind", 4)
watching = Hands("watch", 1)


def sweep() -> list[tuple[uuid.UUID, str]]:
    """Look after everything that is due, and return (id, provider) of what needs a knock on a queue.

    Each part stands alone: what goes wrong in one is logged, and the others go on.
    """
    began = time.monotonic()
    Heartbeat.beat("sweep")
    knocks: list[tuple[uuid.UUID, str]] = []
    for part in (_save_spooled, _mind_gates, _begin_orders, give_back_lost, poll_in_turn, fetch, _ask_after_late):
        try:
            part()
        except Exception:
            logger.exception("a part of the sweep failed: %s", part.__name__)
    for source in (_lost, _forgotten):
        try:
            knocks += source()
        except Exception:
            logger.exception("a part of the sweep failed: %s", source.__name__)
    count(sweeps=1, swept_seconds=time.monotonic() - began)
    return knocks


def attend(track_id: uuid.UUID) -> bool:
    """Have this process's free hands take orders that wait for the track's provider, if it is one that is asked and
    then polled. False: the track needs more than that, see to it yourself."""
    row = MusicTrack.objects.filter(pk=track_id, status=TrackStatus.PENDING).values_list("provider").first()
    provider = task_provider(row[0]) if row else None
    if provider is None:
        return False
    order(provider)
    return True


def _save_spooled() -> None:
    if saved := spool.replay():
        logger.warning("%d ids of paid orders were saved from the spool", saved)


def _mind_gates() -> None:
    for gate in gatekeeping.gates_to_mind():
        minding.give(gatekeeping.mind, gate)


def _begin_orders() -> None:
    for name in ProviderGate.objects.values_list("pk", flat=True):
        if provider := task_provider(name):
            order(provider)


def _ask_after_late() -> None:
    """In a hand of its own: these questions come one after the other, and a silent provider takes long over each."""
    watching.give(ask_after_late)


def _lost() -> list[tuple[uuid.UUID, str]]:
    """Rows whose blocking call was lost with its worker; marked, so that they are not knocked for at once again while a
    queue is long."""
    rows = list(
        MusicTrack.objects.due()
        .filter(lease_until__isnull=False)
        .exclude(provider__in=task_providers())
        .filter(Q(knocked_at__isnull=True) | Q(knocked_at__lte=Now() - KNOCK_AGAIN_AFTER))
        .values_list("pk", "provider")[:LOST_BATCH]
    )
    if rows:
        MusicTrack.objects.filter(pk__in=[pk for pk, _ in rows]).update(knocked_at=Now())
    return rows


def _forgotten() -> list[tuple[uuid.UUID, str]]:
    """For each provider of blocking calls whose waiting rows nobody takes: so many knocks, whose knock was lost."""
    knocks: list[tuple[uuid.UUID, str]] = []
    for name in ProviderGate.objects.values_list("pk", flat=True):
        waiting = MusicTrack.objects.waiting().filter(provider=name, due_at__lte=Now() - FORGOTTEN_AFTER)
        if task_provider(name) or not waiting.exists():
            continue
        unknocked = ProviderGate.objects.filter(pk=name).filter(
            Q(knocked_at__isnull=True) | Q(knocked_at__lte=Now() - FORGOTTEN_AFTER)
        )
        if unknocked.update(knocked_at=Now()):
            knocks += [(pk, name) for pk in waiting.in_order().values_list("pk", flat=True)[:KNOCKS]]
    return knocks
