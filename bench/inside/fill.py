"""`python -m bench.inside.fill SPREAD < ids`: tracks whose orders have these ids, to be asked after within SPREAD
seconds, evenly; `--waiting COUNT` adds as many that wait for their turn and prints their ids instead."""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta

import django
from django.db.models.functions import Now

django.setup()

from bench.inside import stock  # noqa: E402
from music.models import MusicTrack  # noqa: E402

OWNERS = 100


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("spread", type=float)
    parser.add_argument("--waiting", type=int, default=0)
    options = parser.parse_args()
    owners = stock.readers(OWNERS)
    if options.waiting:
        stock.add_waiting(owners, options.waiting, provider="mureka")
        print(*MusicTrack.objects.waiting().values_list("pk", flat=True), sep="\n")
        return
    ids = sys.stdin.read().split()
    step = options.spread / max(len(ids), 1)
    stock.add_ordered(owners, ids, provider="mureka", due_at=lambda number: Now() + timedelta(seconds=number * step))


if __name__ == "__main__":
    main()
