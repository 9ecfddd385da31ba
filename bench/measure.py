"""What the benches share: a product to measure, the conditions it was measured under, and a plain table."""

from __future__ import annotations

import math
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from tests.process.product import Product, running_product, wait_until

PREFIX = "reading-journey-bench-"


@contextmanager
def report(title: str) -> Iterator[None]:
    """Print what is measured, where and when, around whatever the block prints; the load tells how quiet it was."""
    started = time.monotonic()
    print(f"{title}\n{time.strftime('%Y-%m-%d %H:%M')}, {os.cpu_count()} cores, Python {platform.python_version()}")
    before = _load()
    yield
    print(f"load average {before} before, {_load()} after {time.monotonic() - started:.0f} s", flush=True)


@contextmanager
def product(**environment: Any) -> Iterator[Product]:
    """The running product on a data directory that is gone afterwards; keyword arguments are environment variables.

    Its page answers before its workers have loaded everything, so they are waited for as well.
    """
    with temporary_directory() as directory, running_product(directory, **environment) as running:
        for worker in ("worker", "studio"):
            wait_until(partial(_is_ready, running, worker), seconds=60, what=f"the {worker} to take tasks")
        yield running


@contextmanager
def temporary_directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as directory:
        yield Path(directory)


def table(*rows: Sequence[object]) -> None:
    """Print rows in columns, the first row being the headings; all but the first column to the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for first, *others in cells:
        right = (f"{cell:>{width}}" for cell, width in zip(others, widths[1:], strict=True))
        print("  ".join(("", f"{first:<{widths[0]}}", *right)))


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of the values that at least so many percent of them do not exceed (nearest rank)."""
    return sorted(values)[max(math.ceil(len(values) * percent / 100) - 1, 0)]


def times(value: float, yardstick: float) -> str:
    """A ratio to the yardstick, in words fit for a table."""
    return f"{value / yardstick:.2f} ×" if yardstick else "–"


def _is_ready(running: Product, worker: str) -> bool:
    return " ready." in running.log(worker)  # Celery's own announcement


def _load() -> str:
    return " ".join(f"{each:.1f}" for each in os.getloadavg())
