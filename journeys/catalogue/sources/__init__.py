"""The places outside this machine that can be asked for books, a file for each."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from journeys.catalogue.base import BookSource
from journeys.catalogue.sources.aladin import Aladin
from journeys.catalogue.sources.google import GoogleBooks
from journeys.catalogue.sources.kakao import Kakao
from journeys.catalogue.sources.openlibrary import OpenLibrary

__all__ = ["REMOTE_NAMES", "SLOWEST_SECONDS", "remote_sources"]

SLOWEST_SECONDS = 10.0
"""For one answer. Longer than a reader waits: what comes too late for them is there for the next one."""


def _kakao(seconds: float) -> BookSource | None:
    key = settings.KAKAO_API_KEY
    return Kakao(settings.KAKAO_API_BASE, key, seconds) if key else None


def _aladin(seconds: float) -> BookSource | None:
    key = settings.ALADIN_TTB_KEY
    return Aladin(settings.ALADIN_API_BASE, key, seconds) if key else None


def _open_library(seconds: float) -> BookSource | None:
    base, covers = settings.OPEN_LIBRARY_API_BASE, settings.OPEN_LIBRARY_COVERS_BASE
    return OpenLibrary(base, covers, settings.BOOK_USER_AGENT, seconds)


def _google(seconds: float) -> BookSource | None:
    key = settings.GOOGLE_BOOKS_API_KEY
    return GoogleBooks(settings.GOOGLE_BOOKS_API_BASE, key, seconds) if key else None


_SOURCES: dict[str, Callable[[float], BookSource | None]] = {
    Kakao.name: _kakao,
    Aladin.name: _aladin,
    OpenLibrary.name: _open_library,
    GoogleBooks.name: _google,
}
REMOTE_NAMES = frozenset(_SOURCES)


def remote_sources(seconds: float = SLOWEST_SECONDS) -> tuple[BookSource, ...]:
    """Those that BOOK_SOURCES names and that have the key they need, in that order; each answer may take `seconds`."""
    built = (_SOURCES[name](seconds) for name in settings.BOOK_SOURCES if name in _SOURCES)
    return tuple(source for source in built if source is not None)
