"""From the figures of all pieces to lines with a target, what was reached, and where it was missed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

Figures = Mapping[str, Any]
LOUDNESS, LOUDNESS_TOLERANCE = -16.0, 0.3
PEAK_LIMIT = -1.0
LENGTH_TOLERANCE = 3.0
SILENCE_BEFORE, SILENCE_AFTER = 0.3, 1.0
TEMPO_TOLERANCE = 0.02


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. `passed` is None where there is no target."""

    name: str
    target: str
    reached: str
    passed: bool | None
    misses: tuple[str, ...] = ()
    """Names of the pieces that missed."""
    where: str = ""
    """How the misses spread over moods and genres."""


@dataclass(frozen=True, slots=True)
class Check:
    """Something that each piece does or does not; `share` of them should. `shown`: the figure behind it."""

    name: str
    share: float | None
    right: Callable[[Figures], bool]
    shown: Callable[[Figures], float]
    unit: str = ""


CHECKS = (
    Check(
        f"loudness {LOUDNESS:.0f} ± {LOUDNESS_TOLERANCE} LUFS",
        1.0,
        lambda f: abs(f["levels"]["loudness"] - LOUDNESS) <= LOUDNESS_TOLERANCE,
        lambda f: f["levels"]["loudness"],
        "LUFS",
    ),
    Check(
        f"true peak ≤ {PEAK_LIMIT:.1f} dBTP",
        1.0,
        lambda f: f["levels"]["true_peak"] <= PEAK_LIMIT,
        lambda f: f["levels"]["true_peak"],
        "dBTP",
    ),
    Check("no clipped sample", 1.0, lambda f: f["levels"]["clipped"] == 0, lambda f: f["levels"]["clipped"]),
    Check(
        f"length ± {LENGTH_TOLERANCE:.0f} s",
        1.0,
        lambda f: abs(f["levels"]["seconds"] - f["duration"]) <= LENGTH_TOLERANCE,
        lambda f: f["levels"]["seconds"] - f["duration"],
        "s",
    ),
    Check(
        f"silence at the start ≤ {SILENCE_BEFORE} s",
        1.0,
        lambda f: f["levels"]["silence_before"] <= SILENCE_BEFORE,
        lambda f: f["levels"]["silence_before"],
        "s",
    ),
    Check(
        f"silence at the end ≤ {SILENCE_AFTER:.1f} s",
        1.0,
        lambda f: f["levels"]["silence_after"] <= SILENCE_AFTER,
        lambda f: f["levels"]["silence_after"],
        "s",
    ),
    Check(
        "tempo heard = asked (2 %, octaves)",
        0.98,
        lambda f: f["tempo_error"] <= TEMPO_TOLERANCE,
        lambda f: 100 * f["tempo_error"],
        "%",
    ),
    Check(
        "· tempo heard = written in the score",
        None,
        lambda f: f["tempo_error_to_score"] <= TEMPO_TOLERANCE,
        lambda f: 100 * f["tempo_error_to_score"],
        "%",
    ),
    Check(
        "pitch set heard = asked",
        0.95,
        lambda f: bool(f["pitch_set_right"]),
        lambda f: 100 * f["inside_scale"],
        "% of the sound inside",
    ),
    Check(
        "journey found by theme, score",
        0.95,
        lambda f: f["theme_rank_score"] == 1,
        lambda f: 100 * f["theme_score"],
        "% of the theme",
    ),
    Check(
        "journey found by theme, sound",
        0.95,
        lambda f: f["theme_rank_sound"] == 1,
        lambda f: 100 * f["theme_sound"],
        "% of the best",
    ),
)

CRAFT = (
    ("outer_parallels", "parallel fifths, octaves: melody and bass", 0.02),
    ("inner_parallels", "parallel fifths, octaves: inside chords", 0.01),
    ("leading_tones", "leading tones left unresolved", 0.05),
    ("out_of_range", "notes out of their instrument's range", 0.0),
    ("repeated_bars", "melody bars that copy an earlier one", 0.4),
    ("empty_bars", "empty bars", 0.0),
    ("clashes", "clashes on strong beats", 0.02),
)
"""Name, words, and the most that is fit to hear: own limits, as no book gives numbers."""


def lines(pieces: Sequence[Figures]) -> list[Line]:
    """One line for each check of the files, then for each of the scores."""
    return [_checked(check, pieces) for check in CHECKS] + [
        _crafted(name, words, most, pieces) for name, words, most in CRAFT
    ]


def mood_line(
    name: str, accuracy: float | None, target: float | None, pieces: Sequence[Figures], guesses: Sequence[str]
) -> Line:
    """The classifier's line; `accuracy` None when there were too few pieces."""
    if accuracy is None:
        return Line(name, _percent(target), "too few pieces", None)
    missed = [piece for piece, guess in zip(pieces, guesses, strict=True) if piece["mood"] != guess]
    return Line(
        name,
        _percent(target),
        f"{100 * accuracy:.1f} %",
        None if target is None else accuracy >= target,
        tuple(piece["name"] for piece in missed),
        _where(missed, pieces),
    )


