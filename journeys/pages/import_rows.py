"""The rows of an import as their reader looks at them: what would be written, and what may be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.text import Truncator
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from journeys.importing.matching import NEW_BOOK, SKIP, answers_to
from journeys.importing.reasons import remark_texts, row_reason
from journeys.models import Import, ImportRow, JourneyStatus, RowOutcome
from journeys.record.shelf import stars_text

ROWS_A_PAGE = 50
WORDS_SHOWN = 3
LETTERS_SHOWN = 160
TAGS_SHOWN = 8
_RANK = Case(
    When(outcome=RowOutcome.CHOICE, then=Value(0)),
    When(outcome=RowOutcome.NEW, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the things that a row may be."""

    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Words:
    """The beginning of a quote with its memo."""

    quote: str
    memo: str
    place: str


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row of the file as the reader looks at it."""

    row: ImportRow
    facts: list[str]
    review: str
    words: list[Words]
    word_count: int
    reason: str
    choices: list[Choice]

    @property
    def title(self) -> str:
        return self.row.title or _("(without a title)")

    @property
    def more_words(self) -> int:
        return self.word_count - len(self.words)

    @property
    def group(self) -> str:
        """The heading that it stands under in a preview."""
        return {RowOutcome.CHOICE: _("Questions"), RowOutcome.NEW: _("New")}.get(
            RowOutcome(self.row.outcome), _("The rest")
        )

    @property
    def is_under_its_name(self) -> bool:
        """Whether that heading says what is to become of it."""
        return self.row.outcome in (RowOutcome.CHOICE, RowOutcome.NEW)

    @property
    def is_question(self) -> bool:
        return self.row.outcome == RowOutcome.CHOICE

    @property
    def may_be_left_out(self) -> bool:
        """Where that is all there is to choose."""
        return bool(answers_to(self.row)) and not self.choices

    @property
    def is_left_out(self) -> bool:
        return self.row.choice == SKIP


def rows_shown(record: Import, shown: str, *, by_question: bool) -> QuerySet[ImportRow]:
    """The rows with this outcome, or all; in the order of the file, or what is asked first, then what is new."""
    rows = record.rows.annotate(rank=_RANK)
    rows = rows.filter(outcome=shown) if shown else rows
    return rows.order_by("rank", "number") if by_question else rows.order_by("number")


def page_of(rows: QuerySet[ImportRow], number: str | None) -> tuple[Page[Any], list[RowLine]]:
    """One page of these rows, and their lines. What a file says may be long: only that of the page is loaded."""
    page = Paginator(rows.values_list("pk", flat=True), ROWS_A_PAGE).get_page(number)
    found = ImportRow.objects.select_related("journey").in_bulk(list(page))
    return page, [row_line(found[pk]) for pk in page if pk in found]


def page_after(rows: QuerySet[ImportRow], rank: int, number: int) -> int:
    """The page with the first row after this place, wherever answers have moved the rows before it."""
    before = rows.filter(Q(rank__lt=rank) | Q(rank=rank, number__lte=number)).count()
    return min(before, max(0, rows.count() - 1)) // ROWS_A_PAGE + 1


def rank_of(row: ImportRow) -> int:
    """Its place among what `rows_shown` shows first."""
    return {RowOutcome.CHOICE: 0, RowOutcome.NEW: 1}.get(RowOutcome(row.outcome), 2)


def row_line(row: ImportRow) -> RowLine:
    passages = row.data.get("passages", ())
    reason = "" if row.outcome == RowOutcome.DUPLICATE and row.reason == "known" else row_reason(row.reason)
    return RowLine(
        row,
        facts_of(row),
        _beginning(str(row.data.get("review", "")).strip().partition("\n")[0]),
        [_words(each) for each in passages[:WORDS_SHOWN]],
        len(passages),
        reason,
        choices_of(row),
    )


def facts_of(row: ImportRow) -> list[str]:
    """What would be written of the journey, and of the book where it is a new one."""
    data = row.data
    facts = [_("Piece of music")] if row.is_piece else []
    facts.append(row.authors)
    if status := data.get("status"):
        facts.append(str(JourneyStatus(status).label))
    facts.append(" – ".join(data[name] for name in ("started_on", "ended_on") if data.get(name)))
    if rating := data.get("rating"):
        facts.append(stars_text(rating))
    if tags := data.get("tags"):
        more = " …" if len(tags) > TAGS_SHOWN else ""
        facts.append(_("tags: %(tags)s") % {"tags": ", ".join(tags[:TAGS_SHOWN]) + more})
    if notes := len(data.get("extra", {}).get("progress", ())):
        facts.append(ngettext("%(count)d note of progress", "%(count)d notes of progress", notes) % {"count": notes})
    if match := _in_language(data, "match"):
        facts.append(_("as the book %(book)s") % {"book": match})
    elif row.choice in ("", NEW_BOOK):
        facts += _facts_of_book(data)
    return [fact for fact in (*facts, *remark_texts(data.get("remarks", ()))) if fact]


def _facts_of_book(data: dict[str, Any]) -> list[str]:
    facts = [data.get("publisher", ""), str(data.get("year", ""))]
    if pages := data.get("pages"):
        facts.append(ngettext("%(pages)s page", "%(pages)s pages", pages) % {"pages": pages})
    if isbn := data.get("isbn13"):
        facts.append(f"ISBN {isbn}")
    return facts


def _words(passage: dict[str, Any]) -> Words:
    place = ""
    if (page := passage.get("page")) is not None:
        place = _("p. %(page)d") % {"page": page}
    elif (percent := passage.get("percent")) is not None:
        place = f"{percent}%"
    return Words(_beginning(passage.get("quote", "")), _beginning(passage.get("memo", "")), place)


def _beginning(text: str) -> str:
    return Truncator(text).chars(LETTERS_SHOWN)


def choices_of(row: ImportRow) -> list[Choice]:
    """What the reader may say that the row is; nothing where there is no question."""
    answers = answers_to(row)
    if not answers or not row.candidates:
        return []
    found = [(candidate["value"], candidate_text(candidate)) for candidate in row.candidates]
    if not any(candidate.get("status") for candidate in row.candidates):
        found.append((NEW_BOOK, _("another book, of its own")))
    found.append((SKIP, _("leave it out")))
    return [Choice(value, text, row.choice == value) for value, text in found]


def candidate_text(candidate: dict[str, str]) -> str:
    """What the reader chooses among, in their language."""
    status = candidate.get("status", "")
    if status == "again":
        return _("another reading of the book")
    if status:
        label = JourneyStatus(status).label
        days = f" ({candidate['text']})" if candidate["text"] else ""
        return _("the journey that you have: %(status)s") % {"status": f"{label}{days}"}
    return _("this book: %(book)s") % {"book": _in_language(candidate, "text")}


def _in_language(facts: dict[str, Any], name: str) -> str:
    found = facts.get(f"{name}_en") if get_language() == "en" else None
    return str(found or facts.get(name, ""))
