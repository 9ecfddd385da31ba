"""Files made to do harm: bombs, wrong sizes, names that point elsewhere, JSON of the wrong kinds."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from journeys.exporting.document import FORMAT
from journeys.importing.reading import Limits, Parsed, parse_file
from journeys.importing.reasons import FILE_REASONS, Refused
from tests.pure.importing import samples

LIMITS = Limits(text_bytes=1_000_000, rows=1000)


def packed(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/"), data)
    return target.getvalue()


def parse(data: bytes) -> Parsed:
    return parse_file(io.BytesIO(data), limits=LIMITS)


def code_of(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        parse(data)
    assert str(refused.value)
    assert refused.value.code in FILE_REASONS
    return refused.value.code


def test_a_packed_table_is_read() -> None:
    data = packed(**{"goodreads.csv": samples.GOODREADS_OLD.encode(), "furniture__._goodreads.csv": b"\0"})
    assert len(parse(data).records) == 1


def test_a_bomb_is_refused_without_being_unpacked() -> None:
    assert code_of(packed(**{"books.csv": b"0" * 50_000_000})) == "archive_too_large"


def test_a_bomb_that_lies_about_its_size_is_refused_too() -> None:
    data = bytearray(packed(**{"books.csv": b"0" * 5_000_000}))
    true_size = (5_000_000).to_bytes(4, "little")
    for place in range(len(data) - 3):
        if data[place : place + 4] == true_size:
            data[place : place + 4] = (100).to_bytes(4, "little")
    assert code_of(bytes(data)) in ("archive_too_large", "archive_broken")


def test_an_archive_in_an_archive_is_no_record() -> None:
    assert code_of(packed(**{"inner.zip": packed(**{"a.csv": b"title,author\na,b\n"})})) == "archive_without_record"


def test_names_that_point_elsewhere_are_only_names() -> None:
    data = packed(**{"..__..__etc__books.csv": samples.GOODREADS_OLD.encode()})
    assert len(parse(data).records) == 1


def test_two_tables_in_one_archive_are_one_too_many() -> None:
    assert code_of(packed(**{"a.csv": b"x,y\n1,2\n", "b.csv": b"x,y\n1,2\n"})) == "archive_without_record"


def test_goodreads_data_download_gets_its_own_answer() -> None:
    assert code_of(packed(**{"review.json": b"[]", "user.json": b"{}"})) == "archive_is_goodreads_data"


COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (packed(**{"[Content_Types].xml": b"<x/>", "xl__workbook.xml": b"<x/>"}), "spreadsheet"),
        (packed(**{"mimetype": f"{OPEN_DOCUMENT}spreadsheet".encode(), "content.xml": b"<x/>"}), "spreadsheet"),
        (packed(**{"mimetype": f"{OPEN_DOCUMENT}text".encode(), "content.xml": b"<x/>"}), "archive_without_record"),
        (COMPOUND + "Workbook".encode("utf-16-le") + b"\0" * 500, "spreadsheet"),
        (COMPOUND + "WordDocument".encode("utf-16-le") + b"\0" * 500, "not_text"),
    ],
)
def test_a_spreadsheet_is_called_one(data: bytes, code: str) -> None:
    assert code_of(data) == code


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 500, packed(**{"a.csv": b"x,y\n1,2\n"})[:-30]])
def test_a_damaged_archive_is_said_to_be_damaged(data: bytes) -> None:
    assert code_of(data) == "archive_broken"


def test_a_text_beyond_the_limit_is_too_large() -> None:
    assert code_of(b"title,author\n" + b"a,b\n" * 300_000) == "file_too_large"


def test_more_rows_than_the_limit_are_too_many() -> None:
    clippings = "".join(
        f"Emma (Jane Austen)\n- Your Highlight on page 5 | Location {n}-{n} | Added on x\n\nThought {n}.\n==========\n"
        for n in range(1001)
    )
    assert code_of(clippings.encode()) == "too_many_rows"


def document(**changes: Any) -> bytes:
    return json.dumps({"format": FORMAT, "version": 1, "journeys": [], **changes}).encode()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (document()[:-5], "json_broken"),
        (document(version=99), "newer_version"),
        (document(version="1"), "json_broken"),
        (document(version=0), "json_broken"),
        (document(journeys={}), "json_broken"),
        (document(), "no_rows"),
        (document(journeys=[1, None, "x"]), "no_rows"),
        (b'{"format": "%s", "version": 1, "journeys": %s' % (FORMAT.encode(), b"[" * 30_000), "json_broken"),
    ],
)
def test_a_document_of_ours_that_is_none_is_refused(data: bytes, code: str) -> None:
    assert code_of(data) == code


@pytest.mark.parametrize(
    "journey",
    [
        {},
        {"book": None, "logs": None, "tags": "x"},
        {"book": {"title": 5, "pages": "many", "moods": [1, {}]}, "rating": True, "started_on": 7},
        {"book": {"title": "a\u0000b\ud800"}, "review": ["x"], "logs": [1, {"page": -4, "percent": 900, "music": 3}]},
        {"book": {"title": "x" * 5000}, "theme_seed": 10**40, "duration": 7, "genre": "polka", "created_at": "soon"},
        {"book": {"title": "x"}, "progress": [{"page": 1, "percent": 2, "read_on": "2024-01-01"}, {"page": 1}, 4]},
    ],
)
def test_values_of_the_wrong_kind_are_left_out(journey: dict[str, Any]) -> None:
    (record,) = parse(document(journeys=[journey])).records
    said = json.dumps(record.to_json(), ensure_ascii=False)
    assert "\0" not in said
    assert "\ud800" not in said
    assert record.rating is None
    assert record.extra["progress"] == []
    assert record.extra["theme_seed"] is None
