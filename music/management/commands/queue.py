"""`manage.py queue`: what waits and what is being made, at a glance."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from music import vitals
from music.console import duration, table
from music.storage import has_room


class Command(BaseCommand):
    help = "Show what waits for each provider, what is being made, and whether the sweep is alive. Changes nothing."
    requires_system_checks: list[str] = []  # wrong settings are no reason not to look

    def handle(self, *_args: Any, **_options: Any) -> None:
        waiting = vitals.waiting()
        if waiting:
            rows = [(each.provider, each.tracks, each.readers, duration(each.oldest)) for each in waiting]
            self.stdout.write(table(["waiting for", "tracks", "readers", "oldest"], rows))
        else:
            self.stdout.write("Nothing waits.")
        under_way = vitals.under_way()
        if under_way:
            places = [(provider, stage, count) for (provider, stage), count in sorted(under_way.items())]
            self.stdout.write("\n" + table(["being made at", "stage", "tracks"], places))
            self.stdout.write(f"The most overdue of them: {duration(vitals.oldest_due())}")
        else:
            self.stdout.write("Nothing is being made.")
        self.stdout.write("")
        for provider, code in vitals.paused_gates().items():
            self.stdout.write(f"The gate of {provider} is shut ({code}): manage.py gates")
        if unknown := vitals.unknown_orders():
            self.stdout.write(f"Orders whose outcome nobody knows: {unknown}: manage.py unknown_orders")
        if not has_room():
            self.stdout.write(f"Less than {settings.MUSIC_MIN_FREE_MB} MB of disk are free: nothing new is begun.")
        pulse = vitals.pulses().get(vitals.SWEEP)
        ago = f"{duration(pulse.age)} ago" if pulse else "never"
        self.stdout.write(f"Last sweep: {ago}")
