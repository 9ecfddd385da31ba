"""Open Library's search: https://openlibrary.org/dev/docs/api/search

The only one that asks for no key; it knows few Korean titles and can be slow. It answers with works, whose ISBNs are
those of all editions: only where there is one, or the reader named one, does it tell us the edition.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from journeys.catalogue.base import BookRecord, SourceFailed
from journeys.catalogue.isbn import normalise_isbn
from journeys.catalogue.sources import reading
from journeys.catalogue.sources.asking import ask, demand_ok

# Without being asked for, ISBNs, publishers and pages do not come.
FIELDS = "key,title,subtitle,author_name,first_publish_year,isbn,cover_i,number_of_pages_median,publisher"
MOST_RESULTS = 50
_WORK = re.compile(r"^/works/(OL\d+W)$")
_WORK_ID = re.compile(r"^OL\d+W$")


@dataclass(frozen=True, slots=True)
class OpenLibrary:
    """`base`: the address before "/search.json"; `covers`: before "/b"; `user_agent`: with a way to reach who asks,
    which makes their limit a more generous one."""

    base: str
    covers: str
    user_agent: str
    seconds: float
    name = "openlibrary"

    def search(self, query: str, *, limit: int) -> list[BookRecord]:
        """See `BookSource.search`."""
        if isbn := normalise_isbn(query):
            return self._ask({"isbn": isbn, "limit": 1}, isbn)
        return self._ask({"q": query, "limit": min(limit, MOST_RESULTS)})

    def get(self, source_id: str) -> BookRecord | None:
        """See `BookSource.get`."""
        if not _WORK_ID.match(source_id):
            return None
        found = self._ask({"q": f"key:/works/{source_id}", "limit": 1})
        return next((each for each in found if each.source_id == source_id), None)

    def _ask(self, asked: dict[str, str | int], isbn: str = "") -> list[BookRecord]:
        url, headers = f"{self.base}/search.json", {"User-Agent": self.user_agent}
        answer = ask(self.name, url, {**asked, "fields": FIELDS}, seconds=self.seconds, headers=headers)
        demand_ok(self.name, answer)
        data = answer.json()
        if data is None or not isinstance(data.get("docs"), list):
            raise SourceFailed(f"{self.name}: no documents")  # an HTML page that says sorry, as a rule
        records = [self._record(each, isbn) for each in reading.items(data["docs"])]
        return [record for record in records if record.title and record.source_id]

    def _record(self, document: dict[str, Any], asked_isbn: str) -> BookRecord:
        work = _WORK.match(key) if isinstance(key := document.get("key"), str) else None
        listed = document.get("isbn")
        isbns = {isbn for each in listed if (isbn := reading.isbn13(each))} if isinstance(listed, list) else set()
        isbn = asked_isbn or (isbns.pop() if len(isbns) == 1 else "")
        publishers = reading.names(document.get("publisher"))
        return BookRecord(
            source=self.name,
            source_id=work.group(1) if work else "",
            title=reading.plain(document.get("title")),
            subtitle=reading.plain(document.get("subtitle")),
            authors=reading.names(document.get("author_name")),
            publisher=publishers[0][:200] if isbn and len(publishers) == 1 else "",
            year=reading.year(document.get("first_publish_year")),
            isbn13=isbn,
            pages=reading.pages(document.get("number_of_pages_median")),
            cover_url=self._cover(document.get("cover_i"), asked_isbn),
            source_url=f"https://openlibrary.org{key}" if work else "",
        )

    def _cover(self, number: Any, isbn: str) -> str:
        """The picture of the edition that was asked for; else of the work, which shows any of its editions."""
        if isbn:
            return f"{self.covers}/b/isbn/{isbn}-L.jpg?default=false"
        return f"{self.covers}/b/id/{number}-L.jpg?default=false" if isinstance(number, int) and number > 0 else ""
