"""Composing: from a brief to a score. Form, then theme, then the harmony that carries it, then lines, then parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from music.brief import KEYS, Chapter, Genre, Mode, Mood, MusicBrief, Role
from music.studio.band import Band, Desk, hire
from music.studio.chance import stream
from music.studio.form import Form, Phrase, lay_out
from music.studio.harmony import SCALES, Chord, cells, departure, farewell, open_cells, phrase, realise
from music.studio.melody import Ground, Sung, best_shift, fit, place, quotations, sentence, settle, thin
from music.studio.orchestration import orchestrate
from music.studio.palettes import COMPOUND, QUADRUPLE
from music.studio.score import Harmony, Meter, Score, Section
from music.studio.theme import MOTIF_BARS, Idea, Variation, choose_variation, head, idea, make_motif, vary

PENTATONIC = {
    Mode.MAJOR: (0, 2, 4, 7, 9),
    Mode.LYDIAN: (0, 2, 4, 7, 9),
    Mode.MIXOLYDIAN: (0, 2, 5, 7, 9),
    Mode.MINOR: (0, 3, 5, 7, 10),
    Mode.DORIAN: (0, 3, 5, 7, 10),
    Mode.PHRYGIAN: (0, 3, 5, 7, 10),
}
NINTHS = frozenset({Mood.LOVE, Mood.WONDER})
CONTRAST_LIFT = {7: 2, 5: 1}
LULLED_ENERGY, LULLED_TEMPO = 0.3, 84
ADORNED_ENERGY = 0.6
LONG_NOTE = 1.5
LOYALTY = 0.6
COMPOUND_TEMPO = 100
SLOWING = {Mood.TENSION: 0.12, Mood.ANGER: 0.12, Mood.JOY: 0.2}
TAIL, SHORT_TAIL = 2.6, 1.6


def compose(brief: MusicBrief) -> Score:
    """The score that belongs to this brief: always the same for the same brief and studio version."""
    band = hire(brief)
    meter = choose_meter(brief, band)
    slowing = SLOWING.get(brief.mood, 0.3)
    tail = TAIL if brief.duration >= 24 else SHORT_TAIL
    form = lay_out(brief.duration, brief.tempo, meter, brief.role, slowing=slowing, tail=tail)
    pentatonic = PENTATONIC[brief.mode] if brief.genre is Genre.KOREAN else ()

    theme = idea(make_motif(brief.theme_seed), meter)
    if pentatonic:
        theme = narrow(theme)
    main = vary(theme, choose_variation(brief.mood, brief.seed), meter) if brief.role is Role.ENTRY else theme
    ground = Ground(harmonise(brief, form, meter, main, band, pentatonic), pentatonic)
    lines = [(part, sing(part, brief, form, meter, ground, theme, main, band)) for part in form.phrases]

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
        motifs=(),
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


def narrow(theme: Idea) -> Idea:
    """The contour on five rungs instead of seven: the leap shrinks to what it spans in a pentatonic scale."""
    return tuple(replace(tone, step=round(tone.step * 5 / 7)) for tone in theme)


def harmonise(
    brief: MusicBrief, form: Form, meter: Meter, main: Idea, band: Band, pentatonic: tuple[int, ...]
) -> list[Chord]:
    """Chords for every phrase. The theme is given: of the cells that suit the mood, the one that suits it is taken."""
    rng = stream(brief.seed, "harmony")
    mode = brief.mode
    pool = open_cells(mode) if pentatonic else cells(mode, brief.mood)
    home = max(pool, key=lambda cell: _welcome(cell, main, mode, meter, pentatonic) + 0.25 * rng.random())
    if not band.palette.slow_harmony:
        home = _suited(home, pool, main, mode, meter, pentatonic)
    away = rng.choice(pool) if pentatonic else departure(mode, rng)
    slow, five = band.palette.slow_harmony, bool(pentatonic)
    chords: list[Chord] = []
    for part in form.phrases:
        if part.label == "coda":
            bars = farewell(part.bars, mode, rng, pentatonic=five)
        elif part.label == "intro":
            bars = [[token] for token in _repeated(home, part.bars)]
        else:
            cell = home if part.kind == "A" else away
            bars = phrase(cell, part.bars, mode, rng, closed=part.closed, slow=slow, pentatonic=five)
        chords += realise(bars, mode, meter.beats, part.start * meter.beats)
    return [colour(chord, brief, band, pentatonic) for chord in chords]


def colour(chord: Chord, brief: MusicBrief, band: Band, pentatonic: tuple[int, ...]) -> Chord:
    """The tones that the style adds to a triad, or leaves of it."""
    if pentatonic:
        sounding = [step for step in (4, 3, 1, 2, 5) if chord.offset(step) in pentatonic]
        return replace(chord, tones=(0, *sounding[:2]))
    if band.palette.sevenths and 3 not in chord.tones:
        # A minor triad with a major seventh is a sting where a borrowed chord wants to be soft: give it a sixth.
        minor = (chord.offset(2) - chord.offset(0)) % 12 == 3
        sting = minor and (chord.offset(6) - chord.offset(0)) % 12 == 11
        return replace(chord, tones=(0, 2, 4, 5 if sting else 6))
    airy = brief.genre is Genre.AMBIENT or brief.mood in NINTHS
    ninth = (chord.offset(1) - chord.offset(0)) % 12
    if airy and chord.degree in (0, 3) and ninth == 2 and 3 not in chord.tones:
        return replace(chord, tones=(0, 2, 4, 1))
    return chord


def sing(
    part: Phrase, brief: MusicBrief, form: Form, meter: Meter, ground: Ground, theme: Idea, main: Idea, band: Band
) -> list[Sung]:
    """The melody of one phrase."""
    rng = stream(brief.seed, "melody", part.label, part.start)
    last = part is form.phrases[-1]
    if part.label == "intro":
        return []
    if part.label == "coda":
        return _thinned(_farewell(part, theme, meter, ground), brief, band)
    if part.kind == "M":
        memories = [idea(make_motif(chapter.seed), meter) for chapter in _recalled(part, form, brief)]
        memories = [narrow(memory) for memory in memories] if ground.pentatonic else memories
        if memories:
            return _thinned(quotations(part, memories, ground, meter), brief, band)
    if part.kind in ("B", "C", "M"):
        own = brief.seed if brief.role is Role.ENTRY else f"{brief.seed}/{part.kind}"
        material = idea(make_motif(_seed_of(own, brief)), meter)
        lift = CONTRAST_LIFT[ground.rungs]
        return _thinned(sentence(part, _fitted(material, ground), ground, meter, rng, home=lift), brief, band)
    # The journey's theme itself comes back at the end, whatever became of it on the way.
    returning = part.intensity >= 1.0 and brief.role is Role.ENTRY and part.label != "A"
    material = theme if returning else main
    adorned = "A''" if brief.energy <= ADORNED_ENERGY else "A'"
    if not returning and part.label == adorned and brief.energy >= LULLED_ENERGY:
        material = vary(main, Variation.ORNAMENT, meter)
    return _thinned(sentence(part, material, ground, meter, rng, final=last), brief, band)


def _seed_of(own: int | str, brief: MusicBrief) -> int:
    """An entry's own motif is drawn from its seed itself, which is how the finale finds it again."""
    return own if isinstance(own, int) else stream(brief.seed, own).getrandbits(62)


