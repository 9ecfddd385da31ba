"""Kakao (Daum) book search: https://developers.kakao.com/docs/latest/ko/daum-search/dev-guide#search-book

The best on Korean books. It tells no page count, its picture is a thumbnail of 120 × 174, and its `contents` is a cut
excerpt. `isbn` holds ISBN-10 and ISBN-13 with a blank between, and either may be missing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from journeys.catalogue.base import BookRecord, SourceFailed
from journeys.catalogue.isbn import normalise_isbn
from journeys.catalogue.sources import reading
from journeys.catalogue.sources.asking import KEY_REFUSED_REST, ask, demand_ok

MOST_RESULTS = 50
REFUSALS = frozenset({-401, "AccessDeniedError", "NotAuthorizedError"})


@dataclass(frozen=True, slots=True)
class Kakao:
    """`base`: the address before "/v3/search/book"; `key`: the REST API key."""

    base: str
    key: str = field(repr=False)
    seconds: float
    name = "kakao"

    def search(self, query: str, *, limit: int) -> list[BookRecord]:
        """See `BookSource.search`."""
        isbn = normalise_isbn(query)
        asked: dict[str, str | int] = {"query": isbn or query, "size": min(limit, MOST_RESULTS)}
        if isbn:
            asked["target"] = "isbn"
        return self._ask(asked)

    def get(self, source_id: str) -> BookRecord | None:
        """See `BookSource.get`. What has no ISBN cannot be asked for again: there is no look-up by anything else."""
        if not normalise_isbn(source_id):
            return None
        return next((each for each in self.search(source_id, limit=5) if each.source_id == source_id), None)

    def _ask(self, asked: dict[str, str | int]) -> list[BookRecord]:
        headers = {"Authorization": f"KakaoAK {self.key}"}
        answer = ask(self.name, f"{self.base}/v3/search/book", asked, seconds=self.seconds, headers=headers)
        demand_ok(self.name, answer)
        data = answer.json() or {}
        if not isinstance(data.get("documents"), list):
            # Refusals come in two shapes: {"errorType", "message"} and {"code", "msg"}.
            refused = not REFUSALS.isdisjoint(
                each for each in (data.get("code"), data.get("errorType")) if isinstance(each, int | str)
            )
            raise SourceFailed(f"{self.name}: no documents", rest=KEY_REFUSED_REST if refused else None)
        records = [self._record(each) for each in reading.items(data["documents"])]
        return [record for record in records if record.title]

    def _record(self, document: dict[str, Any]) -> BookRecord:
        written = document.get("isbn")
        isbn = reading.isbn13(*reversed(written.split())) if isinstance(written, str) else ""
        url = reading.web_address(document.get("url"))
        title = reading.plain(document.get("title"))
        return BookRecord(
            source=self.name,
            source_id=isbn or _own_id(url, title),
            title=title,
            authors=reading.names(document.get("authors")),
            translators=reading.names(document.get("translators")),
            publisher=reading.plain(document.get("publisher"), 200),
            edition_year=reading.year(document.get("datetime")),
            isbn13=isbn,
            cover_url=reading.web_address(document.get("thumbnail")),
            source_url=url,
            **reading.description(document.get("contents")),
        )


def _own_id(url: str, title: str) -> str:
    """What tells a book without an ISBN from others: Daum's own number in its address, else a digest."""
    number = parse_qs(urlsplit(url).query).get("bookId", [""])[0]
    return f"daum-{number}" if number.isdecimal() else hashlib.sha256(f"{url} {title}".encode()).hexdigest()[:20]
