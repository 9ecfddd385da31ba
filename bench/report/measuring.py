"""All figures of one piece, as JSON-ready data, kept beside it until the piece or what measures it changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from bench.report import tempo, tonality
from bench.report.craft import craft
from bench.report.grid import Case, brief_of
from bench.report.levels import levels
from bench.report.render import render
from bench.report.sound import decode
from bench.report.spectra import FRAMES_A_SECOND, LOWEST, ONSET_FRAMES_A_SECOND, spectra
from bench.report.themes import Form, in_score, in_sound
from bench.report.timbre import features
from music.brief import KEYS
from music.studio import compose

PENTATONIC_RUNGS = 5


@cache
def meter_digest() -> str:
    """A digest of everything that measures."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem not in ("page", "pictures", "summary"):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def measure(case: Case, themes: Sequence[Sequence[Form]], cache_directory: Path) -> dict[str, Any]:
    """Render the piece and measure the file, or take both from the directory."""
    rendered = render(case, cache_directory)
    kept = cache_directory / f"{rendered.key}.{case.journey}.{meter_digest()}.json"
    if not kept.exists():
        kept.write_text(json.dumps(_measure(case, themes, rendered.mp3)))
    figures: dict[str, Any] = json.loads(kept.read_text())
    return figures | {"file": rendered.key, "cpu_seconds": rendered.seconds}


def _measure(case: Case, themes: Sequence[Sequence[Form]], mp3: Path) -> dict[str, Any]:
    brief = brief_of(case)
    score = compose(brief)
    sound = decode(mp3)
    file_levels = levels(sound)
    heard = spectra(sound)
    beats = tempo.estimate(heard.onsets, ONSET_FRAMES_A_SECOND)
    classes = tonality.chroma(heard.pitches, LOWEST)
    compound = score.meter.division == 3
    # A pentatonic piece is asked for as such; which five notes of the mode they are only its score knows.
    pentatonic = len(score.scale) == PENTATONIC_RUNGS
    asked = score.scale if pentatonic else tonality.scale_of(KEYS.index(brief.key), str(brief.mode))
    found = tonality.estimate(classes, tuple((each - asked[0]) % 12 for each in asked))
    own = tonality.inside(classes, frozenset(asked))
    timbre = features(heard, file_levels, beats, classes)
    by_score = in_score(score, themes)
    by_sound = in_sound(heard.pitches, LOWEST, FRAMES_A_SECOND, beats, classes, themes)
    return {
        "number": case.number,
        "name": case.name,
        "journey": case.journey,
        "mood": str(case.mood),
        "genre": str(case.genre),
        "role": str(case.role),
        "duration": case.duration,
        "key": brief.key,
        "mode": str(brief.mode),
        "tempo_asked": brief.tempo,
        "tempo_written": score.tempo,
        "meter": f"{score.meter.beats}/4" if score.meter.division == 2 else f"{3 * score.meter.beats}/8",
        "levels": asdict(file_levels),
        "tempo_heard": beats,
        "tempo_error": tempo.agreement(beats, brief.tempo, compound=compound),
        "tempo_error_to_score": tempo.agreement(beats, score.tempo, compound=compound),
        "pitch_set_asked": sorted(asked),
        "pitch_set_heard": sorted(found),
        "pitch_set_right": found == frozenset(asked),
        "inside_scale": own,
        "theme_rank_score": by_score.rank(case.journey),
        "theme_score": by_score.scores[case.journey],
        "theme_rank_sound": by_sound.rank(case.journey),
        "theme_sound": by_sound.scores[case.journey] / max(max(by_sound.scores), 1e-9),
        "craft": {
            name: [value["bad"], value["of"]] if isinstance(value, dict) else value
            for name, value in asdict(craft(score)).items()
        },
        "motifs": [[each.of, each.form, each.start, each.length] for each in score.motifs],
        "features": timbre,
    }
