"""ID3v2.3 tags in front of an MP3: what a player shows of a downloaded piece, written and, for its picture, read.

Written by ourselves: it is one page of a public format (id3.org, ID3v2.3.0), and the usual library is under the GPL.
Text is UTF-16 with a byte order mark, which every player since 1999 reads, Korean included.
"""

from __future__ import annotations

from dataclasses import dataclass

_OURS = b"ID3\x03\x00"
_HEAD = 10
_FOOTER_FLAG = 0x10
_FRONT_COVER = 3
_LONGEST = 1 << 28


@dataclass(frozen=True, slots=True)
class Tags:
    """What a file says of itself; empty and zero fields are left out."""

    title: str = ""
    album: str = ""
    artist: str = ""
    album_artist: str = ""
    number: int = 0
    """Place in the album, from 1."""
    total: int = 0
    """Pieces in the album, where that is known; only with `number`."""
    year: int = 0
    genre: str = ""
    comment: str = ""
    cover: bytes = b""
    """A PNG or JPEG picture."""


def write_tags(mp3: bytes, tags: Tags) -> bytes:
    """The MP3 with these tags in place of any ID3v2 head it had; the same input gives the same bytes.

    Raises `ValueError` when the cover is neither PNG nor JPEG, a number is negative, or all of it is too large.
    """
    frames = _frames(tags)
    if len(frames) >= _LONGEST:
        raise ValueError("tags: too large for ID3v2")
    head = _OURS + b"\x00" + _synchsafe(len(frames)) + frames if frames else b""
    return head + without_tags(mp3)


def without_tags(mp3: bytes) -> bytes:
    """The MP3 from its first frame of audio on: any ID3v2 heads, of whichever version, are cut off."""
    start = 0
    while length := tags_length(mp3[start : start + _HEAD]):
        start += length
    return mp3[start:]


def tags_length(head: bytes) -> int:
    """How many bytes an ID3v2 head takes, itself included, by its first ten; 0 where these begin none."""
    if head[:3] != b"ID3" or len(head) < _HEAD:
        return 0
    size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    return _HEAD + size + (_HEAD if head[5] & _FOOTER_FLAG else 0)


def picture_of(mp3: bytes) -> bytes:
    """The PNG or JPEG picture in the tags that `write_tags` wrote; empty where there is none, or where others wrote
    them otherwise. The head of the file (`tags_length`) is enough."""
    if mp3[:5] != _OURS:
        return b""
    end, at = min(tags_length(mp3[:_HEAD]), len(mp3)), _HEAD
    while at + _HEAD <= end:
        size = int.from_bytes(mp3[at + 4 : at + 8], "big")
        if mp3[at : at + 4] == b"APIC":
            # encoding, media type, 0, kind of picture, description (empty), 0, picture
            picture = mp3[at + _HEAD : at + _HEAD + size].partition(b"\x00")[2].partition(b"\x00")[2]
            picture = picture.removeprefix(bytes([_FRONT_COVER, 0]))
            return picture if picture_type(picture) else b""
        at += _HEAD + size
    return b""


def picture_type(picture: bytes) -> str:
    """The media type of a PNG or JPEG picture by its first bytes; empty for anything else."""
    if picture.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if picture.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return ""


def _frames(tags: Tags) -> bytes:
    if min(tags.number, tags.total, tags.year) < 0:
        raise ValueError("tags: number, total and year count from 1")
    number = f"{tags.number}/{tags.total}" if tags.total else f"{tags.number}"
    texts = (
        (b"TIT2", tags.title),
        (b"TALB", tags.album),
        (b"TPE1", tags.artist),
        (b"TPE2", tags.album_artist),
        (b"TRCK", number if tags.number else ""),
        (b"TYER", f"{tags.year:04}" if tags.year else ""),
        (b"TCON", tags.genre),
    )
    frames = [_frame(name, b"\x01" + _utf16(text)) for name, text in texts if _clean(text)]
    if _clean(tags.comment):
        frames.append(_frame(b"COMM", b"\x01eng" + _utf16("") + b"\x00\x00" + _utf16(tags.comment)))
    if tags.cover:
        media_type = picture_type(tags.cover)
        if not media_type:
            raise ValueError("tags: the cover is neither PNG nor JPEG")
        about = b"\x00" + media_type.encode() + b"\x00" + bytes([_FRONT_COVER]) + b"\x00"
        frames.append(_frame(b"APIC", about + tags.cover))
    return b"".join(frames)


def _frame(name: bytes, content: bytes) -> bytes:
    # Sizes of frames are plain in version 2.3, unlike the size of the whole.
    return name + len(content).to_bytes(4, "big") + b"\x00\x00" + content


def _utf16(text: str) -> bytes:
    return b"\xff\xfe" + _clean(text).encode("utf-16-le", "replace")


def _clean(text: str) -> str:
    """One line without what ends a field early."""
    return " ".join(text.replace("\x00", " ").split())


def _synchsafe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
