"""`manage.py sweep_once`: one sweep by hand, where the scheduler or the broker is away."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from music import dispatching, sweeping
from music.generation import advance


class Command(BaseCommand):
    help = (
        "Do what Celery beat has done every few seconds: submit, poll, fetch, look after lost workers. Safe beside "
        "the ordinary sweeps. It waits until its own orders and downloads are finished."
    )
    requires_system_checks: list[str] = []  # wrong settings are no reason not to look

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--make",
            action="store_true",
            help="also make, in this process and one after the other, what would be left to a worker of the queues",
        )

    def handle(self, *_args: Any, make: bool, **_options: Any) -> None:
        knocks = sweeping.sweep()
        for hands in (sweeping.minding, sweeping.watching, dispatching.submitting, dispatching.fetching):
            hands.wait_until_idle(seconds=600.0)
        if make:
            for track_id, _provider in knocks:
                advance(track_id)
        left = "made here" if make else "left for the next knock"
        self.stdout.write(f"Swept. Tracks that need a worker: {len(knocks)}, {left}.")
