"""The grid is balanced whatever part of it is taken, and its briefs are the product's."""

from __future__ import annotations

from collections import Counter

from bench.report.grid import GENRES, JOURNEYS, MOODS, ROUND, brief_of, choose, opening_of, theme_seed
from music.brief import Role


def test_it_has_every_mood_genre_and_duration_together_once_a_round():
    assert len({(case.mood, case.genre, case.duration) for case in choose(ROUND)}) == ROUND == 256


def test_it_has_all_moods_and_genres_equally_often_in_any_part():
    for pieces in (8, 24, 200):
        moods, genres = (Counter(getattr(case, by) for case in choose(pieces)) for by in ("mood", "genre"))

        assert set(moods.values()) == {pieces // len(MOODS)}
        assert set(genres.values()) == {pieces // len(GENRES)}


def test_it_lets_no_journey_stand_for_a_mood():
    moods_of: dict[int, set[str]] = {}
    for case in choose(ROUND):
        moods_of.setdefault(case.journey, set()).add(case.mood)

    assert len(moods_of) == JOURNEYS
    assert all(len(moods) == len(MOODS) for moods in moods_of.values())


def test_it_asks_for_what_the_case_says():
    for case in choose(64):
        brief = brief_of(case)

        assert (brief.mood, brief.genre, brief.duration, brief.role) == (
            case.mood,
            case.genre,
            case.duration,
            case.role,
        )
        assert brief.theme_seed == theme_seed(case.journey)
        assert bool(brief.chapters) == (case.role is Role.FINALE)


def test_it_makes_every_piece_its_own_and_the_same_again():
    briefs = [brief_of(case) for case in choose(64)]

    assert len({brief.seed for brief in briefs}) == 64
    assert briefs == [brief_of(case) for case in choose(64)]


def test_it_varies_the_tempo_within_a_mood():
    tempi = {brief_of(case).tempo for case in choose(ROUND) if case.mood == "joy"}

    assert len(tempi) > 8


def test_it_opens_a_journey_with_its_own_theme():
    assert opening_of(3, GENRES[0], MOODS[0], 0).theme_seed == theme_seed(3)
    assert opening_of(3, GENRES[0], MOODS[0], 0).role is Role.OPENING
