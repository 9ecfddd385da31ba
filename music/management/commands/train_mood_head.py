"""`manage.py train_mood_head`: refit the reader of moods after a change of its training texts."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from music.briefs.encoder import encoder
from music.briefs.evidence import Evidence
from music.briefs.head import HEAD, MOODS, PLAIN, Array, write_head
from music.briefs.mood import reading_of
from music.briefs.scoring import Scores, scored
from music.briefs.training import Example, examples, features_of_examples, train


class Command(BaseCommand):
    help = "Fit the head that reads moods to the training texts, write its file, and print cross-validated figures."
    requires_system_checks: list[str] = []  # needs no database

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, default=HEAD, help="where to write the head (default: its place)")

    def handle(self, *args: Any, **options: Any) -> None:
        model = encoder()
        if model is None:
            raise CommandError("The sentence encoder is not installed: a head is fitted to its vectors.")
        texts = examples()
        self.stdout.write(f"{len(texts)} training texts; encoding takes a minute or two …")
        fitted, validated = train(texts, features_of_examples(texts, model), model.name)
        write_head(fitted, options["out"])
        for name, odds in (("with the encoder", validated.full), ("without", validated.words)):
            self.stdout.write(f"{name}, cross-validated:")
            for language in ("ko", "en"):
                self.stdout.write(f"  {language}: {_figures(texts, odds, language)}")
        self.stdout.write(f"wrote {options['out']} ({options['out'].stat().st_size // 1024} kB)")


def _figures(texts: list[Example], odds: Array, language: str) -> Scores:
    rows = [place for place, text in enumerate(texts) if text.language == language and text.label != PLAIN]
    readings = [
        reading_of(Evidence(dict(zip(MOODS, map(float, odds[row, :PLAIN]), strict=True))), (), language) for row in rows
    ]
    said = [(reading.weights[0][0], reading.valence, reading.arousal) for reading in readings]
    return scored([MOODS[texts[place].label] for place in rows], said)