def misses(lines: Sequence[Line]) -> dict[str, list[str]]:
    """What each piece missed, by its name; lines without a target are not held against it."""
    found: dict[str, list[str]] = {}
    for line in lines:
        for name in line.misses if line.passed is not None else ():
            found.setdefault(name, []).append(line.name)
    return found


def to_show(lines: Sequence[Line], pieces: Sequence[Figures], most: int) -> list[Figures]:
    """The pieces to show, in the order of the grid: half of the places for the most misses, the rest for every kind."""
    missed = misses(lines)
    worst = sorted((p for p in pieces if p["name"] in missed), key=lambda p: -len(missed[p["name"]]))[: most // 2]
    taken = {piece["number"]: piece for piece in worst}
    kinds = {(piece["mood"], piece["genre"]) for piece in worst}
    fresh = [piece for piece in pieces if piece["number"] not in taken]
    for piece in sorted(fresh, key=lambda p: ((p["mood"], p["genre"]) in kinds, p["number"])):
        if len(taken) >= most:
            break
        taken[piece["number"]] = piece
    return [taken[number] for number in sorted(taken)]


def by_mood(pieces: Sequence[Figures]) -> list[tuple[str, ...]]:
    """A table of what the moods sound like, medians, headings first."""
    columns: tuple[tuple[str, Callable[[Figures], float], str], ...] = (
        ("tempo heard", lambda f: f["tempo_heard"], ".0f"),
        ("onsets/s", lambda f: f["features"]["onset density"], ".2f"),
        ("centroid Hz", lambda f: f["features"]["centroid"], ".0f"),
        ("range LU", lambda f: f["levels"]["loudness_range"], ".1f"),
        ("L/R", lambda f: f["levels"]["correlation"], ".2f"),
        ("voices", lambda f: f["features"]["voices"], ".1f"),
        ("in scale", lambda f: f["inside_scale"], ".2f"),
    )
    rows = [("mood", *(name for name, _, _ in columns))]
    for name, group in _groups(pieces, "mood").items():
        rows.append((name, *(format(median(map(value, group)), form) for _, value, form in columns)))
    for name, group in _groups(pieces, "genre").items():
        rows.append((name, *(format(median(map(value, group)), form) for _, value, form in columns)))
    return rows


def _checked(check: Check, pieces: Sequence[Figures]) -> Line:
    missed = [piece for piece in pieces if not check.right(piece)]
    right = 1 - len(missed) / len(pieces)
    values = sorted(check.shown(piece) for piece in pieces)
    spread = f"{values[0]:.2f} … {median(values):.2f} … {values[-1]:.2f} {check.unit}".rstrip()
    return Line(
        check.name,
        _percent(check.share),
        f"{100 * right:.1f} % ({spread})",
        None if check.share is None else right >= check.share,
        tuple(piece["name"] for piece in missed),
        _where(missed, pieces),
    )


def _crafted(name: str, words: str, most: float, pieces: Sequence[Figures]) -> Line:
    """Shares are of all chances in all pieces; the misses are the pieces whose own share is over the limit."""
    bad = sum(piece["craft"][name][0] for piece in pieces)
    chances = sum(piece["craft"][name][1] for piece in pieces)
    missed = [p for p in pieces if p["craft"][name][1] and p["craft"][name][0] / p["craft"][name][1] > most]
    rate = bad / chances if chances else 0.0
    return Line(
        words,
        f"≤ {100 * most:g} %",
        f"{100 * rate:.2f} % ({bad} of {chances})",
        rate <= most,
        tuple(piece["name"] for piece in missed),
        _where(missed, pieces),
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else "100 %" if share >= 1 else f"≥ {100 * share:.0f} %"


def _groups(pieces: Sequence[Figures], by: str) -> dict[str, list[Figures]]:
    groups: defaultdict[str, list[Figures]] = defaultdict(list)
    for piece in pieces:
        groups[piece[by]].append(piece)
    return dict(groups)


def _where(missed: Sequence[Figures], pieces: Sequence[Figures]) -> str:
    """Misses of how many, by mood, genre, duration and role, the worst first."""
    told = []
    for by in ("mood", "genre", "duration", "role"):
        totals = _groups(pieces, by)
        counts = sorted(_groups(missed, by).items(), key=lambda pair: -len(pair[1]) / len(totals[pair[0]]))
        told.append(", ".join(f"{name} {len(group)}/{len(totals[name])}" for name, group in counts))
    return "; ".join(each for each in told if each)
