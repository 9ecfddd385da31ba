"""What a reader is told of a finished piece, in both languages: names of keys, instruments and moods, and places."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from rest_framework.test import APIClient

from journeys.models import Journey
from journeys.services import LogEntry, add_log, delete_log, finish_journey
from music.brief import KEYS, Mode, Mood
from music.explanation import clock_text, explain
from music.models import MusicTrack
from music.names import instrument_text, joined, key_text, mode_colour, mood_image, variation_text
from music.presentation import card_for
from music.studio.composing.theme import Variation
from music.studio.instruments import INSTRUMENTS, KIT_NAMES
from tests.db.steps import advance

HANGUL = re.compile("[가-힣]")


@pytest.mark.parametrize(
    ("tonic", "mode", "korean", "english"),
    [
        ("C", "major", "다장조", "C major"),
        ("A", "minor", "가단조", "A minor"),
        ("C#", "minor", "올림다단조", "C♯ minor"),
        ("Eb", "major", "내림마장조", "E♭ major"),
        ("F#", "minor", "올림바단조", "F♯ minor"),
        ("D", "dorian", "라 도리아 선법", "D Dorian"),
    ],
)
def test_keys_have_their_korean_names(tonic: str, mode: str, korean: str, english: str) -> None:
    with translation.override("ko"):
        assert key_text(tonic, mode) == korean
    with translation.override("en"):
        assert key_text(tonic, mode) == english


def test_every_key_and_mode_has_a_name_of_its_own() -> None:
    for language in ("ko", "en"):
        with translation.override(language):
            assert len({key_text(tonic, mode) for tonic in KEYS for mode in Mode}) == len(KEYS) * len(Mode)
            assert all(mode_colour(mode) for mode in Mode if mode not in ("major", "minor"))


@pytest.mark.parametrize(
    ("words", "korean"),
    [
        (["첼로", "피아노"], "첼로와 피아노"),
        (["글로켄슈필", "하프"], "글로켄슈필과 하프"),
        (["현악", "플루트", "하프"], "현악, 플루트와 하프"),
        (["비올라"], "비올라"),
        ([], ""),
    ],
)
def test_a_korean_list_has_the_right_particle(words: list[str], korean: str) -> None:
    with translation.override("ko"):
        assert joined(words) == korean


def test_an_english_list_ends_in_and() -> None:
    with translation.override("en"):
        assert joined(["cello", "harp", "flute"]) == "cello, harp and flute"


def test_every_instrument_mood_and_variation_of_the_studio_has_a_korean_name() -> None:
    played = {instrument.name for instrument in INSTRUMENTS.values()} | set(KIT_NAMES.values())
    with translation.override("ko"):
        assert [name for name in played if not HANGUL.search(instrument_text(name))] == []
        assert [mood for mood in Mood if not HANGUL.search(mood_image(mood))] == []
        plain = [form for form in Variation if not HANGUL.search(variation_text(form))]
    assert plain == [Variation.STATEMENT]


@pytest.fixture
def told(journey: Journey) -> MusicTrack:
    """A finished piece, sad by its log's own word, of which its maker told what the issue's example tells."""
    log = add_log(journey, LogEntry(memo="x", emotions=(Mood.MELANCHOLY,)))
    track = advance(log.track)
    track.mood = "melancholy"
    track.brief["why"] = [
        {"source": "tag", "detail": "melancholy", "weight": 1.0},
        {"source": "memo", "detail": "그리움", "weight": 2.0},
    ]
    track.audio_metadata |= {"key": "A", "mode": "minor", "tempo": 62.4, "meter": "4/4"}
    return track


@pytest.mark.django_db
def test_the_headline_says_all_that_matters_in_one_line(told: MusicTrack) -> None:
    with translation.override("ko"):
        explanation = explain(told)
    assert explanation
    assert explanation.headline == "비 오는 마음 — 가단조, ♩=62, 첼로와 피아노; 당신의 ‘그리움’에서"
    with translation.override("en"):
        explanation = explain(told)
    assert explanation
    assert explanation.headline == "A rainy heart — A minor, ♩=62, cello and piano; from your “그리움”"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("source", "end"),
    [
        ("choice", "; 당신이 고른 ‘기쁨’에서"),
        ("tag", "; 당신의 ‘기쁨’에서"),
        ("book", "; 책의 ‘기쁨’에서"),
        ("quote", "; 인용문의 ‘기쁨’에서"),
        ("guess", "; 짐작으로"),
        ("unheard of", "첼로와 피아노"),
    ],
)
def test_the_headline_ends_with_where_it_came_from(told: MusicTrack, source: str, end: str) -> None:
    told.brief["why"] = [{"source": source, "detail": "joy", "weight": 1.0}]
    with translation.override("ko"):
        explanation = explain(told)
    assert explanation
    assert explanation.headline.endswith(end)


@pytest.mark.django_db
def test_the_theme_is_found_by_its_places_with_how_it_is_varied(told: MusicTrack) -> None:
    with translation.override("ko"):
        explanation = explain(told)
    assert explanation
    assert [(place.at, place.clock, place.text) for place in explanation.theme] == [
        (0.2, "0:00", ""),
        (1.25, "0:01", "뒤집어서"),
    ]
    assert [place.at for place in explanation.own] == [0.9]


@pytest.mark.django_db
def test_a_compound_meter_counts_dotted_beats(told: MusicTrack) -> None:
    told.audio_metadata["meter"] = "12/8"
    explanation = explain(told)
    assert explanation
    assert explanation.tempo == "♩.=62"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "metadata",
    [{}, {"key": None}, {"key": "A", "motifs": [None, {"of": "theme"}], "instruments": [], "tempo": "fast"}],
)
def test_what_a_maker_does_not_tell_is_not_said(told: MusicTrack, metadata: dict[str, Any]) -> None:
    told.audio_metadata = metadata
    explanation = explain(told)
    assert (explanation is None) is (metadata.get("key") is None)
    assert card_for(told).explanation == explanation


@pytest.mark.django_db
def test_a_finale_says_where_each_earlier_piece_comes_back_by_its_name(journey: Journey) -> None:
    gone = add_log(journey, LogEntry(memo="하나"))
    add_log(journey, LogEntry(memo="둘"))
    delete_log(gone)
    finale = advance(finish_journey(journey, LogEntry()).track)
    explanation = explain(finale)
    assert explanation
    assert [place.text for place in explanation.chapters] == ["v0", "v2"]


@pytest.mark.django_db
def test_the_page_and_the_api_tell_it_as_data_and_as_words(
    as_alice: Client, alice_api: APIClient, journey: Journey
) -> None:
    track = advance(MusicTrack.objects.get())
    body = alice_api.get(f"/api/music/{track.pk}").json()
    assert {"headline", "theme", "chapters", "instruments", "key", "why"} <= body["explanation"].keys()
    assert len(body["peaks"]) == 400
    page = as_alice.get(f"/journeys/{journey.pk}").content.decode()
    assert body["explanation"]["headline"] in page
    assert 'data-seek="1.25"' in page
    assert "뒤집어서" in page


@pytest.mark.django_db
def test_without_peaks_there_is_no_wave_and_the_piece_is_still_told_of(as_alice: Client, journey: Journey) -> None:
    track = advance(MusicTrack.objects.get())
    MusicTrack.objects.filter(pk=track.pk).update(peaks=[], audio_metadata={}, midi="")
    page = as_alice.get(f"/journeys/{journey.pk}").content.decode()
    assert "data-wave" not in page
    assert "MIDI 내려받기" not in page
    assert "MP3 내려받기" in page


@pytest.mark.django_db
def test_the_wave_is_drawn_from_all_its_peaks(told: MusicTrack) -> None:
    card = card_for(told)
    assert card.outline_width == 400
    steps = re.findall(r"l1 ?(-?\d+)", card.outline)
    assert len(steps) == 399
    height = 50 - int(card.outline.split("V")[1].split("l")[0])
    for peak, step in zip(told.peaks[1:], steps, strict=True):
        height -= int(step)
        assert height == max(1, round(peak / 2))


@pytest.mark.django_db
def test_of_two_chosen_feelings_the_headline_names_the_one_the_piece_has_become(journey: Journey) -> None:
    track = MusicTrack.objects.get(
        log=add_log(journey, LogEntry(memo="서툴고 다정한 사랑", emotions=(Mood.JOY, Mood.LOVE)))
    )
    track = advance(track)
    assert track.mood == "love"  # the first that the reader chose is joy
    told = explain(track)
    assert told is not None
    assert told.mood in told.headline.split(";")[-1]


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.0, "0:00"), (0.49, "0:00"), (0.5, "0:01"), (59.4, "0:59"), (59.98, "1:00"), (62.5, "1:03")]
)
def test_lengths_and_moments_are_told_to_the_nearest_second(seconds: float, told: str) -> None:
    assert clock_text(seconds) == told
