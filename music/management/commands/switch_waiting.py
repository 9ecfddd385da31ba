"""`manage.py switch_waiting --from mureka --to studio`: another provider makes what waits."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from music.console import who
from music.services import switch_waiting


class Command(BaseCommand):
    help = (
        "Give the tracks that wait for one provider to another. Nothing that was ordered is touched, and what is asked "
        "for from now on goes where MUSIC_PROVIDER says."
    )
    requires_system_checks: list[str] = []  # wrong settings are no reason not to look

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="source", required=True, metavar="PROVIDER")
        parser.add_argument("--to", dest="target", required=True, metavar="PROVIDER")

    def handle(self, *_args: Any, source: str, target: str, **_options: Any) -> None:
        if target not in settings.MUSIC_PROVIDERS:
            raise CommandError(f"{target} is no provider. There are: {', '.join(sorted(settings.MUSIC_PROVIDERS))}")
        if source == target:
            raise CommandError("They are with that provider already.")
        count = switch_waiting(source, target, by=who())
        self.stdout.write(f"{count} track(s) now wait for {target} instead of {source}.")
