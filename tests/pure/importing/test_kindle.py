"""“My Clippings.txt”, whatever language the device spoke."""

from __future__ import annotations

from datetime import date

import pytest

from journeys.importing import kindle
from journeys.importing.decoding import decode
from journeys.importing.reading import Limits, parse_text
from journeys.importing.records import words_key
from journeys.models import ImportFormat
from tests.pure.importing import samples


def parse(text: str) -> list[kindle.Record]:
    return kindle.parse(decode(text.encode()), rows_at_most=20_000)


def test_books_are_gathered_and_their_authors_turned_round() -> None:
    assert [(book.title, book.authors) for book in parse(samples.CLIPPINGS)] == [
        ("Demian", "Hermann Hesse"),
        ("데미안 (세계문학전집 44)", "헤르만 헤세"),
        ("A Title Without Anybody", ""),
    ]


def test_a_highlight_that_was_drawn_longer_is_there_once_with_its_note_and_both_keys() -> None:
    (passage,) = parse(samples.CLIPPINGS)[0].passages
    assert passage.quote == "The bird fights its way out of the egg. The egg is the world."
    assert passage.memo == "the egg is the world"
    assert (passage.page, passage.on) == (91, date(2024, 3, 10))
    assert words_key("The bird fights its way out of the egg.") in passage.keys
    assert passage.key == words_key(passage.quote)


def test_two_highlights_in_one_place_that_share_no_words_both_stay() -> None:
    block = "Emma (Jane Austen)\n- Your Highlight on page 5 | Location 70-72 | Added on 2024-03-09\n\n{}\n==========\n"
    (emma,) = parse(block.format("One thing.") + block.format("Another thing."))
    assert [passage.quote for passage in emma.passages] == ["One thing.", "Another thing."]


def test_dates_of_all_english_manners_are_read() -> None:
    found = [book.passages[0].on for book in parse(samples.CLIPPINGS)]
    assert found == [date(2024, 3, 10), date(2012, 3, 4), date(2012, 3, 5)]


def test_a_korean_device() -> None:
    (demian,) = parse(samples.CLIPPINGS_KOREAN)
    (passage,) = demian.passages
    assert (passage.quote, passage.memo, passage.page) == ("새는 알에서 나오려고 투쟁한다.", "알은 세계다", 91)
    assert passage.on == date(2024, 3, 9)


def test_a_chinese_device() -> None:
    (demian,) = parse(samples.CLIPPINGS_CHINESE)
    (passage,) = demian.passages
    assert (passage.quote, passage.memo, passage.on) == ("鸟要挣脱出壳。", "蛋就是世界", date(2024, 3, 9))


def test_other_languages_and_lines_nobody_understands_keep_their_words() -> None:
    (emma,) = parse(samples.CLIPPINGS_OTHERS)
    assert [(each.quote, each.page, each.on) for each in emma.passages] == [
        ("Erstens.", 5, date(2024, 3, 9)),
        ("Segundo.", 6, date(2024, 3, 9)),
        ("第三。", 7, date(2024, 3, 9)),
        ("Fourth.", None, None),
    ]


def test_a_leading_border_and_a_note_of_nothing_are_no_trouble() -> None:
    text = (
        "==========\nEmma (Jane Austen)\n- Your Note on Location 5 | Added on Friday, March 1, 2024, 10:00 PM\n\n"
        "a thought\n==========\n==========\nbroken\n==========\n"
    )
    (emma,) = parse(text)
    assert [(each.quote, each.memo, each.on) for each in emma.passages] == [("", "a thought", date(2024, 3, 1))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Demian (Hesse, Hermann)", ("Demian", "Hermann Hesse")),
        ("Til We Have Faces (Lewis, C. S. (Clive Staples))", ("Til We Have Faces", "C. S. (Clive Staples) Lewis")),
        ("데미안（헤르만 헤세）", ("데미안", "헤르만 헤세")),
        ("Good Omens (Gaiman, Neil;Pratchett, Terry)", ("Good Omens", "Neil Gaiman, Terry Pratchett")),
        ("(untitled)", ("(untitled)", "")),
        ("No author", ("No author", "")),
        ("unbalanced)", ("unbalanced)", "")),
    ],
)
def test_title_and_author_are_told_apart(text: str, expected: tuple[str, str]) -> None:
    assert kindle.title_and_authors(text) == expected


@pytest.mark.parametrize(
    "text", [samples.CLIPPINGS, samples.CLIPPINGS_KOREAN, samples.CLIPPINGS_CHINESE, "==========\n" + samples.CLIPPINGS]
)
def test_clippings_are_recognised(text: str) -> None:
    found = parse_text(decode(text.encode()), limits=Limits(text_bytes=10**6, rows=1000))
    assert found.format == ImportFormat.KINDLE
