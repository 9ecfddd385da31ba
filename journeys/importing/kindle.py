"""Kindle's “My Clippings.txt”, in whatever language the device spoke, and what other readers write in its manner.

Blocks between lines of equals signs: the title with its author in brackets, a line of where and when, a blank line, the
words. The device only ever adds to the file: a highlight that was drawn longer later is in it twice, a note stands
apart from its highlight, a bookmark has no words. What cannot be understood of a line (mostly its date) stays unknown,
and the words are taken in all the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from journeys.catalogue.matching import fold
from journeys.importing import cells
from journeys.importing.reasons import Refused
from journeys.importing.records import Passage, Record, words

# Within its line: what could run on over empty lines would look through a file of them once for each.
_BORDER = re.compile(r"^[ \t]*={6,}[ \t]*$", re.MULTILINE)
_MARK = re.compile(r"^\s*[-–—•]\s*")
_BOOKMARK = re.compile(
    r"bookmark|북마크|책갈피|书签|書籤|ブックマーク|lesezeichen|signet|marcador|segnalibro|bladwijzer|закладк",
    re.IGNORECASE,
)
_NOTE = re.compile(r"\bnote|메모|노트|笔记|筆記|メモ|\bnotiz|\bnota\b|\bnotitie|заметк", re.IGNORECASE)
_NUMBER = r"(\d{1,9})(?:\s*[-–~]\s*(\d{1,9}))?"
_PAGE = re.compile(
    rf"(?:\bpage|\bseite|\bpágina|\bpagina|\bpag\.|страниц\w*|페이지)\s*{_NUMBER}|{_NUMBER}\s*(?:페이지|쪽|页|頁|ページ)",
    re.IGNORECASE,
)
_LOCATION = re.compile(
    rf"(?:\blocation|\bloc\.|\bposition|\bposición|\bposizione|\bposição|\bpositie|위치|位置)\D{{0,6}}{_NUMBER}",
    re.IGNORECASE,
)
_TIME = re.compile(r"\d{1,2}[:시時时]\s*\d{1,2}(?:[:분分]\s*\d{1,2}초?秒?)?")
_CJK_DATE = re.compile(r"(\d{4})\s*[년年]\s*(\d{1,2})\s*[월月]\s*(\d{1,2})")
_WORD_DATE = re.compile(r"[^\W\d_]{3,}\.?|\d+")
_MONTHS = (
    ("jan", "ene", "gen", "янв"),
    ("feb", "fév", "фев"),
    ("mar", "mär", "мар"),
    ("apr", "avr", "abr", "апр"),
    ("may", "mai", "mag", "mei", "мая", "май"),
    ("jun", "juin", "giu", "июн"),
    ("jul", "juil", "lug", "июл"),
    ("aug", "aoû", "ago", "авг"),
    ("sep", "set", "сен"),
    ("oct", "okt", "ott", "out", "окт"),
    ("nov", "ноя"),
    ("dec", "dez", "déc", "dic", "дек"),
)
_NEIGHBOURS = 12  # highlights before it that one may be a newer shape of
_META_AT_MOST = 500  # letters of the line of where and when; it has some eighty
_SPAN_AT_MOST = 200  # places of a highlight within which a note is looked for


@dataclass(frozen=True, slots=True)
class Clipping:
    """One block of the file."""

    text: str
    is_note: bool
    page: int | None
    place: tuple[int, int] | None
    """The location's first and last; without one, the page's."""
    on: date | None
    folded: str
    """Its words, to compare with others."""


def looks_like_clippings(text: str) -> bool:
    """Whether the text is divided by the device's lines of equals signs, and says where its first words stand."""
    block = next((each for each in _BORDER.split(text, maxsplit=3) if each.strip()), "")
    lines = [line for line in block.split("\n") if line.strip()]
    return _BORDER.search(text) is not None and len(lines) > 1 and _MARK.match(lines[1]) is not None


def parse(text: str, *, rows_at_most: int) -> list[Record]:
    """A record for each book; bookmarks and empty highlights are left out. Raises `Refused` ("too_many_rows")."""
    count = 0
    books: dict[tuple[str, str], list[Clipping]] = defaultdict(list)
    named: dict[tuple[str, str], tuple[str, str]] = {}
    for block in _BORDER.split(text):
        lines = block.strip().split("\n")
        if len(lines) < 2 or not _MARK.match(lines[1]):
            continue
        title, authors = title_and_authors(lines[0])
        clipping = _clipping(lines[1][:_META_AT_MOST], "\n".join(lines[2:]).strip())
        if clipping and title:
            book = (fold(title) or title, fold(authors))
            named.setdefault(book, (title, authors))
            count += 1
            if count > rows_at_most:
                raise Refused("too_many_rows")
            books[book].append(clipping)
    return [
        Record(
            title=named[book][0],
            authors=named[book][1],
            passages=tuple(_passages(clippings)),
            origin=f"words:{':'.join(book)}",
        )
        for book, clippings in books.items()
    ]


