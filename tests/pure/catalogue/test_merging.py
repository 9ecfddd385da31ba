"""One book out of what several sources say about it."""

from __future__ import annotations

from typing import Any

from journeys.catalogue.base import BookRecord
from journeys.catalogue.merging import combine, merge, ranked

ISBN, OTHER_ISBN = "9788937460449", "9788931010749"


def record(source: str, **facts: Any) -> BookRecord:
    return BookRecord(**{"source": source, "source_id": "1", "title": "데미안", "authors": ("헤르만 헤세",), **facts})


def test_records_of_one_isbn_are_one_book_with_the_best_of_each() -> None:
    kakao = record("kakao", isbn13=ISBN, publisher="민음사", cover_url="https://k/small.jpg", description_ko="앞부분만")
    aladin = record(
        "aladin", isbn13=ISBN, pages=240, cover_url="https://a/large.jpg", description_ko="끝까지 다 말하는 글"
    )

    leads, (book,) = merge([], [kakao, aladin])

    assert leads == []
    assert (book.source, book.publisher, book.pages) == ("kakao", "민음사", 240)
    assert book.cover_url == "https://a/large.jpg"
    assert book.description_ko == "끝까지 다 말하는 글"
    assert book.sources == ("kakao", "aladin")


def test_editions_stay_apart() -> None:
    _, books = merge([], [record("kakao", isbn13=ISBN), record("kakao", isbn13=OTHER_ISBN)])

    assert [book.isbn13 for book in books] == [ISBN, OTHER_ISBN]


def test_a_record_without_an_isbn_joins_the_book_of_its_title_and_author() -> None:
    work = record("openlibrary", title="데미안!", authors=("헤르만헤세", "다른 사람"), year=1919, pages=176)
    edition = record("kakao", isbn13=ISBN)

    _, books = merge([], [work, edition])

    assert [(book.isbn13, book.year, book.sources) for book in books] == [(ISBN, 1919, ("kakao", "openlibrary"))]
    assert books[0].pages is None  # those are of some other edition


def test_the_same_title_by_somebody_else_is_another_book() -> None:
    _, books = merge([], [record("kakao", isbn13=ISBN), record("openlibrary", authors=("김아무개",))])

    assert len(books) == 2


def test_a_lead_stays_where_it_is_and_a_work_does_not_become_an_edition() -> None:
    work, edition = record("embedded"), record("kakao", isbn13=ISBN, publisher="민음사")

    leads, others = merge([work], [edition])

    assert leads == [work]
    assert others == [edition]


def test_a_lead_takes_up_what_others_know_of_its_isbn() -> None:
    lead = record("embedded", isbn13=ISBN, description_ko="우리 글")
    (book,), others = merge([lead], [record("aladin", isbn13=ISBN, pages=240, description_ko="훨씬 더 긴 남의 글")])

    assert others == []
    assert (book.pages, book.description_ko, book.sources) == (240, "우리 글", ("embedded", "aladin"))


def test_what_is_known_is_not_written_over() -> None:
    book = combine(
        [record("kakao", isbn13=ISBN, publisher="민음사"), record("google", isbn13=ISBN, publisher="Minumsa")]
    )

    assert book.publisher == "민음사"


def test_the_better_match_comes_first_and_equals_keep_their_order() -> None:
    records = [
        record("kakao", title="그 시절의 우리", authors=("데미안 허스트",)),
        record("kakao", title="설명에만 나오는 책", authors=()),
        record("kakao", title="데미안 읽기"),
        record("aladin", title="데미안", publisher="가"),
        record("google", title="데미안", publisher="나"),
    ]

    titles = [(each.title, each.publisher) for each in ranked("데미안", records)]

    assert titles == [
        ("데미안", "가"), ("데미안", "나"), ("데미안 읽기", ""), ("그 시절의 우리", ""), ("설명에만 나오는 책", ""),
    ]  # fmt: skip
