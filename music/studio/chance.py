"""Chance that repeats itself: every decision has its own stream, so that one more draw here moves nothing there."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def stream(seed: int, *labels: object) -> random.Random:
    """A generator that depends on `seed` and the names of what it decides, on nothing else."""
    text = "/".join(str(label) for label in (seed, *labels))
    return random.Random(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big"))


def weighted(rng: random.Random, options: Sequence[tuple[T, float]]) -> T:
    """One option, by weight."""
    mark = rng.random() * sum(weight for _, weight in options)
    for option, weight in options:
        mark -= weight
        if mark < 0:
            return option
    return options[-1][0]
