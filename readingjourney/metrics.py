"""Figures for Prometheus, read from the database when they are asked for: any web process answers for all processes.

What each means and when to be alarmed is in docs/operations.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from music import vitals
from music.models import MusicTrack, ProviderGate
from music.storage import free_bytes
from readingjourney.brokerping import broker_answers
from readingjourney.insiders import is_insider

PREFIX = "reading_journey"


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures for whoever may have them; for everybody else there is nothing here (404). 503 with no database."""
    if not is_insider(request):
        raise Http404
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    try:
        body = encode(Figures())
    except DatabaseError:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    return HttpResponse(body, content_type=content_type)


class Figures(Collector):
    """Reads everything anew at each scrape."""

    def collect(self) -> Iterator[Metric]:
        yield from _queue()
        yield from _tracks()
        yield from _gates()
        yield from _orders()
        yield from _pulses()
        yield from _machine()


def _gauge(name: str, meaning: str, labels: tuple[str, ...] = ()) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", meaning, labels=labels)


def _queue() -> Iterator[Metric]:
    tracks = _gauge("waiting_tracks", "Tracks that wait for their turn", ("provider",))
    readers = _gauge("waiting_readers", "Readers who have a track that waits", ("provider",))
    oldest = _gauge("waiting_oldest_seconds", "How long the oldest waiting track has waited", ("provider",))
    for each in vitals.waiting():
        tracks.add_metric([each.provider], each.tracks)
        readers.add_metric([each.provider], each.readers)
        oldest.add_metric([each.provider], each.oldest)
    yield from (tracks, readers, oldest)


def _tracks() -> Iterator[Metric]:
    """Unfinished tracks, and what has just ended: all the others would be counted anew at every scrape."""
    making = _gauge("tracks_under_way", "Tracks being made, by where they are", ("provider", "stage"))
    for (provider, stage), count in vitals.under_way().items():
        making.add_metric([provider, stage], count)
    yield making
    ended = _gauge("tracks_ended_10m", "Tracks that ended in the last ten minutes, and how", ("code", "kind"))
    for (kind, code), count in vitals.ended_recently().items():
        ended.add_metric([code, kind], count)
    yield ended
    yield _value("rescues_under_way", "Workers that the tracks being made now have cost", vitals.rescues())
    yield _value("due_oldest_seconds", "How overdue the most overdue track under way is", vitals.oldest_due())


def _gates() -> Iterator[Metric]:
    opened = _gauge("gate_open", "0 while the gate is paused, until somebody does something", ("provider",))
    paused = _gauge("gate_paused", "1 for a gate that is paused, with the reason", ("provider", "code"))
    shut = _gauge("gate_standing_back", "1 while nobody is let in for a moment", ("provider",))
    limit = _gauge("gate_limit", "How many tracks the provider lets run at once, where it says so", ("provider",))
    inside = _gauge("gate_in_flight", "Tracks that take up one of the provider's places", ("provider",))
    strikes = _gauge("gate_strikes", "Refusals and silences in a row", ("provider",))
    balance = _gauge("account_balance_cents", "Credit left at the provider, US cents", ("provider",))
    spent = _gauge("account_spending_cents", "What the provider says we have spent, US cents", ("provider",))
    seen = _gauge("account_age_seconds", "Since the account was last read", ("provider",))
    for gate in ProviderGate.objects.annotate(clock=Now()):
        name, clock = gate.provider, gate.clock
        opened.add_metric([name], int(not gate.is_paused))
        if gate.is_paused:
            paused.add_metric([name, gate.pause_code], 1)
        shut.add_metric([name], int(gate.not_before is not None and gate.not_before > clock))
        inside.add_metric([name], MusicTrack.objects.at_provider(name).count())
        strikes.add_metric([name], gate.strikes)
        known = [(limit, gate.limit), (balance, gate.balance_cents), (spent, gate.spending_cents)]
        for family, value in known:
            if value is not None:
                family.add_metric([name], value)
        if gate.account_seen_at is not None:
            seen.add_metric([name], (clock - gate.account_seen_at).total_seconds())
    yield from (opened, paused, shut, limit, inside, strikes, balance, spent, seen)


def _orders() -> Iterator[Metric]:
    orders = _gauge("orders", "Orders on record that may cost money, by what became of them", ("state",))
    for state, count in vitals.attempts_by_state().items():
        orders.add_metric([state], count)
    yield orders


def _pulses() -> Iterator[Metric]:
    """Every heartbeat's age, and every counter under a name of its own: `reading_journey_<work>_<counter>_total`."""
    age = _gauge("heartbeat_age_seconds", "Since a recurring piece of work was last done", ("work",))
    counters = []
    for work, pulse in vitals.pulses().items():
        age.add_metric([work], pulse.age)
        for what, count in sorted(pulse.counts.items()):
            name = re.sub(r"\W", "_", f"{PREFIX}_{work}_{what}", flags=re.ASCII)
            counters.append(CounterMetricFamily(name, f"{what.replace('_', ' ')}, counted by {work}", value=count))
    yield age
    yield from counters


def _machine() -> Iterator[Metric]:
    free = _gauge("disk_free_bytes", "Free space on the machine that answers", ("place",))
    for place, space in free_bytes().items():
        free.add_metric([place], space)
    yield free
    answers = broker_answers(settings.CELERY_BROKER_URL)
    if answers is not None:
        yield _value("broker_up", "1 when the broker answers within a second", int(answers))


def _value(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{PREFIX}_{name}", meaning, value=value)
