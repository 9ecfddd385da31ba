"""`manage.py check_files`: the stored files held against the finished pieces."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from music.housekeeping import MOST_REMOVED, check_files
from music.storage import StorageFailed


class Command(BaseCommand):
    help = (
        "Compare the audio storage with the database. Files older than a day that no piece uses are removed; finished "
        "pieces whose file is gone or has another size are listed, and the exit status is then 1. Runs by itself once "
        "a day."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="remove nothing, only tell")
        parser.add_argument(
            "--force",
            action="store_true",
            help=f"remove files also where there are more than {MOST_REMOVED} or a tenth of all that no piece uses; "
            "never before you know why: an old backup of the database makes all newer files look like that",
        )

    def handle(self, *_args: Any, dry_run: bool, force: bool, **_options: Any) -> None:
        try:
            report = check_files(dry_run=dry_run, force=force, tell=self.stdout.write)
        except StorageFailed as error:
            raise CommandError(f"The audio storage cannot be looked at: {error}") from error
        self.stdout.write(
            f"{report.files} files, {report.pieces} finished pieces. Lost: {report.lost}. "
            f"Belonging to nothing: {report.orphans}, of which removed: {report.removed}. "
            f"Half-written drafts removed: {report.drafts}."
        )
        if report.refused:
            raise CommandError("So many files without a piece are not removed unasked. See --dry-run and --force.")
        if report.lost:
            raise CommandError(f"{report.lost} finished piece(s) cannot be played; docs/operations.md says what to do.")
