"""The inner part of `bench.claims`: claims by so many processes at once on one database."""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Callable
from datetime import timedelta

import django
from django.db import connection, connections
from django.db.models.functions import Now

django.setup()

from bench import measure  # noqa: E402
from bench.inside import stock  # noqa: E402
from bench.inside.vendor import InstantVendor  # noqa: E402
from music.models import MusicTrack, TrackStage, TrackStatus  # noqa: E402
from music.queueing import take  # noqa: E402

LEASE = timedelta(minutes=10)
PROCESSES = (1, 4)
TAKEN_AT_ONCE = 4
POLLED_AT_ONCE = 200
OWNERS = 50
PAST = Now() - timedelta(minutes=1)

Part = tuple[int, int]
"""Which of how many processes this is."""
Work = Callable[[Part, float], int]
"""Works until the clock (monotonic) says so, and says how many rows it has changed."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    options = parser.parse_args()
    owners = stock.readers(OWNERS)
    stock.add_waiting(owners, options.rows)
    stock.add_ordered(owners, stock.new_task_ids(options.rows), due_at=lambda _number: PAST)
    stock.tidy()
    kinds: dict[str, tuple[Work, Callable[[], None]]] = {
        "yardstick: UPDATE of one row": (update_one, nothing),
        f"take({TAKEN_AT_ONCE}) at the gate": (take_some, put_back_taken),
        "claim(…) one by one": (claim_one, put_back_claimed),
        f"claim_waiting({POLLED_AT_ONCE})": (claim_many, put_back_claimed),
        f"claim_waiting({POLLED_AT_ONCE}) + wait_on": (claim_and_give_back, put_back_claimed),
    }
    lines: list[tuple[object, ...]] = []
    yardsticks: dict[int, float] = {}
    for name, (work, put_back) in kinds.items():
        cells: list[object] = []
        for processes in PROCESSES:
            put_back()
            rate = rows_a_second(work, processes, options.seconds)
            yardstick = yardsticks.setdefault(processes, rate)
            cells += [f"{rate:,.0f}", measure.times(rate, yardstick)]
        lines.append((name, *cells))
    headings = (f"{n} process{'es' if n > 1 else ''}" for n in PROCESSES)
    measure.table(
        (f"{connection.vendor}, rows a second", *(each for name in headings for each in (name, "ratio"))), *lines
    )


def rows_a_second(work: Work, processes: int, seconds: float) -> float:
    """What all of them change together, from the first one's start to the last one's end."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    counts: multiprocessing.Queue[tuple[int, float, float]] = context.Queue()
    ready = context.Barrier(processes)

    def run(part: Part) -> None:
        connection.ensure_connection()
        ready.wait(60)
        began = time.monotonic()
        changed = work(part, began + seconds)
        counts.put((changed, began, time.monotonic()))
        connections.close_all()

    workers = [context.Process(target=run, args=((number, processes),)) for number in range(processes)]
    for worker in workers:
        worker.start()
    found = [counts.get(timeout=seconds + 120) for _ in workers]
    for worker in workers:
        worker.join(30)
    return sum(changed for changed, _, _ in found) / (
        max(end for *_, end in found) - min(began for _, began, _ in found)
    )


def update_one(part: Part, until: float) -> int:
    """The bare driver: one row, another one each time, in a transaction of its own."""
    ids = list(MusicTrack.objects.under_way().values_list("pk", flat=True).order_by("pk")[part[0] :: part[1]])
    values = [each if connection.vendor == "postgresql" else each.hex for each in ids]
    mark = "%s" if connection.vendor == "postgresql" else "?"
    sql = f"UPDATE music_musictrack SET fencing_token = fencing_token + 1 WHERE id = {mark}"  # noqa: S608
    connection.ensure_connection()
    changed = 0
    while time.monotonic() < until:
        connection.connection.execute(sql, [values[changed % len(values)]])
        changed += 1
    return changed


def take_some(part: Part, until: float) -> int:
    vendor, taken = InstantVendor(), 0
    while time.monotonic() < until:
        rows = len(take(vendor, TAKEN_AT_ONCE))
        taken += rows
        if not rows:
            break
    return taken


def claim_one(part: Part, until: float) -> int:
    ids = MusicTrack.objects.due().filter(stage=TrackStage.WAITING).values_list("pk", flat=True)
    claimed = 0
    for pk in list(ids)[part[0] :: part[1]]:
        if time.monotonic() >= until:
            break
        claimed += MusicTrack.claim(pk, lease=LEASE, deadline=LEASE) is not None
    return claimed


def claim_many(part: Part, until: float) -> int:
    claimed = 0
    while time.monotonic() < until:
        rows = len(MusicTrack.claim_waiting(POLLED_AT_ONCE, lease=LEASE))
        claimed += rows
        if not rows:
            break
    return claimed


def claim_and_give_back(part: Part, until: float) -> int:
    """As a sweep does whose polls had nothing new to say; the rows are due again only after the measurement."""
    given = 0
    while time.monotonic() < until:
        rows = MusicTrack.claim_waiting(POLLED_AT_ONCE, lease=LEASE)
        given += MusicTrack.wait_on(dict.fromkeys(rows, 600.0))
        if not rows:
            break
    return given


def put_back_taken() -> None:
    MusicTrack.objects.under_way().filter(stage=TrackStage.SUBMITTING).update(
        status=TrackStatus.PENDING, stage=TrackStage.NONE, turn=1, lease_until=None, deadline_at=None, due_at=PAST
    )
    stock.tidy()


def put_back_claimed() -> None:
    MusicTrack.objects.under_way().filter(stage=TrackStage.WAITING).update(lease_until=None, due_at=PAST)
    stock.tidy()


def nothing() -> None:
    pass


if __name__ == "__main__":
    main()
