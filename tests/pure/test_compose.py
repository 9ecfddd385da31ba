"""docker-compose.yml and .env.example agree with each other, with the settings and with what `up` runs.

No Docker engine is needed: what is checked is what a wrong word in these files would break.
"""

from __future__ import annotations

import ast
import re
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT_DIR = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT_DIR / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PRODUCT = ("web", "live", "worker", "studio", "beat", "migrate")
READ_BY_BOTO3 = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
REQUIRED = re.compile(r"\$\{[A-Z0-9_]+:\?[^}]+\}")
EMPTY_UNLESS_GIVEN = re.compile(r"\$\{[A-Z0-9_]+:-\}")
ANY_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)(?::[-?][^}]*)?\}")


def variables_of_settings() -> set[str]:
    """The environment variables that settings.py reads: the first argument of every `env.…("NAME", …)`."""
    tree = ast.parse((PROJECT_DIR / "readingjourney" / "settings.py").read_text())
    return {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and isinstance(call.args[0], ast.Constant)
    }


def commands() -> list[tuple[str, list[str]]]:
    found = []
    for name in PRODUCT:
        found.append((name, SERVICES[name]["command"]))
        test = SERVICES[name].get("healthcheck", {}).get("test")
        if test:
            found.append((f"{name}'s health check", test[1:] if test[0] == "CMD" else test[1].split()))
    return found


def test_it_runs_one_image_for_all_the_product_s_services():
    assert {SERVICES[name]["image"] for name in PRODUCT} == {"reading-journey"}
    assert {SERVICES[name]["build"] for name in PRODUCT} == {"."}


def test_it_pins_the_images_of_the_other_services():
    for name in SERVICES.keys() - PRODUCT:
        assert re.search(r":[v\d]", SERVICES[name]["image"]), SERVICES[name]["image"]


@pytest.mark.parametrize(("name", "command"), commands())
def test_it_runs_only_what_exists(name: str, command: list[str]):
    program, *arguments = command

    if program != "python":
        assert shutil.which(program), f"{name}: {program}"
    elif arguments[0] == "-m":
        assert find_spec(arguments[1]), f"{name}: {arguments[1]}"
    elif arguments[0] != "-c":
        assert (PROJECT_DIR / arguments[0]).is_file(), f"{name}: {arguments[0]}"


def test_it_sets_only_variables_that_something_reads():
    known = variables_of_settings() | READ_BY_BOTO3
    assert "BROKER_URL" in known  # the reading of settings.py works

    for name in PRODUCT:
        assert SERVICES[name]["environment"].keys() <= known


def test_it_hands_on_whatever_else_stands_in_the_operators_file():
    """The documentation promises every variable of the settings, and "BOOK_SOURCES=" that no search leaves."""
    for name in PRODUCT:
        assert SERVICES[name]["env_file"] == [{"path": ".env", "required": False}]


def test_all_its_processes_share_one_cache_that_is_not_the_brokers():
    """Of several web processes, the one that a choice is sent to must know what another one has found."""
    addresses = SERVICES["web"]["environment"]
    assert addresses["CACHE_URL"].startswith("redis://valkey:6379/")
    assert addresses["CACHE_URL"] != addresses["BROKER_URL"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_it_holds_no_secret(name: str):
    for variable, value in SERVICES[name].get("environment", {}).items():
        if re.search("SECRET|PASSWORD|KEY", variable):
            outside = REQUIRED.fullmatch(value) or EMPTY_UNLESS_GIVEN.fullmatch(value)
            assert outside, f"{name}: {variable} must come from outside"
        if re.search(r"://[^/]*:[^/]*@", value):
            assert REQUIRED.search(value), f"{name}: {variable} has a literal password"


def test_it_names_every_variable_in_the_example():
    example = (PROJECT_DIR / ".env.example").read_text()
    offered = dict(line.split("=", 1) for line in example.splitlines() if line and not line.startswith("#"))

    text = (PROJECT_DIR / "docker-compose.yml").read_text()
    assert set(ANY_VARIABLE.findall(text)) == offered.keys()
    for required in re.findall(r"\$\{([A-Z0-9_]+):\?", text):
        assert offered[required] == "", f"{required} must be chosen by whoever runs it"


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"migrate"}))
def test_it_watches_the_health_of_every_lasting_service(name: str):
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", ["web", "live", "worker", "studio", "beat"])
def test_it_waits_for_the_schema_the_broker_and_the_store(name: str):
    assert SERVICES[name]["depends_on"] == {
        "migrate": {"condition": "service_completed_successfully"},
        "valkey": {"condition": "service_healthy"},
        "objectstore": {"condition": "service_healthy"},
    }


def test_it_waits_for_existing_services_that_can_be_healthy():
    for service in SERVICES.values():
        for other, wish in service.get("depends_on", {}).items():
            if wish["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other]


def test_it_never_evicts_a_message():
    command = " ".join(SERVICES["valkey"]["command"])

    assert "--maxmemory-policy noeviction" in command
    assert "--appendonly yes" in command


def test_it_serves_every_queue():
    text = (PROJECT_DIR / "readingjourney" / "management" / "commands" / "up.py").read_text()
    queues = set(re.findall(r'"-Q", "(\w+)"', text))

    served = {SERVICES[name]["command"][SERVICES[name]["command"].index("-Q") + 1] for name in ("worker", "studio")}
    assert queues == served
    assert len(queues) == 2


def test_it_keeps_the_bucket_the_volume_and_the_address_together():
    bucket = SERVICES["web"]["environment"]["AWS_STORAGE_BUCKET_NAME"]

    assert SERVICES["objectstore"]["volumes"] == [f"music:/data/{bucket}"]
    assert SERVICES["web"]["environment"]["AWS_S3_ENDPOINT_URL"] == "http://objectstore:7070"
