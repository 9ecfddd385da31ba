"""Rendering: each piece once per version of the studio, kept under a digest of everything it came from."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.report.grid import Case, brief_of
from music.brief import MusicBrief
from music.studio import STUDIO_VERSION, make_piece

STUDIO = Path(__file__).parents[2] / "music" / "studio"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A piece on disk. `key` names brief and studio: equal keys, equal files."""

    key: str
    mp3: Path
    seconds: float
    """CPU seconds that making it took."""


@cache
def studio_digest() -> str:
    """A digest of the studio's files, uncommitted changes included, which a commit's name would not tell."""
    digest = hashlib.sha256(STUDIO_VERSION.encode())
    for path in sorted(STUDIO.rglob("*")):
        if path.is_file() and path.suffix not in (".pyc", ".md"):
            digest.update(path.relative_to(STUDIO).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def key_of(brief: MusicBrief) -> str:
    """What a piece is kept under: brief, studio version and the studio's files."""
    described = json.dumps(brief.to_json(), sort_keys=True) + studio_digest()
    return hashlib.sha256(described.encode()).hexdigest()[:24]


def render(case: Case, cache_directory: Path) -> Rendered:
    """Make the piece, or take it from the directory if this very piece was made before."""
    brief = brief_of(case)
    key = key_of(brief)
    mp3, facts = cache_directory / f"{key}.mp3", cache_directory / f"{key}.render.json"
    if facts.exists() and mp3.exists():
        return Rendered(key, mp3, json.loads(facts.read_text())["seconds"])
    started = time.process_time()
    piece = make_piece(brief)
    seconds = time.process_time() - started
    # The facts are written last: a piece without them was interrupted and is made again.
    mp3.write_bytes(piece.mp3)
    facts.write_text(json.dumps({"seconds": seconds, "metadata": piece.metadata}, default=str))
    return Rendered(key, mp3, seconds)
