"""The catalogue that ships with the product: it answers without a network, a key or a database."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from journeys.catalogue.base import BookRecord
from journeys.catalogue.isbn import normalise_isbn
from journeys.catalogue.matching import FoldedText, Query
from music.brief import Mood

BOOKS_FILE = Path(__file__).parent / "data" / "books.json"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A record with everything it can be found by, some of which it does not show (other titles, other spellings)."""

    record: BookRecord
    titles: tuple[FoldedText, ...]
    authors: tuple[FoldedText, ...]


@dataclass(frozen=True, slots=True)
class _Index:
    entries: tuple[_Entry, ...]
    by_id: dict[str, BookRecord]
    by_isbn: dict[str, BookRecord]


class EmbeddedCatalogue:
    """Search in `data/books.json`, read once at the first question."""

    name = "embedded"

    def __init__(self, path: Path = BOOKS_FILE) -> None:
        self._path = path
        self._lock = Lock()
        self._loaded: _Index | None = None

    def search(self, query: str, *, limit: int) -> list[BookRecord]:
        """Books by title, author or ISBN: see `BookSource.search`. Equal matches come shortest title first."""
        if limit <= 0:
            return []
        index = self._index()
        if isbn := normalise_isbn(query):
            found = index.by_isbn.get(isbn)
            return [found] if found else []
        wanted = Query.of(query)
        if wanted is None:
            return []
        ranked = [
            (rank, len(entry.titles[0].letters), entry.record.source_id, entry.record)
            for entry in index.entries
            if (rank := wanted.match(entry.titles, entry.authors)) is not None
        ]
        ranked.sort(key=lambda hit: hit[:3])
        return [record for *_, record in ranked[:limit]]

    def get(self, source_id: str) -> BookRecord | None:
        return self._index().by_id.get(source_id)

    def named(self) -> Iterator[tuple[BookRecord, set[str], set[str]]]:
        """Every record with its folded titles and authors, other spellings included: to be compared, not searched."""
        for entry in self._index().entries:
            yield entry.record, {each.letters for each in entry.titles}, {each.letters for each in entry.authors}

    def _index(self) -> _Index:
        if self._loaded is None:
            with self._lock:
                if self._loaded is None:
                    self._loaded = self._read()
        return self._loaded

    def _read(self) -> _Index:
        rows = json.loads(unicodedata.normalize("NFC", self._path.read_text(encoding="utf-8")))
        entries = tuple(self._entry(row) for row in rows)
        return _Index(
            entries=entries,
            by_id={entry.record.source_id: entry.record for entry in entries},
            by_isbn={entry.record.isbn13: entry.record for entry in entries if entry.record.isbn13},
        )

    def _entry(self, row: dict[str, Any]) -> _Entry:
        record = BookRecord(
            source=self.name,
            source_id=row["source_id"],
            title=row["title"],
            original_title=row["original_title"],
            title_en=_english_title(row),
            authors_en=_latin_authors(row),
            subtitle=row["subtitle"],
            authors=tuple(row["authors"]),
            translators=tuple(row["translators"]),
            publisher=row["publisher"],
            year=row["year"],
            language=row["language"],
            isbn13=row["isbn13"],
            pages=row["pages"],
            description_ko=row["description_ko"],
            description_en=row["description_en"],
            moods=tuple(Mood(mood) for mood in row["moods"]),
            genre=row["genre"],
        )
        titles = (record.title, record.original_title, record.subtitle, *row["other_titles"])
        authors = (*record.authors, *row["author_names"])
        return _Entry(
            record,
            titles=tuple(FoldedText.of(title) for title in titles if title),
            authors=tuple(FoldedText.of(author) for author in authors),
        )


def _english_title(row: dict[str, Any]) -> str:
    """What an English work is called, or the first of a book's other names that an English reader can read."""
    if row["language"] == "en" and _is_latin(row["original_title"]):
        return str(row["original_title"])
    return next((title for title in (*row["other_titles"], row["original_title"]) if _is_latin(title)), "")


def _latin_authors(row: dict[str, Any]) -> tuple[str, ...]:
    """The author's name as English readers write it. Of several authors the data does not say whose name is whose."""
    names = [name for name in row["author_names"] if _is_latin(name)]
    return (names[0],) if len(row["authors"]) == 1 and names else ()


def _is_latin(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return bool(letters) and all(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
