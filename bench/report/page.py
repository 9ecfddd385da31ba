"""The page: players, pictures and figures in one directory that needs nothing else, to listen and look."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from html import escape
from pathlib import Path

from bench.report.grid import Case, brief_of
from bench.report.moods import Confusion
from bench.report.pictures import COLOURS, STATEMENTS, piano_roll, spectrogram
from bench.report.sound import decode
from bench.report.summary import Figures, Line, misses, to_show
from music.studio import compose

TEMPLATE = Path(__file__).with_name("page.html")


def write_page(
    out: Path,
    heading: str,
    lines: Sequence[Line],
    confusions: Mapping[str, Confusion],
    pieces: Sequence[Figures],
    cases: Sequence[Case],
    cache_directory: Path,
    most: int,
    mapped: Callable[[Callable[[Case], None], Iterable[Case]], Iterable[None]] = map,
) -> None:
    """Write `out/index.html` and what it shows: at most `most` pieces, see `summary.to_show`.

    `mapped` runs the drawing of each piece: `map`, or a pool's.
    """
    shown = to_show(lines, pieces, most)
    folder = out / "pieces"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files = {piece["number"]: piece["file"] for piece in pieces}
    wanted = {piece["number"] for piece in shown}
    chosen = [case for case in cases if case.number in wanted]
    for case in chosen:
        link(cache_directory / f"{files[case.number]}.mp3", folder / f"{case.name}.mp3")
    for _ in mapped(partial(draw, folder=folder), chosen):
        pass
    missed = misses(lines)
    page = TEMPLATE.read_text(encoding="utf-8")
    for name, html in (
        ("heading", escape(heading)),
        ("table", _table(lines)),
        ("confusions", "".join(_confusion(name, each) for name, each in confusions.items())),
        ("legend", _legend()),
        ("moods", _options(piece["mood"] for piece in shown)),
        ("genres", _options(piece["genre"] for piece in shown)),
        ("cards", "".join(_card(piece, missed.get(piece["name"], ())) for piece in shown)),
    ):
        page = page.replace(f"<!-- {name} -->", html)
    (out / "index.html").write_text(page, encoding="utf-8")


def link(source: Path, target: Path) -> None:
    """The same file under a second name where the disk allows it, else a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def draw(case: Case, folder: Path) -> None:
    """The two pictures of a piece whose sound is in `folder` already."""
    piano_roll(compose(brief_of(case)), folder / f"{case.name}-score.png")
    spectrogram(decode(folder / f"{case.name}.mp3"), folder / f"{case.name}-sound.png")


def _table(lines: Sequence[Line]) -> str:
    rows = []
    for line in lines:
        verdict = "" if line.passed is None else "pass" if line.passed else "miss"
        where = f"<details><summary>{len(line.misses)} pieces</summary>{escape(line.where)}</details>"
        rows.append(
            f'<tr class="{verdict}"><th scope="row">{escape(line.name)}</th><td>{escape(line.target)}</td>'
            f"<td>{escape(line.reached)}</td><td>{verdict}</td><td>{where if line.misses else ''}</td></tr>"
        )
    return "".join(rows)


def _confusion(name: str, confusion: Confusion) -> str:
    head = "".join(f'<th scope="col">{escape(mood)}</th>' for mood in confusion.moods)
    body = ""
    for mood, counts in zip(confusion.moods, confusion.counts, strict=True):
        total = max(sum(counts), 1)
        cells = "".join(f'<td style="--share:{count / total:.2f}">{count or ""}</td>' for count in counts)
        body += f'<tr><th scope="row">{escape(mood)}</th>{cells}</tr>'
    caption = f"<caption>{escape(name)}: {100 * confusion.accuracy:.1f} %; rows meant, columns heard</caption>"
    return f'<table class="confusion">{caption}<tr><td></td>{head}</tr>{body}</table>'


def _legend() -> str:
    parts = "".join(f'<span><i style="background:{colour}"></i>{name}</span>' for name, colour in COLOURS.items())
    marks = "".join(f'<span><b style="background:{c}"></b>{name} stated</span>' for name, c in STATEMENTS.items())
    return parts + marks


def _options(names: Iterable[str]) -> str:
    return "".join(f"<option>{escape(name)}</option>" for name in dict.fromkeys(names))


def _card(piece: Figures, missed: Sequence[str]) -> str:
    name = escape(piece["name"])
    levels = piece["levels"]
    facts = (
        f"{piece['key']} {piece['mode']} · {piece['meter']} · asked {piece['tempo_asked']} bpm, heard"
        f" {piece['tempo_heard']:.1f} · {levels['seconds']:.1f} s · {levels['loudness']:.2f} LUFS ·"
        f" {levels['true_peak']:.1f} dBTP · theme {100 * piece['theme_score']:.0f} % in the score,"
        f" rank {piece['theme_rank_sound']} in the sound · {100 * piece['inside_scale']:.0f} % in scale"
    )
    notes = "".join(f"<li>{escape(each)}</li>" for each in missed)
    return (
        f'<article data-mood="{escape(piece["mood"])}" data-genre="{escape(piece["genre"])}"'
        f' data-missed="{len(missed)}">'
        f"<h2>{escape(piece['mood'])} · {escape(piece['genre'])}"
        f" <small>{escape(piece['role'])}, journey {piece['journey']}, no. {piece['number']}</small></h2>"
        f'<audio controls preload="none" src="pieces/{name}.mp3"></audio><p>{escape(facts)}</p>'
        f'<img loading="lazy" src="pieces/{name}-score.png" alt="Piano roll"'
        f' width="1045" height="247"><img loading="lazy" src="pieces/{name}-sound.png" alt="Spectrogram"'
        f' width="1045" height="247">{f"<ul>{notes}</ul>" if notes else ""}</article>'
    )
