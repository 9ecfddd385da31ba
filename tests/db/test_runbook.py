"""docs/operations.md speaks of what there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands, load_command_class
from django.test import Client

from music.models import Heartbeat, MusicTrack, PauseCode, ProviderGate
from readingjourney import health

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text()


def test_every_command_and_option_in_it_exists() -> None:
    found = set(re.findall(r"manage\.py (\w+)((?: --[\w-]+)*)", PAGE))
    assert len(found) > 10
    commands = get_commands()
    for name, options in found:
        assert name in commands, name
        app = commands[name]
        parser = (load_command_class(app, name) if isinstance(app, str) else app).create_parser("manage.py", name)
        for option in options.split():
            assert option in parser._option_string_actions, f"{name} {option}"


@pytest.mark.django_db
def test_every_metric_in_it_is_served(client: Client, settings: Any, track: MusicTrack) -> None:
    settings.METRICS_TOKEN = "a-token-for-prometheus"
    gate = ProviderGate.of("studio")
    gate.pause("unreachable")
    Heartbeat.tally("files", {"lost": 1})
    Heartbeat.tally("sweep", {"polls": 1, "polls_late_seconds": 1, "sweeps": 1, "swept_seconds": 1})
    text = client.get("/metrics", headers={"Authorization": "Bearer a-token-for-prometheus"}).content.decode()
    served = set(re.findall(r"^# TYPE (\w+)", text, re.MULTILINE))
    named = set(re.findall(r"reading_journey_\w+\b(?!…)", PAGE)) - {"reading_journey_sweep_", "reading_journey_files_"}
    named |= {f"reading_journey{name}" for name in re.findall(r"`(_\w+)`", PAGE)}
    assert len(named) > 15
    # Answered by whoever can be asked; the broker of the tests cannot.
    assert named - served <= {"reading_journey_broker_up"}


def test_every_check_and_every_reason_of_a_pause_is_explained() -> None:
    for name in health.CHECKS:
        assert f"| `{name}` |" in PAGE, name
    for code in PauseCode.values:
        assert not code or f"| `{code}` |" in PAGE, code


def test_its_configuration_can_be_read() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 2
    rules = yaml.safe_load(blocks[1])["groups"][0]["rules"]
    assert all(rule.keys() >= {"alert", "expr"} for rule in rules)
    assert yaml.safe_load(blocks[0])["scrape_configs"]


def test_its_links_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-") for line in re.findall("^##? (.+)$", PAGE, re.M)
    }
    for target in re.findall(r"\]\(#([^)]+)\)", PAGE):
        assert target in headings, target
