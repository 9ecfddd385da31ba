from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise

import pytest

from music.brief import Genre, Mood
from music.studio import Score, compose, composition
from music.studio.arranging.casts import CASTS
from music.studio.instruments import INSTRUMENTS
from music.studio.score import Note, Part, Section
from tests.pure.studio.commissions import commission

ROARING = Mood.ANGER
each_genre = pytest.mark.parametrize("genre", list(Genre))


@cache
def written(genre: Genre, mood: Mood, duration: int = 90, seed: int = 11) -> Score:
    return compose(commission(genre, mood, duration=duration, seed=seed))


def grid() -> Iterator[Score]:
    return (written(genre, mood) for genre in Genre for mood in Mood)


def part(score: Score, name: str) -> Part | None:
    return next((part for part in score.parts if part.name == name), None)


def notes(score: Score, name: str) -> list[Note]:
    found = part(score, name)
    return list(found.notes) if found else []


def within(score: Score, section: Section) -> list[tuple[str, Note]]:
    start, end = (bar * score.meter.beats for bar in (section.start, section.start + section.bars))
    return [(played.name, note) for played in score.parts for note in played.notes if start <= note.start < end]


def sung(score: Score) -> list[Note]:
    return sorted([*notes(score, "melody"), *notes(score, "second")], key=lambda note: note.start)


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def test_it_plays_a_palette_of_many_instruments() -> None:
    programs = {played.program for score in grid() for played in score.parts if not played.drums}
    kits = {played.program for score in grid() for played in score.parts if played.drums}
    assert len(programs) >= 40
    assert len(kits) == 3
    assert programs <= set(INSTRUMENTS)


@pytest.mark.parametrize("mood", list(Mood))
def test_it_gives_every_genre_an_ensemble_of_its_own(mood: Mood) -> None:
    bands = {genre: frozenset((p.name, p.program) for p in written(genre, mood).parts) for genre in Genre}
    for (_, first), (_, second) in combinations(bands.items(), 2):
        assert len(first ^ second) >= 4


@each_genre
def test_it_gives_every_mood_of_a_genre_a_manner_of_its_own(genre: Genre) -> None:
    manners = [
        frozenset(
            (round(note.start % 1, 2), round(note.length, 1)) for note in notes(written(genre, mood), "accompaniment")
        )
        for mood in Mood
    ]
    assert len(set(manners)) >= 7
    if genre is not Genre.SOLO_PIANO:
        assert len({CASTS[genre][mood] for mood in Mood}) == len(Mood)


@each_genre
@pytest.mark.parametrize("mood", [Mood.JOY, Mood.MELANCHOLY, Mood.WONDER])
def test_it_starts_thin_grows_to_a_climax_and_thins_out(genre: Genre, mood: Mood) -> None:
    score = written(genre, mood, 120)
    loudness = [mean([note.velocity for _, note in within(score, section)]) for section in score.sections]
    players = [len({name for name, _ in within(score, section)}) for section in score.sections]
    peak = max(range(len(loudness)), key=loudness.__getitem__)
    section = score.sections[peak]
    assert 0.45 <= (section.start + section.bars / 2) / score.bars <= 0.9
    assert players[0] < max(players)
    assert players[-1] <= max(players)
    assert loudness[0] < loudness[peak] - 2 > loudness[-1]


@each_genre
def test_it_changes_the_accompaniment_with_the_form(genre: Genre) -> None:
    score = written(genre, Mood.LOVE, 120)
    bar = score.meter.beats
    figures = []
    for section in score.sections[1:-1]:
        start = section.start * bar
        figures.append(tuple((round(n.start - start, 2), n.length) for n in notes(score, "accompaniment")
                             if start <= n.start < start + bar))  # fmt: skip
    assert len(set(figures)) >= 2


def test_it_doubles_the_melody_where_the_piece_is_fullest() -> None:
    score = written(Genre.CHAMBER, Mood.LOVE, 120)
    doubled = notes(score, "double")
    assert doubled
    tune = {note.start: note.pitch for note in sung(score)}
    assert all((note.pitch - tune[note.start]) % 12 == 0 for note in doubled)
    assert min(note.start for note in doubled) > 0.4 * score.beats


def test_it_leaves_the_theme_alone_before_the_counter_melody_joins() -> None:
    for mood in (Mood.LOVE, Mood.MELANCHOLY):
        score = written(Genre.CHAMBER, mood, 120)
        theme = next(section for section in score.sections if section.name == "A")
        assert "counter" not in {name for name, _ in within(score, theme)}
        assert notes(score, "counter")


