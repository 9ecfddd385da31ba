"""A table of any kind, read by what the reader says its columns mean; a first guess is made from their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from journeys.catalogue.matching import fold
from journeys.importing import cells
from journeys.importing.goodreads import SHELVES
from journeys.importing.records import FileRecord, Passage, words
from journeys.importing.tables import Row, Table, column_key
from journeys.models import JourneyStatus

FIELDS = {
    "title": _("title"),
    "authors": _("authors"),
    "isbn": _("ISBN"),
    "publisher": _("publisher"),
    "year": _("first published"),
    "pages": _("pages"),
    "status": _("status"),
    "started_on": _("started on"),
    "ended_on": _("ended on"),
    "rating": _("rating"),
    "review": _("review"),
    "tags": _("tags"),
    "quote": _("quote"),
    "memo": _("memo"),
    "page": _("page of the quote"),
    "on": _("day of the quote"),
}
"""What a column may mean."""

SAMPLE_ROWS = 5
SAMPLE_LETTERS = 80
DATE_ORDERS = ("ymd", "mdy", "dmy")
RATINGS_OUT_OF = (5, 10, 100)

_NAMES = {
    "title": "title booktitle name 제목 책 책제목 도서명 도서 서명 상품명 书名 書名 タイトル",
    "authors": "author authors writer creator primaryauthor 저자 지은이 작가 저자명 글쓴이 作者 著者",
    "isbn": "isbn isbn13 isbns ean isbn번호 isbnuid",
    "publisher": "publisher 출판사 출판 出版社",
    "year": "year publicationyear yearpublished originalpublicationyear 출간연도 출판연도 발행연도",
    "pages": "pages pagecount numberofpages 쪽수 페이지수 전체쪽수 전체페이지",
    "status": "status shelf readstatus exclusiveshelf state 상태 독서상태 읽음상태",
    "started_on": "started startdate datestarted startedon 시작일 읽기시작한날 독서시작일 시작",
    "ended_on": "finished finishdate dateread datefinished enddate 완독일 다읽은날 종료일 독서종료일 완독 읽은날",
    "rating": "rating stars myrating score starrating 평점 별점 점수",
    "review": "review myreview comment notes 서평 리뷰 감상 독후감 한줄평 myreviews",
    "tags": "tags shelves bookshelves labels collections 태그 책장 분류",
    "quote": "quote highlight text passage 인용 인용문 문장 밑줄 구절 하이라이트 발췌",
    "memo": "memo note annotation thought 메모 생각 노트",
    "page": "page location 쪽 페이지 위치",
    "on": "date highlightedat created createdat 날짜 기록일 작성일 등록일",
}
_TITLES = set(_NAMES["title"].split())
_STATUSES = {
    JourneyStatus.WANT: "want wanttoread toread wishlist unread tbr 읽고싶은 읽고싶어요 읽고싶은책 읽을책 안읽음 찜",
    JourneyStatus.READING: "reading currentlyreading inprogress started 읽는중 읽고있는 읽고있어요 읽고있는책 독서중",
    JourneyStatus.FINISHED: "finished read done completed complete 읽음 완독 다읽음 읽은책 다읽었어요 읽었어요 완료",
    JourneyStatus.STOPPED: "stopped dnf abandoned dropped didnotfinish unfinished paused 중단 그만읽음 포기 멈춤 하차",
}
_BY_STATUS_WORD = {word: status for status, text in _STATUSES.items() for word in text.split()}


def guess(table: Table) -> dict[str, str]:
    """Field → column, as far as the columns' names tell."""
    by_key = {column_key(name): name for name in table.columns if column_key(name)}
    found: dict[str, str] = {}
    for field, spellings in _NAMES.items():
        column = next((by_key[name] for name in spellings.split() if name in by_key), None)
        if column is not None and column not in found.values():
            found[field] = column
    return found


