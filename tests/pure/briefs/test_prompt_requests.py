"""Free prompts: what is named is obeyed, the rest sets the mood."""

import json

import pytest

from music.brief import Genre, Mode, Mood, MusicBrief, Role
from music.briefs import brief_for_prompt


def brief_of(prompt, *, seed=5, **options):
    return brief_for_prompt(prompt, seed=seed, **options)


@pytest.mark.parametrize(
    ("prompt", "genre"),
    [
        ("calm piano for rainy night reading", Genre.SOLO_PIANO),
        ("비 오는 밤에 어울리는 잔잔한 피아노", Genre.SOLO_PIANO),
        ("smooth jazz", Genre.JAZZ_BALLAD),
        ("슬픈 재즈", Genre.JAZZ_BALLAD),
        ("재즈피아노", Genre.JAZZ_BALLAD),
        ("lofi beats", Genre.LOFI),
        ("lo-fi", Genre.LOFI),
        ("로파이 음악", Genre.LOFI),
        ("신나는 국악", Genre.KOREAN),
        ("해금과 거문고", Genre.KOREAN),
        ("dark ambient", Genre.AMBIENT),
        ("영화음악처럼 웅장하게", Genre.CINEMATIC),
        ("a baroque waltz", Genre.CHAMBER),
        ("acoustic folk", Genre.FOLK),
        ("포크 음악", Genre.FOLK),
        ("슬픈 첼로 독주", Genre.CHAMBER),
    ],
)
def test_it_takes_the_genre_that_is_named(prompt, genre):
    assert {brief_of(prompt, seed=seed).genre for seed in range(8)} == {genre}


@pytest.mark.parametrize(
    ("prompt", "tempo"),
    [
        ("90 bpm", 90),
        ("BPM 72 calm", 72),
        ("90bpm으로", 90),
        ("템포 140", 140),
        ("tempo: 66", 66),
        ("128 beats per minute", 128),
        ("999 bpm", 180),
        ("300 bpm", 180),
        ("20 bpm", 40),
        ("♩=72", 72),
        ("70~80bpm", 75),
        ("between 60 and 70 bpm", 65),
    ],
)
def test_it_takes_the_beats_a_minute_that_are_named(prompt, tempo):
    assert brief_of(f"sad music {prompt}").tempo == tempo


@pytest.mark.parametrize(
    ("prompt", "low", "high"),
    [
        ("slow happy song", 40, 68),
        ("느린 곡, 신나게", 40, 68),
        ("very slow", 40, 56),
        ("fast sad music", 122, 180),
        ("빠른 슬픈 음악", 122, 180),
        ("아주 빠르게", 146, 180),
        ("너무 빠르지 않은 분노의 음악", 84, 104),
        ("not too slow, calm", 84, 104),
    ],
)
def test_it_keeps_the_pace_that_is_named(prompt, low, high):
    assert low <= brief_of(prompt).tempo <= high


@pytest.mark.parametrize(
    ("prompt", "seconds"),
    [
        ("2분", 120),
        ("1분 30초짜리", 90),
        ("1분 반", 90),
        ("90초", 90),
        ("90 seconds", 90),
        ("a 3-minute piece", 180),
        ("two minutes", 120),
        ("half a minute", 30),
        ("a minute and a half", 90),
        ("30분", 300),
        ("1 second", 10),
        ("90s jazz", 77),
        ("3분의 1", 77),
        ("calm", 77),
        ("1:30", 90),
        ("1m30s", 90),
        ("thirty seconds", 30),
        ("삼십 초", 30),
        ("1 hour", 300),
        ("이 분을 위한 곡", 77),
    ],
)
def test_it_keeps_the_length_that_is_named(prompt, seconds):
    assert brief_of(prompt, duration=77).duration == seconds


@pytest.mark.parametrize(
    ("prompt", "instruments"),
    [
        ("첼로", ["cello"]),
        ("cello and harp", ["cello", "harp"]),
        ("피아노와 바이올린", ["piano", "violin"]),
        ("electric guitar", ["electric guitar"]),
        ("일렉 기타로", ["electric guitar"]),
        ("가야금 산조", ["gayageum"]),
        ("two flutes", ["flute"]),
    ],
)
def test_it_leads_with_the_instruments_that_are_named(prompt, instruments):
    brief = brief_of(prompt)
    assert list(brief.instruments[: len(instruments)]) == instruments
    assert all(name in brief.prompt for name in instruments)
    assert 2 <= len(brief.instruments) <= 4


@pytest.mark.parametrize(
    "prompt",
    [
        "cello only",
        "solo cello",
        "첼로만으로",
        "첼로 독주",
        "just a cello",
        "무반주 첼로",
        "첼로 한 대로",
        "a lone cello",
    ],
)
def test_it_leaves_an_instrument_alone_that_is_to_be_alone(prompt):
    assert brief_of(prompt).instruments == ("cello",)


@pytest.mark.parametrize(
    ("prompt", "word"),
    [
        ("no piano please", "piano"),
        ("jazz without piano or guitar", "guitar"),
        ("jazz without piano or guitar", "piano"),
        ("피아노 없이", "piano"),
        ("로파이, 피아노는 빼고", "piano"),
        ("기타 말고", "guitar"),
        ("피아노나 기타 없이", "piano"),
        ("not strings", "strings"),
        ("anything but piano", "piano"),
        ("피아노 금지", "piano"),
    ],
)
def test_it_leaves_out_the_instruments_that_are_refused(prompt, word):
    for seed in range(25):
        brief = brief_of(prompt, seed=seed)
        assert not [name for name in brief.instruments if word in name]
        assert word not in brief.prompt.lower()


