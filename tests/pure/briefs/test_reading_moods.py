"""Moods of texts: how often the reading is right, and what it makes of texts that say little or are hardly texts."""

import json
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

import music.briefs.evidence
from music.brief import Mood
from music.briefs import likeliest_mood, read_mood
from music.briefs.encoder import encoder, using
from music.briefs.evidence import REMEMBERED, evidence_in, forget
from music.briefs.language import MOST_EXCERPTS, PART, TEXT_LIMIT, excerpts, language_of, normalise


def labelled(name):
    lines = (Path(__file__).parent / "data" / name).read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if not line.startswith("#")]


LABELLED, INDIRECT = labelled("labelled.tsv"), labelled("indirect.tsv")
ACCURACY_FLOOR = 0.9


@pytest.mark.parametrize("language", ["ko", "en"])
def test_it_reads_most_labelled_texts_as_their_readers_did(language, record_property):
    texts = [(mood, text) for tongue, mood, text in LABELLED if tongue == language]
    assert len(texts) >= 30
    assert {mood for mood, _ in texts} == set(Mood)
    readings = [(mood, read_mood(text), text) for mood, text in texts]
    missed = [
        (mood, str(reading.weights[0][0]), text)
        for mood, reading, text in readings
        if reading.is_guess or reading.weights[0][0] != mood
    ]
    accuracy = 1 - len(missed) / len(texts)
    record_property(f"accuracy_{language}", accuracy)
    print(f"mood accuracy {language}: {accuracy:.2f} of {len(texts)}")
    assert accuracy >= ACCURACY_FLOOR, missed


def test_it_is_never_sure_of_a_wrong_reading_of_a_text_that_names_no_feeling(record_property):
    readings = [(mood, read_mood(text), text) for _, mood, text in INDIRECT]
    wrong = [(mood, reading, text) for mood, reading, text in readings if reading.weights[0][0] != mood]
    record_property("accuracy_indirect", 1 - len(wrong) / len(readings))
    print(f"mood accuracy of indirect texts: {1 - len(wrong) / len(readings):.2f} of {len(readings)}")
    assert len(readings) >= 30
    assert len(wrong) <= 0.15 * len(readings)
    assert [text for _, reading, text in wrong if reading.confidence >= 0.85] == []


@pytest.mark.skipif(encoder() is None, reason="the sentence encoder is not installed")
@pytest.mark.parametrize(("language", "floor"), [("ko", 0.77), ("en", 0.87)])
def test_it_reads_hard_texts_well_and_knows_how_well(language, floor):
    texts = [(fields[1], fields[-1]) for fields in labelled("dev.tsv") if fields[0] == language]
    assert len(texts) >= 100
    readings = [(mood, likeliest_mood(text)) for mood, text in texts]
    accuracy = sum(reading.mood == mood for mood, reading in readings) / len(texts)
    print(f"mood accuracy of hard texts {language}: {accuracy:.2f} of {len(texts)}")
    assert accuracy >= floor
    assert sum(reading.confidence for _, reading in readings) / len(texts) == pytest.approx(accuracy, abs=0.1)


def test_it_tells_korean_from_english():
    right = Counter(language_of(text) == tongue for tongue, _, text in LABELLED)
    assert right == {True: len(LABELLED)}
    assert language_of("OK 정말 good 이었다") == "ko"
    assert language_of("😀 123 …") == ""


@pytest.mark.parametrize(
    "text", ["", "   ", "The lease was signed on Tuesday.", "그는 서류에 도장을 찍었다.", "12345", "🪑", "the window"]
)
def test_it_says_that_it_guesses_when_nothing_speaks(text):
    reading = read_mood(text)
    assert reading.is_guess
    assert [reason.source for reason in reading.reasons] == ["guess"]
    assert reading.weights[0][0] == Mood.CALM
    assert reading.confidence < 0.3
    assert reading.arousal < 0


HOSTILE = [
    "\x00",
    "슬\x00프다",
    "ㅋ" * 10_000,
    "a" * 10_000,
    "행복" * 10_000,
    "happy " * 10_000,
    "not " * 10_000,
    "😭" * 10_000,
    "\ud800 슬프다",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "슬프다 happy 悲しい грустно حزين",
    "\u202e\u200b\u0301" * 50,
    "'" * 5_000,
    "지" * 5_000,
    ":( " * 3_000,
    unicodedata.normalize("NFD", "각" * 9_000),
    "\n\r\t\x1b[31m",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_it_reads_anything_and_what_it_says_can_be_stored(text):
    reading = read_mood(text)
    assert sum(weight for _, weight in reading.weights) == pytest.approx(1, abs=0.01)
    assert -1 <= reading.valence <= 1
    assert -1 <= reading.arousal <= 1
    assert 0 <= reading.confidence <= 1
    said = json.dumps([reason.detail for reason in reading.reasons], ensure_ascii=False)
    said.encode("utf-8")
    assert "\x00" not in said
    assert "\\u0000" not in said
    assert all(len(reason.detail) <= 60 for reason in reading.reasons)


def test_it_reads_decomposed_korean_like_composed():
    text = "너무 슬퍼서 펑펑 울었다"
    assert read_mood(unicodedata.normalize("NFD", text)) == read_mood(text)
    assert not read_mood(text).is_guess


@pytest.mark.parametrize("text", ["슬프다", "슬픈 날", "슬픔이", "슬퍼서", "슬펐던", "슬프게도", "구슬픈 가락"])
def test_it_knows_a_korean_stem_in_its_forms(text):
    assert read_mood(text).weights[0][0] == Mood.SADNESS


@pytest.mark.parametrize(
    "text", ["cry", "cries", "cried", "crying", "sob", "sobbed", "sobs", "saddest", "heartbreakingly"]
)
def test_it_knows_an_english_word_in_its_forms(text):
    assert read_mood(text).weights[0][0] == Mood.SADNESS


@pytest.mark.usefixtures("lexicon_alone")
@pytest.mark.parametrize(
    "text",
    [
        "아파트 3층",
        "화가 고흐",
        "여의도 공원",
        "정답을 골랐다",
        "수상 경력",
        "일이 생기다",
        "tens of people",
        "a kind of box",
        "the rest of it",
        "the wind in the yard",
    ],
)
def test_it_does_not_mistake_words_that_only_look_like_feelings(text):
    reading = read_mood(text)
    assert reading.is_guess, reading.reasons


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("ㅠㅠㅠㅠ", Mood.SADNESS),
        ("ㅋㅋㅋㅋㅋ", Mood.JOY),
        ("💔", Mood.SADNESS),
        ("😡", Mood.ANGER),
        ("🥰", Mood.LOVE),
        ("🌌", Mood.WONDER),
        (":)", Mood.JOY),
    ],
)
def test_it_reads_signs(text, mood):
    assert read_mood(text).weights[0][0] == mood


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("배꼽을 잡고 웃다가 눈물이 났다", Mood.JOY),
        ("가슴이 찢어지는 것 같다", Mood.SADNESS),
        ("손에 땀을 쥐게 한다", Mood.TENSION),
        ("tears of joy", Mood.JOY),
        ("it made my blood boil", Mood.ANGER),
        ("I was on the edge of my seat", Mood.TENSION),
    ],
)
def test_it_takes_a_phrase_for_what_it_means_and_not_for_its_words(text, mood):
    assert read_mood(text).weights[0][0] == mood


