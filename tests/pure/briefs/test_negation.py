"""Denied feelings, in both languages, as the lexicons read them."""

import pytest

from music.brief import Mood
from music.briefs import read_mood

pytestmark = pytest.mark.usefixtures("lexicon_alone")


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("행복하지 않다", Mood.JOY),
        ("행복하지는 않았다", Mood.JOY),
        ("기쁘지않다", Mood.JOY),
        ("웃지 못했다", Mood.JOY),
        ("안 슬프다", Mood.SADNESS),
        ("슬픈 게 아니라 편했다", Mood.SADNESS),
        ("사랑할 수 없다", Mood.LOVE),
        ("두려움 없이 나아갔다", Mood.TENSION),
        ("두려움이 없는 사람", Mood.TENSION),
        ("무서워하지 마", Mood.TENSION),
        ("무서워하지 말자", Mood.TENSION),
        ("외롭지 않아", Mood.MELANCHOLY),
        ("I was not happy", Mood.JOY),
        ("hardly any joy", Mood.JOY),
        ("I don't love him", Mood.LOVE),
        ("I don’t love him", Mood.LOVE),
        ("walking on without fear", Mood.TENSION),
        ("never sad", Mood.SADNESS),
    ],
)
def test_it_does_not_read_a_denied_feeling_as_felt(text, denied):
    reading = read_mood(text)
    assert not reading.is_guess
    assert denied not in dict(reading.weights), reading


@pytest.mark.parametrize(
    ("text", "felt"),
    [
        ("끝없이 행복하다", Mood.JOY),
        ("더할 나위 없이 행복했다", Mood.JOY),
        ("말할 수 없이 슬프다", Mood.SADNESS),
        ("슬프지 않을 수 없었다", Mood.SADNESS),
        ("덧없는 세월", Mood.MELANCHOLY),
        ("어처구니없는 횡포", Mood.ANGER),
        ("집에는 아무것도 없다. 슬프다.", Mood.SADNESS),
        ("not only beautiful", Mood.WONDER),
        ("I have never felt so happy", Mood.JOY),
        ("I couldn't help laughing", Mood.JOY),
        ("I cannot stop crying", Mood.SADNESS),
        ("No, I love it", Mood.LOVE),
        ("It did not matter to anyone there, sad", Mood.SADNESS),
    ],
)
def test_it_is_not_fooled_by_words_that_deny_something_else(text, felt):
    assert read_mood(text).weights[0][0] == felt


def test_it_turns_a_denied_feeling_into_its_opposite():
    assert read_mood("행복하지 않다").valence < 0 < read_mood("슬프지 않다").valence
    assert read_mood("not happy").valence < 0 < read_mood("not angry").valence


def test_it_shows_the_denial_and_not_its_opposite():
    assert read_mood("그는 행복하지 않았다").reasons[0].detail == "행복하지 않았다"
