"""The inner part of `bench.growth`: the same work beside few finished tracks, then beside many."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import timedelta

import django
from django.db import connection
from django.db.models.functions import Now
from django.test import Client

django.setup()

from bench import measure  # noqa: E402
from bench.inside import stock  # noqa: E402
from bench.inside.vendor import InstantVendor  # noqa: E402
from journeys.models import Reader  # noqa: E402
from music import sweeping  # noqa: E402
from music.models import MusicTrack, TrackStage, TrackStatus  # noqa: E402
from music.queueing import places_of, take  # noqa: E402

OWNERS = 200
UNFINISHED = 500
POLLED = 100
SHOWN = 20
PAST = Now() - timedelta(minutes=1)
LATER = Now() + timedelta(hours=1)

Work = Callable[[], object]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--few", type=int, required=True)
    parser.add_argument("--many", type=int, required=True)
    parser.add_argument("--times", type=int, required=True)
    options = parser.parse_args()
    owners = stock.readers(OWNERS)
    alice = owners[0]
    stock.add_waiting(owners[:50], UNFINISHED)
    stock.add_ordered(owners[50:100], stock.new_task_ids(UNFINISHED), due_at=lambda _number: LATER)
    filled = []
    found: list[dict[str, float]] = []
    for count in (options.few, options.many - options.few):
        began = time.monotonic()
        stock.add_finished(owners, count)
        stock.tidy()
        filled.append(time.monotonic() - began)
        found.append(medians(alice, options.times))
    few, many = found
    measure.table(
        (f"{connection.vendor}, ms (medians of {options.times})", f"{options.few:,}", f"{options.many:,}", "ratio"),
        *(
            (name, f"{1000 * few[name]:.1f}", f"{1000 * many[name]:.1f}", measure.times(many[name], few[name]))
            for name in few
        ),
    )
    print(f"  filling the tables took {filled[0]:.0f} and {filled[1]:.0f} s")


def medians(alice: Reader, times: int) -> dict[str, float]:
    """Seconds of each piece of work; before each time the rows are put back, which does not count."""
    browser = Client(headers={"host": "localhost"})
    browser.force_login(alice)
    ids = list(MusicTrack.objects.for_reader(alice).values_list("pk", flat=True)[:SHOWN])
    assert len(ids) == SHOWN
    address = f"/api/music/status?ids={','.join(map(str, ids))}"
    waiting = list(MusicTrack.objects.waiting().in_order()[:SHOWN])
    polled = list(MusicTrack.objects.under_way().values_list("pk", flat=True)[:POLLED])

    def nothing() -> None:
        pass

    def have_nothing_due() -> None:
        MusicTrack.objects.waiting().update(due_at=LATER)

    def have_polls_due() -> None:
        have_nothing_due()
        MusicTrack.objects.under_way().update(lease_until=None, due_at=LATER)
        MusicTrack.objects.filter(pk__in=polled).update(due_at=PAST)

    def put_back_taken() -> None:
        MusicTrack.objects.under_way().filter(stage=TrackStage.SUBMITTING).update(
            status=TrackStatus.PENDING, stage=TrackStage.NONE, turn=1, lease_until=None, deadline_at=None, due_at=PAST
        )
        MusicTrack.objects.waiting().update(due_at=PAST)

    kinds: dict[str, tuple[Work, Work]] = {
        "a sweep with nothing due": (have_nothing_due, sweeping.sweep),
        f"a sweep that asks after {POLLED}": (have_polls_due, sweeping.sweep),
        "take(4) of 500 that wait": (put_back_taken, lambda: take(InstantVendor(), 4)),
        f"places_of {SHOWN}": (nothing, lambda: places_of(waiting)),
        f"status poll of {SHOWN} tracks": (nothing, lambda: asked(browser, address)),
    }
    spent: dict[str, list[float]] = {name: [] for name in kinds}
    for number in range(times + 3):
        for name, (prepare, work) in kinds.items():
            prepare()
            began = time.perf_counter()
            work()
            if number >= 3:  # the first ones warm up
                spent[name].append(time.perf_counter() - began)
    return {name: measure.median(each) for name, each in spent.items()}


def asked(browser: Client, address: str) -> None:
    answer = browser.get(address)
    assert len(answer.json()["tracks"]) == SHOWN, answer.content


if __name__ == "__main__":
    main()
