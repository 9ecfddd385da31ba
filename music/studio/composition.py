"""Composing: from a brief to a score. Form, theme, a plan for each phrase, its chords, its lines, at last the parts."""

from __future__ import annotations

from collections.abc import Sequence

from music.brief import KEYS, Genre, Mode, Mood, MusicBrief, Role
from music.studio.arranging.band import Band, Desk, hire
from music.studio.arranging.orchestration import orchestrate
from music.studio.arranging.palettes import COMPOUND, QUADRUPLE
from music.studio.chance import stream
from music.studio.composing.form import Phrase, lay_out
from music.studio.composing.harmony import SCALES, Chord
from music.studio.composing.manner import MANNERS
from music.studio.composing.melody import Ground, Sung
from music.studio.composing.memory import remember
from music.studio.composing.plan import Material, Planner
from music.studio.composing.style import Style
from music.studio.composing.theme import Idea, Variation, choose_variation, idea, make_motif, narrow, vary
from music.studio.composing.writing import Writer
from music.studio.score import Harmony, Meter, Quotation, Score, Section

# 평조: 도 레 미 솔 라 from 도, or 솔 라 도 레 미 from 솔. 계면조: at court 라 도 레 미 솔, in the south 라 시 도 레 미
# with its breaking 도 – 시.
PENTATONIC = {
    Mode.MAJOR: (0, 2, 4, 7, 9),
    Mode.LYDIAN: (0, 2, 4, 7, 9),
    Mode.MIXOLYDIAN: (0, 2, 5, 7, 9),
    Mode.MINOR: (0, 3, 5, 7, 10),
    Mode.DORIAN: (0, 3, 5, 7, 10),
    Mode.PHRYGIAN: (0, 2, 3, 5, 7),
}
NINTHS = frozenset({Mood.LOVE, Mood.WONDER})
COMPOUND_TEMPO = 100
QUICKEST_NOTE = 0.14
SLOWING = {Mood.TENSION: 0.12, Mood.ANGER: 0.12, Mood.JOY: 0.2}
TAIL, SHORT_TAIL = 2.6, 1.6
SHORT_PIECE = 24
RETURNS = (Variation.ORNAMENT, Variation.INVERSION, Variation.AUGMENTATION, Variation.FRAGMENTATION)


