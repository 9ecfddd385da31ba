"""Searching a reader's own record: quotes, memos, reviews, tags, titles and authors.

Each word of the query is looked for as a part of the text, without case or accents, with or without the spaces between
its letters, and by initial consonants ("ㅅㄴㅇ" finds 소년이). A regular expression says all that at once, and both
databases run it: SQLite through Python, hence without case for every script. It reads all of the reader's texts and
uses no index, which is quick enough for ten thousand logs (bench/README.md).
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from string import ascii_lowercase
from typing import Any, Self

from django.core.paginator import Page, Paginator
from django.db.models import Q

from journeys.catalogue.matching import MIDDLE_DOTS, letter_class
from journeys.models import Journey, ReadingLog, Tag

LONGEST = 100
"""Letters of a query that are searched for; what is longer was pasted by mistake, and is cut."""
MOST_WORDS = 6
PER_PAGE = 20
AROUND = 60
"""Letters shown before the first find, and twice as many after it."""
# Spelt out: what counts as a letter depends on a database's locale.
_BETWEEN = r"""[\s·ㆍᆞ・･‧∙•.,:;!?'"“”‘’(){}«»<>\[\]…~–—―‐‑/\\&_+@#*%=|$^`「」『』《》〈〉【】、。，！？：；（）-]*"""

_ACCENTED = {
    char: bare[0].lower()
    for char in map(chr, (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)))
    if len(bare := unicodedata.normalize("NFD", char)) > 1 and bare[0].isascii()
}
"""Each Latin letter with a mark → the small letter without."""
_VARIANTS = {letter: "".join(char for char, bare in _ACCENTED.items() if bare == letter) for letter in ascii_lowercase}

Segment = tuple[str, bool]
"""A piece of text, and whether it is what was looked for."""


@dataclass(frozen=True, slots=True)
class Needle:
    """What is looked for: a regular expression for each word, as a database and as Python reads it."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Self | None:
        """The needle of what a reader typed, or None when no letter or digit is in it."""
        # Not `casefold`: the databases know ß, and not that it may be written ss.
        composed = unicodedata.normalize("NFC", text.translate(MIDDLE_DOTS)).lower()[: LONGEST + MOST_WORDS]
        words = ["".join(filter(_is_kept, word)) for word in composed.split()]
        distinct = list(dict.fromkeys(word for word in words if any(map(str.isalnum, word))))[:MOST_WORDS]
        return cls(tuple(_BETWEEN.join(map(_letter, word)) for word in distinct)) if distinct else None

    def in_columns(self, *columns: str) -> list[Q]:
        """For each word, that it is in one of these columns."""
        return [reduce(or_, (Q(**{f"{column}__iregex": word}) for column in columns)) for word in self.words]

    def segments(self, text: str) -> list[Segment]:
        """All of a text, what was found told apart."""
        return _marked(text, self._expression)

    def excerpt(self, text: str) -> list[Segment]:
        """The text around its first find, the finds told apart; empty when there is none."""
        first = self._expression.search(text)
        if first is None:
            return []
        start, end = max(0, first.start() - AROUND), min(len(text), first.end() + 2 * AROUND)
        before, after = "…" if start else "", "…" if end < len(text) else ""
        return _marked(f"{before}{text[start:end]}{after}", self._expression)

    @property
    def _expression(self) -> re.Pattern[str]:
        return re.compile("|".join(self.words), re.IGNORECASE)


def _letter(char: str) -> str:
    """A regular expression for a letter; a Latin one stands for itself under every accent."""
    bare = _ACCENTED.get(char, char)
    # Large ones are spelt out: not every database's locale knows them for the same letters.
    return f"[{bare}{variants}]" if (variants := _VARIANTS.get(bare, "")) else letter_class(bare)


def _is_kept(char: str) -> bool:
    """Letters, digits and the marks that belong to a letter, such as a vowel's in Hindi."""
    return char.isalnum() or unicodedata.category(char) in ("Mn", "Mc")


def _marked(text: str, expression: re.Pattern[str]) -> list[Segment]:
    segments, end = [], 0
    for found in expression.finditer(text):
        segments += [(text[end : found.start()], False), (found.group(), True)]
        end = found.end()
    return [segment for segment in [*segments, (text[end:], False)] if segment[0]]


