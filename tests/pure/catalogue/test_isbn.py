"""ISBNs are understood however they are written, and wrong ones are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.catalogue.isbn import is_valid_isbn10, is_valid_isbn13, isbn10_to_13, looks_like_isbn, normalise_isbn


@pytest.mark.parametrize(
    "text",
    [
        "9788936434120",
        "978-89-364-3412-0",
        "978 89 364 3412 0",
        "978–89–364–3412–0",
        "ISBN 978-89-364-3412-0",
        "isbn: 9788936434120",
        "ISBN-13: 978-89-364-3412-0",
        " 9788936434120\n",
        "９７８８９３６４３４１２０",
        "8936434128",
        "89-364-3412-8",
        "ISBN-10 8936434128",
    ],
)
def test_it_reads_every_way_of_writing_the_same_isbn(text: str) -> None:
    assert looks_like_isbn(text)
    assert normalise_isbn(text) == "9788936434120"


@pytest.mark.parametrize("text", ["080442957X", "0-8044-2957-X", "080442957x"])
def test_it_reads_an_isbn10_that_ends_in_x(text: str) -> None:
    assert normalise_isbn(text) == "9780804429573"


@pytest.mark.parametrize("text", ["9788936434121", "8936434129", "0804429570", "978-89-364-3412-1"])
def test_it_sees_the_shape_of_an_isbn_but_refuses_a_wrong_check_digit(text: str) -> None:
    assert looks_like_isbn(text)
    assert normalise_isbn(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1984",
        "데미안",
        "X804429570",
        "08044X9570",
        "9768936434120",
        "97889364341200",
        "978893643412",
        "٩٧٨٨٩٣٦٤٣٤١٢٠",
        "9" * 10_000,
    ],
)
def test_it_takes_nothing_else_for_an_isbn(text: str) -> None:
    assert normalise_isbn(text) is None


@pytest.mark.parametrize("text", ["1984", "데미안", "28", "H마트에서 울다", "82년생 김지영", ""])
def test_it_does_not_mistake_titles_for_isbns(text: str) -> None:
    assert not looks_like_isbn(text)


def test_it_refuses_to_convert_a_wrong_isbn10() -> None:
    with pytest.raises(ValueError, match="not an ISBN-10"):
        isbn10_to_13("8936434129")


@given(st.text(alphabet="0123456789", min_size=9, max_size=9))
def test_it_turns_every_valid_isbn10_into_a_valid_isbn13(body: str) -> None:
    valid = [body + check for check in "0123456789X" if is_valid_isbn10(body + check)]

    assert len(valid) == 1
    assert is_valid_isbn13(isbn10_to_13(valid[0]))
