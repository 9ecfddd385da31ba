"""Words in a picture: what the font can write, where lines break, and the size at which a text fits its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

FONT = Path(__file__).parent / "fonts" / "NotoSerifKR-Subset.otf"
_MISSING = "\uffff"
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]|（\s*）|「\s*」|『\s*』|《\s*》|〈\s*〉")
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Lettering:
    """A text set in lines at one size, in pixels."""

    lines: tuple[str, ...]
    size: int
    leading: int

    @property
    def height(self) -> int:
        return self.leading * len(self.lines)


@lru_cache(maxsize=32)
def font(size: int) -> ImageFont.FreeTypeFont:
    # The plain layout: what it lacks (ligatures, right-to-left scripts) the font lacks as well.
    return ImageFont.truetype(FONT, size, layout_engine=ImageFont.Layout.BASIC)


def writable(text: str) -> str:
    """The text in one line, without what the font cannot write: emoji, hanja, and brackets that held nothing else."""
    composed = " ".join(unicodedata.normalize("NFC", text).split())
    kept = "".join(letter for letter in composed if letter == " " or _is_drawn(letter))
    return " ".join(_EMPTY_BRACKETS.sub("", kept).split())


def fit(text: str, *, sizes: Sequence[int], width: int, height: int, leading: float = 1.4) -> Lettering:
    """The text at the first of the sizes, the largest first, at which it fits the place with its words whole; at the
    last it is cut short.

    `leading`: from line to line, as a share of the size.
    """
    for size in sizes:
        step = round(size * leading)
        lines, room = break_lines(text, size, width), max(1, height // step)
        whole = size == sizes[-1] or all(_length(word, size) <= width for word in text.split())
        if whole and len(lines) <= room:
            return Lettering(tuple(lines), size, step)
    return Lettering((*lines[: room - 1], _cut(" ".join(lines[room - 1 :]), size, width)), size, step)


def break_lines(text: str, size: int, width: int) -> list[str]:
    """Lines of whole words, as Korean is set (keep-all); only a word longer than a line is broken itself."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if _length(joined, size) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, size, width)
        lines.extend(full)
    return [*lines, line] if line else lines


def _pieces(word: str, size: int, width: int) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and _length(pieces[-1] + letter, size) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _cut(line: str, size: int, width: int) -> str:
    while line and _length(f"{line}{ELLIPSIS}", size) > width:
        line = line[:-1]
    return f"{line.rstrip(' ,.·')}{ELLIPSIS}"


def _length(text: str, size: int) -> float:
    return font(size).getlength(text)


@lru_cache(maxsize=4096)
def _is_drawn(letter: str) -> bool:
    """Whether the font has it: what it lacks is drawn as one and the same box."""
    return unicodedata.category(letter)[0] != "C" and _mark(letter) != _mark(_MISSING)


def _mark(letter: str) -> tuple[tuple[int, int], bytes]:
    mask = font(24).getmask(letter)
    return mask.size, bytes(mask)
