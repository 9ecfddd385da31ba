"""A piece in words: what is known about it as data, and a dump of its score that a person can read."""

from __future__ import annotations

from collections.abc import Iterator

from music.brief import KEYS, MusicBrief
from music.studio.arranging.jangdan import CHAE, GUNG
from music.studio.instruments import INSTRUMENTS, KIT_NAMES
from music.studio.pitches import pitch_name, time_signature, writes_flats
from music.studio.playing.performance import Clock, perform
from music.studio.product import STUDIO_VERSION
from music.studio.score import Part, Quotation, Score

LEAD = "melody"
LEADS = (LEAD, "second")
"""The parts that carry motifs, in the order they are looked for."""
BARS_A_LINE = 4


def describe(score: Score, brief: MusicBrief, *, cut: float = 0.0) -> dict[str, object]:
    """What is known about the piece, JSON-ready.

    `at` and `until` are seconds in the finished file, from whose beginning `cut` seconds of silence were taken.
    """
    clock = Clock(score)

    def at(beat: float) -> float:
        return round(max(0.0, clock.seconds(beat) - cut), 2)

    numerator, denominator = time_signature(score.meter)
    return {
        "studio": STUDIO_VERSION,
        "score": score.digest(),
        "genre": str(brief.genre),
        "mood": str(brief.mood),
        "role": str(brief.role),
        "key": KEYS[score.tonic],
        "mode": score.mode,
        "tempo": round(score.tempo, 1),
        "meter": f"{numerator}/{denominator}",
        "bars": score.bars,
        "sections": [
            {"name": s.name, "bar": s.start, "bars": s.bars, "at": at(s.start * score.meter.beats)}
            for s in score.sections
        ],
        "chords": [harmony.name for harmony in score.harmony],
        "motifs": [
            {
                "of": motif.of,
                "form": motif.form,
                "number": motif.number,
                "at": at(motif.start),
                "until": at(motif.start + motif.length),
            }
            for motif in score.motifs
        ],
        "theme": theme_names(score),
        "instruments": {part.name: instrument_name(part) for part in score.parts},
        "ensemble": ensemble(score),
        "notes": sum(len(part.notes) for part in score.parts),
    }


def instrument_name(part: Part) -> str:
    """What people call the part's instrument."""
    if not part.drums:
        return INSTRUMENTS[part.program].name
    struck = {note.pitch for note in part.notes}
    return "janggu" if {GUNG, CHAE} <= struck else KIT_NAMES[part.program]


def ensemble(score: Score) -> list[str]:
    """The instruments, each once: the leading one first, percussion last, between them who plays most."""

    def rank(part: Part) -> tuple[bool, bool, int]:
        return part.name != LEAD, part.drums, -len(part.notes)

    names = [instrument_name(part) for part in sorted(score.parts, key=rank) if part.notes]
    return list(dict.fromkeys(names))


def theme_names(score: Score) -> list[str]:
    """The notes of the theme, such as "A4", where it is first heard plainly (or at all); empty without a theme."""
    heard = sorted(
        (motif for motif in score.motifs if motif.of == "theme"), key=lambda motif: motif.form != "statement"
    )
    return _sung(score, heard[0]) if heard else []


def explain(score: Score, brief: MusicBrief) -> str:
    """The score as text: key and tempo, form, theme and motifs, chords bar by bar, parts."""
    numerator, denominator = time_signature(score.meter)
    beat = "♩" if score.meter.division == 2 else "♩."
    lines = [
        score.title,
        f"{KEYS[score.tonic]} {score.mode}, {beat} = {score.tempo:.1f}, {numerator}/{denominator}, {score.bars} bars, "
        f"{perform(score).seconds:.1f} s; seed {brief.seed}, theme {brief.theme_seed}, studio {STUDIO_VERSION}",
        f"score {score.digest()}",
        "",
        "Form",
        *_form(score),
        "",
        f"Theme  {' '.join(theme_names(score)) or '–'}",
        "",
        "Motifs",
        *(_motifs(score) or ["  –"]),
        "",
        "Chords",
        *_chords(score),
        "",
        "Parts",
        *_parts(score),
    ]
    return "\n".join(lines) + "\n"


def _form(score: Score) -> Iterator[str]:
    clock = Clock(score)
    for section in score.sections:
        bars = f"bars {section.start + 1}–{section.start + section.bars}"
        yield f"  {section.name:14}{bars:15}{_clock_time(clock.seconds(section.start * score.meter.beats)):>6}"


def _motifs(score: Score) -> list[str]:
    clock = Clock(score)
    lines = []
    for motif in score.motifs:
        name = f"chapter {motif.number + 1}" if motif.of == "chapter" else motif.of
        bar = int(motif.start // score.meter.beats) + 1
        lines.append(
            f"  {_clock_time(clock.seconds(motif.start)):>6}  bar {bar:<4}{name:12}{motif.form:15}"
            f"{' '.join(_sung(score, motif))}"
        )
    return lines


def _chords(score: Score) -> Iterator[str]:
    bars: list[list[str]] = [[] for _ in range(score.bars)]
    for harmony in score.harmony:
        first = int((harmony.start + 1e-6) // score.meter.beats)
        last = int((harmony.start + harmony.length - 1e-6) // score.meter.beats)
        for bar in range(first, min(last + 1, score.bars)):
            if not bars[bar] or bars[bar][-1] != harmony.name:
                bars[bar].append(harmony.name)
    for section in score.sections:
        for start in range(section.start, section.start + section.bars, BARS_A_LINE):
            shown = bars[start : min(start + BARS_A_LINE, section.start + section.bars)]
            yield f"  {start + 1:>4}  | " + " | ".join(f"{' '.join(names) or '–':12}" for names in shown) + " |"


def _parts(score: Score) -> Iterator[str]:
    flats = writes_flats(score.tonic, score.mode)
    for part in score.parts:
        span = "–"
        if part.notes and not part.drums:
            pitches = [note.pitch for note in part.notes]
            span = f"{pitch_name(min(pitches), flats=flats)}–{pitch_name(max(pitches), flats=flats)}"
        yield (
            f"  {part.name:15}{instrument_name(part):24}{span:10}{len(part.notes):>5} notes"
            f"{part.level:>+7.1f} dB  pan {part.pan:+.2f}"
        )


def _sung(score: Score, motif: Quotation) -> list[str]:
    """Names of the notes of a motif, from the first leading part that has any there."""
    flats = writes_flats(score.tonic, score.mode)
    for name in LEADS:
        notes = sorted(
            (
                note
                for part in score.parts
                for note in part.notes
                if part.name == name and motif.start - 1e-6 <= note.start < motif.start + motif.length - 1e-6
            ),
            key=lambda note: (note.start, note.pitch),
        )
        if notes:
            return [pitch_name(note.pitch, flats=flats) for note in notes]
    return []


def _clock_time(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
