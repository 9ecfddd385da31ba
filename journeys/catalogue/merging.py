"""One book out of what several sources say about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from journeys.catalogue.base import BookRecord
from journeys.catalogue.matching import FoldedText, Query, fold

_GAPS = ("original_title", "title_en", "authors_en", "authors", "subtitle", "translators", "publisher", "year")
_GAPS_OF_EDITION = ("edition_year", "pages")
# A thumbnail of theirs is shown only where nobody has a larger picture.
_SMALL_PICTURES = frozenset({"kakao"})
_UNRANKED = 99


def merge(leads: Sequence[BookRecord], others: Iterable[BookRecord]) -> tuple[list[BookRecord], list[BookRecord]]:
    """The leads with what the others add to them, in their order, and the others that are none of the leads, merged
    among themselves in the order in which each book came up first.

    Two records are one book when they name the same ISBN. One without an ISBN is taken for the book of the same title
    and author that is there already; a lead without one stays the work it stands for, whatever editions there are.
    """
    groups = [[lead] for lead in leads]
    by_isbn = {lead.isbn13: group for lead, group in zip(leads, groups, strict=True) if lead.isbn13}
    without_isbn = []
    for record in others:
        if not record.isbn13:
            without_isbn.append(record)
        elif group := by_isbn.get(record.isbn13):
            group.append(record)
        else:
            by_isbn[record.isbn13] = [record]
            groups.append(by_isbn[record.isbn13])
    by_name: dict[tuple[str, str], list[BookRecord]] = {}
    for group in groups:
        for name in _names(group[0]):
            by_name.setdefault(name, group)
    for record in without_isbn:
        known = next((by_name[name] for name in _names(record) if name in by_name), None)
        if known is not None:
            known.append(record)
            continue
        groups.append([record])
        for name in _names(record):
            by_name.setdefault(name, groups[-1])
    books = [combine(group) for group in groups]
    return books[: len(leads)], books[len(leads) :]


def combine(group: Sequence[BookRecord]) -> BookRecord:
    """The first record with its gaps filled from the others. Facts of an edition come only from records that name the
    same ISBN, or from any where the first names none."""
    lead = group[0]
    if len(group) == 1:
        return lead
    filled: dict[str, object] = {}
    same_edition = [each for each in group if each.isbn13 == lead.isbn13]
    for names, able in ((_GAPS, group), (_GAPS_OF_EDITION, same_edition)):
        for name in names:
            filled[name] = next((value for each in able if (value := getattr(each, name))), getattr(lead, name))
    for name in ("description_ko", "description_en"):
        # A cut excerpt gives way to the whole text; a description of our own is kept.
        written = [getattr(each, name) for each in group]
        filled[name] = written[0] if lead.source == "embedded" and written[0] else max(written, key=len)
    pictures = [each for each in group if each.cover_url]
    pictures.sort(key=lambda each: (each.source in _SMALL_PICTURES, each not in same_edition))
    filled["cover_url"] = pictures[0].cover_url if pictures else ""
    filled["source_url"] = next((each.source_url for each in group if each.source_url), "")
    filled["picture"] = next((each.picture for each in group if each.picture), "")
    filled["found_in"] = tuple(dict.fromkeys(name for each in group for name in each.sources))
    return replace(lead, **filled)  # type: ignore[arg-type]  # values of the records' own fields


def ranked(query: str, records: Sequence[BookRecord]) -> list[BookRecord]:
    """The records by how well title and author answer the query; the sources' own order decides between equals, and
    what only a source knows to be meant comes last."""
    wanted = Query.of(query)
    if wanted is None:
        return list(records)

    def rank(record: BookRecord) -> int:
        titles = [FoldedText.of(title) for title in (record.title, record.original_title, record.title_en) if title]
        authors = [FoldedText.of(author) for author in (*record.authors, *record.authors_en)]
        match = wanted.match(titles, authors)
        return _UNRANKED if match is None else int(match)

    return sorted(records, key=rank)


def _names(record: BookRecord) -> list[tuple[str, str]]:
    """What it is called and by whom, once for each author: what two records must share to be one book."""
    return [(fold(record.title), fold(author)) for author in record.authors or ("",)]
