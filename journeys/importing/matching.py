"""Records beside what the reader has already: what is new, what is here, and what only the reader can say.

A book is the same when its ISBN is, or its title and an author, compared by their bare letters. Nothing else decides by
itself: the same title without an author is a question. Books are looked for among the reader's own, in the database and
in the embedded catalogue; no source on the network is asked, however few the rows.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from journeys.catalogue.base import BookRecord
from journeys.catalogue.embedded import EmbeddedCatalogue
from journeys.catalogue.matching import fold
from journeys.importing.ours import log_key
from journeys.importing.pieces import PIECE, OwnPieces
from journeys.importing.records import FileRecord, keys_of, problem_of, what_is_new
from journeys.models import Book, ImportRow, Journey, JourneyStatus, ReadingLog, RowOutcome

LOOKED_UP_AT_ONCE = 500
CANDIDATES_AT_MOST = 8

NEW_BOOK = "new"
SKIP = "skip"
JOURNEY, BOOK, RECORD = "journey:", "book:", "record:"

_catalogue = EmbeddedCatalogue()
_ORDER = {JourneyStatus.WANT: 0, JourneyStatus.READING: 1, JourneyStatus.STOPPED: 2, JourneyStatus.FINISHED: 2}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a row is to become, as far as that can be told."""

    outcome: RowOutcome
    reason: str = ""
    choice: str = ""
    """"new" or "piece", or "journey:", "book:" or "record:" with an id."""
    match: KnownBook | None = None
    """The book that it was found to be; None for one of its own."""
    candidates: tuple[dict[str, str], ...] = ()
    """What the reader may choose among: value (as in `choice`), text (and text_en), status (a journey's, or "again"),
    and the reason that the row has once it is chosen, where that is another than "your_choice"."""


@dataclass(slots=True)
class OwnJourney:
    """One of the reader's journeys, as far as matching needs it."""

    id: uuid.UUID
    book_id: uuid.UUID
    status: str
    started_on: date | None
    ended_on: date | None
    keys: set[str] = field(default_factory=set)
    """Of all its words: those it was imported with, those a log would have now, those its reader may have deleted."""


@dataclass(frozen=True, slots=True)
class KnownBook:
    """A book that a row may be of."""

    choice: str
    title: str
    authors: str
    letters: frozenset[str]
    """Its folded titles."""
    names: frozenset[str]
    """Its authors' folded names."""
    isbn13: str = ""
    is_own: bool = False
    """Typed in by the reader, or brought along."""
    title_en: str = ""
    authors_en: str = ""

    def shown(self, name: str) -> dict[str, str]:
        """What the reader is to see of it, under this name; under the name with "_en" what one who reads English is,
        where that is something else."""
        text = " · ".join(filter(None, (self.title, self.authors)))
        text_en = " · ".join(filter(None, (self.title_en or self.title, self.authors_en or self.authors)))
        return {name: text} if text_en == text else {name: text, f"{name}_en": text_en}