def test_it_moves_the_counter_melody_against_the_melody_and_answers_its_rests() -> None:
    motions: Counter[str] = Counter()
    answers = 0
    for genre, mood in ((Genre.CHAMBER, Mood.LOVE), (Genre.CINEMATIC, Mood.WONDER), (Genre.FOLK, Mood.MELANCHOLY)):
        score = written(genre, mood, 120)
        tune, counter = sung(score), notes(score, "counter")
        for before, after in pairwise(counter):
            under = [
                next((n.pitch for n in tune if n.start <= note.start < n.start + n.length), None)
                for note in (before, after)
            ]
            if None not in under and before.pitch != after.pitch and under[0] != under[1]:
                motions["contrary" if (under[1] > under[0]) != (after.pitch > before.pitch) else "similar"] += 1
        answers += sum(all(abs(other.start - note.start) > 0.2 for other in tune) for note in counter)
    assert motions["contrary"] > motions["similar"]
    assert answers >= 12


def test_it_lets_no_voice_of_the_counter_melody_rub_a_semitone_against_the_melody_for_long() -> None:
    rubbing = total = 0.0
    for genre in (Genre.CHAMBER, Genre.CINEMATIC, Genre.FOLK, Genre.JAZZ_BALLAD):
        score = written(genre, Mood.LOVE, 120)
        for note in notes(score, "counter"):
            for other in sung(score):
                shared = min(note.start + note.length, other.start + other.length) - max(note.start, other.start)
                if shared > 0:
                    total += shared
                    rubbing += shared if abs(note.pitch - other.pitch) % 12 in (1, 11) else 0
    assert rubbing < 0.06 * total


@each_genre
def test_it_forbids_all_percussion_when_told_so(genre: Genre) -> None:
    score = compose(commission(genre, ROARING, drums=False, instruments=("timpani", "violin")))
    assert {"drums", "timpani"}.isdisjoint(played.name for played in score.parts)


@pytest.mark.parametrize(
    ("wish", "program"),
    [
        ("solo cello", "cello"),
        ("strings", "strings"),
        ("acoustic guitar", "steel guitar"),
        ("muted trumpet", "muted trumpet"),
        ("harmonica", "harmonica"),
        ("english horn", "english horn"),
        ("choir", "choir"),
    ],
)
def test_it_lets_the_first_wish_lead(wish: str, program: str) -> None:
    score = compose(commission(Genre.CINEMATIC, Mood.LOVE, instruments=(wish, "harp")))
    names = {played.name: INSTRUMENTS[played.program].name for played in score.parts if not played.drums}
    assert names["melody"] == program
    assert names["accompaniment"] == "harp"


def test_it_gives_every_wish_it_can_a_chair() -> None:
    wishes = ("violin", "oboe", "piano", "choir", "double bass", "timpani")
    score = compose(commission(Genre.CHAMBER, Mood.LOVE, instruments=wishes, duration=120))
    playing = {INSTRUMENTS[played.program].name for played in score.parts if not played.drums}
    assert {"violin", "oboe", "piano", "choir", "double bass", "timpani"} <= playing


def test_it_ignores_wishes_that_the_font_cannot_play() -> None:
    plain = compose(commission(Genre.FOLK, Mood.JOY))
    assert compose(commission(Genre.FOLK, Mood.JOY, instruments=("kazoo", ""))).parts == plain.parts


def test_it_keeps_bass_and_drums_in_the_middle_and_the_rest_apart() -> None:
    for score in grid():
        places = {played.name: played.pan for played in score.parts}
        assert places["bass"] == 0
        assert places.get("drums", 0.0) == 0
    wide = {played.name: played.pan for played in written(Genre.CINEMATIC, Mood.WONDER).parts}
    assert max(wide.values()) - min(wide.values()) > 0.8


def touch(mood: Mood) -> float:
    """Sounding share of the time between one melody note and the next, in notes of up to a beat."""
    score = written(Genre.CHAMBER, mood)
    pairs = [(a.length, b.start - a.start) for a, b in pairwise(notes(score, "melody")) if b.start - a.start <= 1]
    return mean([length / gap for length, gap in pairs if gap > 0])


def test_it_detaches_the_notes_of_joy_and_tension_and_binds_those_of_love_and_sadness() -> None:
    for short in (Mood.JOY, Mood.TENSION):
        for long in (Mood.LOVE, Mood.SADNESS, Mood.CALM):
            assert touch(short) < touch(long) - 0.2


def test_it_sings_joy_and_wonder_high_and_sadness_and_anger_low() -> None:
    for genre in (Genre.SOLO_PIANO, Genre.CHAMBER, Genre.CINEMATIC, Genre.LOFI):
        height = {mood: mean([note.pitch for note in sung(written(genre, mood))]) for mood in Mood}
        assert min(height[Mood.JOY], height[Mood.WONDER]) > max(height[Mood.SADNESS], height[Mood.ANGER]) + 4