def names_titles(names: Iterable[str]) -> bool:
    """Whether one of these names, as `tables.column_key` compares them, is one for titles."""
    return not _TITLES.isdisjoint(names)


def sample(table: Table) -> dict[str, Any]:
    """What the reader is shown to say what the columns mean."""
    fields = guess(table)
    dates = [row(fields[name]) for row in table for name in ("started_on", "ended_on", "on") if name in fields]
    return {
        "columns": list(table.columns),
        "rows": [[cell[:SAMPLE_LETTERS] for cell in cells_] for cells_ in table.rows[:SAMPLE_ROWS]],
        "guess": fields,
        "dates": cells.order_of(dates),
        "out_of": _out_of(table, fields["rating"]) if "rating" in fields else RATINGS_OUT_OF[0],
    }


def parse(table: Table, mapping: Mapping[str, Any]) -> list[FileRecord]:
    """A record for each row, or for each book of rows with quotes. `mapping`: fields (field → column), dates (one of
    DATE_ORDERS) and out_of (one of RATINGS_OUT_OF)."""
    fields: Mapping[str, str] = mapping.get("fields", {})
    order = mapping.get("dates", "ymd")
    order = order if order in DATE_ORDERS else "ymd"
    out_of = mapping.get("out_of", RATINGS_OUT_OF[0])
    records = [_record(row, fields, order, out_of if out_of in RATINGS_OUT_OF else RATINGS_OUT_OF[0]) for row in table]
    return _gathered(records) if "quote" in fields or "memo" in fields else records


def _record(row: Row, fields: Mapping[str, str], order: str, out_of: int) -> FileRecord:
    def cell(name: str) -> str:
        return row(fields[name]) if name in fields else ""

    page = cells.whole(cell("page"))
    ended = cells.day(cell("ended_on"), order)
    ended_unread = cells.is_unread_day(cell("ended_on"), order)
    return FileRecord(
        title=cells.line(cell("title")),
        authors=cells.names(cell("authors")),
        isbn13=cells.isbn(cell("isbn")),
        publisher=cells.line(cell("publisher")),
        year=cells.whole(cell("year")),
        pages=cells.whole(cell("pages")),
        status=status_of(cell("status")) or (JourneyStatus.FINISHED if ended or ended_unread else ""),
        started_on=cells.day(cell("started_on"), order),
        ended_on=ended,
        rating=cells.stars(cell("rating"), out_of),
        review=cells.prose(cell("review")),
        tags=cells.listed(cell("tags"), ",;|#"),
        passages=tuple(
            words(
                cells.prose(cell("quote")),
                cells.prose(cell("memo")),
                page=page if page is not None and page >= 0 else None,
                on=cells.day(cell("on"), order),
            )
        ),
        remarks=("date_unread",) if ended_unread or cells.is_unread_day(cell("started_on"), order) else (),
    )


def status_of(text: str) -> str:
    """The status that a word stands for in Korean or English; empty for none."""
    word = cells.line(text).casefold()
    return str(SHELVES.get(word) or _BY_STATUS_WORD.get(column_key(word)) or "")


def _gathered(records: list[FileRecord]) -> list[FileRecord]:
    """One record for each book, where many rows bring its words. What the first row says of the book holds."""
    books: dict[tuple[str, str, str], FileRecord] = {}
    passages: dict[tuple[str, str, str], list[Passage]] = defaultdict(list)
    for place, record in enumerate(records):
        book = (fold(record.title) or f"row {place}", fold(record.authors), record.isbn13)
        books.setdefault(book, record)
        passages[book] += record.passages
    return [replace(record, passages=tuple(passages[book])) for book, record in books.items()]


def _out_of(table: Table, column: str) -> int:
    numbers = [(cells.stars(row(column), 20) or 0, cells.whole(row(column)) or 0) for row in table]
    highest = max((max(pair) for pair in numbers), default=0)
    return next((limit for limit in RATINGS_OUT_OF if highest <= limit), RATINGS_OUT_OF[-1])