class Shelf:
    """What the reader has, and the books there are, ready to be compared with the records of one file."""

    def __init__(self, reader: Any, records: Sequence[FileRecord]) -> None:
        self._reader = reader
        self._journeys: dict[uuid.UUID, OwnJourney] = {}
        self._by_book: dict[str, list[OwnJourney]] = defaultdict(list)
        self._records: dict[str, KnownBook] = {}
        self._by_isbn: dict[str, KnownBook] = {}
        self._by_source: dict[tuple[str, str], KnownBook] = {}
        self._by_title: dict[str, list[KnownBook]] = defaultdict(list)
        self._imported: dict[str, OwnJourney] = {}
        self._seen: set[str] = set()
        journeys = [record for record in records if not record.piece]
        self._load_catalogue()
        self._load_books(journeys)
        self._load_journeys(journeys)
        self._pieces = OwnPieces(reader) if len(journeys) < len(records) else None

    def judge(self, record: FileRecord) -> Verdict:
        """What the record is to become. Called once for each record of the file, in its order."""
        if record.piece and self._pieces and self._pieces.has(record):
            return Verdict(RowOutcome.DUPLICATE, "known")
        if problem := problem_of(record):
            return Verdict(RowOutcome.FAILED, problem)
        if record.key in self._seen:
            return Verdict(RowOutcome.DUPLICATE, "twice_in_file")
        self._seen.add(record.key)
        if record.piece:
            return Verdict(RowOutcome.NEW, choice=PIECE)
        imported = self._imported.get(record.key)
        if imported:
            return self._judge_known(record, imported)
        books = self._our_books_of(record) if record.extra else self._books_of(record)
        if not record.title and not books:
            return Verdict(RowOutcome.FAILED, "isbn_unknown")
        certain = [book for book in books if record.extra or self._is_certain(record, book)]
        journeys = [journey for book in certain for journey in self._by_book.get(book.choice, ())]
        if journeys:
            return self._judge_beside(record, certain[0], journeys)
        if len(certain) == 1 or (certain and record.isbn13 and self._by_isbn.get(record.isbn13) == certain[0]):
            candidates = self._book_candidates([certain[0], *self._others(record, certain[0])])
            return _settled("", certain[0].choice, candidates, certain[0])
        if books:
            reason = "several_books" if certain else "title_only"
            return Verdict(RowOutcome.CHOICE, reason, candidates=self._book_candidates(certain or books))
        return Verdict(RowOutcome.NEW, choice=NEW_BOOK)

    def _judge_known(self, record: FileRecord, journey: OwnJourney) -> Verdict:
        """A record that an earlier import, or this very server, has made a journey of."""
        if goes_on(record, journey.status):
            return self._ask_about_change(record, journey)
        if _has_new_words(record, journey):
            candidates = self._journey_candidates(record, [journey])
            return _settled("words_new", f"{JOURNEY}{journey.id}", candidates)
        if record.ended_on and journey.ended_on and record.ended_on != journey.ended_on:
            same_book = self._by_book.get(f"{BOOK}{journey.book_id}", ())
            if all(record.ended_on != each.ended_on for each in same_book):
                candidates = self._journey_candidates(record, [journey])
                return _settled("another_reading", f"{BOOK}{journey.book_id}", candidates)
        return Verdict(RowOutcome.DUPLICATE, "words_known" if record.passages else "known")

    def _judge_beside(self, record: FileRecord, book: KnownBook, journeys: list[OwnJourney]) -> Verdict:
        """A record of a book that the reader has journeys with."""
        is_words_alone = not record.status and bool(record.passages)
        same = [journey for journey in journeys if _is_same_reading(record, journey)]
        if is_words_alone and len(journeys) > 1:
            if not all(_has_new_words(record, each) for each in journeys):
                return Verdict(RowOutcome.DUPLICATE, "words_known")
            return Verdict(RowOutcome.CHOICE, "several_journeys", candidates=self._journey_candidates(record, journeys))
        if is_words_alone or same:
            target = (same or journeys)[0]
            if _has_new_words(record, target):
                candidates = self._journey_candidates(record, [target, *(each for each in journeys if each != target)])
                return _settled("joins", f"{JOURNEY}{target.id}", candidates, book)
            return Verdict(RowOutcome.DUPLICATE, "words_known" if record.passages else "known")
        if not record.status or record.status == JourneyStatus.WANT:
            return Verdict(RowOutcome.DUPLICATE, "known")
        if behind := next((journey for journey in journeys if goes_on(record, journey.status)), None):
            return self._ask_about_change(record, behind)
        candidates = self._journey_candidates(record, journeys)
        return _settled("another_reading", f"{BOOK}{journeys[0].book_id}", candidates, book)

    def _ask_about_change(self, record: FileRecord, journey: OwnJourney) -> Verdict:
        candidates = self._journey_candidates(record, [journey])
        return Verdict(
            RowOutcome.CHOICE, "changed", candidates=_giving("changed", f"{JOURNEY}{journey.id}", candidates)
        )

    # The books a record may be of

    def _books_of(self, record: FileRecord) -> list[KnownBook]:
        """Those with its ISBN, else those with its title; the reader's own first."""
        if found := self._by_isbn.get(record.isbn13) if record.isbn13 else None:
            return [found]
        return self._named(record)

    def _named(self, record: FileRecord) -> list[KnownBook]:
        named = self._by_title.get(fold(record.title), []) if record.title else []
        names = _names(record.authors)
        # Where both name their authors and none is the same, it is another book of that title.
        return [book for book in named if not names or not book.names or names & book.names]

    def _our_books_of(self, record: FileRecord) -> list[KnownBook]:
        """Of our own export, which says where its book is from: that one, or one of the reader's own that is the same
        in everything; nothing that is only similar."""
        facts = record.extra.get("book", {})
        if facts.get("source") and facts["source"] != "manual":
            found = self._by_source.get((facts["source"], facts["source_id"]))
            return [found] if found else []
        named = self._by_title.get(fold(record.title), [])
        same = (record.title, record.authors, record.isbn13)
        return [book for book in named if book.is_own and (book.title, book.authors, book.isbn13) == same][:1]

    def _is_certain(self, record: FileRecord, book: KnownBook) -> bool:
        if record.isbn13 and self._by_isbn.get(record.isbn13) == book:
            return True
        return bool(_names(record.authors) & book.names)

    def _others(self, record: FileRecord, book: KnownBook) -> list[KnownBook]:
        """Further books that the reader may say it is, though we take it for this one."""
        return [] if record.extra else [each for each in self._named(record) if each.choice != book.choice]

    def _book_candidates(self, books: Iterable[KnownBook]) -> tuple[dict[str, str], ...]:
        return tuple({"value": book.choice, **book.shown("text")} for book in list(books)[:CANDIDATES_AT_MOST])

    def _journey_candidates(self, record: FileRecord, journeys: Iterable[OwnJourney]) -> tuple[dict[str, str], ...]:
        found = []
        for journey in list(journeys)[:CANDIDATES_AT_MOST]:
            days = " – ".join(str(each) for each in (journey.started_on, journey.ended_on) if each)
            found.append({"value": f"{JOURNEY}{journey.id}", "status": journey.status, "text": days})
        if record.status or record.ended_on:
            found.append({"value": f"{BOOK}{next(iter(journeys)).book_id}", "status": "again", "text": ""})
        return tuple(found)

    # Loading

    def _load_catalogue(self) -> None:
        for record, titles, names in _catalogue.named():
            book = _of_record(record, titles, names)
            self._records[book.choice] = self._by_source[record.source, record.source_id] = book
            self._know(book, record.isbn13)

    def _load_books(self, records: Sequence[FileRecord]) -> None:
        """Books of sources that have an ISBN or a title of the file, and all that are the reader's own."""
        isbns = {record.isbn13 for record in records if record.isbn13}
        titles = {record.title for record in records if record.title and len(record.title) <= 300}
        shared = Book.objects.exclude(source="manual")
        for batch in _batches({each for record in records if (each := _source_id(record))}):
            self._know_books(shared.filter(source_id__in=batch))
        for batch in _batches(isbns):
            self._know_books(shared.filter(isbn13__in=batch))
        for batch in _batches(titles):
            self._know_books(shared.filter(Q(title__in=batch) | Q(title_en__in=batch)))
        read = Journey.objects.for_reader(self._reader).values("book")
        self._know_books(Book.objects.filter(Q(added_by=self._reader, source="manual") | Q(pk__in=read)))

    def _know_books(self, books: QuerySet[Book]) -> None:
        columns = ("id", "title", "title_en", "authors", "authors_en", "isbn13", "source", "source_id")
        for book in books.only(*columns).order_by():
            choice = f"{BOOK}{book.pk}"
            letters = frozenset(fold(title) for title in (book.title, book.title_en) if title) - {""}
            names = _names(book.authors) | _names(book.authors_en)
            # A record of the catalogue that somebody has chosen before is known by its row here.
            if record := self._records.pop(f"{RECORD}{book.source}/{book.source_id}", None):
                letters, names = letters | record.letters, names | record.names
                self._forget(record)
            own = book.source == "manual"
            known = KnownBook(
                choice,
                book.title,
                book.authors,
                letters,
                names,
                book.isbn13,
                is_own=own,
                title_en=book.title_en,
                authors_en=book.authors_en,
            )
            if not own:
                self._by_source[book.source, book.source_id] = known
            self._know(known, book.isbn13)

    def _load_journeys(self, records: Sequence[FileRecord]) -> None:
        own = Journey.objects.for_reader(self._reader)
        for pk, book_id, status, started_on, ended_on in own.values_list(
            "pk", "book_id", "status", "started_on", "ended_on"
        ):
            journey = OwnJourney(pk, book_id, status, started_on, ended_on)
            self._journeys[pk] = journey
            self._by_book[f"{BOOK}{book_id}"].append(journey)
        logs = ReadingLog.objects.filter(journey__in=own)
        for journey_id, log_id, key, quote, memo in logs.values_list("journey_id", "pk", "import_key", "quote", "memo"):
            if found := self._journeys.get(journey_id):
                found.keys |= {key, log_key(log_id), *keys_of(quote, memo)} - {""}
        wanted = {record.key for record in records}
        earlier = ImportRow.objects.filter(
            record__reader=self._reader, outcome=RowOutcome.IMPORTED, journey__isnull=False
        )
        for batch in _batches(wanted):
            for key, made, data in earlier.filter(key__in=batch).values_list("key", "journey_id", "data"):
                if made and (found := self._journeys.get(made)):
                    found.keys |= set(data.get("keys", ()))
                    self._imported[key] = found
        for record in records:
            with_id = _uuid(record.extra.get("id"))
            if with_id in self._journeys:
                self._imported[record.key] = self._journeys[with_id]

    def _know(self, book: KnownBook, isbn13: str) -> None:
        if isbn13:
            self._by_isbn[isbn13] = book
        for letters in book.letters:
            named = self._by_title[letters]
            if all(each.choice != book.choice for each in named):
                named.insert(0, book)

    def _forget(self, book: KnownBook) -> None:
        for letters in book.letters:
            self._by_title[letters] = [each for each in self._by_title[letters] if each.choice != book.choice]


