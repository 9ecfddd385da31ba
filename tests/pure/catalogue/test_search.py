"""A reader finds a book by what they remember of it, however they type it."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from journeys.catalogue import search_books
from journeys.catalogue.base import BookRecord
from journeys.catalogue.embedded import BOOKS_FILE, EmbeddedCatalogue
from journeys.catalogue.matching import fold


def titles(query: str, limit: int = 20) -> list[str]:
    return [record.title for record in search_books(query, limit=limit)]


@pytest.mark.parametrize(
    "query", ["봄·봄", "봄봄", "봄 봄", "봄ㆍ봄", "봄-봄", "  봄봄  ", "Spring, Spring", "spring spring"]
)
def test_it_finds_a_title_whatever_stands_between_its_letters(query: str) -> None:
    assert titles(query)[0] == "봄·봄"


@pytest.mark.parametrize("query", ["데미안", "데 미안", "미안", "Demian", "DEMIAN", "demian", "데미안!", "『데미안』"])
def test_it_finds_a_title_by_parts_case_and_original(query: str) -> None:
    assert "데미안" in titles(query)


def test_an_accent_is_none_of_a_letter_but_a_voiced_kana_is_another_letter() -> None:
    assert fold("Misérables") == fold("MISERABLES") == "miserables"
    assert fold("がく") == unicodedata.normalize("NFC", fold("か\u3099く")) == "がく"
    assert fold("がく") != fold("かく")


@pytest.mark.parametrize("query", ["데미안", "봄·봄", "한강 소년", "우리들의 일그러진 영웅", "헤르만 헤세"])
def test_it_finds_the_same_for_decomposed_text(query: str) -> None:
    decomposed = unicodedata.normalize("NFD", query)

    assert decomposed != query
    assert titles(decomposed) == titles(query) != []


@pytest.mark.parametrize(
    "query", ["les misérables", "Les Miserables", "LES MISERABLES", "레미제라블", "레 미제라블", "장발장"]
)
def test_it_ignores_accents_and_spaces_and_knows_other_titles(query: str) -> None:
    assert titles(query)[0] == "레 미제라블"


@pytest.mark.parametrize("query", ["변신", "The Metamorphosis", "Die Verwandlung", "verwandlung"])
def test_it_finds_a_translation_by_korean_english_and_original_title(query: str) -> None:
    assert "변신" in titles(query)


@pytest.mark.parametrize("query", ["한강", "Han Kang", "han kang"])
def test_it_finds_books_by_their_author_in_both_spellings(query: str) -> None:
    assert {"소년이 온다", "채식주의자", "흰", "작별하지 않는다"} <= set(titles(query))


@pytest.mark.parametrize("query", ["헤세", "Hesse", "Hermann Hesse", "헤르만헤세"])
def test_it_finds_foreign_authors_by_either_name(query: str) -> None:
    assert {"데미안", "싯다르타", "수레바퀴 아래서"} <= set(titles(query))


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("한강 소년", "소년이 온다"),
        ("소년 한강", "소년이 온다"),
        ("김유정 동백", "동백꽃"),
        ("카뮈 페스트", "페스트"),
        ("orwell 1984", "1984"),
        ("노인 헤밍웨이", "노인과 바다"),
        ("엄마 신경숙", "엄마를 부탁해"),
    ],
)
def test_it_finds_a_book_by_words_of_title_and_author_together(query: str, title: str) -> None:
    assert titles(query)[0] == title


def test_it_wants_every_word_to_match() -> None:
    assert titles("한강 데미안") == []


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("ㅂㅂ", "봄·봄"),
        ("ㅅㄴㅇ", "소년이 온다"),
        ("ㄷㅁㅇ", "데미안"),
        ("소년ㅇ", "소년이 온다"),
        ("ㅎㄱ ㅊㅅㅈㅇㅈ", "채식주의자"),
    ],
)
def test_it_finds_a_title_by_its_initial_consonants(query: str, title: str) -> None:
    assert title in titles(query)


@pytest.mark.parametrize(
    "query",
    [
        "9788936434120",
        "978-89-364-3412-0",
        "978 89 364 3412 0",
        "8936434128",
        "89-364-3412-8",
        "ISBN 978-89-364-3412-0",
    ],
)
def test_it_finds_an_edition_by_every_form_of_its_isbn(query: str) -> None:
    assert titles(query) == ["소년이 온다"]


def test_it_finds_an_edition_by_an_isbn10_that_ends_in_x() -> None:
    assert titles("014143984X") == titles("0-14-143984-x") == ["드라큘라"]


@pytest.mark.parametrize("query", ["9791190000000", "9788936434121", "0000000000"])
def test_it_finds_nothing_for_an_isbn_it_does_not_have(query: str) -> None:
    assert titles(query) == []


def test_a_title_of_digits_is_a_title() -> None:
    assert titles("1984")[0] == "1984"
    assert titles("28")[0] == "28"


def test_it_ranks_exact_then_start_then_word_then_part_then_author(tmp_path: Path) -> None:
    row = next(row for row in json.loads(BOOKS_FILE.read_text(encoding="utf-8")) if row["source_id"] == "demian")
    shelf = [
        ("any-words", "달걀과 숲", ["빛나"]),
        ("author-part", "구름", ["김달빛"]),
        ("author", "바람", ["달빛"]),
        ("part", "보름달빛", ["가"]),
        ("word", "밤의 달빛", ["나"]),
        ("start", "달빛 아래서", ["다"]),
        ("exact", "달빛", ["라"]),
    ]
    bare = row | {"original_title": "", "other_titles": [], "author_names": [], "isbn13": ""}
    rows = [bare | {"source_id": name, "title": title, "authors": authors} for name, title, authors in shelf]
    path = tmp_path / "books.json"
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    catalogue = EmbeddedCatalogue(path)

    assert [record.source_id for record in catalogue.search("달빛", limit=20)] == [
        "exact", "start", "word", "part", "author", "author-part",
    ]  # fmt: skip
    assert [record.source_id for record in catalogue.search("달 빛", limit=20)][-1] == "any-words"


def test_it_puts_a_title_before_an_author_of_that_name() -> None:
    found = titles("이상", limit=50)

    assert found[0] == "이상한 나라의 앨리스"
    assert {"날개", "오감도"} <= set(found)


def test_two_books_with_one_title_are_both_found() -> None:
    assert {record.authors[0] for record in search_books("종의 기원")[:2]} == {"정유정", "찰스 다윈"}


@pytest.mark.parametrize("query", ["의", "사랑", "김", "e", "ㅅㄹ"])
def test_it_answers_in_the_same_order_every_time(query: str) -> None:
    first = search_books(query, limit=50)

    assert len(first) > 1
    assert search_books(query, limit=50) == first
    assert search_books(query, limit=5) == first[:5]


def test_it_returns_no_book_twice() -> None:
    found: list[BookRecord] = search_books("사랑", limit=500)

    assert len({record.source_id for record in found}) == len(found)


@pytest.mark.parametrize("limit", [0, -1])
def test_it_returns_nothing_when_nothing_is_wanted(limit: int) -> None:
    assert search_books("한강", limit=limit) == []


@pytest.mark.parametrize(
    "query",
    [
        "", " ", "\t\n", "\x00", "🎵", "🎵🎹🌧️", "···", "?!.,", ".*", "[ㄱ-힣]", "\\", "%", "_",
        "없는책제목입니다", "xyzzyqwerty", "가" * 10_000, "a " * 5_000, "\ud800", "\u0301" * 300, "ᄇ" * 50,
        unicodedata.normalize("NFD", "힣") * 4_000,
    ],
)  # fmt: skip
def test_it_answers_garbage_with_nothing(query: str) -> None:
    assert search_books(query) == []


@pytest.mark.parametrize("query", ["데미안\x00", "🎵데미안🎵", "데\u200b미안", "\ufeff데미안"])
def test_it_sees_the_title_through_what_came_along_with_it(query: str) -> None:
    assert titles(query)[0] == "데미안"
