"""Google Books: https://developers.google.com/books/docs/v1/using

Without a key its quota is always used up; used-up quotas come as 400, 403 and 429 alike. Pictures have http addresses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from journeys.catalogue.base import BookRecord, SourceFailed
from journeys.catalogue.isbn import normalise_isbn
from journeys.catalogue.sources import reading
from journeys.catalogue.sources.asking import QUOTA_REST, ask, demand_ok
from music.providers.http import Answer

MOST_RESULTS = 40
_QUOTA = re.compile(rb"quota|rateLimitExceeded|dailyLimitExceeded", re.IGNORECASE)
_VOLUME_ID = re.compile(r"^[\w-]{1,40}$", re.ASCII)


@dataclass(frozen=True, slots=True)
class GoogleBooks:
    """`base`: the address before "/books/v1"."""

    base: str
    key: str = field(repr=False)
    seconds: float
    name = "google"

    def search(self, query: str, *, limit: int) -> list[BookRecord]:
        """See `BookSource.search`."""
        isbn = normalise_isbn(query)
        data = self._ask(
            "volumes",
            {"q": f"isbn:{isbn}" if isbn else query, "maxResults": min(limit, MOST_RESULTS), "printType": "books"},
        )
        # "totalItems" is not to be relied on, and nothing found leaves "items" out.
        records = [self._record(each) for each in reading.items((data or {}).get("items"))]
        return [record for record in records if record.title and record.source_id]

    def get(self, source_id: str) -> BookRecord | None:
        """See `BookSource.get`."""
        if not _VOLUME_ID.match(source_id):
            return None
        data = self._ask(f"volumes/{quote(source_id)}", {})
        record = self._record(data) if data else None
        return record if record and record.title and record.source_id == source_id else None

    def _ask(self, path: str, asked: dict[str, str | int]) -> dict[str, Any] | None:
        """The answer; None for a volume that is not there. Raises `SourceFailed`."""
        url = f"{self.base}/books/v1/{path}"
        answer: Answer = ask(self.name, url, {**asked, "key": self.key}, seconds=self.seconds)
        if answer.status == 404:
            return None
        if answer.status in (400, 403) and _QUOTA.search(answer.body):
            raise SourceFailed(f"{self.name}: HTTP {answer.status}, the quota is used up", rest=QUOTA_REST)
        demand_ok(self.name, answer)
        data = answer.json()
        if data is None:
            raise SourceFailed(f"{self.name}: no JSON")
        return data

    def _record(self, volume: dict[str, Any]) -> BookRecord:
        info = reading.mapping(volume.get("volumeInfo"))
        identifiers = [each.get("identifier") for each in reading.items(info.get("industryIdentifiers"))]
        images = reading.mapping(info.get("imageLinks"))
        number = volume.get("id")
        return BookRecord(
            source=self.name,
            source_id=number if isinstance(number, str) and _VOLUME_ID.match(number) else "",
            title=reading.plain(info.get("title")),
            subtitle=reading.plain(info.get("subtitle")),
            authors=reading.names(info.get("authors")),
            publisher=reading.plain(info.get("publisher"), 200),
            edition_year=reading.year(info.get("publishedDate")),
            isbn13=reading.isbn13(*identifiers),
            pages=reading.pages(info.get("pageCount")),
            # The curled corner is drawn into the picture unless one asks without it.
            cover_url=reading.web_address(images.get("thumbnail") or images.get("smallThumbnail")).replace(
                "&edge=curl", ""
            ),
            source_url=f"https://books.google.com/books?id={number}" if isinstance(number, str) else "",
            **reading.description(info.get("description")),
        )
