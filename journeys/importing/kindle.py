"""Kindle's “My Clippings.txt”, in whatever language the device spoke, and what other readers write in its manner.

Blocks between lines of equals signs: the title with its author in brackets, a line of where and when, a blank line, the
words. The device only ever adds to the file: a highlight that was drawn longer later is in it twice, a note stands
apart from its highlight, a bookmark has no words. What cannot be understood of a line (mostly its date) stays unknown,
and the words are taken in all the same.

Understood are the lines of devices in English, German, Spanish, French, Italian, Portuguese, Dutch, Russian, Polish,
Swedish, Turkish, Chinese, Japanese and Korean.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from journeys.catalogue.matching import fold
from journeys.importing import cells
from journeys.importing.reasons import Refused
from journeys.importing.records import FileRecord, Found, Passage, words

# Within its line: what could run on over empty lines would look through a file of them once for each.
_BORDER = re.compile(r"^[ \t]*={6,}[ \t]*$", re.MULTILINE)
_MARK = re.compile(r"^\s*[-–—•]\s*")
_BOOKMARK = re.compile(
    r"bookmark|북마크|책갈피|书签|書籤|ブックマーク|しおり|lesezeichen|signet|marcador|segnalibro|bladwijzer|закладк|zakładk"
    r"|bokmärke|yer (?:imi|işareti)",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"\bnote\b|메모|노트|笔记|筆記|註記|メモ|\bnotiz|\bnota\b|\bnotitie|заметк|\bnotat|\banteckning|\bnot(?:unuz|un|u)?\b",
    re.IGNORECASE,
)
_NUMBER = r"(\d{1,9})(?:\s*(?:[-–~]|t/m)\s*(\d{1,9}))?"
_PAGE = re.compile(
    rf"(?:\bpage|\bseite|\bpágina|\bpagina|\bpag\.|страниц\w*|\bstron\w*|\bsidan?\b|페이지)\s*{_NUMBER}"
    rf"|{_NUMBER}\s*(?:페이지|쪽|页|頁|ページ|\.?\s*sayfa)",
    re.IGNORECASE,
)
# French has it after an apostrophe that counts as a letter (U+02BC), so it may begin within a word.
_LOCATION = re.compile(
    r"(?:\blocation|\bloc\.|\bposition|\bposición|\bposizione|\bposição|\bpositie|\blocatie|emplacement"
    rf"|\bмест\w*|\bпозици\w*|\bpozycj\w*|\blokalizacj\w*|\bplats|\bkonum|위치|位置)\D{{0,6}}{_NUMBER}",
    re.IGNORECASE,
)
_TIME = re.compile(r"\d{1,2}[:시時时]\s*\d{1,2}(?:[:分분]\s*\d{1,2}초?秒?)?")
_CJK_DATE = re.compile(r"(\d{4})\s*[년年]\s*(\d{1,2})\s*[월月]\s*(\d{1,2})")
_NUMBERS_DATE = re.compile(r"(\d+)\s*[-/.]\s*(\d+)\s*[-/.]\s*(\d+)")
_WORD_DATE = re.compile(r"[^\W\d_]{3,}|\d+")
# Whole words: “mardi” and “martes” begin like March, and no day is better than a wrong one.
_MONTHS = (
    "january januar jänner janvier enero gennaio janeiro januari январь января styczeń stycznia ocak",
    "february februar feber février febrero febbraio fevereiro februari февраль февраля luty lutego şubat",
    "march märz mars marzo março maart март марта marzec marca mart",
    "april avril abril aprile апрель апреля kwiecień kwietnia nisan",
    "may mai mayo maggio maio mei май мая maj maja mayıs",
    "june juni juin junio giugno junho июнь июня czerwiec czerwca haziran",
    "july juli juillet julio luglio julho июль июля lipiec lipca temmuz",
    "august août agosto augustus augusti август августа sierpień sierpnia ağustos",
    "september septembre septiembre setiembre settembre setembro сентябрь сентября wrzesień września eylül",
    "october oktober octobre octubre ottobre outubro октябрь октября październik października ekim",
    "november novembre noviembre novembro ноябрь ноября listopad listopada kasım",
    "december dezember décembre diciembre dicembre dezembro декабрь декабря grudzień grudnia aralık",
)
_SHORT_MONTHS = (
    "jan jän janv ene gen янв",
    "feb févr fev фев",
    "mar mär mrz mrt мар",
    "apr avr abr апр",
    "mag",
    "jun giu июн",
    "jul juil lug июл",
    "aug ago авг",
    "sep sept set сен сент",
    "oct okt ott out окт",
    "nov ноя нояб",
    "dec dez déc dic дек",
)


def _numbered(months: tuple[str, ...]) -> dict[str, int]:
    return {word: number for number, words_ in enumerate(months, 1) for word in words_.split()}


_BY_MONTH, _BY_SHORT_MONTH = _numbered(_MONTHS), _numbered(_SHORT_MONTHS)
_NEIGHBOURS = 12  # highlights before it that one may be a newer shape of
_META_AT_MOST = 500  # letters of the line of where and when; it has some eighty
_SPAN_AT_MOST = 200  # places of a highlight within which a note is looked for
_LEAST_ALIKE = 4  # letters that two highlights must share to be one that was drawn anew
_LEAST_ALIKE_ON_PAGE = 12  # the same where only the page is known: a page has room for the same few words twice
_LINE = "=" * 10


@dataclass(frozen=True, slots=True)
class Clipping:
    """One block of the file."""

    text: str
    is_note: bool
    page: int | None
    place: tuple[int, int] | None
    """The location's first and last; without one, the page's."""
    has_location: bool
    on: date | None
    folded: str
    """Its words, to compare with others."""


def looks_like_clippings(text: str) -> bool:
    """Whether the text is divided by the device's lines of equals signs, and says where its first words stand."""
    blocks = ([line for line in each.split("\n") if line.strip()] for each in _BORDER.split(text, maxsplit=3))
    lines = next((each for each in blocks if each and not _begins_untitled(each)), [])
    return _BORDER.search(text) is not None and len(lines) > 1 and _MARK.match(lines[1]) is not None


