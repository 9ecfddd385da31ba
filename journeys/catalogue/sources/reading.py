"""Facts out of other people's JSON: what is not as documented is read as unknown, never passed on and never guessed."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Any, TypedDict
from urllib.parse import urlsplit

from journeys.catalogue.isbn import normalise_isbn
from journeys.models import MOST_PAGES
from music.providers.http import is_loopback

TEXT_LIMIT = 300
DESCRIPTION_LIMIT = 2000
URL_LIMIT = 500
MOST_NAMES = 20
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_HANGUL = re.compile("[가-힣]")
_YEAR = re.compile(r"(\d{4})(?!\d)")


def plain(value: Any, limit: int = TEXT_LIMIT) -> str:
    """A text in NFC without tags, entities, control characters and runs of blanks; empty for what is no text."""
    if not isinstance(value, str):
        return ""
    text = unicodedata.normalize("NFC", _TAG.sub("", html.unescape(value)))
    text = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(text.split())[:limit].rstrip()


def names(value: Any) -> tuple[str, ...]:
    """A list of people's names, each once."""
    if not isinstance(value, list):
        return ()
    return tuple(dict.fromkeys(name for each in value[:MOST_NAMES] if (name := plain(each))))


class Description(TypedDict):
    """The two fields of a record, of which one is empty."""

    description_ko: str
    description_en: str


def description(value: Any) -> Description:
    """A text about the book, under the field of the language it is in."""
    text = plain(value, DESCRIPTION_LIMIT)
    is_korean = bool(_HANGUL.search(text))
    return {"description_ko": text if is_korean else "", "description_en": "" if is_korean else text}


def isbn13(*candidates: Any) -> str:
    """The first of the candidates that is a valid ISBN, as ISBN-13; empty when none is."""
    return next((isbn for each in candidates if isinstance(each, str) and (isbn := normalise_isbn(each))), "")


def pages(value: Any) -> int | None:
    number = int(value) if isinstance(value, str) and value.isdecimal() else value
    return number if isinstance(number, int) and 0 < number <= MOST_PAGES else None


def year(value: Any) -> int | None:
    """The year that a date begins with."""
    if isinstance(value, int):
        return value if 0 < value < 3000 else None
    found = _YEAR.match(value) if isinstance(value, str) else None
    return int(found.group(1)) if found and int(found.group(1)) else None


def web_address(value: Any) -> str:
    """An https address; http is made into it (but on this machine itself). Empty for anything else."""
    text = html.unescape(value).strip() if isinstance(value, str) else ""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or len(text) > URL_LIMIT - 1 or not text.isprintable():
        return ""
    if parts.scheme == "http" and not is_loopback(host):
        return "https" + text[len("http") :]
    return text


def items(value: Any) -> list[dict[str, Any]]:
    """The objects in a list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
