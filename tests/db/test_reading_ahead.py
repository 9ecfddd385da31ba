"""Words are read for their mood before the transaction that writes them, which other writers wait for."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

import music.briefs.evidence
from journeys.models import Journey
from journeys.services import LogEntry, add_log, finish_journey
from music.briefs.evidence import features_of, forget


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """The texts that were read, and whether a transaction waited for it."""
    seen: list[tuple[str, bool]] = []

    def watched(text: str, encoder: Any) -> Any:
        seen.append((text, connection.in_atomic_block))
        return features_of(text, encoder)

    forget()
    monkeypatch.setattr(music.briefs.evidence, "features_of", watched)
    return seen


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("write", [add_log, finish_journey])
def test_no_transaction_waits_for_a_mood_to_be_read(
    journey: Journey, reads: list[tuple[str, bool]], write: Any
) -> None:
    write(journey, LogEntry(memo="  창밖에 비가 왔다. ", quote="It rained all afternoon."))
    assert {"창밖에 비가 왔다.", "It rained all afternoon."} <= {text for text, _ in reads}
    assert [text for text, waited in reads if waited] == []


@pytest.mark.django_db(transaction=True)
def test_what_was_not_read_ahead_is_read_later(
    journey: Journey, reads: list[tuple[str, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("journeys.services.texts.read_ahead", lambda *texts: None)
    log = add_log(journey, LogEntry(memo="너무 슬퍼서 펑펑 울었다"))
    assert log.track.brief["moods"][0][0] == "sadness"
    assert [text for text, waited in reads if waited]
