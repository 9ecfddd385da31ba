"""Cells of a table, as people and programs write them: dates, ratings, numbers, ISBNs, HTML, lists."""

from __future__ import annotations

import calendar
import html
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, tzinfo

from journeys.catalogue.isbn import normalise_isbn
from music.brief import Mood

_SPACES = re.compile(r"\s+")
_FORMULA = re.compile(r"'(?=[=+\-@\t\r])")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>")
_LINE_BREAK = re.compile(r"<(?:br\s*+/?|/p|/div|/li)\s*+>", re.IGNORECASE)  # possessive: cells may be all spaces
_HTML = re.compile(r"</?(?:br|p|b|i|u|em|strong|div|span|a|li|ul|ol|blockquote|h[1-6])\b[^<>]{0,2000}>", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n{3,}")
_NUMBERS = re.compile(r"\d+")
_NUMBER_AT_MOST = 40
"""Letters of a cell that is a number; a longer one is none, and not worth looking through."""
_ROLES = "지은이|지음|저자|저|글|옮긴이|옮김|역자|역|엮은이|엮음|편|그림"
_ROLE = re.compile(
    rf"(?:\s+(?:{_ROLES})|\s*[(\[]\s*(?:{_ROLES}|author|translator|editor|illustrator)\s*[)\]])$", re.IGNORECASE
)
_MOODS = {
    "adventurous": Mood.JOY,
    "challenging": Mood.TENSION,
    "dark": Mood.TENSION,
    "emotional": Mood.SADNESS,
    "funny": Mood.JOY,
    "hopeful": Mood.JOY,
    "informative": Mood.CALM,
    "inspiring": Mood.WONDER,
    "lighthearted": Mood.JOY,
    "mysterious": Mood.WONDER,
    "reflective": Mood.CALM,
    "relaxing": Mood.CALM,
    "romantic": Mood.LOVE,
    "sad": Mood.SADNESS,
    "tense": Mood.TENSION,
    "angry": Mood.ANGER,
    "melancholic": Mood.MELANCHOLY,
    "nostalgic": Mood.MELANCHOLY,
}


def line(text: str) -> str:
    """One line of text, without the mark that keeps a spreadsheet from computing it, and single spaces."""
    return _SPACES.sub(" ", unguarded(text)).strip()


def unguarded(text: str) -> str:
    """The text without the apostrophe that our own tables put before what a spreadsheet would take for a formula."""
    return text[1:] if _FORMULA.match(text) else text


def prose(text: str) -> str:
    """Text of many lines; HTML, where it is any, becomes plain."""
    text = unguarded(text)
    if _HTML.search(text):
        text = html.unescape(_TAG.sub("", _LINE_BREAK.sub("\n", text)))
    return _BLANK_LINES.sub("\n\n", text).strip()


def names(*texts: str) -> str:
    """Names in one line, each once, joined by commas; what a Korean title page says of their roles is left out."""
    found: dict[str, None] = {}
    for text in texts:
        for name in re.split(r"[,;|]|\s&\s", line(text)):
            if bare := _ROLE.sub("", name.strip()).strip():
                found.setdefault(bare)
    return ", ".join(found)


def listed(text: str, separators: str = ",") -> tuple[str, ...]:
    """The parts of a list, without empty ones."""
    return tuple(part for each in re.split(f"[{re.escape(separators)}]", text) if (part := line(each)))


def isbn(*texts: str) -> str:
    """The first of the texts that is an ISBN, as thirteen digits; `="978…"`, as spreadsheets keep it, is one too."""
    for text in texts:
        if isbn13 := normalise_isbn(text.strip("=\"' \t\n").removesuffix(".0")):
            return isbn13
    return ""


def whole(text: str) -> int | None:
    """A whole number, perhaps written as 240.0 or 1,240 or “240쪽”; None for anything else."""
    text = text.strip()
    if len(text) > _NUMBER_AT_MOST:
        return None
    found = re.match(
        r"\s*'?(-?\d{1,3}(?:,\d{3})+|-?\d+)(?:\.0+)?\s*(?:쪽|p\.?|pages?|년)?\s*$", _plain(text), re.IGNORECASE
    )
    return int(found.group(1).replace(",", "")) if found and len(found.group(1)) < 12 else None


def stars(text: str, out_of: float = 5) -> int | None:
    """A rating as quarters of a star, 1 to 20; 0, empty and what is no number are none. Stars drawn are counted."""
    text = _plain(text).strip().lstrip("'").replace(",", ".")
    if drawn := text.count("★"):
        return min(20, drawn * 4)
    found = re.match(r"^(\d+(?:\.\d+)?)(?:\s*/\s*\d+)?$", text[: _NUMBER_AT_MOST + 1])
    if not found or len(text) > _NUMBER_AT_MOST:
        return None
    quarters = int(float(found.group(1)) * 20 / out_of + 0.5)
    return quarters if 1 <= quarters <= 20 else None


def day(text: str, order: str = "ymd") -> date | None:
    """A date of which the year, month and day are numbers, with whatever between them; None where one is missing.

    `order` is "ymd", "mdy" or "dmy"; a number of four digits is the year wherever it stands.
    """
    numbers = [int(number) for number in _NUMBERS.findall(_plain(text)[:60])[:3]]
    if len(numbers) == 1 and 19000101 <= numbers[0] <= 21001231:
        numbers = [numbers[0] // 10000, numbers[0] // 100 % 100, numbers[0] % 100]
    if len(numbers) < 3:
        return None
    places = dict(zip("ymd" if numbers[0] > 31 else order, numbers, strict=True))
    year = places["y"] + (2000 if places["y"] < 70 else 1900 if places["y"] < 100 else 0)
    month, day_of_month = places["m"], places["d"]
    if month > 12 >= day_of_month:
        month, day_of_month = day_of_month, month
    if not (1000 <= year <= 9999 and 1 <= month <= 12 and 1 <= day_of_month <= calendar.monthrange(year, month)[1]):
        return None
    return date(year, month, day_of_month)


def day_in(text: str, zone: tzinfo) -> date | None:
    """The date in the zone, of a moment that tells its own offset from UTC; of any other text, the `day` it says."""
    try:
        moment = datetime.fromisoformat(_plain(text).strip()[:60])
        if moment.tzinfo:
            return day(str(moment.astimezone(zone).date()))
    except (ValueError, OverflowError):  # of the second kind: the last hours of the year 9999
        pass
    return day(text)


def is_unread_day(text: str, order: str = "ymd") -> bool:
    """Whether the cell says a day that `day` cannot read. Zeros, as databases have them, and words say none."""
    return any(number.strip("0") for number in _NUMBERS.findall(_plain(text))) and day(text, order) is None


def order_of(texts: Iterable[str]) -> str:
    """In which order a column writes its dates, as far as its numbers tell; "ymd" where they do not."""
    first_beyond_12 = second_beyond_12 = year_last = False
    for text in texts:
        numbers = _NUMBERS.findall(_plain(text)[:60])[:3]
        if len(numbers) == 3 and len(numbers[2]) == 4 > len(numbers[0]):
            year_last = True
            first_beyond_12 |= int(numbers[0]) > 12
            second_beyond_12 |= int(numbers[1]) > 12
    if not year_last:
        return "ymd"
    return "dmy" if first_beyond_12 and not second_beyond_12 else "mdy"


def feelings(names: Iterable[str]) -> tuple[str, ...]:
    """The moods that these words stand for, each once; words that stand for none are left out."""
    known = {str(mood): mood for mood in Mood}
    found = (known.get(name.strip().casefold()) or _MOODS.get(name.strip().casefold()) for name in names)
    return tuple(dict.fromkeys(str(mood) for mood in found if mood))


def _plain(text: str) -> str:
    """Full-width digits and the like as plain ones."""
    return unicodedata.normalize("NFKC", text)