def _of_record(record: BookRecord, titles: Iterable[str], names: Iterable[str]) -> KnownBook:
    return KnownBook(
        f"{RECORD}{record.source}/{record.source_id}",
        record.title,
        ", ".join(record.authors),
        frozenset(titles) - {""},
        frozenset(names) - {""},
        title_en=record.title_en,
        authors_en=", ".join(record.authors_en),
    )


def _settled(reason: str, choice: str, candidates: Iterable[dict[str, str]], match: KnownBook | None = None) -> Verdict:
    """A row that is taken in as this, unless the reader wants it to be another of the candidates."""
    return Verdict(RowOutcome.NEW, reason, choice, match, _giving(reason, choice, candidates))


def _giving(reason: str, choice: str, candidates: Iterable[dict[str, str]]) -> tuple[dict[str, str], ...]:
    """The candidates, with the reason that the row has when this one of them is chosen."""
    return tuple({**each, "reason": reason} if each["value"] == choice else each for each in candidates)


def answers_to(row: ImportRow) -> dict[str, str]:
    """What the reader may say that a row is taken in as, with the reason that the row then has; nothing for a row about
    which there is nothing to say."""
    if row.outcome not in (RowOutcome.NEW, RowOutcome.CHOICE) and not is_left_out(row):
        return {}
    if row.is_piece:
        return {PIECE: "", NEW_BOOK: ""}
    found = {each["value"]: each.get("reason", "your_choice") for each in row.candidates}
    return {NEW_BOOK: "your_choice" if found else "", **found}


