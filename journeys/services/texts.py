"""The words of a log or a book, as they are kept and as their mood is read."""

from __future__ import annotations

import re
import unicodedata

from journeys.catalogue import BookRecord
from journeys.models import Book
from music.briefs import read_ahead

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def read_words_ahead(book: Book | BookRecord, *, quote: str = "", memo: str = "") -> None:
    """Read a log's words and its book's description for their mood before the transaction that needs them.

    Reading takes tenths of a second, in which a transaction would keep all other writers waiting. The services below
    do it themselves; whoever calls them within a transaction (`idempotency.once`) calls this before it. A mood that was
    not read ahead is only read later, so that a log or a book that changes in between does no harm.
    """
    read_ahead(nfc(memo), nfc(quote), description_of(book))


def description_of(book: Book | BookRecord) -> str:
    return book.description_ko or book.description_en


def nfc(text: str) -> str:
    """Composed Hangul: text from macOS arrives decomposed and would never match a search."""
    return unicodedata.normalize("NFC", without_controls(text)).strip()


def without_controls(text: str) -> str:
    """The text without the characters that XML, and so a feed or a sheet, cannot say at all."""
    return _CONTROLS.sub("", text)
