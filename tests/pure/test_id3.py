"""Tags, read back by a parser of the test's own and by ffprobe where there is one."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from music.brief import Genre, Mood
from music.id3 import Tags, picture_of, picture_type, tags_length, without_tags, write_tags
from music.studio import make_piece
from music.studio.showing.cover import cover_png
from tests.pure.studio.commissions import commission

AUDIO = b"\xff\xfb\xa0\x00" + bytes(400)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
KOREAN = Tags(
    "비 오는 마음", "메밀꽃 필 무렵", "Reading Journey", "Reading Journey", 3, 7, 2026, "재즈 발라드", "만든 이", PNG
)


def frames(mp3: bytes) -> tuple[dict[str, bytes], bytes]:
    """Frames by name, and what follows the head, by the letter of ID3v2.3.0."""
    assert mp3[:5] == b"ID3\x03\x00"
    assert mp3[5] == 0
    assert all(byte < 0x80 for byte in mp3[6:10])
    size = mp3[6] << 21 | mp3[7] << 14 | mp3[8] << 7 | mp3[9]
    head, found, at = mp3[10 : 10 + size], {}, 0
    while at < len(head):
        length = int.from_bytes(head[at + 4 : at + 8], "big")
        found[head[at : at + 4].decode("ascii")] = head[at + 10 : at + 10 + length]
        at += 10 + length
    assert at == len(head)
    return found, mp3[10 + size :]


def text(frame: bytes) -> str:
    assert frame[0] == 1
    return frame[1:].decode("utf-16")


def test_it_writes_what_the_format_asks_for() -> None:
    found, rest = frames(write_tags(AUDIO, KOREAN))
    assert rest == AUDIO
    assert {name: text(found[name]) for name in ("TIT2", "TALB", "TPE1", "TPE2", "TRCK", "TYER", "TCON")} == {
        "TIT2": "비 오는 마음",
        "TALB": "메밀꽃 필 무렵",
        "TPE1": "Reading Journey",
        "TPE2": "Reading Journey",
        "TRCK": "3/7",
        "TYER": "2026",
        "TCON": "재즈 발라드",
    }
    assert found["COMM"][:8] == b"\x01eng\xff\xfe\x00\x00"
    assert found["COMM"][8:].decode("utf-16") == "만든 이"
    assert found["APIC"] == b"\x00image/png\x00\x03\x00" + PNG


def test_it_leaves_out_what_is_not_known() -> None:
    found, _ = frames(write_tags(AUDIO, Tags(title="v1", number=1)))
    assert {name: text(frame) for name, frame in found.items()} == {"TIT2": "v1", "TRCK": "1"}
    assert write_tags(AUDIO, Tags()) == AUDIO


def test_it_replaces_the_tags_there_were() -> None:
    once = write_tags(AUDIO, Tags(title="old", cover=PNG))
    assert write_tags(once, KOREAN) == write_tags(AUDIO, KOREAN)
    with_footer = b"ID3\x04\x00\x10\x00\x00\x00\x05" + bytes(5) + b"3DI\x04\x00\x10\x00\x00\x00\x05" + AUDIO
    assert without_tags(with_footer) == AUDIO
    assert without_tags(b"ID3") == b"ID3"


@pytest.mark.parametrize("tags", [Tags(cover=b"GIF89a"), Tags(number=-1), Tags(title="a", year=-5)])
def test_it_refuses_what_no_player_could_show(tags: Tags) -> None:
    with pytest.raises(ValueError, match="tags:"):
        write_tags(AUDIO, tags)


@given(st.text(), st.text(), st.integers(0, 10**6))
def test_it_takes_any_text(title: str, album: str, number: int) -> None:
    found, rest = frames(write_tags(AUDIO, Tags(title=title, album=album, number=number, comment="x")))
    assert rest == AUDIO
    shown = " ".join(title.replace("\x00", " ").split())
    assert ("TIT2" in found) == bool(shown)
    if shown:
        assert text(found["TIT2"]) == shown


def test_it_survives_half_a_surrogate_pair() -> None:
    found, _ = frames(write_tags(AUDIO, Tags(title="a\ud800b")))
    assert text(found["TIT2"]) == "a?b"


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="no ffprobe here")
def test_it_is_read_by_other_programs(tmp_path: Path) -> None:
    brief = commission(Genre.FOLK, Mood.CALM, duration=10)
    piece = make_piece(brief)
    cover = cover_png(brief)
    file = tmp_path / "piece.mp3"
    file.write_bytes(write_tags(piece.mp3, Tags("비 오는 마음", "소나기", "Reading Journey", number=2, cover=cover)))
    probe = subprocess.run(
        ["ffprobe", "-v", "warning", "-print_format", "json", "-show_format", "-show_streams", str(file)],
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(probe.stdout)
    tags = told["format"]["tags"]
    assert (tags["title"], tags["album"], tags["artist"], tags["track"]) == (
        "비 오는 마음",
        "소나기",
        "Reading Journey",
        "2",
    )
    sound, picture = told["streams"]
    assert (sound["codec_name"], picture["codec_name"], picture["width"], picture["height"]) == ("mp3", "png", 600, 600)
    assert float(sound["duration"]) == pytest.approx(piece.seconds, abs=0.1)


def test_the_picture_is_read_back_from_the_head_alone() -> None:
    tagged = write_tags(AUDIO, KOREAN)
    head = tagged[: tags_length(tagged[:10])]
    assert len(head) == len(tagged) - len(AUDIO)
    assert picture_of(head) == PNG


@pytest.mark.parametrize(
    "mp3",
    [
        b"",
        AUDIO,
        write_tags(AUDIO, Tags(title="ohne Bild")),
        write_tags(AUDIO, KOREAN).replace(b"\x89PNG", b"<svg", 1),  # what is no picture is never shown as one
        b"ID3\x04\x00" + write_tags(AUDIO, KOREAN)[5:],
    ],
)
def test_there_is_no_picture_where_we_put_none(mp3: bytes) -> None:
    assert picture_of(mp3) == b""


@given(st.binary(max_size=300))
def test_no_head_however_broken_stops_the_reader_of_pictures(rest: bytes) -> None:
    picture = picture_of(b"ID3\x03\x00\x00" + rest)
    assert picture == b"" or picture_type(picture)
