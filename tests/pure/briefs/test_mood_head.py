"""The head that ships: it belongs to the training texts, and fitting it again gives it again."""

from dataclasses import replace

import numpy as np
import pytest

from music.briefs.encoder import encoder
from music.briefs.features import features_of
from music.briefs.head import HEAD, PLAIN, centred, head, read_head, write_head
from music.briefs.language import cleaned
from music.briefs.training import digest, examples, features_of_examples, fitted, validated

FULL_FLOOR, WORDS_FLOOR = 0.73, 0.64
TEXTS_FLOOR = 770


@pytest.fixture(scope="module")
def texts():
    return examples()


@pytest.fixture(scope="module")
def features(texts):
    """Without vectors, for encoding all the texts takes minutes: a head keeps them as its landmarks."""
    return features_of_examples(texts, None)


@pytest.fixture(scope="module")
def refitted(texts, features):
    shipped = head()
    sharpnesses = (shipped.full.sharpness, shipped.words.sharpness)
    return fitted(texts, features, shipped.landmarks, shipped.means, shipped.encoder, sharpnesses)


def test_it_was_fitted_to_the_training_texts_as_they_are():
    assert head().seeds == digest(), "run manage.py train_mood_head"


def test_it_comes_out_the_same_again(refitted):
    shipped = head()
    np.testing.assert_array_equal(refitted.known, shipped.known)
    np.testing.assert_array_equal(refitted.rarity, shipped.rarity)
    for name in ("full", "words"):
        was, now = getattr(shipped, name), getattr(refitted, name)
        for part in ("duals", "runs", "said", "prior"):
            np.testing.assert_allclose(getattr(now, part), getattr(was, part), atol=4e-3)


def test_it_gives_the_same_answers_again(texts, features, refitted):
    for place in range(0, len(texts), 40):
        for vector in (None, centred_back(place, texts)):
            known = replace(features[place], vector=vector)
            np.testing.assert_allclose(refitted.log_odds(known), head().log_odds(known), atol=0.05)


def test_it_is_right_about_authors_it_was_not_fitted_to(texts, features):
    sharpnesses, odds = validated(texts, features, head().landmarks)
    assert sharpnesses == (head().full.sharpness, head().words.sharpness)
    labels = np.array([text.label for text in texts])
    felt = labels != PLAIN
    assert (odds.full[felt, :PLAIN].argmax(axis=1) == labels[felt]).mean() > FULL_FLOOR
    assert (odds.words[felt, :PLAIN].argmax(axis=1) == labels[felt]).mean() > WORDS_FLOOR


@pytest.mark.skipif(encoder() is None, reason="the sentence encoder is not installed")
def test_its_landmarks_are_the_encoders_vectors(texts):
    shipped = head()
    for place in range(0, len(texts), 180):
        text = texts[place]
        vector = centred(encoder().encode(cleaned(text.text)), text.language, shipped.means)
        assert float(vector @ shipped.landmarks[place]) > 0.99


def test_it_survives_its_file(tmp_path):
    write_head(head(), tmp_path / "head.npz")
    again = read_head(tmp_path / "head.npz")
    np.testing.assert_allclose(again.landmarks, head().landmarks, atol=1e-6)
    assert again.encoder == head().encoder
    assert HEAD.stat().st_size < 4_000_000


def test_it_knows_nothing_of_runs_it_never_met():
    odd = features_of("qzxv wvqk", None)
    assert odd.runs.size
    np.testing.assert_allclose(head().log_odds(odd), head().words.sharpness * head().words.prior)


def test_it_has_training_texts_enough_and_none_twice(texts):
    counts = np.bincount([text.label for text in texts])
    assert counts[:PLAIN].min() >= TEXTS_FLOOR
    assert len({text.text for text in texts}) == len(texts)
    for language in ("ko", "en"):
        authors = {text.fold for text in texts if text.language == language and text.label != PLAIN}
        assert authors == {0, 1, 2}


def centred_back(place, texts):
    """A vector that is centred to the text's landmark."""
    shipped = head()
    mean = shipped.means[("ko", "en").index(texts[place].language)]
    return (mean + shipped.landmarks[place]).astype(np.float32)