@dataclass(frozen=True, slots=True)
class LogHit:
    """A log in which something was found."""

    log: ReadingLog
    quote: list[Segment]
    memo: list[Segment]


@dataclass(frozen=True, slots=True)
class JourneyHit:
    """A journey whose book, review or tags have it."""

    journey: Journey
    title: list[Segment]
    authors: list[Segment]
    review: list[Segment]
    tags: list[list[Segment]]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found: of logs, after the first journeys, or of journeys alone."""

    journeys: list[JourneyHit]
    logs: list[LogHit]
    journey_count: int
    log_count: int
    page: Page[uuid.UUID]


def search_record(
    reader: Any, needle: Needle, *, number: str | None, first_journeys: int, only_journeys: bool = False
) -> Found:
    """The page of this number, as an address says it, of the reader's logs with the words; on the first one also so
    many journeys that have them. Or a page of all of those journeys, and no log."""
    journeys = found_journeys(reader, needle)
    logs = [] if only_journeys else found_logs(reader, needle)
    page = Paginator(journeys if only_journeys else logs, PER_PAGE).get_page(number)
    ids = list(page.object_list)
    shown = ids if only_journeys else journeys[:first_journeys] if page.number == 1 else []
    return Found(
        journey_hits(shown, needle), [] if only_journeys else log_hits(ids, needle), len(journeys), len(logs), page
    )


BOOK_COLUMNS = ("book__title", "book__title_en", "book__authors", "book__authors_en")


def found_journeys(reader: Any, needle: Needle) -> list[uuid.UUID]:
    """Ids of the reader's journeys that have every word in book, review or tags, the last touched first."""
    journeys = Journey.objects.for_reader(reader).filter(reduce(and_, _journey_conditions(reader, needle)))
    return list(journeys.order_by("-updated_at", "pk").values_list("pk", flat=True))


def found_logs(reader: Any, needle: Needle) -> list[uuid.UUID]:
    """Ids of the reader's logs with the words, the latest first.

    At least one is in what the log says; the others may be in its book, in the journey's review or among its tags.
    """
    own = needle.in_columns("quote", "memo")
    conditions = reduce(or_, own)
    if len(own) > 1:
        journeys = Journey.objects.for_reader(reader)
        around = _journey_conditions(reader, needle)
        conditions &= reduce(
            and_, (said | Q(journey__in=journeys.filter(about)) for said, about in zip(own, around, strict=True))
        )
    logs = ReadingLog.objects.filter(conditions, journey__reader=reader)
    return list(logs.order_by("-logged_on", "-created_at", "pk").values_list("pk", flat=True))


def log_hits(ids: Sequence[uuid.UUID], needle: Needle) -> list[LogHit]:
    """The logs with these ids, in this order, with what was found in them."""
    logs = ReadingLog.objects.select_related("journey__book").in_bulk(ids)
    return [LogHit(logs[pk], needle.excerpt(logs[pk].quote), needle.excerpt(logs[pk].memo)) for pk in ids if pk in logs]


def journey_hits(ids: Sequence[uuid.UUID], needle: Needle) -> list[JourneyHit]:
    """The journeys with these ids, in this order, with what was found of them."""
    found = Journey.objects.select_related("book").prefetch_related("tags").in_bulk(ids)
    return [
        JourneyHit(
            journey,
            needle.segments(journey.book.shown_title),
            needle.segments(journey.book.shown_authors),
            needle.excerpt(journey.review),
            [needle.segments(tag.name) for tag in journey.tags.all()],
        )
        for pk in ids
        if (journey := found.get(pk))
    ]


def _journey_conditions(reader: Any, needle: Needle) -> list[Q]:
    about = needle.in_columns(*BOOK_COLUMNS, "review")
    tags = [Tag.objects.filter(reader=reader, name__iregex=word) for word in needle.words]
    # By their keys: a join with the tags would give a journey once for each.
    tagged = [Journey.tags.through.objects.filter(tag__in=some).values("journey") for some in tags]
    return [condition | Q(pk__in=some) for condition, some in zip(about, tagged, strict=True)]