def parse(text: str, *, rows_at_most: int) -> Found:
    """A record for each book; bookmarks and empty highlights are left out. Raises `Refused` ("too_many_rows")."""
    count = 0
    left_out: Counter[str] = Counter()
    books: dict[tuple[str, str], list[Clipping]] = defaultdict(list)
    named: dict[tuple[str, str], tuple[str, str]] = {}
    for lines in _blocks(text):
        if not _begins_clipping(lines):
            left_out["unreadable"] += 1
            continue
        title, authors = title_and_authors(lines[0])
        meta = unicodedata.normalize("NFKC", lines[1][:_META_AT_MOST])
        words_ = "\n".join(lines[2:]).strip()
        if not words_:
            left_out["bookmarks" if _BOOKMARK.search(meta) else "empty"] += 1
            continue
        if not title:
            left_out["untitled"] += 1
            continue
        book = (fold(title) or title, fold(authors))
        named.setdefault(book, (title, authors))
        count += 1
        if count > rows_at_most:
            raise Refused("too_many_rows")
        books[book].append(_clipping(meta, words_))
    records = [
        FileRecord(
            title=named[book][0],
            authors=named[book][1],
            passages=tuple(_passages(clippings)),
            origin=f"words:{':'.join(book)}",
        )
        for book, clippings in books.items()
    ]
    return Found(tuple(records), left_out)


def _blocks(text: str) -> Iterator[list[str]]:
    """The lines of each block, an empty one for the title that a document of one's own may lack. What follows a line of
    equals signs and is no clipping belongs to the one before: such a line was highlighted too."""
    lines: list[str] = []
    for number, block in enumerate(_BORDER.split(text)):
        if not block.strip():
            continue
        found = block.strip().split("\n")
        before = block[: len(block) - len(block.lstrip())].count("\n")
        if before > (number > 0) and _begins_untitled(found):  # the first of them ends the line of equals signs
            found = ["", *found]
        elif lines and not _begins_clipping(found):
            lines += [_LINE, *found]
            continue
        if lines:
            yield lines
        lines = found
    if lines:
        yield lines


def _begins_clipping(lines: list[str]) -> bool:
    """A title, and a line of where and when; what is said in a dialogue begins with a dash too."""
    if len(lines) < 2 or not _MARK.match(lines[1]):
        return False
    is_apart = len(lines) > 2 and not lines[2].strip()
    return is_apart or _says_where(lines[1])


