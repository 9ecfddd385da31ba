"""The studio: an embedded composer. A `MusicBrief` goes in, a finished MP3 comes out; no network, key or GPU.

`compose` writes the score, `make_piece` also plays, masters and encodes it. A piece goes through the rooms in this
order: `composing` and `arranging` make the score, `playing` makes it sound, `finishing` makes it a file, `showing`
makes it visible. A room knows those before it, never those after it; what all of them know lies beside them here.

Importing this package is light: the synthesiser, scipy and the encoder are loaded by `music.studio.piece`, which is
what `make_piece` stands for here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from music.studio.composition import compose
from music.studio.product import STUDIO_VERSION, Cancelled, Piece
from music.studio.score import Score

if TYPE_CHECKING:
    from music.studio.piece import make_piece

__all__ = ["STUDIO_VERSION", "Cancelled", "Piece", "Score", "compose", "make_piece"]


def __getattr__(name: str) -> object:
    # Web processes import the package for its version and never play: only the first use of make_piece pays for scipy.
    if name == "make_piece":
        return import_module("music.studio.piece").make_piece
    raise AttributeError(name)
