"""The catalogue's data: complete, unique, clean, and honest about what it does not know."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from typing import Any

import pytest

from journeys.catalogue.embedded import BOOKS_FILE
from journeys.catalogue.isbn import is_valid_isbn13
from music.brief import Mood

FIELDS = {
    "source_id": str,
    "title": str,
    "original_title": str,
    "subtitle": str,
    "other_titles": list,
    "authors": list,
    "author_names": list,
    "translators": list,
    "publisher": str,
    "year": int | None,
    "language": str,
    "isbn13": str,
    "pages": int | None,
    "genre": str,
    "moods": list,
    "description_ko": str,
    "description_en": str,
}
GENRES = {
    "children's", "classical tale", "diary", "epic", "essay", "fable", "fantasy", "history", "humanities", "memoir",
    "mystery", "novel", "novella", "philosophy", "picture book", "play", "poetry", "psychology", "science",
    "science fiction", "short stories", "short story", "society", "young adult",
}  # fmt: skip
HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ufffd\u200b-\u200f\ufeff]")


@pytest.fixture(scope="module")
def text() -> str:
    return BOOKS_FILE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def books(text: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(text)
    return rows


def the_bad(books: list[dict[str, Any]], wrong: Any) -> list[str]:
    return [book["source_id"] for book in books if wrong(book)]


def test_it_holds_enough_books_and_at_least_half_of_them_are_korean(books: list[dict[str, Any]]) -> None:
    assert len(books) >= 280
    assert sum(book["language"] == "ko" for book in books) * 2 >= len(books)


def test_it_confirms_enough_isbns_of_korean_and_english_editions(books: list[dict[str, Any]]) -> None:
    isbns = [book["isbn13"] for book in books if book["isbn13"]]

    assert len(isbns) >= 40
    assert any(isbn.startswith(("97889", "97911")) for isbn in isbns)
    assert any(isbn.startswith(("9780", "9781")) for isbn in isbns)


def test_it_is_composed_unicode_without_control_characters(text: str) -> None:
    assert unicodedata.is_normalized("NFC", text)
    assert not CONTROL.search(text)


def test_every_record_has_exactly_the_known_fields_of_the_right_type(books: list[dict[str, Any]]) -> None:
    for book in books:
        assert set(book) == set(FIELDS), book["source_id"]
        for name, kind in FIELDS.items():
            assert isinstance(book[name], kind), (book["source_id"], name)
            if isinstance(book[name], list):
                assert all(isinstance(item, str) and item == item.strip() != "" for item in book[name]), book
            if isinstance(book[name], str):
                assert book[name] == book[name].strip(), (book["source_id"], name)


def test_source_ids_are_unique_slugs_in_order(books: list[dict[str, Any]]) -> None:
    ids = [book["source_id"] for book in books]

    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert not the_bad(books, lambda book: not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", book["source_id"]))


def test_no_book_is_there_twice(books: list[dict[str, Any]]) -> None:
    works = Counter((book["title"], tuple(book["authors"])) for book in books)
    isbns = Counter(book["isbn13"] for book in books if book["isbn13"])

    assert [work for work, count in works.items() if count > 1] == []
    assert [isbn for isbn, count in isbns.items() if count > 1] == []


def test_every_isbn_carries_its_check_digit_and_names_a_publisher(books: list[dict[str, Any]]) -> None:
    assert not the_bad(books, lambda book: book["isbn13"] and not is_valid_isbn13(book["isbn13"]))
    assert not the_bad(books, lambda book: bool(book["isbn13"]) != bool(book["publisher"]))
    assert not the_bad(books, lambda book: not book["isbn13"] and (book["translators"] or book["pages"]))


def test_every_record_names_title_author_language_genre_and_moods(books: list[dict[str, Any]]) -> None:
    assert not the_bad(books, lambda book: not book["title"] or not book["authors"])
    assert not the_bad(books, lambda book: not re.fullmatch(r"[a-z]{2,3}", book["language"]))
    assert not the_bad(books, lambda book: book["genre"] not in GENRES)
    assert not the_bad(books, lambda book: not 1 <= len(book["moods"]) <= 3)
    assert not the_bad(books, lambda book: len(set(book["moods"])) != len(book["moods"]))
    assert not the_bad(books, lambda book: not set(book["moods"]) <= {mood.value for mood in Mood})


def test_translated_works_keep_their_original_title_and_korean_ones_need_none(books: list[dict[str, Any]]) -> None:
    assert not the_bad(books, lambda book: book["language"] == "ko" and book["original_title"])
    assert not the_bad(books, lambda book: book["language"] not in {"ko", "lzh"} and not book["original_title"])
    assert not the_bad(books, lambda book: book["original_title"] == book["title"])


def test_every_book_can_be_found_in_latin_letters_too(books: list[dict[str, Any]]) -> None:
    def without_latin(book: dict[str, Any]) -> bool:
        return not any(re.search("[A-Za-z]", title) for title in [book["original_title"], *book["other_titles"]])

    assert not the_bad(books, without_latin)


def test_years_and_pages_are_plausible(books: list[dict[str, Any]]) -> None:
    assert not the_bad(books, lambda book: book["year"] is not None and not 1100 <= book["year"] <= 2026)
    assert not the_bad(books, lambda book: book["pages"] is not None and not 20 <= book["pages"] <= 2000)


def test_both_descriptions_are_there_in_their_own_language_and_of_one_sentence(books: list[dict[str, Any]]) -> None:
    assert not the_bad(books, lambda book: not HANGUL.search(book["description_ko"]))
    assert not the_bad(books, lambda book: HANGUL.search(book["description_en"]))
    assert not the_bad(books, lambda book: not 15 <= len(book["description_ko"]) <= 120)
    assert not the_bad(books, lambda book: not 30 <= len(book["description_en"]) <= 200)
    assert not the_bad(books, lambda book: not book["description_ko"].endswith("."))
    assert not the_bad(books, lambda book: not book["description_en"].endswith("."))


def test_no_two_books_share_a_description(books: list[dict[str, Any]]) -> None:
    for language in ("description_ko", "description_en"):
        assert [words for words, count in Counter(book[language] for book in books).items() if count > 1] == []


def test_the_writers_and_tales_a_korean_reader_looks_for_are_there(books: list[dict[str, Any]]) -> None:
    writers = {author for book in books for author in book["authors"]}
    titles = {book["title"] for book in books}

    assert {
        "김유정", "이상", "현진건", "나도향", "이효석", "채만식", "김동인", "심훈", "강경애", "최서해", "황순원",
        "박완서", "박경리", "조세희", "이문열", "김승옥", "최인훈", "윤흥길", "오정희", "공지영", "신경숙", "한강",
        "김영하", "김애란", "정유정", "조남주", "김초엽", "정세랑", "손원평", "황정은", "최은영", "천선란", "이금이",
        "황선미", "김려령", "김소월", "윤동주", "한용운", "이육사", "백석", "정지용",
    } <= writers  # fmt: skip
    assert {"홍길동전", "춘향전", "구운몽", "심청전"} <= titles
