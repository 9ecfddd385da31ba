"""Proof, not opinion: renders a grid of pieces and measures the files, with libraries that had no part in making them.

    python -m bench.music_report --out DIR [--pieces 256 | --quick] [--jobs 2] [--cache DIR] [--show 64]

The grid runs through eight moods, eight genres, four durations and twenty journeys; each piece is rendered, decoded
from its MP3 and measured. Prints a table of targets and what was reached, with the places where something misses;
writes all figures as JSON and a page to listen to and look at (`DIR/index.html`; open it in a browser). Pieces and
measurements are kept in the cache under digests of everything they depend on: a second run only does what changed.

Exit code 1 if a target is missed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from bench.report import moods, summary
from bench.report.grid import JOURNEYS, ROUND, choose
from bench.report.measuring import measure, meter_digest
from bench.report.page import write_page
from bench.report.render import studio_digest
from bench.report.themes import forms_of
from bench.report.timbre import TEMPO_FEATURES
from music.studio import STUDIO_VERSION

QUICK = 24
MOODS_TARGET = 0.9


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="directory for the page and report.json")
    parser.add_argument("--pieces", type=int, default=ROUND, help="a multiple of 8 (default %(default)s)")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} pieces")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "reading-journey-music-report")
    parser.add_argument("--show", type=int, default=64, help="pieces on the page; those that miss come first")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    options.out.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()

    cases = choose(QUICK if options.quick else options.pieces)
    # The library's threads would fight for the cores that the jobs use.
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    # Forked, so that every job has the studio as it was when the run began, whatever is edited meanwhile; the digests
    # that pieces are kept under are therefore taken now.
    studio_digest(), meter_digest()
    with ProcessPoolExecutor(options.jobs, multiprocessing.get_context("fork")) as pool:
        themes = list(pool.map(forms_of, range(JOURNEYS)))
        pieces = []
        for piece in pool.map(partial(measure, themes=themes, cache_directory=options.cache), cases):
            pieces.append(piece)
            if sys.stderr.isatty():
                print(f"\r{len(pieces)} of {len(cases)} ", end="", file=sys.stderr, flush=True)
        lines, confusions = judge(pieces)
        heading = describe(pieces)
        print(f"\n{heading}")
        show(lines, confusions, pieces)
        figures = {
            "made": heading,
            "lines": [asdict(line) for line in lines],
            "moods": {name: asdict(confusion) for name, confusion in confusions.items()},
            "pieces": pieces,
        }
        (options.out / "report.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1))
        write_page(options.out, heading, lines, confusions, pieces, cases, options.cache, options.show, pool.map)
    print(f"\n{options.out / 'index.html'} · {time.monotonic() - started:.0f} s")
    return 0 if all(line.passed is not False for line in lines) else 1


def judge(pieces: Sequence[dict[str, Any]]) -> tuple[list[summary.Line], dict[str, moods.Confusion]]:
    """All lines of the table, and who was taken for whom by the two classifiers."""
    features = [piece["features"] for piece in pieces]
    names = [piece["mood"] for piece in pieces]
    journeys = [piece["journey"] for piece in pieces]
    lines = summary.lines(pieces)
    confusions: dict[str, moods.Confusion] = {}
    for name, without, target in (
        ("mood told by the sound", (), MOODS_TARGET),
        ("· mood told without tempo and onset density", TEMPO_FEATURES, None),
    ):
        confusion = moods.tell_apart(features, names, journeys, without=without)
        if confusion is not None:
            confusions[name] = confusion
        lines.append(
            summary.mood_line(
                name,
                confusion.accuracy if confusion else None,
                target,
                pieces,
                confusion.guesses if confusion else (),
            )
        )
    return lines, confusions


def describe(pieces: Sequence[dict[str, Any]]) -> str:
    seconds = sum(piece["levels"]["seconds"] for piece in pieces)
    cpu = sum(piece["cpu_seconds"] for piece in pieces)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout
    return (
        f"{len(pieces)} pieces, {seconds / 60:.0f} min of music for {cpu:.0f} CPU s · studio {STUDIO_VERSION}"
        f" ({studio_digest()}), commit {commit.strip() or 'unknown'} · {time.strftime('%Y-%m-%d %H:%M')}"
    )


def show(
    lines: Sequence[summary.Line], confusions: dict[str, moods.Confusion], pieces: Sequence[dict[str, Any]]
) -> None:
    """The table, where it was missed, who was taken for whom, and what the moods and genres sound like."""
    table([("", "target", "reached", ""), *((x.name, x.target, x.reached, _verdict(x.passed)) for x in lines)])
    for line in lines:
        if line.misses and line.passed is not True:
            print(f"\n{line.name}: {len(line.misses)} missed\n  {line.where.replace('; ', chr(10) + '  ')}")
            print("  " + ", ".join(line.misses[:12]) + (" …" if len(line.misses) > 12 else ""))
    for name, confusion in confusions.items():
        print(f"\n{name}: rows are meant, columns are heard")
        rows = ((mood, *map(str, row)) for mood, row in zip(confusion.moods, confusion.counts, strict=True))
        table([("", *(mood[:5] for mood in confusion.moods)), *rows])
    print()
    table(summary.by_mood(pieces))


def table(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def _verdict(passed: bool | None) -> str:
    return "" if passed is None else "pass" if passed else "MISS"


if __name__ == "__main__":
    sys.exit(main())
