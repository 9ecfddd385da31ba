"""When a provider's gate shuts, who is told, and when it opens again.

- Too many at once: nobody is let in for a moment.
- No answer: the same; several times in a row are an outage, and the gate pauses.
- Key refused, credit used up, storage that takes no files: the gate pauses, and staff are told once.

While a gate is paused its tracks wait unharmed. Every now and then a sweep looks whether the reason is gone, free of
charge; staff may open it at any time, or give what waits to another provider.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Now

from music.alerts import alert
from music.models import MusicTrack, PauseCode, ProviderGate
from music.models.gate import OUTAGE_STRIKES
from music.providers import UnknownProvider, get_provider
from music.providers.base import (
    AccountProvider,
    NotSubmitted,
    ProviderBusy,
    ProviderError,
    ProviderHalted,
    ProviderUnreachable,
)
from music.storage import StorageFailed, check_writable

logger = logging.getLogger(__name__)

ACCOUNT_READ_EVERY = timedelta(minutes=10)
ACCOUNT_FIRST_EVERY = timedelta(seconds=20)  # while its limit is not known
SWITCHED_AT_ONCE = 200
STUDIO = "studio"


def refused(provider: str, error: NotSubmitted) -> bool:
    """The provider as a whole would not take an order: shut its gate accordingly. False: it is about this one track."""
    gate = ProviderGate.of(provider)
    if isinstance(error, ProviderHalted):
        pause(gate, error.code, str(error))
    elif isinstance(error, ProviderBusy):
        gate.stand_back(error.retry_after)
    elif isinstance(error, ProviderUnreachable):
        gate.stand_back()
        if gate.strikes >= OUTAGE_STRIKES:
            pause(gate, PauseCode.UNREACHABLE, str(error))
    else:
        return False
    return True


def pause(gate: ProviderGate, code: str, detail: str) -> None:
    """Shut the gate until the reason is gone, and tell staff if that is news."""
    if gate.pause(code, detail):
        alert(
            f"{gate.provider}: {PauseCode(code).label if code in PauseCode.values else code}",
            f"No new pieces are asked of {gate.provider} until this is put right: {detail}\n"
            "Nothing is lost: the tracks wait. docs/operations.md says what can be done.",
        )


def mind(gate: ProviderGate) -> None:
    """Look after one gate: probe, read the account, switch what has waited too long. Speaks to the network."""
    try:
        provider = get_provider(gate.provider)
    except UnknownProvider:
        return
    if gate.is_paused:
        if _is_due_for_probe(gate):
            _probe(gate)
    elif isinstance(provider, AccountProvider) and _is_due_for_reading(gate):
        _read_account(gate, provider)
    _fall_back(gate)


def gates_to_mind() -> list[ProviderGate]:
    """Those for which there is something for `mind` to do now, by a look at their rows alone."""
    return [gate for gate in ProviderGate.objects.annotate(clock=Now()) if _needs_minding(gate, gate.clock)]


def _needs_minding(gate: ProviderGate, clock: datetime) -> bool:
    if gate.is_paused:
        probes = gate.probe_at is not None and gate.probe_at <= clock
        return probes or _studio_steps_in(gate, clock)
    if gate.account_asked_at is not None and gate.account_asked_at > clock - _reading_pause(gate):
        return False
    try:
        reads = isinstance(get_provider(gate.provider), AccountProvider)
    except UnknownProvider:
        return False
    # One that nobody asks any more may have lost its key since, and that is nobody's trouble.
    return reads and (
        gate.provider == settings.MUSIC_PROVIDER
        or MusicTrack.objects.under_way().filter(provider=gate.provider).exists()
        or MusicTrack.objects.waiting().filter(provider=gate.provider).exists()
    )


def _studio_steps_in(gate: ProviderGate, clock: datetime) -> bool:
    """Whether the provider's own outage has lasted so long that the studio is to make what waits. Staff have their
    reasons, and storage that takes no files would take none of the studio's."""
    minutes = settings.MUSIC_FALLBACK_MINUTES
    if not minutes or gate.paused_at is None or gate.provider == STUDIO:
        return False
    own = gate.pause_code not in (PauseCode.STAFF, PauseCode.STORAGE)
    return own and gate.paused_at <= clock - timedelta(minutes=minutes)