def is_left_out(row: ImportRow) -> bool:
    """Whether its reader has left it out, and so may take it up again."""
    return row.outcome == RowOutcome.SKIPPED and row.choice == SKIP


@lru_cache(maxsize=20_000)
def _names(authors: str) -> frozenset[str]:
    """Folded names, each way round: “Hermann Hesse” is “Hesse Hermann” too."""
    found = set()
    for name in authors.split(","):
        words = name.split()
        found |= {fold(name), fold(" ".join([*words[1:], *words[:1]])), fold(" ".join([*words[-1:], *words[:-1]]))}
    return frozenset(found - {""})


def _is_same_reading(record: FileRecord, journey: OwnJourney) -> bool:
    if record.ended_on and journey.ended_on:
        return record.ended_on == journey.ended_on
    if record.status != journey.status:
        return False
    return not record.ended_on or not journey.ended_on


def goes_on(record: FileRecord, status: str) -> bool:
    """Whether the file knows of a later state of a journey that is in this one."""
    return bool(record.status) and _ORDER[JourneyStatus(record.status)] > _ORDER[JourneyStatus(status)]


def _has_new_words(record: FileRecord, journey: OwnJourney) -> bool:
    return any(what_is_new(passage, journey.keys) for passage in record.passages)


def _source_id(record: FileRecord) -> str:
    return str(record.extra.get("book", {}).get("source_id", ""))


def _uuid(text: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None


def _batches(values: Iterable[str]) -> Iterable[list[str]]:
    ordered = sorted(values)
    return (ordered[start : start + LOOKED_UP_AT_ONCE] for start in range(0, len(ordered), LOOKED_UP_AT_ONCE))
