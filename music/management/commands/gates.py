"""`manage.py gates`: the providers' gates, to look at, to shut and to open."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models.functions import Now

from music.console import dollars, duration, table, who
from music.models import MusicTrack, ProviderGate
from music.services import pause_provider, resume_provider


class Command(BaseCommand):
    help = (
        "Show every provider's gate; shut one (what waits keeps waiting, what was ordered is finished), or open it "
        "again once the reason is gone."
    )
    requires_system_checks: list[str] = []  # wrong settings are no reason not to look

    def add_arguments(self, parser: ArgumentParser) -> None:
        change = parser.add_mutually_exclusive_group()
        change.add_argument("--pause", metavar="PROVIDER", help="let nothing new in")
        change.add_argument("--resume", metavar="PROVIDER", help="open the gate")
        parser.add_argument("--reason", default="", help="with --pause: for the record")

    def handle(self, *_args: Any, **options: Any) -> None:
        name = options["pause"] or options["resume"]
        if name and name not in settings.MUSIC_PROVIDERS:
            raise CommandError(f"{name} is no provider. There are: {', '.join(sorted(settings.MUSIC_PROVIDERS))}")
        if options["pause"]:
            done = pause_provider(name, detail=options["reason"], by=who())
            self.stdout.write(f"{name} is paused." if done else f"{name} was paused already.")
        elif options["resume"]:
            done = resume_provider(name, by=who())
            self.stdout.write(f"{name} is open again." if done else f"{name} was not paused.")
        self._show()

    def _show(self) -> None:
        gates = list(ProviderGate.objects.annotate(clock=Now()))
        if not gates:
            self.stdout.write("There are no gates yet: one is made with a provider's first track.")
            return
        rows = [
            (
                gate.provider,
                _state(gate),
                MusicTrack.objects.at_provider(gate.provider).count(),
                "–" if gate.limit is None else gate.limit,
                gate.strikes,
                dollars(gate.balance_cents),
                dollars(gate.spending_cents),
                duration((gate.clock - gate.account_seen_at).total_seconds()) if gate.account_seen_at else "–",
            )
            for gate in gates
        ]
        head = ["gate", "state", "in flight", "limit", "strikes", "credit", "spent", "read ago"]
        self.stdout.write(table(head, rows))
        for gate in gates:
            if gate.pause_detail:
                self.stdout.write(f"{gate.provider}: {gate.pause_detail}")
            if gate.account_error:
                self.stdout.write(f"{gate.provider}: its account could not be read: {gate.account_error}")


def _state(gate: Any) -> str:
    if gate.is_paused:
        return f"paused ({gate.pause_code}) for {duration((gate.clock - gate.paused_at).total_seconds())}"
    if gate.not_before and gate.not_before > gate.clock:
        return f"stands back for {duration((gate.not_before - gate.clock).total_seconds())}"
    return "open"
