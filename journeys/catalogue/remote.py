"""Asking the sources outside this machine: all at once, within a budget, and not again what was asked today.

Each question has a thread of its own. When the budget is used up the reader is answered with what is there; a thread
that is still at it goes on, and what it brings is there for the next one who asks.
"""

from __future__ import annotations

import hashlib
import logging
import queue
import re
import threading
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from django.core.cache import caches
from django.db import connections

from journeys.catalogue.base import BookRecord, BookSource, SourceFailed
from journeys.catalogue.breaker import Breaker
from journeys.catalogue.isbn import looks_like_isbn, normalise_isbn
from journeys.catalogue.matching import INITIALS, Query, fold

logger = logging.getLogger(__name__)

KEPT_SECONDS = 24 * 3600
ASKED_FOR = 20
"""Results of each source, whatever the page shows: one answer serves every limit."""
AT_ONCE = 8
"""Questions under way to one source from this process. One that hangs must not collect threads without end."""
_FORMAT = 1  # of what is kept: to be raised with any change of BookRecord
_MIDDLE_DOTS = re.compile("[\u318d\u119e]")


class SourceState(StrEnum):
    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"
    """Not asked, because it failed a moment ago or too much is under way to it."""
    PENDING = "pending"
    """Not asked yet: there was no time for it."""


SOURCE_STATES = [str(state) for state in SourceState if state is not SourceState.PENDING]
"""Those of an answer that was waited for."""


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """What came of asking one source."""

    name: str
    state: SourceState
    records: tuple[BookRecord, ...] = ()


def remote_query(text: str) -> str:
    """The query as it is sent out, the same for every way of typing the same; empty where nobody out there could make
    anything of it: initial consonants, a wrong ISBN, a single letter, nothing at all."""
    if isbn := normalise_isbn(text):
        return isbn
    letters = fold(text) if Query.of(text) else ""
    if looks_like_isbn(text) or not letters or all(letter in INITIALS for letter in letters):
        return ""
    if len(letters) == 1 and letters.isascii():
        return ""
    composed = unicodedata.normalize("NFC", _MIDDLE_DOTS.sub("·", text))
    return " ".join("".join(sign if sign.isprintable() else " " for sign in composed).split()).casefold()


def ask_all(sources: Sequence[BookSource], query: str, *, seconds: float) -> list[SourceAnswer]:
    """Every source's answer to a `remote_query`, in their order. What was asked in the last 24 hours is known; the
    others are asked together and waited for so many seconds, with 0 not at all."""
    states: dict[str, SourceAnswer] = {}
    asked: list[BookSource] = []
    answers: queue.SimpleQueue[SourceAnswer] = queue.SimpleQueue()
    for source in sources:
        kept = caches["books"].get(_query_key(source.name, query))
        if kept is not None:
            states[source.name] = SourceAnswer(source.name, SourceState.OK, tuple(kept))
        elif Breaker(source.name).rests:
            states[source.name] = SourceAnswer(source.name, SourceState.SKIPPED)
        elif seconds <= 0:
            states[source.name] = SourceAnswer(source.name, SourceState.PENDING)
        elif _begin(source, query, answers):
            asked.append(source)
        else:
            states[source.name] = SourceAnswer(source.name, SourceState.SKIPPED)
    end = time.monotonic() + seconds
    for _ in asked:
        try:
            answer = answers.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            break
        states[answer.name] = answer
    for source in asked:
        if source.name not in states:
            logger.info("%s: no answer within %g s", source.name, seconds)
            states[source.name] = SourceAnswer(source.name, SourceState.FAILED)
    return [states[source.name] for source in sources]


def ask_again(source: BookSource, source_id: str) -> BookRecord | None:
    """The source's own record with this id. Raises `SourceFailed`, also when it is left alone for now."""
    if not Breaker(source.name).admits():
        raise SourceFailed(f"{source.name}: it is left alone for now")
    with _watched(source):
        record = source.get(source_id)
    if record:
        keep_records([record])
    return record


def keep_records(records: Sequence[BookRecord]) -> None:
    """Have these records at hand for who chooses one of them."""
    caches["books"].set_many({_record_key(each.source, each.source_id): each for each in records}, KEPT_SECONDS)


def kept_record(source: str, source_id: str) -> BookRecord | None:
    record: BookRecord | None = caches["books"].get(_record_key(source, source_id))
    return record


def _begin(source: BookSource, query: str, answers: queue.SimpleQueue[SourceAnswer]) -> bool:
    """Ask the source in a thread; False when it is not to be asked now."""
    place = _places(source.name)
    if not place.acquire(blocking=False):
        logger.warning("%s: %d questions are under way already", source.name, AT_ONCE)
        return False
    if not Breaker(source.name).admits():
        place.release()
        return False
    # A daemon: a source that hangs must not hold up the end of the process.
    threading.Thread(
        target=_ask, args=(source, query, answers, place), name=f"books-{source.name}", daemon=True
    ).start()
    return True


def _ask(
    source: BookSource, query: str, answers: queue.SimpleQueue[SourceAnswer], place: threading.BoundedSemaphore
) -> None:
    answer = SourceAnswer(source.name, SourceState.FAILED)
    try:
        with _watched(source):
            records = source.search(query, limit=ASKED_FOR)
        caches["books"].set(_query_key(source.name, query), records, KEPT_SECONDS)
        answer = SourceAnswer(source.name, SourceState.OK, tuple(records))
    except SourceFailed:
        pass  # told and counted already; the others' answers still count
    finally:
        answers.put(answer)
        place.release()
        connections.close_all()  # a cache in the database has opened one for this thread


@contextmanager
def _watched(source: BookSource) -> Iterator[None]:
    """Tell the breaker how the question ended. Raises nothing but `SourceFailed`, also for an answer nobody foresaw."""
    try:
        yield
    except SourceFailed as error:
        Breaker(source.name).failed(error.rest)
        logger.warning("no books: %s", error)
        raise
    except Exception as error:
        Breaker(source.name).failed()
        logger.exception("%s: its answer could not be read", source.name)
        raise SourceFailed(f"{source.name}: {type(error).__name__}") from error
    Breaker(source.name).worked()


def _query_key(name: str, query: str) -> str:
    return f"{_FORMAT}:query:{name}:{hashlib.sha256(query.encode()).hexdigest()}"


def _record_key(source: str, source_id: str) -> str:
    return f"{_FORMAT}:record:{source}:{hashlib.sha256(source_id.encode()).hexdigest()}"


_all_places: defaultdict[str, threading.BoundedSemaphore] = defaultdict(lambda: threading.BoundedSemaphore(AT_ONCE))
_places_lock = threading.Lock()


def _places(name: str) -> threading.BoundedSemaphore:
    with _places_lock:
        return _all_places[name]
