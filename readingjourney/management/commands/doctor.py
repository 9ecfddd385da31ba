"""`manage.py doctor`: everything that can be asked without changing anything, asked once, with plain answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from music import vitals
from music.console import dollars, duration, table
from music.providers import get_provider
from music.providers.base import AccountProvider, ProviderError
from music.storage import free_bytes
from readingjourney import health
from readingjourney.brokerping import broker_answers, eviction_policy

GOOD, LOOK, BAD = "ok", "look", "TROUBLE"

Line = tuple[str, str, str]
"""Of what, one of the three words, and the reason or the figure."""


class Command(BaseCommand):
    help = (
        "Look at the database, the broker, the sweep, the disk, the storage, the settings and the provider's account "
        "(free of charge). Exit status 1 when something is in trouble. A few bytes are stored and removed; nothing "
        "else is changed."
    )
    requires_system_checks: list[str] = []  # it runs them itself, and tells of them in its own words

    def handle(self, *_args: Any, **_options: Any) -> None:
        lines = [line for look in LOOKS for line in _safely(look)]
        self.stdout.write(table(["what", "", "found"], lines))
        troubles = sum(word == BAD for _, word, _ in lines)
        if troubles:
            raise CommandError(f"{troubles} in trouble; docs/operations.md says what to do.", returncode=1)
        self.stdout.write("Nothing is in trouble.")


def _safely(look: Callable[[], Iterator[Line]]) -> Iterator[Line]:
    """The findings, or that there are none to be had."""
    name = look.__name__.strip("_")
    try:
        yield from look()
    except DatabaseError as error:
        yield name, BAD, f"the database could not be asked: {str(error).strip().splitlines()[0]}"


def _database() -> Iterator[Line]:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        yield "database", BAD, f"{connection.vendor}, and {len(missing)} migration(s) are missing: manage.py migrate"
    else:
        yield "database", GOOD, f"{connection.vendor}, migrated"


def _broker() -> Iterator[Line]:
    answers = broker_answers(settings.CELERY_BROKER_URL)
    if answers is None:
        yield "broker", LOOK, "no Redis or Valkey, so it cannot be asked"
    elif not answers:
        yield "broker", BAD, "does not answer: nothing is lost, and nothing is made until it does"
    else:
        yield "broker", GOOD, f"answers; maxmemory-policy {eviction_policy(settings.CELERY_BROKER_URL) or 'not told'}"


def _sweep() -> Iterator[Line]:
    pulse = vitals.pulses().get(vitals.SWEEP)
    if pulse is None:
        yield "sweep", LOOK, "there has not been one yet"
    else:
        late = pulse.age > health.SWEEP_LATE_SECONDS
        yield "sweep", BAD if late else GOOD, f"the last one {duration(pulse.age)} ago"


def _queue() -> Iterator[Line]:
    late = vitals.oldest_due()
    yield "under way", BAD if late > health.DUE_LATE_SECONDS else GOOD, f"the most overdue track: {duration(late)}"
    for each in vitals.waiting():
        found = f"{each.tracks} of {each.readers} reader(s), the oldest for {duration(each.oldest)}"
        yield f"waiting, {each.provider}", GOOD, found


def _gates() -> Iterator[Line]:
    for provider, code in vitals.paused_gates().items():
        yield f"gate, {provider}", BAD, f"paused: {code}"


def _orders() -> Iterator[Line]:
    unknown = vitals.unknown_orders()
    yield "orders", BAD if unknown else GOOD, f"{unknown} with an unknown outcome"


def _disk() -> Iterator[Line]:
    for place, free in free_bytes().items():
        word = GOOD if free >= settings.MUSIC_MIN_FREE_MB * 1_000_000 else BAD
        yield f"disk, {place}", word, f"{free / 1e9:.1f} GB free"


def _settings() -> Iterator[Line]:
    """Our own findings, and whatever is an error; Django's advice for sites on the open web is `check --deploy`."""
    found = run_checks(include_deployment_checks=True)
    ours = [each for each in found if each.level >= ERROR or (each.id or "").startswith(("music.", "readingjourney."))]
    for each in ours:
        yield f"check {each.id}", BAD if each.level >= ERROR else LOOK, each.msg
    if not ours:
        yield "settings", GOOD, "storage and spool can be written, nothing to object to"


def _account() -> Iterator[Line]:
    name = settings.MUSIC_PROVIDER
    try:
        provider = get_provider(name)
    except Exception:  # told by the checks above, whatever it was
        return
    if not isinstance(provider, AccountProvider):
        yield f"provider, {name}", GOOD, "has no account to look at"
        return
    try:
        account = provider.account()
    except ProviderError as error:
        yield f"provider, {name}", BAD, f"{error.code}: {error}"
    else:
        limit = "not told" if account.concurrency is None else account.concurrency
        found = f"credit {dollars(account.balance_cents)}, spent {dollars(account.spending_cents)}, at once: {limit}"
        yield f"provider, {name}", GOOD, found


LOOKS: list[Callable[[], Iterator[Line]]] = [
    _database,
    _broker,
    _sweep,
    _queue,
    _gates,
    _orders,
    _disk,
    _settings,
    _account,
]
