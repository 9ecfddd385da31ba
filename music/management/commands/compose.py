"""Make one piece from a brief or from free words, without the database: for listening, for looking, for scoring."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from music import studio
from music.brief import DURATION_RANGE, InvalidBrief, MusicBrief
from music.briefs import brief_for_prompt, seed_from
from music.id3 import Tags, write_tags
from music.studio.showing.cover import cover_png
from music.studio.showing.explain import explain

ARTIST = "Reading Journey"


class Command(BaseCommand):
    help = "Makes a piece from a brief (JSON) or from free words: MP3, and on request MIDI, score and explanation."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument(
            "--brief", metavar="FILE", help="a brief as JSON, as MusicBrief.to_json gives it; - reads it here"
        )
        source.add_argument("--prompt", metavar="WORDS", help='such as "calm piano for rainy night reading"')
        parser.add_argument("--seed", type=int, help="with --prompt: another seed, another piece")
        parser.add_argument("--duration", type=int, help="seconds, with --prompt (10 to 300, otherwise 120)")
        parser.add_argument("--out", metavar="FILE", help="the MP3")
        parser.add_argument("--midi", metavar="FILE", help="the score as a MIDI file")
        parser.add_argument("--json", metavar="FILE", help="the score as JSON")
        parser.add_argument("--explain", action="store_true", help="print the score as text")

    def handle(self, *args: Any, **options: Any) -> None:
        if not any(options[wanted] for wanted in ("out", "midi", "json", "explain")):
            raise CommandError("nothing to do: give --out, --midi, --json or --explain")
        brief = self._brief(options)
        score = studio.compose(brief)
        if options["explain"]:
            self.stdout.write(explain(score, brief), ending="")
        if options["json"]:
            _write(options["json"], json.dumps(asdict(score), ensure_ascii=False, indent=1).encode())
        if options["out"] or options["midi"]:
            piece = studio.make_piece(brief)
            if options["midi"]:
                _write(options["midi"], piece.midi)
            if options["out"]:
                tags = Tags(
                    title=f"{brief.mood}, {brief.genre}", artist=ARTIST, genre=str(brief.genre), cover=cover_png(brief)
                )
                _write(options["out"], write_tags(piece.mp3, tags))
                self.stderr.write(f"{options['out']}: {piece.seconds:.1f} s")

    def _brief(self, options: dict[str, Any]) -> MusicBrief:
        if options["prompt"] is None:
            if options["seed"] is not None or options["duration"] is not None:
                raise CommandError("--seed and --duration go with --prompt; a brief has its own")
            return _read_brief(options["brief"])
        low, high = DURATION_RANGE
        duration = 120 if options["duration"] is None else options["duration"]
        if not low <= duration <= high:
            raise CommandError(f"duration: {low} to {high} s")
        seed = seed_from(options["prompt"]) if options["seed"] is None else options["seed"]
        return brief_for_prompt(options["prompt"], seed=seed, duration=duration)


def _read_brief(name: str) -> MusicBrief:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{name}: {error}") from error
    try:
        data = json.loads(text)
    except ValueError as error:
        raise CommandError(f"{name}: not JSON: {error}") from error
    if not isinstance(data, dict):
        raise CommandError(f"{name}: a brief is a JSON object")
    try:
        return MusicBrief.from_json(data)
    except (InvalidBrief, OverflowError) as error:
        raise CommandError(_named(data, error)) from error


def _named(data: dict[str, Any], error: Exception) -> str:
    """The error with the field in front: a value that cannot be read at all does not say whose it is."""
    cause = error.__cause__
    if isinstance(cause, KeyError) and cause.args[0] not in data:
        return f"{cause.args[0]}: missing" if cause.args[0] in _SOUND else f"{_unreadable(data)}: no {cause.args[0]}"
    if isinstance(error, InvalidBrief) and cause is None:
        return str(error)
    return f"{_unreadable(data)}: {cause or error}"


def _unreadable(data: dict[str, Any]) -> str:
    """The first field that alone spoils a brief that is fine otherwise."""
    for field in data:
        try:
            MusicBrief.from_json(_SOUND | {field: data[field]})
        except OverflowError:
            return field
        except InvalidBrief as error:
            if error.__cause__ is not None:
                return field
    return "brief"


_SOUND: dict[str, Any] = {
    "moods": [["calm", 1.0]], "valence": 0.0, "energy": 0.5, "genre": "chamber", "tempo": 80, "key": "C",
    "mode": "major", "instruments": [], "duration": 60, "seed": 0, "theme_seed": 0, "role": "standalone",
    "prompt": "instrumental", "style_tags": "", "confidence": 1.0,
}  # fmt: skip


def _write(name: str, data: bytes) -> None:
    try:
        Path(name).write_bytes(data)
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror or error}") from error
