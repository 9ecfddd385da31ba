"""`manage.py unknown_orders`: orders whose outcome nobody learned, and what a person found out about them."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from music.console import table, who
from music.models import AttemptState, SubmissionAttempt
from music.services import resolve_adopt, resolve_not_submitted

SHOWN = 100


class Command(BaseCommand):
    help = (
        "List the orders that left without a usable answer: each may have been paid for, and none is ever sent again "
        "by itself. Ask the provider with the trace id (docs/operations.md), then say what became of one."
    )
    requires_system_checks: list[str] = []  # wrong settings are no reason not to look

    def add_arguments(self, parser: ArgumentParser) -> None:
        found = parser.add_mutually_exclusive_group()
        found.add_argument(
            "--adopt", nargs=2, metavar=("ORDER", "TASK_ID"), help="it was taken, and this is the provider's id"
        )
        found.add_argument("--not-submitted", metavar="ORDER", help="the provider never had it")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["adopt"]:
            number, task_id = options["adopt"]
            if not resolve_adopt(_order(number), task_id, by=who()):
                raise CommandError("Its outcome is known already, or that id belongs to another order.")
            self.stdout.write(f"Order {number} is task {task_id}; its piece will be fetched.")
        elif options["not_submitted"]:
            if not resolve_not_submitted(_order(options["not_submitted"]), by=who()):
                raise CommandError("Its outcome is known already.")
            self.stdout.write(f"Order {options['not_submitted']} was never placed; its reader may ask again.")
        self._show()

    def _show(self) -> None:
        orders = SubmissionAttempt.objects.filter(state=AttemptState.UNKNOWN).order_by("closed_at")
        rows = [
            (
                order.pk,
                order.provider,
                f"{order.opened_at:%Y-%m-%d %H:%M:%S}",
                order.track_ref,
                order.trace_id or "–",
                order.error or "–",
            )
            for order in orders[:SHOWN]
        ]
        if not rows:
            self.stdout.write("There are no orders whose outcome is unknown.")
            return
        self.stdout.write(table(["order", "provider", "left at (UTC)", "track", "trace id", "what was seen"], rows))
        if (count := orders.count()) > SHOWN:
            self.stdout.write(f"… and {count - SHOWN} more")


def _order(number: str) -> SubmissionAttempt:
    order = SubmissionAttempt.objects.filter(pk=number).first() if number.isdecimal() else None
    if order is None:
        raise CommandError(f"There is no order {number}.")
    return order
