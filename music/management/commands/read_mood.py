"""`manage.py read_mood FILE.tsv`: the moods of labelled texts, so that any set of them can be scored from outside."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from music.briefs import likeliest_mood

HEADER = "id\ttext"


class Command(BaseCommand):
    help = (
        "Read lines of id<TAB>text (UTF-8; a first line 'id<TAB>text' is a header) and print "
        "id<TAB>mood<TAB>valence<TAB>arousal<TAB>confidence. The mood is the most likely of joy, love, wonder, calm, "
        "melancholy, sadness, tension, anger; valence and arousal are -1 to 1, confidence is its probability. "
        "A text may hold tabs and be empty; nothing is quoted. A line without a tab is named on stderr, and the exit "
        "status is then 1, after all other lines."
    )
    requires_system_checks: list[str] = []  # needs no database

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.tsv", help="the texts; - reads standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            bad = self._read(options["file"])
            self.stdout.flush()
        except BrokenPipeError:
            # Whoever listened has enough (`| head`). Python would try to flush once more at its end, and complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        if bad:
            raise CommandError(f"{bad} line(s) could not be read")

    def _read(self, path: str) -> int:
        """Print the moods of a file's texts. Returns how many lines were none."""
        bad = 0
        for number, line in enumerate(_lines(path), start=1):
            name, tab, text = line.partition("\t")
            if not line or (number == 1 and line.lower() == HEADER):
                continue
            if not tab:
                self.stderr.write(f"line {number}: no tab between id and text")
                bad += 1
                continue
            reading = likeliest_mood(text)
            self.stdout.write(
                f"{name}\t{reading.mood}\t{reading.valence:.3f}\t{reading.arousal:.3f}\t{reading.confidence:.3f}"
            )
        return bad


def _lines(path: str) -> Iterator[str]:
    """Lines without their ends: only LF and CRLF end one, for a text may hold the other marks of Unicode."""
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
    for line in data.decode("utf-8-sig", "replace").split("\n"):
        yield line.removesuffix("\r")
