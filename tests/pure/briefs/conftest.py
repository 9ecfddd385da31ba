"""Readers of moods to test with: whatever is installed, the head without an encoder, the lexicon alone."""

import pytest

import music.briefs.evidence
from music.briefs.encoder import using


@pytest.fixture
def without_encoder():
    with using(None):
        yield


@pytest.fixture
def lexicon_alone(monkeypatch):
    monkeypatch.setattr(music.briefs.evidence, "head", lambda: None)
