from __future__ import annotations

import random
from itertools import pairwise

import pytest

from music.brief import Mode, Mood
from music.studio.arranging.voicing import parallels, voice
from music.studio.composing.harmony import SCALES, Key, home_key, parse, sounding
from music.studio.composing.progressions import closes, farewells, grammar, opens, regions
from tests.pure.studio.checks import inner_parallels

MAJOR, MINOR = home_key(Mode.MAJOR), home_key(Mode.MINOR)


def wander(mode: Mode, mood: Mood, seed: int, count: int = 16) -> list[str]:
    """Chords as the grammar strings them together."""
    rng = random.Random(seed)
    words = grammar(mode, mood)
    tokens = ["1"]
    while len(tokens) < count:
        options = [(after, 2.718**-price) for (before, after), price in words.cost.items() if before == tokens[-1]]
        tokens.append(rng.choices([token for token, _ in options], [weight for _, weight in options])[0])
    return tokens


def test_it_raises_the_leading_note_in_minor() -> None:
    dominant = parse("5M", MINOR)
    assert dominant.offsets() == (7, 11, 2)
    assert dominant.leading == 2
    assert parse("5", MINOR).leading is None
    assert SCALES[Mode.MINOR][6] == 10


def test_it_borrows_from_the_parallel_minor() -> None:
    assert parse("b6", MAJOR).offsets() == (8, 0, 3)
    assert parse("4m", MAJOR).offsets() == (5, 8, 0)
    assert parse("b2/3", MINOR).offsets() == (1, 5, 8)


def test_it_applies_a_dominant_to_any_degree() -> None:
    assert parse("x5", MAJOR).offsets() == (2, 6, 0)
    assert parse("x6", MAJOR).offsets() == (4, 8, 2)
    assert parse("x4", MINOR).offsets() == (0, 4, 10)
    for mode in (Mode.MAJOR, Mode.MINOR):
        for degree in range(2, 8):
            chord = parse(f"x{degree}", home_key(mode))
            target = SCALES[mode][degree - 1]
            assert (chord.offset(0) - target) % 12 == 7
            assert (chord.offset(2) - target) % 12 == 11
            assert (chord.offset(6) - target) % 12 == 5


def test_it_spells_other_keys_on_the_letters_of_home() -> None:
    dominant_key = Key(4, 7, Mode.MAJOR)
    assert dominant_key.ladder() == (0, 2, 4, 6, 7, 9, 11)
    assert parse("1", dominant_key).offsets() == (7, 11, 2)
    assert Key(2, 3, Mode.MAJOR).ladder() == SCALES[Mode.MINOR]
    for mode in Mode:
        for (degree, offset, other), _ in regions(mode, Mood.LOVE):
            ladder = Key(degree, offset, other).ladder()
            assert list(ladder) == sorted(ladder)
            assert ladder[degree] == offset


def test_it_refuses_what_is_not_a_chord() -> None:
    for token in ("9", "", "5x", "/3"):
        with pytest.raises(ValueError, match="not a chord"):
            parse(token, MAJOR)


def test_it_names_chords() -> None:
    names = [sounding(token, MAJOR, 0, 4).name(0) for token in ("1", "2/3", "57", "5s", "x6", "b6", "7")]
    assert names == ["C", "Dm/F", "G7", "Gsus4", "E7", "Ab", "Bdim"]


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("mood", list(Mood))
def test_it_has_a_way_on_from_every_chord(mode: Mode, mood: Mood) -> None:
    for pentatonic in (False, True):
        words = grammar(mode, mood, pentatonic=pentatonic)
        assert {after for _, after in words.cost} <= set(words.tokens)
        assert {before for before, _ in words.cost} == set(words.tokens)
        for token in words.tokens:
            assert len(set(parse(token, home_key(mode)).offsets())) == 3


