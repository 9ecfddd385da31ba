"""Our own export (docs/import-export.md): everything comes back as it was.

The file may have been written by anybody: nothing in it is believed to be of the right kind until it was looked at, and
nothing in it can name a row of another reader.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from math import isfinite
from typing import Any

from journeys.exporting.document import FORMAT, VERSION
from journeys.importing.cells import feelings
from journeys.importing.reasons import Refused
from journeys.importing.records import PAGE_AT_MOST, FileRecord, Passage, digest, words_key
from journeys.models import DURATIONS, MEMO_LIMIT, QUOTE_LIMIT, JourneyStatus
from music.brief import Genre, InvalidBrief, Mood, MusicBrief

BOOK_TEXTS = {
    "title_en": 300,
    "authors_en": 300,
    "description_ko": 10_000,
    "description_en": 10_000,
    "source": 40,
    "source_id": 120,
}
SEED_LIMIT = 2**63 - 1
YEARS = range(1900, 2101)
"""Of days and moments: the calendar's own ends cannot be counted with."""
_PARTS_A_ROW = 40
"""Objects and lists that a journey or a log may have; a file of ours has some fifteen."""
_MUSIC_TEXTS = {
    "title": 300,
    "album": 300,
    "provider": 40,
    "brief_writer": 100,
    "audio": 200,
    "midi": 200,
}

Json = Mapping[str, Any]


def looks_like_ours(text: str) -> bool:
    return text.lstrip()[:1] == "{" and f'"{FORMAT}"' in text[:400]


def parse(text: str, *, rows_at_most: int) -> list[FileRecord]:
    """A record for each journey, music included as far as it is finished, then one for each finished piece of no
    journey. Raises `Refused`."""
    if text.count("{") + text.count("[") > _PARTS_A_ROW * (rows_at_most + 1):  # before they take their memory
        raise Refused("too_many_rows")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("json_broken") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise Refused("unknown_format")
    version = document.get("version")
    if not isinstance(version, int) or version < 1:
        raise Refused("json_broken")
    if version > VERSION:
        raise Refused("newer_version")
    journeys = document.get("journeys")
    if not isinstance(journeys, list):
        raise Refused("json_broken")
    pieces = _list(document, "pieces")
    if len(journeys) + len(pieces) > rows_at_most:
        raise Refused("too_many_rows")
    records, words = [], 0
    for each in journeys:
        if isinstance(each, dict):
            words += len(_list(each, "logs"))
            if words > rows_at_most:
                raise Refused("too_many_rows")
            records.append(_record(each))
    records += [piece for each in pieces if isinstance(each, dict) and (piece := _piece(each))]
    _name_files_once(records)
    return records


def _name_files_once(records: list[FileRecord]) -> None:
    """Every file of an archive is one piece's: many that name the same one would fill the disk with it."""
    seen: set[str] = set()
    of_logs = [passage.extra["music"] for record in records for passage in record.passages]
    for music in [*of_logs, *(record.piece for record in records)]:
        for name in ("audio", "midi"):
            if music and music[name] in seen:
                music[name] = ""
            elif music and music[name]:
                seen.add(music[name])


def _record(data: Json) -> FileRecord:
    book = data.get("book")
    book = book if isinstance(book, dict) else {}
    status = _text(data, "status", 10)
    duration = _number(data, "duration", max(DURATIONS))
    genre = _text(data, "genre", 40)
    logs = [each for each in _list(data, "logs") if isinstance(each, dict)]
    extra = {
        "id": _text(data, "id", 40),
        "book": {name: _text(book, name, limit) for name, limit in BOOK_TEXTS.items()}
        | {"moods": list(feelings(_texts(book, "moods")))},
        "genre": genre if genre in list(Genre) else "",
        "pages": _number(data, "pages", PAGE_AT_MOST),
        "duration": duration if duration in DURATIONS else None,
        "theme_seed": _number(data, "theme_seed", SEED_LIMIT, -SEED_LIMIT),
        "created_at": _moment(data, "created_at"),
        "progress": [each for raw in _list(data, "progress") if isinstance(raw, dict) and (each := _progress(raw))],
    }
    return FileRecord(
        title=_text(book, "title", 100_000),
        authors=_text(book, "authors", 300),
        isbn13=_text(book, "isbn13", 13),
        publisher=_text(book, "publisher", 200),
        year=_number(book, "year", 9999, -4000),
        pages=_number(book, "pages", PAGE_AT_MOST),
        language=_text(book, "language", 10),
        status=status if status in JourneyStatus.values else "",
        started_on=_day(data, "started_on"),
        ended_on=_day(data, "ended_on"),
        rating=_number(data, "rating", 20),
        review=_text(data, "review", 100_000),
        tags=tuple(_texts(data, "tags")),
        passages=tuple(_passage(each) for each in logs),
        origin=f"ours:{extra['id']}" if extra["id"] else "",
        extra=extra,
    )


