"""Bytes become text: the encodings that readers' files come in."""

from __future__ import annotations

import pytest

from journeys.importing.decoding import decode
from journeys.importing.reasons import Refused

KOREAN = "제목,저자\n데미안,헤르만 헤세\n운수 좋은 날,현진건\n"
FRENCH = "Titre,Auteur\nLes Misérables,Victor Hugo\nÀ la recherche du temps perdu,Marcel Proust\nÉté,Camus\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp949", "euc-kr"])
def test_korean_text_is_read_in_every_encoding_it_comes_in(encoding: str) -> None:
    assert decode(KOREAN.encode(encoding)) == KOREAN


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "latin-1"])
def test_french_text_is_not_taken_for_korean(encoding: str) -> None:
    assert decode(FRENCH.encode(encoding)) == FRENCH


def test_rare_syllables_of_korean_windows_are_read() -> None:
    text = "제목\n똠방각하의 하루, 펲시와 쌰쌰의 책 그리고 봄날\n"
    assert decode(text.encode("cp949")) == text


def test_byte_order_marks_go_wherever_they_stand() -> None:
    assert decode("\ufeffa\n\ufeffb".encode()) == "a\nb"


def test_decomposed_hangul_is_composed() -> None:
    assert decode("데미안".encode()) == "데미안"


def test_line_ends_become_plain_and_stray_controls_go() -> None:
    assert decode(b"a\r\nb\rc\x0bd\x07") == "a\nb\ncd"


def test_one_broken_letter_does_not_turn_a_text_into_another() -> None:
    data = KOREAN.encode() + b"\xec\x9d"
    assert decode(data).startswith(KOREAN)


@pytest.mark.parametrize("data", [b"", b"  \n", "\ufeff".encode()])
def test_an_empty_file_is_said_to_be_empty(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        decode(data)
    assert refused.value.code == "empty"


@pytest.mark.parametrize("data", [b"a\0b\0\0c,d\n", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xfe\0", b"\xff\xfea"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        decode(data)
    assert refused.value.code == "not_text"
