"""Bytes that a reader sent, as text: the few encodings in which reading records go about.

UTF-8 and UTF-16 are certain when they fit. CP949 (Korean Windows) and Latin-1 fit almost anything, so they are told
apart by what they would make of the bytes: a Korean text's upper bytes come in pairs, a French one's come alone.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress

from journeys.importing.reasons import Refused

_PAIRED = 0.7
"""Of the bytes above ASCII in a CP949 text, at least this part stands in pairs; the second byte of a rare syllable may
be ASCII, and then a run of them is odd."""
_DAMAGED = 0.1
"""A UTF-8 text in which fewer of the characters above ASCII than this are broken is a damaged one, and no other."""
_UPPER = re.compile("[^\x00-\x7f]")
_UPPER_RUN = re.compile(rb"[\x80-\xff]+")
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# Tab, line feed and carriage return are the only controls that mean something in a text.
_CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\x85\ufffe\uffff]")


def decode(data: bytes) -> str:
    """The text, composed (NFC), with plain line ends, and without byte order marks, which some devices leave in the
    middle too. Raises `Refused` ("empty", "not_text")."""
    if not data.strip():
        raise Refused("empty")
    text = _decoded(data)
    if "\0" in text:
        raise Refused("not_text")
    text = _CONTROLS.sub("", text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n"))
    if not text.strip():
        raise Refused("empty")
    return unicodedata.normalize("NFC", text)


def _decoded(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                raise Refused("not_text") from None
    if encoding := _wide(data):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            raise Refused("not_text") from None
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if not broken or broken < _DAMAGED * len(_UPPER.findall(text)):
        return text
    if _comes_in_pairs(data):
        with suppress(UnicodeDecodeError):
            return data.decode("cp949")
    if b"\0" in data:
        raise Refused("not_text")
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _wide(data: bytes) -> str:
    """UTF-16 without its mark: in a table or JSON every other byte is then mostly zero, on one side or the other."""
    sample = data[:2000]
    if len(data) % 2 or sample.count(0) < len(sample) // 8:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 4 * odd else ""


def _comes_in_pairs(data: bytes) -> bool:
    runs = [len(run.group()) for run in _UPPER_RUN.finditer(data)]
    return sum(length for length in runs if length % 2 == 0) >= _PAIRED * sum(runs)
