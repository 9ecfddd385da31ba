"""Aladin's TTB API: https://blog.aladin.co.kr/openapi

Page counts and the larger pictures. Errors come with status 200; authors are one string with roles; `isbn` may be a
number of Aladin's own (K…); HTML entities are in addresses and texts; older versions end the JSON with a semicolon and
escape apostrophes, which JSON does not. Its terms ask for a line that says where the data come from (the page has it).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from journeys.catalogue.base import BookRecord, SourceFailed
from journeys.catalogue.isbn import normalise_isbn
from journeys.catalogue.sources import reading
from journeys.catalogue.sources.asking import KEY_REFUSED_REST, QUOTA_REST, ask, demand_ok
from music.providers.http import Answer

MOST_RESULTS = 50
VERSION = "20131101"
# Of the documented codes: the key is missing, unknown or not allowed; the day's questions are used up.
KEY_ERRORS = frozenset({1, 10, 100})
QUOTA_WORDS = re.compile(r"초과|limit|exceed", re.IGNORECASE)
_ROLE = re.compile(r"^(?P<name>.*\S)\s*\((?P<role>[^()]*)\)$")
_AUTHOR_ROLES = frozenset({"지은이", "저자", "글", "글그림", "원작", "저"})
_TRANSLATOR_ROLES = frozenset({"옮긴이", "번역", "역자", "역"})
_EDITOR_ROLES = frozenset({"엮은이", "편집", "편저", "엮음"})


@dataclass(frozen=True, slots=True)
class Aladin:
    """`base`: the address before "/ttb/api"; `key`: the TTB key."""

    base: str
    key: str = field(repr=False)
    seconds: float
    name = "aladin"

    def search(self, query: str, *, limit: int) -> list[BookRecord]:
        """See `BookSource.search`. An ISBN is looked up, which tells the pages too."""
        if isbn := normalise_isbn(query):
            found = self._look_up("ISBN13", isbn)
            return [found] if found else []
        asked: dict[str, str | int] = {
            "Query": query,
            "QueryType": "Keyword",
            "SearchTarget": "Book",
            "start": 1,
            "MaxResults": min(limit, MOST_RESULTS),
            "Sort": "Accuracy",
        }
        return self._ask("ItemSearch.aspx", asked)

    def get(self, source_id: str) -> BookRecord | None:
        """See `BookSource.get`."""
        return self._look_up("ISBN13" if normalise_isbn(source_id) else "ItemId", source_id)

    def _look_up(self, kind: str, number: str) -> BookRecord | None:
        asked: dict[str, str | int] = {"itemIdType": kind, "ItemId": number, "OptResult": "subInfo"}
        return next(iter(self._ask("ItemLookUp.aspx", asked)), None)

    def _ask(self, page: str, asked: dict[str, str | int]) -> list[BookRecord]:
        usual: dict[str, str | int] = {"ttbkey": self.key, "output": "js", "Version": VERSION, "Cover": "Big"}
        answer = ask(self.name, f"{self.base}/ttb/api/{page}", {**usual, **asked}, seconds=self.seconds)
        demand_ok(self.name, answer)
        mended = answer.body.strip().rstrip(b";").replace(b"\\'", b"'")
        data = Answer(answer.status, answer.headers, mended).json()
        if data is None:
            raise SourceFailed(f"{self.name}: no JSON")
        if "errorCode" in data:
            return self._refused(data)
        records = [self._record(each) for each in reading.items(data.get("item")) if not each.get("adult")]
        return [record for record in records if record.title and record.source_id]

    def _refused(self, data: dict[str, Any]) -> list[BookRecord]:
        """Nothing where a look-up found nothing (8); else raises `SourceFailed`."""
        text = str(data["errorCode"])
        code = int(text) if text.isdecimal() else -1
        if code == 8:
            return []
        rest = KEY_REFUSED_REST if code in KEY_ERRORS else None
        if QUOTA_WORDS.search(str(data.get("errorMessage", ""))):
            rest = QUOTA_REST
        raise SourceFailed(f"{self.name}: error {code}", rest=rest)

    def _record(self, item: dict[str, Any]) -> BookRecord:
        more = reading.mapping(item.get("subInfo"))
        isbn = reading.isbn13(item.get("isbn13"), item.get("isbn"))
        number = item.get("itemId")
        subtitle = reading.plain(more.get("subTitle"))
        original = reading.plain(more.get("originalTitle"))
        record = BookRecord(
            source=self.name,
            source_id=isbn or (str(number) if isinstance(number, int | str) else ""),
            title=reading.plain(item.get("title")).removesuffix(f" - {subtitle}" if subtitle else ""),
            subtitle=subtitle,
            original_title=re.sub(r"\s*\(\d{4}년?\)$", "", original),
            authors=(),
            publisher=reading.plain(item.get("publisher"), 200),
            edition_year=reading.year(item.get("pubDate")),
            isbn13=isbn,
            pages=reading.pages(more.get("itemPage")),
            cover_url=reading.web_address(item.get("cover")),
            source_url=reading.web_address(item.get("link")),
            **reading.description(item.get("description")),
        )
        authors, translators = read_people(reading.plain(item.get("author"), 1000))
        return replace(record, authors=authors, translators=translators)


def read_people(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Authors and translators out of "헤르만 헤세 (지은이), 전영애 (옮긴이)". A role goes for all names since the last
    one; names without any are authors, and so are editors where there is nobody else."""
    authors: list[str] = []
    translators: list[str] = []
    editors: list[str] = []
    group: list[str] = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        found = _ROLE.match(part)
        if not found:
            group.append(part)
            continue
        roles = {re.sub(r"[\s·.]", "", role) for role in re.split(r"[/,]", found["role"])}
        group.append(found["name"])
        if roles & _AUTHOR_ROLES:
            authors += group
        elif roles & _TRANSLATOR_ROLES:
            translators += group
        elif roles & _EDITOR_ROLES:
            editors += group
        group = []
    return tuple(dict.fromkeys(authors + group or editors)), tuple(dict.fromkeys(translators))