@pytest.mark.parametrize(
    "prompt",
    [
        "no drums",
        "without drums",
        "드럼 없이",
        "비트는 빼고",
        "no percussion",
        "drumless? 드럼 말고",
        "without guitar or drums",
        "drumless",
        "remove the drums",
        "드럼 금지",
    ],
)
def test_it_forbids_drums_when_asked_to(prompt):
    brief = brief_of(f"lo-fi, {prompt}")
    assert brief.drums is False
    assert brief.prompt.endswith("no drums.")
    assert "no drums" in brief.style_tags


@pytest.mark.parametrize("prompt", ["drums!", "드럼이 있는 로파이", "calm"])
def test_it_leaves_drums_to_the_genre_otherwise(prompt):
    assert brief_of(prompt).drums is True


@pytest.mark.parametrize(
    ("prompt", "key", "mode"),
    [
        ("happy, in a minor key", None, Mode.MINOR),
        ("in A minor", "A", Mode.MINOR),
        ("in C# minor", "C#", Mode.MINOR),
        ("E flat major", "Eb", Mode.MAJOR),
        ("Db major", "C#", Mode.MAJOR),
        ("단조로 된 즐거운 음악", None, Mode.MINOR),
        ("슬프지만 장조", None, Mode.MAJOR),
        ("내림 나장조", "Bb", Mode.MAJOR),
        ("올림 다단조", "C#", Mode.MINOR),
        ("가단조", "A", Mode.MINOR),
        ("dorian", None, Mode.DORIAN),
        ("key of G", "G", None),
        ("piano piece in a minor", "A", Mode.MINOR),
        ("A minor", "A", Mode.MINOR),
        ("Cm", "C", Mode.MINOR),
        ("Am I sad?", None, None),
        ("D dorian", "D", Mode.DORIAN),
        ("다단조", "C", Mode.MINOR),
        ("key=Em", "E", Mode.MINOR),
    ],
)
def test_it_keeps_the_key_and_mode_that_are_named(prompt, key, mode):
    brief = brief_of(prompt)
    assert key is None or brief.key == key
    assert mode is None or brief.mode == mode
    if mode:
        assert ("major key" if mode == Mode.MAJOR else "minor key") in brief.prompt


@pytest.mark.parametrize(
    ("prompt", "mood"),
    [
        ("calm piano for rainy night reading", Mood.CALM),
        ("비 오는 밤에 어울리는 잔잔한 피아노", Mood.CALM),
        ("no drums, joyful guitar", Mood.JOY),
        ("드럼 없이 행복한 기타", Mood.JOY),
        ("spooky thriller chase", Mood.TENSION),
        ("분노에 찬 오케스트라", Mood.ANGER),
        ("not sad but happy", Mood.JOY),
        ("사랑스러운 보사노바", Mood.LOVE),
        ("slow, joyful", Mood.JOY),
    ],
)
def test_it_reads_the_rest_for_its_mood(prompt, mood):
    assert brief_of(prompt).mood == mood


def test_it_obeys_many_wishes_at_once():
    brief = brief_of("sad jazz in D minor, 84 bpm, cello and piano, no drums, 2분 30초")
    assert (brief.genre, brief.key, brief.mode, brief.tempo) == (Genre.JAZZ_BALLAD, "D", Mode.MINOR, 84)
    assert brief.instruments[:2] == ("cello", "piano")
    assert (brief.drums, brief.duration, brief.mood) == (False, 150, Mood.SADNESS)
    assert "84 BPM" in brief.prompt


def test_it_guesses_something_that_fits_the_pace_when_no_mood_is_named():
    fast = brief_of("fast jazz")
    assert fast.mood == Mood.JOY
    assert fast.energy > 0.6
    assert fast.why[-1].source == "guess"
    assert fast.confidence < 0.3


def test_it_stands_alone():
    brief = brief_of("calm", seed=9)
    assert (brief.seed, brief.theme_seed, brief.role, brief.chapters) == (9, 9, Role.STANDALONE, ())


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "\x00",
        "a" * 10_000,
        "드럼" * 5_000,
        "no " * 4_000,
        "90 bpm " * 2_000,
        "첼로 피아노 " * 2_000,
        "½ minute ²분 ١٢ bpm",
        "İİİ no drums",
        "\ud800재즈",
        "A A A minor",
        "#b minor",
        "0분 0초 0 bpm 00bpm",
    ],
    ids=range(13),
)
def test_it_makes_a_brief_of_anything(prompt):
    brief = brief_of(prompt)
    assert MusicBrief.from_json(json.loads(json.dumps(brief.to_json()))) == brief
    assert "\\u0000" not in json.dumps(brief.to_json())
    json.dumps(brief.to_json(), ensure_ascii=False).encode()
    assert len(brief.why) <= 10


@pytest.mark.parametrize(
    ("prompt", "players"),
    [
        ("string quartet", ("violin", "viola", "cello")),
        ("슬픈 피아노 트리오", ("piano", "violin", "cello")),
        ("jazz trio", ("piano", "double bass")),
    ],
)
def test_it_hires_just_the_players_of_an_ensemble(prompt, players):
    assert brief_of(prompt).instruments == players


def test_it_plays_with_one_instrument_when_asked_for_a_solo():
    assert len(brief_of("a folk solo").instruments) == 1


def test_it_takes_a_choice_before_the_prompt():
    brief = brief_of("sad jazz", genre=Genre.AMBIENT, mood=Mood.JOY)
    assert (brief.genre, brief.mood, brief.confidence) == (Genre.AMBIENT, Mood.JOY, 1)
