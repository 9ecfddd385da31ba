"""Seeds: numbers that stay the same on every machine and in every run, and choices made by them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Choice = TypeVar("Choice")

SEED_BITS = 63
"""So that a seed fits a signed 64-bit column."""


def seed_from(*parts: str) -> int:
    """A whole number from 0 to 2⁶³ − 1 for these parts in this order; ("ab", "c") and ("a", "bc") differ."""
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return int.from_bytes(digest.digest(), "big") >> (64 - SEED_BITS)


def choose(options: Sequence[Choice], seed: int, purpose: str) -> Choice:
    """One of the options; every purpose draws for itself. The options must not be empty."""
    return options[seed_from(str(seed), purpose) % len(options)]


def choose_weighted(options: Sequence[tuple[Choice, float]], seed: int, purpose: str) -> Choice:
    """One of the (option, weight) pairs, drawn by weight. At least one weight must be positive."""
    point = seed_from(str(seed), purpose) / 2**SEED_BITS * sum(weight for _, weight in options)
    for option, weight in options:
        point -= weight
        if point < 0:
            return option
    return max(options, key=lambda pair: pair[1])[0]