def compose(brief: MusicBrief) -> Score:
    """The score that belongs to this brief: always the same for the same brief and studio version."""
    band = hire(brief)
    meter = choose_meter(brief, band)
    slowing = SLOWING.get(brief.mood, 0.3)
    tail = TAIL if brief.duration >= SHORT_PIECE else SHORT_TAIL
    form = lay_out(
        brief.duration,
        brief.tempo,
        meter,
        brief.role,
        slowing=slowing,
        tail=tail,
        mood=brief.mood,
        chapters=len(brief.chapters),
    )
    pentatonic = PENTATONIC[brief.mode] if brief.genre is Genre.KOREAN else ()
    style = Style(brief.genre, brief.mood in NINTHS, band.palette.sevenths, band.palette.shortest, pentatonic)
    material = gather(brief, meter, form.tempo, max(phrase.bars for phrase in form.phrases), pentatonic)
    habit = stream(brief.seed, "habit").randrange(2) if brief.role is Role.ENTRY else 0
    terse = brief.role is Role.ENTRY and not any(phrase.kind in ("B", "C") for phrase in form.phrases)
    planner = Planner(material, meter, MANNERS[brief.mood], brief.mood, len(pentatonic) or 7, habit, terse=terse)
    writer = Writer(brief, form, meter, planner, style)
    memories = remember(
        [phrase for phrase in form.phrases if phrase.kind == "M"], brief.chapters, planner, meter, brief.mode
    )

    chords: list[Chord] = []
    lines: list[tuple[Phrase, list[Sung]]] = []
    motifs: list[Quotation] = []
    plans = [
        memories.get(phrase.start)
        or planner.plan(
            phrase,
            theme_form(phrase, form.phrases, brief, material),
            last=phrase is form.phrases[-1],
            rng=stream(brief.seed, "plan", phrase.label),
        )
        for phrase in form.phrases
    ]
    for phrase, plan, following, upcoming in zip(
        form.phrases, plans, [*form.phrases[1:], None], [*plans[1:], []], strict=True
    ):
        written = writer.write(phrase, plan, following, upcoming)
        chords += written.chords
        lines.append((phrase, written.notes))
        motifs += written.quotations

    ground = Ground(tuple(chords), pentatonic)
    tonic = KEYS.index(brief.key)
    parts = orchestrate(Desk(brief, band, form, meter, ground, tonic), lines)
    return Score(
        title=f"{brief.genre} · {brief.mood} · {brief.role}",
        tonic=tonic,
        mode=str(brief.mode),
        scale=tuple((tonic + offset) % 12 for offset in pentatonic or SCALES[brief.mode]),
        tempo=round(form.tempo, 4),
        meter=meter,
        swing=band.palette.swing,
        bars=form.bars,
        sections=tuple(Section(part.label, part.start, part.bars) for part in form.phrases),
        harmony=tuple(
            Harmony(
                chord.start,
                chord.length,
                chord.name(tonic),
                ((tonic + chord.offset(chord.bass)) % 12, *((tonic + offset) % 12 for offset in chord.offsets())),
            )
            for chord in ground.chords
        ),
        motifs=tuple(motifs),
        parts=parts,
        slowing=slowing,
        tail=tail,
        room=band.palette.room,
        wet=band.palette.wet,
        seed=brief.seed,
    )


def choose_meter(brief: MusicBrief, band: Band) -> Meter:
    """One of the genre's meters, by the piece's seed; driven moods march in four."""
    options = list(band.palette.meters)
    if brief.mood in (Mood.TENSION, Mood.ANGER) and QUADRUPLE in options:
        return QUADRUPLE
    if brief.tempo > COMPOUND_TEMPO and len(options) > 1:
        options = [meter for meter in options if meter != COMPOUND]
    return stream(brief.seed, "meter").choice(options)


def gather(brief: MusicBrief, meter: Meter, tempo: float, room: int, pentatonic: tuple[int, ...]) -> Material:
    """The journey's theme, what this piece makes of it (in phrases of up to `room` bars), and the piece's own motif."""

    def fitted(whole: Idea) -> Idea:
        return narrow(whole) if pentatonic else whole

    theme = fitted(idea(make_motif(brief.theme_seed), meter))
    # A standalone piece has one seed; its own motif must still be another than its theme.
    own_seed = brief.seed if brief.seed != brief.theme_seed else stream(brief.seed, "own").getrandbits(62)
    own = fitted(idea(make_motif(own_seed), meter))
    variation = choose_variation(brief.mood, brief.seed) if brief.role is Role.ENTRY else Variation.STATEMENT
    quickest = min(tone.length for tone in theme) / 2 * 60 / tempo
    if variation is Variation.DIMINUTION and quickest < QUICKEST_NOTE:
        variation = Variation.FRAGMENTATION
    return Material(theme, vary(theme, variation, meter, bars=room - 2), variation, own)


def theme_form(phrase: Phrase, phrases: Sequence[Phrase], brief: MusicBrief, material: Material) -> Variation:
    """What a phrase of the theme makes of it. An opening begins with it as it is, an entry with its own variation; all
    end with it as it is; a long piece tries other forms on the way."""
    themes = [other for other in phrases if other.kind == "A"]
    if phrase not in themes:
        return Variation.STATEMENT
    place = themes.index(phrase)
    if place >= len(themes) - (2 if len(themes) > 3 else 1):
        return Variation.STATEMENT
    if place < 2:
        return material.variation
    return stream(brief.seed, "return").sample(RETURNS, len(RETURNS))[place % len(RETURNS)]
