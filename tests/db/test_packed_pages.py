"""Pages travel packed, and nothing else does."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client

from journeys.models import Journey
from tests.db.shared import finish

pytestmark = pytest.mark.django_db

PACKED = {"Accept-Encoding": "gzip"}


def test_a_page_is_packed_for_whoever_unpacks_it(as_alice: Client, journey: Journey) -> None:
    plain = as_alice.get(journey.get_absolute_url())
    packed = as_alice.get(journey.get_absolute_url(), headers=PACKED)
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert 3 * len(packed.content) < len(plain.content)
    assert journey.book.shown_title in gzip.decompress(packed.content).decode()


def test_audio_and_news_are_not(as_alice: Client, journey: Journey) -> None:
    track = finish(journey, 0)
    for path in (f"/api/music/{track.pk}/audio", "/api/music/status"):
        answer = as_alice.get(path, headers=PACKED)
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer
        assert b"".join(answer)
