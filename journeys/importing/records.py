"""What a file says, in one shape for all formats: a record for each journey, with its words. Our own archive has
records of music too.

A record travels as JSON in its row between the reading of the file and the reader's confirmation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Self

from journeys.catalogue.matching import fold
from journeys.models import MEMO_LIMIT, MOST_PAGES, QUOTE_LIMIT, REVIEW_LIMIT, JourneyStatus
from journeys.services.tags import tag_names

TITLE_LIMIT = 300
AUTHORS_LIMIT = 300
PUBLISHER_LIMIT = 200
TAGS_AT_MOST = 50
PAGE_AT_MOST = 2_000_000_000
YEAR_RANGE = (-4000, 9999)
_DAYS = ("started_on", "ended_on", "added_on")


def digest(*parts: str) -> str:
    """64 letters that stand for these words, whatever their length."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Something written down along the way: a log to be."""

    quote: str = ""
    memo: str = ""
    page: int | None = None
    percent: int | None = None
    on: date | None = None
    keys: tuple[str, ...] = ()
    """Its own key, then those of its notes and of earlier shapes of it (a highlight that was drawn longer later)."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Of our own export: what only our logs have."""

    @property
    def key(self) -> str:
        return self.keys[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """One journey's worth of a file, or a piece of music that belongs to none."""

    title: str = ""
    authors: str = ""
    isbn13: str = ""
    publisher: str = ""
    year: int | None = None
    pages: int | None = None
    language: str = ""
    status: str = ""
    """A `JourneyStatus`; empty where the file does not say, and the reader chooses for all such rows."""
    started_on: date | None = None
    ended_on: date | None = None
    added_on: date | None = None
    """When it came onto the shelf there: since when there is a journey."""
    rating: int | None = None
    """Quarters of a star, 1 to 20."""
    review: str = ""
    tags: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()
    """Of our `Mood`s: what the reader felt about the book."""
    passages: tuple[Passage, ...] = ()
    origin: str = ""
    """What tells it from all others at its source; empty: its title and authors do."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Of our own export: what only our journeys have."""
    piece: dict[str, Any] = field(default_factory=dict)
    """Of our own export: a finished piece of no journey, which the record is then instead of one."""
    remarks: tuple[str, ...] = ()
    """What of the row could not be read: codes of `reasons.REMARKS`."""

    @property
    def key(self) -> str:
        """What it is at its source: the same in every later file of the same source."""
        return digest(self.origin or f"book:{fold(self.title)}:{fold(self.authors)}:{self.isbn13}")

    @property
    def last_told_day(self) -> date | None:
        """The last day of a passage that has one."""
        return max((passage.on for passage in self.passages if passage.on), default=None)

    def to_json(self) -> dict[str, Any]:
        """What is not said is not written."""
        data = {
            name: getattr(self, name)
            for name in self.__slots__
            if name not in ("passages", *_DAYS) and getattr(self, name) not in ("", None, (), {})
        }
        for name in _DAYS:
            if day := getattr(self, name):
                data[name] = day.isoformat()
        if self.passages:
            data["passages"] = [_passage_to_json(passage) for passage in self.passages]
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        fields = {name: value for name, value in data.items() if name in cls.__slots__}
        for name in ("tags", "moods", "remarks"):
            fields[name] = tuple(data.get(name, ()))
        for name in _DAYS:
            fields[name] = date.fromisoformat(data[name]) if data.get(name) else None
        fields["passages"] = tuple(_passage_from_json(each) for each in data.get("passages", ()))
        return cls(**fields)


@dataclass(frozen=True, slots=True)
class Found:
    """What a parser found in a file."""

    records: tuple[FileRecord, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many of its rows or blocks became no record, by kind: codes of `reasons.LEFT_OUT`."""


def _passage_to_json(passage: Passage) -> dict[str, Any]:
    data = {
        name: getattr(passage, name)
        for name in ("quote", "memo", "page", "percent", "keys", "extra")
        if getattr(passage, name) not in ("", None, (), {})
    }
    if passage.on:
        data["on"] = passage.on.isoformat()
    return data


def _passage_from_json(data: Mapping[str, Any]) -> Passage:
    day = data.get("on")
    rest = {name: value for name, value in data.items() if name not in ("on", "keys")}
    return Passage(**rest, keys=tuple(data.get("keys", ())), on=date.fromisoformat(day) if day else None)


def words_key(quote: str, memo: str = "") -> str:
    """The key of a passage by its words alone, so that Kindle and Readwise may both bring it and it is there once."""
    return digest("words", fold(quote) or quote or fold(memo) or memo)


def note_keys(memo: str) -> dict[str, str]:
    """Key → paragraph. By these a note is known wherever it stands: Kindle's notes on one highlight are paragraphs of
    one memo, and they may come one after the other. They are no keys of `words_key`: a quote may say the same."""
    return {_note_key(part): part for each in memo.split("\n\n") if (part := each.strip())}


def _note_key(text: str) -> str:
    return digest("note", fold(text) or text)


def keys_of(quote: str, memo: str = "") -> tuple[str, ...]:
    """All by which a log with these words is known: the key of the passage, then those of its notes."""
    return words_key(quote, memo), *note_keys(memo)


def what_is_new(passage: Passage, known: Set[str]) -> Passage | None:
    """What of the passage is not known by its keys: the whole of it; of a known one the notes that came later, in a
    passage of their own, since its log is its reader's by now; or nothing."""
    notes = note_keys(passage.memo)
    own = [key for key in passage.keys if key not in notes]
    if own and known.isdisjoint(own):
        return passage
    new = {key: part for key, part in notes.items() if key in passage.keys and key not in known}
    memo = "\n\n".join(new.values())
    key = _note_key(memo)
    if not new or key in known:
        return None
    return replace(passage, quote="", memo=memo, keys=tuple(dict.fromkeys((key, *new))))


def words(quote: str, memo: str = "", **where: Any) -> list[Passage]:
    """The passage with these words; one that is longer than a log can be goes on in further ones. Nothing is lost."""
    quotes, memos = split_text(quote, QUOTE_LIMIT), split_text(memo, MEMO_LIMIT)
    length = max(len(quotes), len(memos))
    quotes += [""] * (length - len(quotes))
    memos += [""] * (length - len(memos))
    return [
        Passage(quote=part, memo=note, keys=keys_of(part, note), **where)
        for part, note in zip(quotes, memos, strict=True)
    ]


def split_text(text: str, limit: int) -> list[str]:
    """The text in parts of at most `limit` characters, cut between paragraphs, sentences or words where possible; no
    part for an empty text."""
    parts = []
    text, start = text.strip(), 0
    while len(text) - start > limit:
        half, end = start + limit // 2, start + limit
        cut = max(text.rfind(mark, half, end) + len(mark) for mark in ("\n", ". ", " "))
        if cut <= half:
            cut = end
        parts.append(text[start:cut].strip())
        start = cut
        while text[start].isspace():  # it ends with something else
            start += 1
    return [*parts, text[start:]] if text else parts


def tidy_record(record: FileRecord) -> FileRecord:
    """The record with nothing in it that a journey could not hold, and dates that fit its status.

    A review that is too long goes on in a passage; a day of the end before the beginning leaves the beginning unknown.
    """
    review, *overflow = split_text(record.review, REVIEW_LIMIT) or [""]
    passages = list(record.passages)
    for part in overflow:
        passages += words("", part)
    started, ended = record.started_on, record.ended_on
    if record.status == JourneyStatus.WANT:
        started = ended = None
    elif record.status == JourneyStatus.READING:
        ended = None
    if started and ended and started > ended:
        started = None
    tags = tuple(tag_names(record.tags))
    return replace(
        record,
        authors=record.authors[:AUTHORS_LIMIT],
        publisher=record.publisher[:PUBLISHER_LIMIT],
        language=record.language[:10],
        year=record.year if record.year is not None and YEAR_RANGE[0] <= record.year <= YEAR_RANGE[1] else None,
        pages=record.pages if record.pages is not None and 0 < record.pages <= MOST_PAGES else None,
        rating=record.rating if record.rating and 1 <= record.rating <= 20 else None,
        review=review,
        tags=tags[:TAGS_AT_MOST],
        started_on=started,
        ended_on=ended,
        passages=tuple(map(_with_a_page_of_a_book, once(passages))),
    )


def _with_a_page_of_a_book(passage: Passage) -> Passage:
    """The passage; a number that no book has so many pages for is no page."""
    return replace(passage, page=None) if passage.page is not None and passage.page > MOST_PAGES else passage


def once(passages: Iterable[Passage]) -> list[Passage]:
    """Each passage once, the first one of each key, and what later ones say besides."""
    seen: set[str] = set()
    kept = []
    for passage in passages:
        new = passage if passage.key not in seen else what_is_new(passage, seen)
        if new:
            seen |= {new.key, *note_keys(new.memo)}
            kept.append(new)
    return kept


def problem_of(record: FileRecord) -> str:
    """Why the record cannot become a journey, or a piece; empty when it can."""
    if record.piece and not record.piece["audio"]:
        return "piece_without_file"
    if not record.title:
        return "" if record.isbn13 else "title_missing"
    return "title_too_long" if len(record.title) > TITLE_LIMIT else ""
