"""Cells of tables: dates, ratings, numbers, ISBNs, HTML."""

from __future__ import annotations

from datetime import date

import pytest

from journeys.importing import cells


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2024/03/09", "ymd", date(2024, 3, 9)),
        ("2024-3-9 22:15", "ymd", date(2024, 3, 9)),
        ("2024년 3월 9일", "ymd", date(2024, 3, 9)),
        ("2024. 3. 9.", "ymd", date(2024, 3, 9)),
        ("20240309", "ymd", date(2024, 3, 9)),
        ("3/9/2024", "mdy", date(2024, 3, 9)),
        ("9.3.2024", "dmy", date(2024, 3, 9)),
        ("2024-03-09", "dmy", date(2024, 3, 9)),
        ("13/9/2024", "mdy", date(2024, 9, 13)),
        ("２０２４／３／９", "ymd", date(2024, 3, 9)),
        ("2023-02-29", "ymd", None),
        ("2024-13-45", "ymd", None),
        ("2024", "ymd", None),
        ("", "ymd", None),
        ("soon", "ymd", None),
        ("99999999999999", "ymd", None),
    ],
)
def test_a_date_is_read_however_it_is_written(text: str, order: str, expected: date | None) -> None:
    assert cells.day(text, order) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["03/04/2024", "17/04/2024"], "dmy"),
        (["03/04/2024", "04/17/2024"], "mdy"),
        (["2024/03/04"], "ymd"),
        ([], "ymd"),
    ],
)
def test_a_column_tells_the_order_of_its_dates(texts: list[str], expected: str) -> None:
    assert cells.order_of(texts) == expected


@pytest.mark.parametrize(
    ("text", "out_of", "expected"),
    [("5", 5, 20), ("4.25", 5, 17), ("0", 5, None), ("5.0", 5, 20), ("", 5, None), ("8", 10, 16), ("★★★★", 5, 16),
     ("3,5", 5, 14), ("72.5", 100, 15), ("4.125", 5, 17),
     ("4/5", 5, 16), ("good", 5, None), ("-3", 5, None), ("900", 5, None)],
)  # fmt: skip
def test_a_rating_is_counted_in_quarters_of_a_star(text: str, out_of: int, expected: int | None) -> None:
    assert cells.stars(text, out_of) == expected


@pytest.mark.parametrize(
    "text", ['="9788937460449"', "9788937460449", '"=""9788937460449"""', "978-89-374-6044-9", "'9788937460449"]
)
def test_an_isbn_is_found_in_what_spreadsheets_make_of_it(text: str) -> None:
    assert cells.isbn(text) == "9788937460449"


@pytest.mark.parametrize("text", ['=""', "", "B00ABC1234", "2f9c1c8e-0000-4000-8000-000000000000", "9788937460440"])
def test_what_is_no_isbn_is_none(text: str) -> None:
    assert cells.isbn(text) == ""


def test_html_in_a_review_becomes_plain_text() -> None:
    assert cells.prose("<b>Good</b>.<br/>Really &amp; truly.<br><br><br>End") == "Good.\nReally & truly.\n\nEnd"


def test_text_that_only_looks_like_html_stays_as_it_is() -> None:
    assert cells.prose("a < b and c > d &amp; e") == "a < b and c > d &amp; e"


@pytest.mark.parametrize("text", ["'=1+1", "'+1", "'-1", "'@x"])
def test_the_mark_against_formulas_is_taken_away_again(text: str) -> None:
    assert cells.prose(text) == text[1:]


def test_an_apostrophe_of_the_words_stays() -> None:
    assert cells.line("'Tis the season") == "'Tis the season"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("J.K.  Rowling", "Mary GrandPré, Jim Dale"), "J.K. Rowling, Mary GrandPré, Jim Dale"),
        (("헤르만 헤세 지음, 전영애 옮김",), "헤르만 헤세, 전영애"),
        (("헤르만 헤세 (지은이)",), "헤르만 헤세"),
        (("저", ""), "저"),
    ],
)
def test_names_lose_double_spaces_and_roles(texts: tuple[str, ...], expected: str) -> None:
    assert cells.names(*texts) == expected


def test_moods_of_others_become_our_own() -> None:
    assert cells.feelings(["Sad", "emotional", "mysterious", "bouncy", "joy"]) == ("sadness", "wonder", "joy")