def _reading_pause(gate: ProviderGate) -> timedelta:
    return ACCOUNT_FIRST_EVERY if gate.limit is None else ACCOUNT_READ_EVERY


def _is_due_for_probe(gate: ProviderGate) -> bool:
    """Whether it is time, and this process the one to look: the look moves the time, for all."""
    due = ProviderGate.objects.filter(pk=gate.pk, probe_at__lte=Now())
    return bool(due.update(probe_at=Now() + timedelta(seconds=60)))


def _probe(gate: ProviderGate) -> None:
    """Open the gate if its reason is gone. A provider that cannot be asked is simply tried again: it refuses free of
    charge, and the next look is later."""
    provider = get_provider(gate.provider)
    try:
        if gate.pause_code == PauseCode.STORAGE:
            check_writable()
        elif isinstance(provider, AccountProvider):
            account = provider.account()
            _keep_account(gate, account.balance_cents, account.spending_cents, account.concurrency)
            if gate.pause_code == PauseCode.CREDIT_USED_UP and (account.balance_cents or 0) <= 0:
                gate.probe_later()
                return
    except (ProviderError, StorageFailed) as error:
        logger.info("the gate of %s stays shut: %s", gate.provider, error)
        gate.probe_later()
        return
    ProviderGate.objects.filter(pk=gate.pk).update(probes=F("probes") + 1)
    if gate.resume(by_staff=False):
        logger.warning("the gate of %s is open again", gate.provider)


def _is_due_for_reading(gate: ProviderGate) -> bool:
    due = ProviderGate.objects.filter(pk=gate.pk).filter(
        Q(account_asked_at__isnull=True) | Q(account_asked_at__lte=Now() - _reading_pause(gate))
    )
    return bool(due.update(account_asked_at=Now()))


def _read_account(gate: ProviderGate, provider: AccountProvider) -> None:
    try:
        account = provider.account()
    except ProviderError as error:
        ProviderGate.objects.filter(pk=gate.pk).update(account_error=str(error)[:500])
        if isinstance(error, ProviderHalted):
            refused(gate.provider, error)
    else:
        _keep_account(gate, account.balance_cents, account.spending_cents, account.concurrency)


def _keep_account(gate: ProviderGate, balance: int | None, spending: int | None, limit: int | None) -> None:
    changes: dict[str, object] = {"balance_cents": balance, "spending_cents": spending}
    if limit is not None:
        changes["limit"] = max(1, limit)
    elif gate.limit is None:
        changes["limit"] = 1
    ProviderGate.objects.filter(pk=gate.pk).update(
        account_seen_at=Now(), account_asked_at=Now(), account_error="", **changes
    )


def _fall_back(gate: ProviderGate) -> None:
    """After MUSIC_FALLBACK_MINUTES of pause the studio makes what waits, where a setting says so."""
    now = ProviderGate.objects.annotate(clock=Now()).get(pk=gate.pk)
    if _studio_steps_in(now, now.clock):
        switch_waiting(gate.provider, STUDIO, detail="its provider was away for too long", limit=SWITCHED_AT_ONCE)


def switch_waiting(source: str, target: str, *, detail: str, limit: int | None = None) -> int:
    """Give what waits for one provider to another, in turn; how many. What was ordered already stays where it is."""
    waiting = MusicTrack.objects.waiting().filter(provider=source, turn__gte=0).in_order()
    return sum(track.switch(provider=target, detail=detail) for track in waiting[:limit].iterator(chunk_size=200))
