"""ID3v2.3 tags in front of an MP3: what a player shows of a downloaded piece.

Written by ourselves: it is one page of a public format (id3.org, ID3v2.3.0), and the usual library is under the GPL.
Text is UTF-16 with a byte order mark, which every player since 1999 reads, Korean included.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    head = b"ID3\x03\x00\x00" + _synchsafe(len(frames)) + frames if frames else b""
    return head + without_tags(mp3)


def without_tags(mp3: bytes) -> bytes:
    """The MP3 from its first frame of audio on: any ID3v2 heads, of whichever version, are cut off."""
    start = 0
    while mp3[start : start + 3] == b"ID3" and len(mp3) >= start + _HEAD:
        size = sum(
            (byte & 0x7F) << shift for byte, shift in zip(mp3[start + 6 : start + 10], (21, 14, 7, 0), strict=True)
        )
        start += _HEAD + size + (_HEAD if mp3[start + 5] & _FOOTER_FLAG else 0)
    return mp3[start:]


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
        media_type = _media_type(tags.cover)
        frames.append(_frame(b"APIC", b"\x00" + media_type + b"\x00" + bytes([_FRONT_COVER]) + b"\x00" + tags.cover))
    return b"".join(frames)


def _frame(name: bytes, content: bytes) -> bytes:
    # Sizes of frames are plain in version 2.3, unlike the size of the whole.
    return name + len(content).to_bytes(4, "big") + b"\x00\x00" + content


def _utf16(text: str) -> bytes:
    return b"\xff\xfe" + _clean(text).encode("utf-16-le", "replace")


def _clean(text: str) -> str:
    """One line without what ends a field early."""
    return " ".join(text.replace("\x00", " ").split())


def _media_type(picture: bytes) -> bytes:
    if picture.startswith(b"\x89PNG\r\n\x1a\n"):
        return b"image/png"
    if picture.startswith(b"\xff\xd8\xff"):
        return b"image/jpeg"
    raise ValueError("tags: the cover is neither PNG nor JPEG")


def _synchsafe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