@pytest.mark.usefixtures("lexicon_alone")
def test_it_is_surer_the_more_is_said():
    once, twice = read_mood("슬프다"), read_mood("슬프다. 눈물이 났다. 가슴 아픈 이별.")
    assert read_mood("").confidence < once.confidence < twice.confidence


@pytest.mark.usefixtures("lexicon_alone")
def test_it_hears_both_moods_of_a_mixed_text():
    weights = dict(read_mood("기쁘면서도 쓸쓸했다").weights)
    assert set(weights) == {Mood.JOY, Mood.MELANCHOLY}
    assert abs(weights[Mood.JOY] - weights[Mood.MELANCHOLY]) < 0.2


@pytest.mark.parametrize(
    ("text", "moods"),
    [
        ("조금 설렌다", {Mood.JOY, Mood.LOVE}),
        ("설렌다", {Mood.JOY, Mood.LOVE}),
        ("좀 무섭다", {Mood.TENSION}),
        ("살짝 슬펐다", {Mood.SADNESS}),
        ("so cozy", {Mood.CALM}),
        ("a bit scared", {Mood.TENSION}),
    ],
)
@pytest.mark.parametrize("reader", ["encoder", "without_encoder"])
def test_it_takes_the_word_of_a_very_short_text(text, moods, reader, request):
    if reader != "encoder":
        request.getfixturevalue(reader)
    reading = read_mood(text)
    assert not reading.is_guess
    assert reading.weights[0][0] in moods


def test_it_remembers_a_reading_and_of_whom():
    text = "오늘은 정말 즐거웠다"
    first = evidence_in(text)
    assert evidence_in(text) is first
    with using(None):
        assert evidence_in(text) is not first
    forget()
    assert evidence_in(text) is not first
    for number in range(REMEMBERED):
        evidence_in(f"{number}")
    again = evidence_in(text)
    assert again is not first
    assert again == first


def test_it_gives_the_words_that_weighed():
    reasons = read_mood("창밖을 보니 쓸쓸했다.", source="memo").reasons
    assert ("memo", "쓸쓸했다") in [(reason.source, reason.detail) for reason in reasons]


def test_it_reads_a_long_text_in_a_few_places_with_its_beginning_and_its_end():
    text = "고요한 하루였다. " * 500
    assert len(normalise(text)) <= TEXT_LIMIT
    assert normalise(text).endswith("다.")
    parts = excerpts(text)
    assert len(parts) == MOST_EXCERPTS
    assert all(len(part) <= PART["ko"] for part in parts)
    assert "시작" in excerpts("시작이다. " + text)[0]
    assert "끝" in excerpts(text + "끝이다.")[-1]
    assert read_mood(text).weights[0][0] == Mood.CALM


@pytest.mark.usefixtures("without_encoder")
def test_it_says_who_read_a_text(monkeypatch):
    assert read_mood("슬프다").reader == "words/head-2"
    monkeypatch.setattr(music.briefs.evidence, "head", lambda: None)
    assert read_mood("슬프다").reader == "lexicon"


def test_it_shows_a_fragment_of_the_text_where_no_word_names_the_feeling():
    text = "She laid two plates on the table again, then put one of them back."
    reading = read_mood(text, source="memo")
    assert not reading.is_guess
    shown = [reason.detail for reason in reading.reasons]
    assert shown
    assert all(len(detail) <= 24 and detail.lower() in text.lower() for detail in shown)


def test_its_likeliest_mood_is_never_blank():
    for text in ["", "😀", "p. 42", "The lease was signed on Tuesday.", "x" * 100_000, *HOSTILE]:
        reading = likeliest_mood(text)
        assert reading.mood in Mood
        assert -1 <= reading.valence <= 1
        assert -1 <= reading.arousal <= 1
        assert 0 < reading.confidence <= 1


@pytest.mark.usefixtures("without_encoder")
def test_it_reads_most_labelled_texts_right_without_the_encoder():
    wrong = [text for _, mood, text in LABELLED if read_mood(text).weights[0][0] != mood]
    assert len(wrong) <= 0.1 * len(LABELLED), wrong