def _piece(data: Json) -> FileRecord | None:
    """A piece of no journey; None for one that is not there, as with a log's."""
    music = _music(data)
    if music is None:
        return None
    piece_id = _text(data, "id", 40)
    return FileRecord(
        title=music["title"],
        origin=f"piece:{piece_id or music['audio']}",
        piece={**music, "id": piece_id, "sha256": _text(data, "sha256", 64)},
    )


def log_key(log_id: object) -> str:
    """The key of one of our own logs, whoever exported it."""
    return digest("ours", str(log_id))


def _passage(data: Json) -> Passage:
    quote, memo = _text(data, "quote", QUOTE_LIMIT), _text(data, "memo", MEMO_LIMIT)
    page, percent = _number(data, "page", PAGE_AT_MOST, 0), _number(data, "percent", 100, 0)
    log_id = _text(data, "id", 40)
    music = data.get("music")
    return Passage(
        quote=quote,
        memo=memo,
        page=page,
        percent=percent if page is None else None,
        on=_day(data, "logged_on"),
        keys=(log_key(log_id) if log_id else words_key(quote, memo),),
        extra={
            "version": _number(data, "version", PAGE_AT_MOST, 0),
            "is_final": data.get("is_final") is True,
            "emotions": list(feelings(_texts(data, "emotions"))),
            "created_at": _moment(data, "created_at"),
            "music": _music(music) if isinstance(music, dict) else None,
        },
    )


def _music(data: Json) -> dict[str, Any] | None:
    """What a finished piece needs to be taken up again; None for one that is not there."""
    brief = data.get("brief")
    if not isinstance(brief, dict) or not data.get("audio"):
        return None
    try:
        brief = MusicBrief.from_json(_clean(brief)).to_json()
    except (InvalidBrief, AttributeError, RecursionError):
        return None
    mood, genre = _text(data, "chosen_mood", 20), _text(data, "chosen_genre", 40)
    return {name: _text(data, name, limit) for name, limit in _MUSIC_TEXTS.items()} | {
        "brief": brief,
        "chosen_mood": mood if mood in list(Mood) else "",
        "chosen_genre": genre if genre in list(Genre) else "",
        "requested_at": _moment(data, "requested_at"),
        "finished_at": _moment(data, "finished_at"),
        "number": _number(data, "number", PAGE_AT_MOST, 0),
        "chapter_labels": _texts(data, "chapter_labels")[:1000],
    }


def _progress(data: Json) -> dict[str, Any] | None:
    page, percent = _number(data, "page", PAGE_AT_MOST, 0), _number(data, "percent", 100, 0)
    read_on = _day(data, "read_on")
    if read_on is None or (page is None) == (percent is None):
        return None
    return {
        "page": page,
        "percent": percent,
        "read_on": read_on.isoformat(),
        "created_at": _moment(data, "created_at"),
    }


def _text(data: Json, name: str, limit: int) -> str:
    value = data.get(name)
    if not isinstance(value, str):
        return ""
    # JSON can spell what no text file may hold, and no database takes.
    clean = value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", clean)[:limit]


def _clean(value: Any) -> Any:
    """JSON with nothing in it that no database takes: see `_text`."""
    if isinstance(value, str):
        return _text({"": value}, "", 1000)
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if isinstance(value, dict):
        return {_clean(name): _clean(each) for name, each in value.items()}
    return None if isinstance(value, float) and not isfinite(value) else value


def _texts(data: Json, name: str) -> list[str]:
    return [_text({"": each}, "", 300) for each in _list(data, name) if isinstance(each, str)]


def _list(data: Json, name: str) -> list[Any]:
    value = data.get(name)
    return value if isinstance(value, list) else []


def _number(data: Json, name: str, highest: int, lowest: int = 1) -> int | None:
    value = data.get(name)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and lowest <= value <= highest else None  # type: ignore[operator]  # told just before


def _day(data: Json, name: str) -> date | None:
    try:
        day = date.fromisoformat(str(data.get(name)))
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _moment(data: Json, name: str) -> str:
    """A moment with its zone, as text; empty for none."""
    try:
        moment = datetime.fromisoformat(str(data.get(name)))
    except ValueError:
        return ""
    return moment.isoformat() if moment.tzinfo and moment.year in YEARS else ""
