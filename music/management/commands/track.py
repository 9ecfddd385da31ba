"""`manage.py track ID`: one track's row, timeline and orders, as text that may be passed on."""

from __future__ import annotations

import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from music.console import table
from music.models import MusicTrack, SubmissionAttempt

SHOWN = ("status", "stage", "provider", "error_code", "error_message", "ask", "version", "fencing_token")
COUNTED = ("fetches", "holds", "rescues")
TIMES = ("requested_at", "started_at", "due_at", "lease_until", "deadline_at", "finished_at")


class Command(BaseCommand):
    help = "Show where a track is and how it came there. No word of the reader's is shown, only ids, codes and times."
    requires_system_checks: list[str] = []  # wrong settings are no reason not to look

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", type=uuid.UUID, help="the track's id, also one that is deleted")

    def handle(self, *_args: Any, id: uuid.UUID, **_options: Any) -> None:
        track = MusicTrack.objects.filter(pk=id).first()
        orders = SubmissionAttempt.objects.filter(track_ref=id).order_by("seq")
        if track is None and not orders:
            raise CommandError(f"There is no track {id}, and no order for it.")
        if track is None:
            self.stdout.write("The track is deleted; what was ordered for it stays on record.")
        else:
            self._row(track)
            self._timeline(track)
        self._orders(list(orders))

    def _row(self, track: MusicTrack) -> None:
        facts = [(name, getattr(track, name)) for name in (*SHOWN, *COUNTED)]
        facts += [(name, f"{value:%Y-%m-%d %H:%M:%S}") for name in TIMES if (value := getattr(track, name))]
        if track.replaces_id:
            facts.append(("made anew for", track.replaces_id))
        if track.arrived_late:
            facts.append(("arrived late", "yes: trying again costs nothing"))
        if track.file:
            facts.append(("file", track.file.name))
        self.stdout.write(table(["track", str(track.pk)], [fact for fact in facts if fact[1] not in ("", 0)]))

    def _timeline(self, track: MusicTrack) -> None:
        rows = [
            (f"{event.at:%Y-%m-%d %H:%M:%S}", event.kind, event.stage or event.status, event.code or "–", event.detail)
            for event in track.events.all()
        ]
        self.stdout.write("\n" + table(["at (UTC)", "event", "then", "code", "detail"], rows))

    def _orders(self, orders: list[SubmissionAttempt]) -> None:
        rows = [
            (
                order.pk,
                f"{order.opened_at:%Y-%m-%d %H:%M:%S}",
                order.ask,
                order.state,
                order.task_id or "–",
                order.trace_id or "–",
                order.resolved_by or "–",
                order.error,
            )
            for order in orders
        ]
        if rows:
            head = ["order", "left at (UTC)", "ask", "became", "task id", "trace id", "resolved by", "what was seen"]
            self.stdout.write("\n" + table(head, rows))