def _fitted(material: Idea, ground: Ground) -> Idea:
    return narrow(material) if ground.pentatonic else material


def _recalled(part: Phrase, form: Form, brief: MusicBrief) -> Sequence[Chapter]:
    """The chapters this phrase remembers: as many as it has room for, spread over the whole journey in order."""
    remembering = [other for other in form.phrases if other.kind == "M"]
    slots = [max(1, other.bars // MOTIF_BARS) for other in remembering]
    total = min(sum(slots), len(brief.chapters))
    if not total:
        return ()
    chosen = [brief.chapters[index * len(brief.chapters) // total] for index in range(total)]
    before = sum(slots[: remembering.index(part)])
    return chosen[before : before + slots[remembering.index(part)]]


def _farewell(part: Phrase, theme: Idea, meter: Meter, ground: Ground) -> list[Sung]:
    """The theme's head once more if there is room, then the tonic to the end."""
    bar = meter.beats
    last_bar = (part.start + part.bars - 1) * bar
    notes: list[Sung] = []
    if part.bars >= 2:
        fragment = head(theme, meter)
        beat = last_bar - bar
        shift = best_shift(fragment, beat, last_bar, ground, home=0)
        notes = settle(place(fragment, beat, shift, last_bar), ground, patience=1)
    near = notes[-1].step if notes else 0
    return [*notes, Sung(float(last_bar), float(bar), round(near / ground.rungs) * ground.rungs)]


def _thinned(notes: list[Sung], brief: MusicBrief, band: Band) -> list[Sung]:
    shortest = band.palette.shortest
    if brief.energy < LULLED_ENERGY and brief.tempo > LULLED_TEMPO:
        shortest = max(shortest, 0.75)
    return thin(notes, shortest) if shortest else notes


def _welcome(cell: str, main: Idea, mode: Mode, meter: Meter, pentatonic: tuple[int, ...]) -> float:
    bars = [[token] for token in cell.split()]
    ground = Ground(realise(bars, mode, meter.beats), pentatonic)
    return fit(place(main, 0.0, 0, 4.0 * meter.beats), ground)


def _suited(cell: str, pool: Sequence[str], main: Idea, mode: Mode, meter: Meter, pentatonic: tuple[int, ...]) -> str:
    """The cell with chords exchanged where the theme's long notes would clash: the harmony gives way, not the theme.

    The first bar stays, or the piece would not say where home is.
    """
    tokens = cell.split()
    spare = sorted({token for other in pool for token in other.split()} | {"1", "4", "5"})
    for bar in range(1, len(tokens)):
        start, end = float(bar * meter.beats), float((bar + 1) * meter.beats)
        notes = [note for note in place(main, 0.0, 0, 4.0 * meter.beats) if start <= note.start < end]

        def welcome(token: str, bar: int = bar, notes: Sequence[Sung] = notes) -> float:
            ground = Ground(realise([*[["1"]] * bar, [token]], mode, meter.beats), pentatonic)
            clash = any(n.length >= LONG_NOTE and not ground.consonant(n.step, n.start) for n in notes)
            return fit(notes, ground) + (LOYALTY if token == tokens[bar] else 0.0) - (1.0 if clash else 0.0)

        if notes:
            tokens[bar] = max([tokens[bar], *spare], key=welcome)
    return " ".join(tokens)


def _repeated(cell: str, bars: int) -> list[str]:
    tokens = cell.split()
    return [tokens[index % len(tokens)] for index in range(bars)]
