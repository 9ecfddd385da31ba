"""One journey as a Markdown document: the book, what the reader thought of it, and every log."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote as url_quote

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from journeys.models import Journey, JourneyStatus, ReadingLog
from journeys.record.progress import Position, latest_positions
from music.models import MusicTrack, TrackStatus
from music.names import mood_text

STARS = 4
"""Steps of a rating in one star."""
# What at the start of a line would make a heading, a list, a quote, a rule, code or HTML of a reader's words.
_MARKUP = re.compile(r"^(\s*)(?:(?=[#>+*=~`|<-])|(\d+)(?=[.)](?:\s|$)))")


def journey_markdown(journey: Journey, *, files: Mapping[Any, str] | None = None) -> str:
    """The journey in its reader's language, ending with a line break. As many queries for many logs as for few.

    `files`: names of the pieces' files by their log's id, where the document lies beside them; it then links to them,
    and says of the other logs why they have none.
    """
    (text,) = journey_markdowns([journey], files=files)
    return text


def journey_markdowns(journeys: Sequence[Journey], *, files: Mapping[Any, str] | None = None) -> Iterator[str]:
    """The same of each of these journeys, in their order; as many queries for many of them as for one."""
    positions = latest_positions(journeys)
    in_order = Prefetch("logs", ReadingLog.objects.order_by("version"), to_attr="logs_in_order")
    prefetch_related_objects(journeys, "tags", in_order)
    statuses: dict[Any, str] = {}
    if files is not None:
        statuses = dict(MusicTrack.objects.filter(log__journey__in=journeys).values_list("log_id", "status"))
    for journey in journeys:
        logs: list[ReadingLog] = journey.logs_in_order  # type: ignore[attr-defined]  # fetched above
        with translation.override(journey.reader.language):
            blocks = [*_book(journey), *_journey(journey, positions.get(journey.pk))]
            for log in logs:
                blocks += _log(log)
                if files is not None:
                    blocks.append(_music(files.get(log.pk), statuses.get(log.pk)))
            text = "\n\n".join(blocks) + "\n"
        yield text


def _book(journey: Journey) -> Iterator[str]:
    book = journey.book
    yield f"# {_line(book.shown_title)}"
    if book.shown_authors:
        yield _line(book.shown_authors)
    facts = [
        book.publisher,
        _("first published %(year)s") % {"year": book.year} if book.year else "",
        f"ISBN {book.isbn13}" if book.isbn13 else "",
        _("%(pages)s pages") % {"pages": journey.page_count} if journey.page_count else "",
    ]
    if any(facts):
        yield " · ".join(_line(fact) for fact in facts if fact)


def _journey(journey: Journey, position: Position | None) -> Iterator[str]:
    facts = [(_("Status"), str(journey.get_status_display()))]
    if journey.started_on:
        facts.append((_("Started on"), date_format(journey.started_on)))
    if journey.ended_on:
        facts.append((_("Ended on"), date_format(journey.ended_on)))
    if position and journey.status != JourneyStatus.FINISHED:
        facts.append((_("How far"), position.text))
    if journey.rating:
        facts.append((_("Rating"), _("%(stars)s of 5 stars") % {"stars": f"{journey.rating / STARS:g}"}))
    if tags := [_line(tag.name) for tag in journey.tags.all()]:
        facts.append((_("Tags"), ", ".join(tags)))
    yield "\n".join(f"- {name}: {value}" for name, value in facts)
    if journey.review:
        yield f"## {_('Review')}"
        yield _text(journey.review)


def _log(log: ReadingLog) -> Iterator[str]:
    far = ""
    if log.page is not None:
        far = _("p. %(page)s") % {"page": log.page}
    elif log.percent is not None:
        far = f"{log.percent}%"
    yield "## " + " · ".join(part for part in (log.label, date_format(log.logged_on), far) if part)
    if log.quote:
        yield "\n".join(f"> {line}".rstrip() for line in _text(log.quote).split("\n"))
    if log.memo:
        yield _text(log.memo)
    if log.emotions:
        yield _("Feelings: %(moods)s") % {"moods": ", ".join(capfirst(mood_text(mood)) for mood in log.emotions)}


def _music(name: str | None, status: str | None) -> str:
    if name:
        return f"♪ [{_line(name)}]({url_quote(name)})"
    if status in (TrackStatus.PENDING, TrackStatus.GENERATING):
        return _("♪ Its music was still being made.")
    return _("♪ There is no music to it.")


def _line(text: str) -> str:
    """One line in which nothing links or is emphasised that the reader did not mean to."""
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", " ".join(text.split()))


def _text(text: str) -> str:
    """A reader's words, with their line breaks; a line that begins like markup is taken as the words it is."""
    lines = [_MARKUP.sub(_taken_literally, line.rstrip()) for line in text.splitlines()]
    # Two blanks at the end of a line keep its break where another line of the paragraph follows.
    followed = [*lines[1:], ""]
    return "\n".join(f"{line}  " if line and after else line for line, after in zip(lines, followed, strict=True))


def _taken_literally(match: re.Match[str]) -> str:
    return f"{match.group(1)}{match.group(2) or ''}\\"