@pytest.mark.parametrize("mood", list(Mood))
def test_it_leads_applied_chords_where_they_point_and_resolves_suspensions(mood: Mood) -> None:
    for mode in (Mode.MAJOR, Mode.MINOR):
        key = home_key(mode)
        for before, after in grammar(mode, mood).cost:
            if before[0] == "x":
                assert (parse(before, key).offset(0) - parse(after, key).offset(0)) % 12 in (7, 4, 11), (before, after)
            if before.endswith("s"):
                assert after[0] == before[0]
            if after == "5s":
                # Prepared: the suspended note, the tonic, is already there.
                assert 0 in parse(before, key).offsets(), before


@pytest.mark.parametrize("mode", list(Mode))
def test_it_closes_at_home_and_stays_open_elsewhere(mode: Mode) -> None:
    for pentatonic in (False, True):
        for ending, _ in closes(mode, pentatonic=pentatonic):
            assert ending.split()[-1] == "1"
            assert ending.split()[-2].split("+")[-1] != "1"
        for ending, _ in opens(mode, pentatonic=pentatonic):
            assert ending.split()[-1] != "1"
        assert all(token != "1" for token, _ in farewells(mode, pentatonic=pentatonic))


def test_it_closes_with_the_leading_note_where_the_mode_has_one() -> None:
    for mode in (Mode.MAJOR, Mode.MINOR):
        for ending, _ in closes(mode):
            last = parse(ending.split()[-2].split("+")[-1], home_key(mode))
            assert last.leading is not None
            assert last.offset(last.leading) == 11


def test_it_gives_moods_their_own_harmony() -> None:
    def share(mood: Mood, mark: str) -> float:
        tokens = [token for seed in range(60) for token in wander(Mode.MAJOR, mood, seed)]
        return sum(mark in token for token in tokens) / len(tokens)

    assert share(Mood.JOY, "x") > 3 * share(Mood.CALM, "x")
    assert share(Mood.WONDER, "b") > 3 * share(Mood.JOY, "b")
    assert share(Mood.SADNESS, "/") > 1.5 * share(Mood.ANGER, "/")


@pytest.mark.parametrize("mode", list(Mode))
def test_it_leads_voices_by_small_steps_without_parallels(mode: Mode) -> None:
    moves: list[int] = []
    for mood in Mood:
        for seed in range(4):
            previous: tuple[int, ...] = ()
            voicings = []
            for token in wander(mode, mood, seed):
                classes = parse(token, home_key(mode)).offsets()
                previous = voice(classes, previous, 47, 74, 60)
                assert {pitch % 12 for pitch in previous} == set(classes)
                voicings.append(previous)
            assert inner_parallels(voicings) == 0
            for before, after in pairwise(voicings):
                moves += [abs(a - b) for a, b in zip(before, after, strict=True)]
    assert sum(moves) / len(moves) < 2


def test_it_resolves_the_leading_note_upwards_in_its_own_voice() -> None:
    resolved = total = 0
    for mode in (Mode.MAJOR, Mode.MINOR):
        for seed in range(40):
            previous: tuple[int, ...] = ()
            last = None
            for token in wander(mode, Mood.LOVE, seed):
                chord = parse(token, home_key(mode))
                voiced = voice(chord.offsets(), previous, 47, 74, 60)
                if last is not None and last.leading is not None:
                    leading = last.offset(last.leading)
                    rises_to = (leading + 1) % 12
                    if rises_to in chord.offsets() and leading not in chord.offsets():
                        total += 1
                        resolved += all(pitch + 1 in voiced for pitch in previous if pitch % 12 == leading)
                previous, last = voiced, chord
    assert total > 100
    assert resolved / total > 0.9


def test_it_counts_parallel_fifths_and_octaves() -> None:
    assert parallels((48, 55, 64), (50, 57, 65)) == 1
    assert parallels((48, 60), (50, 62)) == 1
    assert parallels((48, 55, 64), (47, 55, 62)) == 0