def title_and_authors(text: str) -> tuple[str, str]:
    """What the last brackets hold is the author, brackets within it included; “Hesse, Hermann” is turned round."""
    text = cells.line(text).replace("（", "(").replace("）", ")")
    if not text.endswith(")"):
        return text, ""
    depth = 0
    for place in range(len(text) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(text[place], 0)
        if depth == 0:
            title, authors = text[:place].strip(), text[place + 1 : -1].strip()
            return (title, ", ".join(_turned(name) for name in authors.split(";"))) if title else (text, "")
    return text, ""


def _turned(name: str) -> str:
    parts = [part.strip() for part in name.split(",")]
    return f"{parts[1]} {parts[0]}" if len(parts) == 2 and all(parts) else name.strip()


def _clipping(meta: str, text: str) -> Clipping | None:
    parts = meta.split("|")
    if not text or _BOOKMARK.search(parts[0]):
        return None
    where, when = ("|".join(parts[:-1]), parts[-1]) if len(parts) > 1 else (meta, "")
    page, place = _numbers(_PAGE, where), _numbers(_LOCATION, where)
    return Clipping(
        text=text,
        is_note=bool(_NOTE.search(parts[0])),
        page=page[0] if page else None,
        place=place or page,
        on=day_of(when),
        folded=fold(text),
    )


def _numbers(expression: re.Pattern[str], text: str) -> tuple[int, int] | None:
    if not (found := expression.search(text)):
        return None
    numbers = [number for number in found.groups() if number]
    first, last = numbers[0], numbers[-1]
    if len(last) < len(first):  # “1234-36”
        last = first[: -len(last)] + last
    return min(int(first), int(last)), max(int(first), int(last))


def day_of(text: str) -> date | None:
    """The day a clipping was made on, in English, Korean, Chinese, Japanese or a few European languages; None for what
    cannot be understood."""
    if found := _CJK_DATE.search(text):
        return cells.day("-".join(found.groups()))
    tokens = _WORD_DATE.findall(_TIME.sub(" ", text))
    for place, token in enumerate(tokens):
        if token[0].isdigit() or not (month := _month(token)):
            continue
        before = [each for each in tokens[:place] if each.isdigit()]
        after = [each for each in tokens[place + 1 :] if each.isdigit()]
        if before and after:  # 4 March 2012, 4 March 12
            return cells.day(f"{_year(after[0])}-{month}-{before[-1]}")
        if len(after) > 1:  # March 4, 2012
            return cells.day(f"{_year(after[1])}-{month}-{after[0]}")
    return cells.day(_TIME.sub(" ", text)) if re.search(r"\d{4}[-/.]\d", text) else None


def _month(word: str) -> int | None:
    word = word.casefold()
    return next((number for number, starts in enumerate(_MONTHS, 1) if word.startswith(starts)), None)


def _year(number: str) -> str:
    return number if len(number) == 4 else f"20{number.zfill(2)[-2:]}"


def _passages(clippings: list[Clipping]) -> list[Passage]:
    highlights = [clipping for clipping in clippings if not clipping.is_note]
    notes: dict[int, list[str]] = defaultdict(list)
    loose: list[Clipping] = []
    by_end = {clipping.place[1]: index for index, clipping in enumerate(highlights) if clipping.place}
    around: dict[int, int] = {}  # place → the last highlight in the file that it is in
    for index, clipping in enumerate(highlights):
        if clipping.place:
            first, last = clipping.place
            around.update(dict.fromkeys(range(first, min(last, first + _SPAN_AT_MOST) + 1), index))
    for note in (clipping for clipping in clippings if clipping.is_note):
        owner = None
        if note.place:
            at = note.place[0]
            owner = by_end.get(at, around.get(at))
        if owner is None:
            loose.append(note)
        elif note.text not in notes[owner]:
            notes[owner].append(note.text)
    passages = _newest_shapes(highlights, notes)
    for note in loose:
        passages += words("", note.text, page=note.page, on=note.on)
    return passages


def _newest_shapes(highlights: list[Clipping], notes: dict[int, list[str]]) -> list[Passage]:
    """The highlights, each in its last shape, with the notes and keys of its earlier ones."""
    kept: list[tuple[Clipping, list[str], list[int]]] = []
    order = sorted(range(len(highlights)), key=lambda index: (highlights[index].place or (0, 0), index))
    for index in order:
        clipping = highlights[index]
        for place in range(len(kept) - 1, max(-1, len(kept) - 1 - _NEIGHBOURS), -1):
            other, said, indices = kept[place]
            if _same_highlight(clipping, other):
                newest = clipping if index > max(indices) else other
                kept[place] = (newest, said + [note for note in notes[index] if note not in said], [*indices, index])
                break
        else:
            kept.append((clipping, list(notes[index]), [index]))
    found: list[tuple[int, Passage]] = []
    for clipping, said, indices in kept:
        first, *more = words(clipping.text, "\n\n".join(said), page=clipping.page, on=clipping.on)
        earlier = {words(highlights[index].text)[0].key for index in indices} - {first.key}
        found.append((min(indices), replace(first, keys=(first.key, *sorted(earlier)))))
        found += [(min(indices), each) for each in more]
    return [passage for _index, passage in sorted(found, key=lambda each: each[0])]


def _same_highlight(one: Clipping, other: Clipping) -> bool:
    """Whether one is the other drawn anew: in the same place, and the one's words within the other's."""
    if one.place and other.place and (one.place[0] > other.place[1] or other.place[0] > one.place[1]):
        return False
    return bool(one.folded and other.folded) and (one.folded in other.folded or other.folded in one.folded)
