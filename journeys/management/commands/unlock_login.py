"""`manage.py unlock_login NAME`: let somebody who tried too many passwords try again at once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from journeys.models import Reader
from journeys.services.logins import forget_tries


class Command(BaseCommand):
    help = "Forget the wrong passwords that were tried for an account, wherever they came from."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the reader's name or e-mail address")

    def handle(self, *_args: Any, name: str, **_options: Any) -> None:
        reader = Reader.objects.filter(Q(username=name) | Q(email__iexact=name)).first()
        if reader is None:
            raise CommandError("No account has that name or address.")
        forgotten = forget_tries([reader.get_username()])
        self.stdout.write(f"{reader.get_username()}: {forgotten} count(s) forgotten.")
