"""Tables of any kind: what stands between cells, what columns may mean, lists of ISBNs."""

from __future__ import annotations

from datetime import date

import pytest

from journeys.importing.reading import Limits, parse_text
from journeys.importing.reasons import Refused
from journeys.models import ImportFormat

LIMITS = Limits(text_bytes=1_000_000, rows=100)

KOREAN = (
    "제목{0}저자{0}상태{0}완독일{0}별점{0}한줄평{0}태그\n"
    "데미안{0}헤르만 헤세 지음{0}완독{0}2024. 3. 9.{0}9{0}좋았다{0}#고전 #성장\n"
    "소나기{0}황순원{0}읽고 싶은{0}{0}{0}{0}\n"
)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_a_korean_table_is_understood_by_the_names_of_its_columns(mark: str) -> None:
    text = KOREAN.format(mark)
    sample = parse_text(text, limits=LIMITS).sample
    assert sample["guess"] == {
        "title": "제목",
        "authors": "저자",
        "status": "상태",
        "ended_on": "완독일",
        "rating": "별점",
        "review": "한줄평",
        "tags": "태그",
    }
    assert sample["out_of"] == 10
    mapping = {"fields": sample["guess"], "dates": sample["dates"], "out_of": sample["out_of"]}
    found = parse_text(text, limits=LIMITS, mapping=mapping)
    assert found.format == ImportFormat.CSV
    demian, shower = found.records
    assert (demian.title, demian.authors, demian.status) == ("데미안", "헤르만 헤세", "finished")
    assert (demian.ended_on, demian.rating, demian.review) == (date(2024, 3, 9), 18, "좋았다")
    assert [tag.strip() for tag in demian.tags] == ["고전", "성장"]
    assert (shower.status, shower.rating) == ("want", None)


def test_a_semicolon_in_a_quoted_first_row_is_no_separator() -> None:
    text = '"title; or name",author\nEmma,Jane Austen\n'
    assert parse_text(text, limits=LIMITS).sample["columns"] == ["title; or name", "author"]


def test_rows_with_quotes_are_gathered_by_book() -> None:
    text = "책,저자,문장,쪽,날짜\n데미안,헤르만 헤세,새는,91,2024-03-09\n데미안,헤르만 헤세,알은,92,2024-03-10\n"
    sample = parse_text(text, limits=LIMITS).sample
    (demian,) = parse_text(text, limits=LIMITS, mapping={"fields": sample["guess"]}).records
    assert [(each.quote, each.page, each.on) for each in demian.passages] == [
        ("새는", 91, date(2024, 3, 9)),
        ("알은", 92, date(2024, 3, 10)),
    ]


def test_a_list_of_isbns_is_one_of_wishes() -> None:
    found = parse_text("ISBN\n978-0-14-143958-7\n0141439580\n9788937460449\n", limits=LIMITS)
    assert [(each.isbn13, each.status) for each in found.records] == [
        ("9780141439587", "want"),
        ("9780141439587", "want"),
        ("9788937460449", "want"),
    ]
    assert found.records[0].key == found.records[1].key


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("just a sentence\nand another\n", "unknown_format"),
        ("<html><body>log in</body></html>", "unknown_format"),
        ('{"books": []}', "unknown_format"),
        ("title,author\n", "no_rows"),
        ("title,author\n" + "a,b\n" * 101, "too_many_rows"),
        ("title,author\n" + '"' + "a" * 200_000 + '",b\n', "cell_too_long"),
        ('title,author\n"never closed,b\n' + "c,d\n" * 50_000, "cell_too_long"),
        (",".join(f"c{n}" for n in range(300)) + "\n1\n", "table_broken"),
    ],
)
def test_what_is_no_record_is_refused_with_a_reason(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_text(text, limits=LIMITS)
    assert refused.value.code == code


def test_rows_that_are_too_long_or_too_short_are_read_as_far_as_they_go() -> None:
    text = "title,author\nEmma\nPersuasion,Jane Austen,and,more\n"
    records = parse_text(text, limits=LIMITS, mapping={"fields": {"title": "title", "authors": "author"}}).records
    assert [(each.title, each.authors) for each in records] == [("Emma", ""), ("Persuasion", "Jane Austen")]


@pytest.mark.parametrize("prelude", ["sep=;\n", '"sep=;"\n', "SEP=;\n", "\nsep=; \n", "sep=;;;\n"])
def test_what_excel_says_before_the_names_is_no_name(prelude: str) -> None:
    text = prelude + "title;author\nEmma, again;Jane Austen\n"
    assert parse_text(text, limits=LIMITS).sample["columns"] == ["title", "author"]
    (emma,) = parse_text(text, limits=LIMITS, mapping={"fields": {"title": "title", "authors": "author"}}).records
    assert (emma.title, emma.authors) == ("Emma, again", "Jane Austen")


def test_a_prelude_may_name_a_tab_and_come_before_a_known_table() -> None:
    text = "sep=\t\nTitle\tAuthor\tExclusive Shelf\tMy Rating\nEmma\tJane Austen\tread\t5\n"
    assert parse_text(text, limits=LIMITS).format == ImportFormat.GOODREADS


def test_a_table_of_titles_alone_is_read_whatever_stands_in_them() -> None:
    text = '제목\n데미안\n안녕, 나의 봄; 그리고 | 여름\n"인용, 된 책"\n'
    sample = parse_text(text, limits=LIMITS).sample
    assert sample["guess"] == {"title": "제목"}
    found = parse_text(text, limits=LIMITS, mapping={"fields": sample["guess"]}).records
    assert [each.title for each in found] == ["데미안", "안녕, 나의 봄; 그리고 | 여름", "인용, 된 책"]


@pytest.mark.parametrize(
    ("cell", "status", "remarks"),
    [
        ("2024-03-09", "finished", ()),
        ("2024-02-30", "finished", ("date_unread",)),
        ("2024", "finished", ("date_unread",)),
        ("0000-00-00", "", ()),
        ("-", "", ()),
        ("", "", ()),
    ],
)
def test_a_day_that_cannot_be_read_is_said_and_still_a_day(cell: str, status: str, remarks: tuple[str, ...]) -> None:
    text = f"title,finished\nEmma,{cell}\n"
    mapping = {"fields": {"title": "title", "ended_on": "finished"}}
    (emma,) = parse_text(text, limits=LIMITS, mapping=mapping).records
    assert (emma.status, emma.remarks) == (status, remarks)