def test_it_plays_anger_loud_throughout_and_calm_softly() -> None:
    for genre in Genre:
        anger, calm = (
            mean([note.velocity for played in written(genre, mood).parts for note in played.notes])
            for mood in (Mood.ANGER, Mood.CALM)
        )
        assert anger > calm + 25


def test_it_strikes_out_of_nowhere_in_tension_alone() -> None:
    def jumps(mood: Mood) -> int:
        score = written(Genre.CHAMBER, mood, 120)
        downbeats: dict[float, int] = {}
        for note in notes(score, "bass"):
            if note.start % score.meter.beats == 0:
                downbeats[note.start] = note.velocity
        return sum(abs(b - a) >= 10 for a, b in pairwise(downbeats[beat] for beat in sorted(downbeats)))

    assert jumps(Mood.TENSION) >= 4
    assert jumps(Mood.CALM) == jumps(Mood.SADNESS) == 0


def test_it_writes_for_a_pianists_two_hands() -> None:
    for mood in Mood:
        score = written(Genre.SOLO_PIANO, mood, 120)
        tune = {round(note.start, 3): note for note in sung(score)}
        for note in notes(score, "double"):
            struck = tune[round(note.start, 3)]
            assert 0 < struck.pitch - note.pitch <= 12
    added = {tune.pitch - note.pitch for mood in Mood for score in [written(Genre.SOLO_PIANO, mood, 120)]
             for note in notes(score, "double") for tune in sung(score) if tune.start == note.start}  # fmt: skip
    assert {3, 4, 8, 9, 12} <= added


def test_it_pedals_broken_chords_until_the_harmony_changes() -> None:
    score = written(Genre.SOLO_PIANO, Mood.MELANCHOLY, 120)
    bounds = [harmony.start for harmony in score.harmony] + [score.beats]
    ringing = [note for note in notes(score, "accompaniment") if note.length >= 1.5]
    assert len(ringing) > 0.4 * len(notes(score, "accompaniment"))
    for note in ringing:
        change = next(bound for bound in bounds if bound > note.start + 0.3)
        assert note.start + note.length <= change + 0.31


def test_it_keeps_the_themes_shape_in_every_instruments_range() -> None:
    for mood in (Mood.LOVE, Mood.ANGER):
        for genre in set(Genre) - {Genre.AMBIENT, Genre.KOREAN}:
            score = written(genre, mood, 120, 1)
            start = next(section for section in score.sections if section.name == "A").start * score.meter.beats
            line = [note.pitch for note in sung(score) if start <= note.start < start + 2 * score.meter.beats]
            assert all(abs(after - before) <= 12 for before, after in pairwise(line)), (genre, mood)


def test_it_breathes_with_long_notes_of_what_is_blown_or_bowed() -> None:
    swelling = part(written(Genre.CINEMATIC, Mood.WONDER), "melody")
    assert swelling is not None
    levels = [level for _, level in swelling.swells]
    assert min(levels) <= -3
    assert max(levels) == 0
    struck = part(written(Genre.SOLO_PIANO, Mood.WONDER), "melody")
    assert struck is not None
    assert struck.swells == ()


def test_it_arranges_phrases_it_has_never_heard_of() -> None:
    brief = commission(Genre.CHAMBER, Mood.LOVE, duration=60)
    captured = []
    original = composition.orchestrate

    def strange(desk, lines):  # type: ignore[no-untyped-def]
        labels = iter(("intro", "P", "development", "Q''", "return", "coda", *"XYZXYZXYZXYZ"))
        renamed = tuple(replace(phrase, label=next(labels)) for phrase in desk.form.phrases)
        swapped = dict(zip(desk.form.phrases, renamed, strict=True))
        desk = replace(desk, form=replace(desk.form, phrases=renamed))
        captured.append(original(desk, [(swapped[phrase], line) for phrase, line in lines]))
        return captured[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(composition, "orchestrate", strange)
        compose(brief)
    assert {"melody", "second", "accompaniment", "bass"} <= {played.name for played in captured[0]}


def test_it_keeps_the_accompaniment_below_the_tune() -> None:
    for genre in (Genre.CINEMATIC, Genre.CHAMBER, Genre.SOLO_PIANO, Genre.FOLK):
        score = written(genre, Mood.LOVE, 120)
        tune = sung(score)
        above = total = 0
        for note in notes(score, "accompaniment"):
            sounding = [other.pitch for other in tune if other.start <= note.start + 0.1 < other.start + other.length]
            if sounding and sounding[0] >= 60 and note.start < score.beats - score.meter.beats:
                total += 1
                above += note.pitch > sounding[0]
        assert above <= 0.02 * total, genre