def _begins_untitled(lines: list[str]) -> bool:
    """The line of where and when is the first with anything in it."""
    return _MARK.match(lines[0]) is not None and _says_where(lines[0]) and not _begins_clipping(lines)


def _says_where(line: str) -> bool:
    return any(char.isdigit() or char in "|｜" for char in line)


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


def _clipping(meta: str, text: str) -> Clipping:
    # The kind is said before the last “|” or after the first, by language; the place may be what comes last.
    page, location = _numbers(_PAGE, meta), _numbers(_LOCATION, meta)
    return Clipping(
        text=text,
        is_note=bool(_NOTE.search(meta)),
        page=page[0] if page else None,
        place=location or page,
        has_location=location is not None,
        on=day_of(meta.rpartition("|")[2]) if "|" in meta else None,
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
    """The day a clipping was made on; None for what cannot be understood, or could be understood in two ways."""
    text = _TIME.sub(" ", unicodedata.normalize("NFKC", text))
    if found := _CJK_DATE.search(text):
        return cells.day("-".join(found.groups()))
    if found := _NUMBERS_DATE.search(text):
        return cells.day("-".join(found.groups())) if len(found.group(1)) == 4 else None
    tokens = [token.casefold() for token in _WORD_DATE.findall(text)]
    # “mar” is Tuesday in three languages, so a month that is written out goes before.
    named = [place for place, token in enumerate(tokens) if token in _BY_MONTH]
    named = named or [place for place, token in enumerate(tokens) if token in _BY_SHORT_MONTH]
    if len(named) != 1:
        return None
    (place,) = named
    month = _BY_MONTH.get(tokens[place]) or _BY_SHORT_MONTH[tokens[place]]
    before = [token for token in tokens[:place] if token.isdecimal()]
    after = [token for token in tokens[place + 1 :] if token.isdecimal()]
    if before and after:  # 4 March 2012, 4 March 12
        day, year = before[-1], after[0]
    elif len(after) > 1:  # March 4, 2012
        day, year = after[:2]
    else:
        return None
    has_long_year = any(len(token) == 4 for token in (*before, *after))
    if len(day) > 2 or len(year) != (4 if has_long_year else 2):
        return None
    return cells.day(f"{year if has_long_year else f'20{year}'}-{month}-{day}")


def _passages(clippings: list[Clipping]) -> list[Passage]:
    highlights = [clipping for clipping in clippings if not clipping.is_note]
    notes: dict[int, list[str]] = defaultdict(list)
    loose: list[Clipping] = []
    # By whether places are locations, then place → the last highlight in the file that ends there, or that it is in.
    by_end: dict[bool, dict[int, int]] = {True: {}, False: {}}
    around: dict[bool, dict[int, int]] = {True: {}, False: {}}
    for index, clipping in enumerate(highlights):
        if clipping.place:
            first, last = clipping.place
            by_end[clipping.has_location][last] = index
            span = range(first, min(last, first + _SPAN_AT_MOST) + 1)
            around[clipping.has_location].update(dict.fromkeys(span, index))
    for note in (clipping for clipping in clippings if clipping.is_note):
        owner = None
        if note.place:
            at = note.place[0]
            owner = by_end[note.has_location].get(at, around[note.has_location].get(at))
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
        found.append((min(indices), replace(first, keys=(*first.keys, *sorted(earlier)))))
        found += [(min(indices), each) for each in more]
    return [passage for _index, passage in sorted(found, key=lambda each: each[0])]


def _same_highlight(one: Clipping, other: Clipping) -> bool:
    """Whether one is the other drawn anew: in the same place, and beginning or ending as the other does.

    Words in the middle of another highlight are one of their own: nobody draws both ends at once.
    """
    short, long = sorted((one.folded, other.folded), key=len)
    if not short or one.has_location != other.has_location:
        return False
    if one.place and other.place and (one.place[0] > other.place[1] or other.place[0] > one.place[1]):
        return False
    if short == long:
        return True
    if not one.place or not other.place or len(short) < (_LEAST_ALIKE if one.has_location else _LEAST_ALIKE_ON_PAGE):
        return False
    begins = not one.has_location or one.place[0] == other.place[0]
    ends = not one.has_location or one.place[1] == other.place[1]
    return (begins and long.startswith(short)) or (ends and long.endswith(short))
