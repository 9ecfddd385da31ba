"""Files made to take long, or to fill the memory: what a parser does grows with the file, and no faster."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from journeys.exporting.document import FORMAT
from journeys.importing import archive, cells, kindle, ours, tables
from journeys.importing.reading import Limits, parse_file
from journeys.importing.reasons import Refused
from journeys.importing.records import split_text
from music.brief import Genre, Mode, Mood, MusicBrief, Role

LONG = 150_000
"""Letters with which anything that looks at each pair of them takes minutes."""


@contextmanager
def soon() -> Iterator[None]:
    begun = time.process_time()
    yield
    assert time.process_time() - begun < 5


def test_clippings_of_nothing_but_empty_lines() -> None:
    with soon():
        assert not kindle.looks_like_clippings("\n" * LONG + "x")
        assert kindle.parse("==========\n" + "\n" * LONG + "x", rows_at_most=10).records == ()


def test_a_line_of_where_and_when_that_does_not_end() -> None:
    with soon():
        text = f"Emma (Jane Austen)\n- {'страниц' * 20_000}\n\nwords\n==========\n"
        (book,) = kindle.parse(text, rows_at_most=10).records
    assert book.passages[0].quote == "words"


def test_notes_and_highlights_that_all_overlap() -> None:
    block = "Emma (Jane Austen)\n- Your {} on Location {} | Added on x\n\n{}\n==========\n"
    highlights = "".join(block.format("Highlight", f"{n}-{n + 900_000}", f"Thought {n:05}.") for n in range(10_000))
    notes = "".join(block.format("Note", 5_000_000 + n, f"Note {n}.") for n in range(10_000))
    with soon():
        (book,) = kindle.parse(highlights + notes, rows_at_most=20_000).records
    assert len(book.passages) == 20_000


def test_clippings_of_nothing_but_borders() -> None:
    text = "Emma (Jane Austen)\n- Your Highlight on page 1 | Added on x\n\nwords\n" + "==========\nx\n" * LONG
    with soon():
        (book,) = kindle.parse(text, rows_at_most=10).records
    assert sum(passage.quote.count("x") for passage in book.passages) == LONG


@pytest.mark.parametrize("text", ["\n" * LONG + "sep=;" * LONG, "sep=;" + " ;" * LONG + "x"])
def test_a_prelude_that_does_not_end(text: str) -> None:
    with soon():
        tables.delimiter_of(text)


@pytest.mark.parametrize("text", ["<br" + " " * LONG, "<p>" + "<br " * (LONG // 4)])
def test_a_line_break_that_does_not_end(text: str) -> None:
    with soon():
        cells.prose("<b>x</b>" + text)


@pytest.mark.parametrize("text", ["1" * LONG, "1" + " " * LONG + "x", "1" + ",111" * (LONG // 4) + "x", " " * LONG])
def test_a_number_that_does_not_end(text: str) -> None:
    with soon():
        assert cells.whole(text) is None
        assert cells.stars(text) is None


def test_a_text_far_longer_than_a_log_is_divided_without_loss() -> None:
    text = "word " * 2_000_000
    with soon():
        parts = split_text(text, 4000)
    assert " ".join(parts) == text.strip()


def journeys(*each: Any) -> str:
    return json.dumps({"format": FORMAT, "version": 1, "journeys": each})


@pytest.mark.parametrize(
    "text",
    [
        journeys({}, {}, {}),
        journeys({"logs": [{}, {}, {}]}),
        f'{{"format": "{FORMAT}", "version": 1, "journeys": [{"{}," * LONG}',  # is not even read
        f'{{"format": "{FORMAT}", "version": 1, "journeys": [{"[]," * LONG}',
    ],
)
def test_a_document_with_too_much_in_it(text: str) -> None:
    with pytest.raises(Refused) as refused:
        ours.parse(text, rows_at_most=2)
    assert refused.value.code == "too_many_rows"


def test_an_archive_whose_table_of_contents_is_too_large_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("a" * 500 + ".csv", b"title,author\na,b\n")
    monkeypatch.setattr(archive, "DIRECTORY_AT_MOST", 400)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(Refused) as refused:
        parse_file(io.BytesIO(target.getvalue()), limits=Limits(text_bytes=1000, rows=10))
    assert refused.value.code == "archive_too_large"


BRIEF = MusicBrief(
    moods=((Mood.CALM, 1.0),),
    valence=0.0,
    energy=0.2,
    genre=Genre.AMBIENT,
    tempo=60,
    key="C",
    mode=Mode.MAJOR,
    instruments=("piano",),
    duration=30,
    seed=1,
    theme_seed=1,
    role=Role.ENTRY,
    prompt="calm piano",
    style_tags="calm",
    confidence=1.0,
).to_json()


def music_in(*pieces: dict[str, Any]) -> list[Any]:
    logs = [{"id": str(number), "memo": "x", "music": piece} for number, piece in enumerate(pieces)]
    (record,) = ours.parse(journeys({"book": {"title": "x"}, "logs": logs}), rows_at_most=10)
    return [passage.extra["music"] for passage in record.passages]


def test_a_file_of_an_archive_is_one_pieces_only() -> None:
    first, second = music_in(*[{"brief": BRIEF, "audio": "audio/a.mp3", "midi": "audio/a.mid"}] * 2)
    assert (first["audio"], first["midi"]) == ("audio/a.mp3", "audio/a.mid")
    assert (second["audio"], second["midi"]) == ("", "")


def test_a_brief_has_nothing_in_it_that_no_database_takes() -> None:
    (music,) = music_in({"brief": {**BRIEF, "prompt": "calm\0 \ud800piano", "more": "\0"}, "audio": "a.mp3"})
    assert music["brief"]["prompt"] == "calm ?piano"
    assert "more" not in music["brief"]


@pytest.mark.parametrize("change", [{"valence": float("nan")}, {"energy": float("inf")}, {"moods": {}}, {"key": 7}])
def test_a_piece_with_a_brief_that_is_none_is_left_out(change: dict[str, Any]) -> None:
    assert music_in({"brief": {**BRIEF, **change}, "audio": "a.mp3"}) == [None]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_moment_at_the_ends_of_the_calendar_is_none(moment: str) -> None:
    data = {"book": {"title": "x"}, "created_at": moment, "started_on": moment[:10], "logs": [{"created_at": moment}]}
    (record,) = ours.parse(journeys(data), rows_at_most=10)
    assert (record.extra["created_at"], record.started_on) == ("", None)
    assert record.passages[0].extra["created_at"] == ""
