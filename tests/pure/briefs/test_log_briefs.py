"""Briefs of a journey's logs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from music.brief import PROMPT_LIMIT, STYLE_TAGS_LIMIT, Chapter, Genre, Mode, Mood, MusicBrief, Role
from music.briefs import Words, brief_for_log, seed_from
from music.briefs.mapping import COMPANIONS, LEADS, SOUNDS

GOLDEN = json.loads((Path(__file__).parent / "data" / "golden.json").read_text(encoding="utf-8"))
SOURCES = {"tag", "choice", "memo", "quote", "book", "prompt", "guess"}


def brief_of(words=None, *, role=Role.ENTRY, seed=1, theme_seed=2, **options):
    return brief_for_log(words or Words(), role=role, seed=seed, theme_seed=theme_seed, **options)


@pytest.mark.usefixtures("without_encoder")  # whose vectors differ in their last digits from machine to machine
@pytest.mark.parametrize("case", GOLDEN, ids=[f"{case['language']}-{case['mood']}" for case in GOLDEN])
def test_it_writes_the_same_brief_as_ever(case):
    brief = brief_of(Words(memo=case["memo"]), seed=7, theme_seed=GOLDEN.index(case)).to_json()
    assert json.loads(json.dumps({name: brief[name] for name in case["brief"]})) == case["brief"]
    assert case["brief"]["moods"][0][0] == case["mood"]


@pytest.mark.parametrize("case", GOLDEN, ids=[f"{case['language']}-{case['mood']}" for case in GOLDEN])
def test_it_reads_the_golden_memos_alike_with_whatever_is_installed(case):
    assert brief_of(Words(memo=case["memo"])).mood == case["mood"]


def test_it_has_a_golden_brief_of_every_mood_in_both_languages():
    assert {(case["language"], case["mood"]) for case in GOLDEN} == {
        (tongue, mood) for tongue in ("ko", "en") for mood in Mood
    }


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("first", Mood)
@pytest.mark.parametrize("second", Mood)
def test_it_keeps_within_the_limits_for_every_pair_of_moods(first, second, role):
    for seed in range(6):
        brief = brief_of(
            Words(emotions=(first, second)),
            role=role,
            seed=seed,
            theme_seed=seed * 31,
            chapters=(Chapter(1, second), Chapter(2, first)),
        )
        assert 0 < len(brief.prompt) <= PROMPT_LIMIT
        assert len(brief.style_tags) <= STYLE_TAGS_LIMIT
        assert brief.prompt.endswith(" Instrumental, no vocals.")
        assert not brief.style_tags.endswith(",")
        assert 50 <= brief.tempo <= 150
        assert brief.tempo % 2 == 0
        assert 2 <= len(brief.instruments) <= 4
        assert len(set(brief.instruments)) == len(brief.instruments)
        assert all(reason.source in SOURCES and reason.weight > 0 for reason in brief.why)
        assert MusicBrief.from_json(json.loads(json.dumps(brief.to_json()))) == brief
        if role in (Role.ENTRY, Role.STANDALONE):
            assert {mood for mood, _ in brief.moods} == {first, second}


@pytest.mark.parametrize("tag", Mood)
@pytest.mark.parametrize("other", Mood)
def test_it_lets_the_readers_own_tag_outweigh_all_words(tag, other):
    loud = next(case["memo"] for case in GOLDEN if case["mood"] == other and case["language"] == "ko")
    brief = brief_of(Words(quote=loud * 3, memo=loud * 3, emotions=(tag,), book_moods=(other,), book_description=loud))
    assert brief.mood == tag
    assert ("tag", str(tag)) in [(reason.source, reason.detail) for reason in brief.why]


def test_it_counts_the_memo_more_than_the_quote_and_both_more_than_the_book():
    sad, glad, angry = "너무 슬프다.", "정말 즐겁다.", (Mood.ANGER,)
    brief = brief_of(Words(memo=sad, quote=glad, book_moods=angry))
    weights = dict(brief.moods)
    assert brief.mood == Mood.SADNESS
    assert weights[Mood.SADNESS] > weights[Mood.JOY] > weights.get(Mood.ANGER, 0)
    assert {reason.source for reason in brief.why} == {"memo", "quote", "book"}


def test_it_opens_with_what_the_book_says_whatever_the_log_says():
    book = {"book_moods": (Mood.TENSION, Mood.SADNESS), "book_description": "전염병으로 봉쇄된 도시"}
    opening = brief_of(Words(**book), role=Role.OPENING)
    assert opening.mood == Mood.TENSION
    assert {reason.source for reason in opening.why} == {"book"}
    assert opening == brief_of(Words(**book, memo="정말 즐겁고 행복하다", emotions=(Mood.JOY,)), role=Role.OPENING)


def test_it_guesses_calmly_about_a_book_nobody_knows():
    opening = brief_of(role=Role.OPENING)
    assert opening.mood == Mood.CALM
    assert [reason.source for reason in opening.why] == ["guess"]
    assert opening.confidence < 0.3


def test_it_falls_back_on_the_book_for_a_log_without_words():
    silent = brief_of(Words(memo="p. 42", book_moods=(Mood.WONDER,)))
    assert silent.mood == Mood.WONDER
    assert silent.confidence < brief_of(Words(memo="경이롭다", book_moods=(Mood.WONDER,))).confidence


def test_it_looks_back_in_the_finale():
    chapters = (Chapter(1, Mood.SADNESS), Chapter(2, Mood.SADNESS), Chapter(3, Mood.TENSION))
    finale = brief_of(Words(memo="마침내 평온하다"), role=Role.FINALE, chapters=chapters)
    assert finale.chapters == chapters
    assert finale.mood == Mood.CALM
    assert Mood.SADNESS in dict(finale.moods)
    wordless = brief_of(role=Role.FINALE, chapters=chapters)
    assert wordless.moods[0] == (Mood.SADNESS, pytest.approx(2 / 3, abs=0.01))
    assert "recalling earlier themes" in finale.prompt
    assert brief_of(chapters=chapters).chapters == ()


def test_it_gives_an_album_one_genre_and_one_voice():
    book = (Mood.MELANCHOLY, Mood.LOVE)
    memos = ["쓸쓸했다", "다정했다", "고요했다", "그립다", "조금 설렌다", ""]
    for theme_seed in range(30):
        album = [brief_of(Words(book_moods=book), role=Role.OPENING, seed=100, theme_seed=theme_seed)]
        album += [
            brief_of(Words(memo=memo, book_moods=book), seed=at, theme_seed=theme_seed) for at, memo in enumerate(memos)
        ]
        album.append(
            brief_of(
                Words(memo="행복하다", book_moods=book),
                role=Role.FINALE,
                seed=9,
                theme_seed=theme_seed,
                chapters=(Chapter(1, book[0]),),
            )
        )
        assert len({brief.genre for brief in album}) == 1
        assert len({brief.instruments[0] for brief in album}) == 1


def test_it_draws_different_genres_for_different_journeys():
    genres = {
        brief_of(Words(book_moods=(Mood.MELANCHOLY,)), role=Role.OPENING, theme_seed=seed).genre for seed in range(60)
    }
    assert len(genres) >= 4
    assert genres <= {genre for genre, _ in SOUNDS[Mood.MELANCHOLY].genres}


def test_it_leaves_the_albums_genre_only_for_a_strong_mood_that_does_not_fit_it():
    theme_seed = next(
        seed
        for seed in range(200)
        if brief_of(Words(book_moods=(Mood.SADNESS,)), role=Role.OPENING, theme_seed=seed).genre == Genre.SOLO_PIANO
    )
    book = {"book_moods": (Mood.SADNESS,)}
    mild = brief_of(Words(memo="조금 화난다", **book), theme_seed=theme_seed)
    strong = [brief_of(Words(emotions=(Mood.ANGER,), **book), theme_seed=theme_seed, seed=seed) for seed in range(5)]
    assert mild.mood == Mood.ANGER
    assert mild.genre == Genre.SOLO_PIANO
    assert {brief.genre for brief in strong} < {genre for genre, _ in SOUNDS[Mood.ANGER].genres}
    assert len({brief.genre for brief in strong}) == 1


@pytest.mark.parametrize("mood", Mood)
def test_it_takes_tempo_key_and_mode_from_the_moods_table(mood):
    sound = SOUNDS[mood]
    for seed in range(20):
        brief = brief_of(Words(emotions=(mood,)), seed=seed)
        assert brief.key in sound.keys
        assert brief.mode in sound.modes
        assert sound.tempo[0] - 4 <= brief.tempo <= sound.tempo[1] + 4
    assert len({brief_of(Words(emotions=(mood,)), seed=seed).key for seed in range(20)}) == len(sound.keys)


def test_it_puts_moods_in_the_order_of_their_energy_and_brightness():
    briefs = {mood: brief_of(Words(emotions=(mood,))) for mood in Mood}
    assert briefs[Mood.CALM].energy < briefs[Mood.SADNESS].energy < briefs[Mood.JOY].energy < briefs[Mood.ANGER].energy
    assert briefs[Mood.SADNESS].tempo < briefs[Mood.LOVE].tempo < briefs[Mood.JOY].tempo < briefs[Mood.ANGER].tempo
    assert briefs[Mood.SADNESS].valence < briefs[Mood.MELANCHOLY].valence < 0 < briefs[Mood.CALM].valence
    assert brief_of(Words(emotions=(Mood.CALM, Mood.MELANCHOLY))).mode in (Mode.DORIAN, Mode.MIXOLYDIAN)


def test_it_can_play_every_mood_in_every_genre_it_names():
    assert set(LEADS) == set(COMPANIONS) == set(Genre)
    assert set(SOUNDS) == set(Mood)
    for mood, sound in SOUNDS.items():
        for genre, weight in sound.genres:
            assert weight > 0
            able = {*LEADS[genre], *COMPANIONS[genre]}
            assert genre == Genre.SOLO_PIANO or able & set(sound.instruments), (mood, genre)


SCRIPT = """
import json
from music.brief import Mood, Role
from music.briefs import Words, brief_for_log, brief_for_prompt, seed_from
words = Words(
    quote="a lonely, tender night",
    memo="쓸쓸하고 그립다. 눈물이 났다 😢",
    book_moods=(Mood.LOVE,),
    book_description="사랑과 이별",
)
print(json.dumps([
    brief_for_log(words, role=Role.ENTRY, seed=seed_from("log", "1"), theme_seed=seed_from("theme")).to_json(),
    brief_for_prompt("sad jazz with cello, no drums 비 오는 밤", seed=seed_from("x")).to_json(),
], ensure_ascii=True, sort_keys=True))
"""


def test_it_writes_the_same_brief_in_every_process():
    runs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2", "3")
    }
    assert len(runs) == 1


def test_it_imports_without_django():
    script = "import sys, music.briefs; sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[3], check=False).returncode == 0


@pytest.mark.parametrize(("asked", "given"), [(120, 120), (5, 10), (9999, 300)])
def test_it_brings_a_length_into_the_contracts_range(asked, given):
    assert brief_of(duration=asked).duration == given


def test_it_makes_seeds_that_fit_the_database_and_depend_on_every_part():
    assert seed_from("log", "1") == 6746797749109783859
    seeds = {
        seed_from(*parts) for parts in [(), ("",), ("a",), ("a", "b"), ("b", "a"), ("ab",), ("ab", ""), ("\ud800",)]
    }
    assert len(seeds) == 8
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_it_plays_the_mood_that_the_reader_chose_instead():
    words = Words(memo="너무 슬퍼서 펑펑 울었다", emotions=(Mood.SADNESS,), book_moods=(Mood.SADNESS,))
    for mood in Mood:
        brief = brief_of(words, mood=mood)
        assert brief.moods == ((mood, 1.0),)
        assert brief.confidence == 1
        assert [(reason.source, reason.detail) for reason in brief.why] == [("choice", str(mood))]
        assert brief.key in SOUNDS[mood].keys
        assert brief.mode in SOUNDS[mood].modes
        assert brief == brief_of(Words(emotions=(Mood.JOY,), book_moods=(Mood.SADNESS,)), mood=mood)
    assert brief_of(words, role=Role.OPENING, mood=Mood.JOY).mood == Mood.JOY


def test_it_still_looks_back_in_a_finale_whose_mood_was_chosen():
    chapters = (Chapter(1, Mood.SADNESS), Chapter(2, Mood.TENSION))
    finale = brief_of(Words(memo="슬프다"), role=Role.FINALE, chapters=chapters, mood=Mood.CALM)
    assert finale.moods[0] == (Mood.CALM, pytest.approx(0.8, abs=0.01))
    assert set(dict(finale.moods)) == {Mood.CALM, Mood.SADNESS, Mood.TENSION}
    assert finale.chapters == chapters


@pytest.mark.parametrize("genre", Genre)
def test_it_keeps_the_genre_that_was_chosen_for_the_journey_whatever_the_mood(genre):
    book = {"book_moods": (Mood.TENSION,)}
    album = [brief_of(Words(**book), role=Role.OPENING, genre=genre)]
    album += [brief_of(Words(emotions=(mood,), **book), genre=genre, seed=seed) for seed, mood in enumerate(Mood)]
    album.append(brief_of(Words(**book), role=Role.FINALE, chapters=(Chapter(1, Mood.JOY),), genre=genre))
    assert {brief.genre for brief in album} == {genre}
    assert len({brief.instruments[0] for brief in album}) == 1


def test_its_moods_are_apart_in_tempo_where_they_share_a_mode():
    tempo = {mood: brief_of(Words(emotions=(mood,))).tempo for mood in Mood}
    for slower, faster in (
        (Mood.CALM, Mood.LOVE),
        (Mood.LOVE, Mood.WONDER),
        (Mood.WONDER, Mood.JOY),
        (Mood.SADNESS, Mood.MELANCHOLY),
        (Mood.MELANCHOLY, Mood.TENSION),
        (Mood.TENSION, Mood.ANGER),
    ):
        assert tempo[slower] + 12 <= tempo[faster], (slower, faster)
