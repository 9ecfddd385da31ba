"""What a book is to the reader who searches for one, and what every place to search in has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import get_language

from journeys.catalogue.names import source_text
from music.brief import Mood


@dataclass(frozen=True, slots=True, kw_only=True)
class BookRecord:
    """One search result: facts about a work and, where `isbn13` is set, about that one edition of it.

    Text is NFC. An unknown fact is empty or None, never guessed, so a page shows only what it has.
    """

    source: str
    """The name of the `BookSource` it came from; with `source_id` it finds the record again."""
    source_id: str
    title: str
    """As Korean readers know the book."""
    authors: tuple[str, ...]
    original_title: str = ""
    """Empty when the title already is the original one."""
    title_en: str = ""
    """As English readers know the book; empty when the source does not tell."""
    authors_en: tuple[str, ...] = ()
    """The authors' names in Latin letters; empty when the source does not tell."""
    subtitle: str = ""
    translators: tuple[str, ...] = ()
    publisher: str = ""
    """Of the edition that `isbn13` names."""
    year: int | None = None
    """First publication of the work, not of the edition; negative before our era."""
    edition_year: int | None = None
    """Of the edition that `isbn13` names."""
    language: str = ""
    """Primary BCP-47 subtag of the original work: "ko", "en", "fr", …"""
    isbn13: str = ""
    """Thirteen digits, no hyphens."""
    pages: int | None = None
    description_ko: str = ""
    description_en: str = ""
    moods: tuple[Mood, ...] = ()
    """The strongest first."""
    genre: str = ""
    cover_url: str = ""
    """Where the source has a picture of it: to be fetched once, never to be shown from there."""
    source_url: str = ""
    """The book's page at its source, for people."""
    found_in: tuple[str, ...] = ()
    """The names of the other sources that know it too, where records were merged."""
    picture: str = ""
    """Our own address of its cover, where we have it already."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of all sources that know it, the one it is found again by first."""
        return tuple(dict.fromkeys((self.source, *self.found_in)))

    @property
    def shown_sources(self) -> str:
        """The names of its sources, as the page calls them."""
        return ", ".join(map(source_text, self.sources))

    @property
    def shown_title(self) -> str:
        """The title in the language of the page."""
        return self.title_en if self.title_en and get_language() == "en" else self.title

    @property
    def shown_authors(self) -> str:
        """The authors in the language of the page."""
        return ", ".join(self.authors_en if self.authors_en and get_language() == "en" else self.authors)


class SourceFailed(Exception):
    """A source gave no usable answer. The message holds no key and nothing of the query.

    `rest`: seconds for which it is of no use to ask again, where the source or the kind of failure tells.
    """

    def __init__(self, message: str, *, rest: float | None = None) -> None:
        super().__init__(message)
        self.rest = rest


class BookSource(Protocol):
    """A place to look for books. Which sources there are, and in what order they are asked, is said in the package."""

    @property
    def name(self) -> str:
        """Short, stable and unique among the sources: it is stored beside a chosen book."""
        ...

    def search(self, query: str, *, limit: int) -> list[BookRecord]:
        """Up to `limit` books for a title, author or ISBN, the best first; nothing found is an empty list.

        The query is as the reader typed it: any length, any characters. Raises `SourceFailed`.
        """
        ...

    def get(self, source_id: str) -> BookRecord | None:
        """The record that an earlier search returned, or None when the source knows no such id.

        Raises `SourceFailed`.
        """
        ...
