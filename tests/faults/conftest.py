"""The fixture that all cases use, and what it costs to have it: one nursery for the whole run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from journeys.models import Reader
from music.providers import get_provider
from tests.fake_mureka import FakeMureka, Settings, running_mureka
from tests.faults.harness import CONSTANTS, Faults, Nursery, database_url
from tests.faults.nursery import change_constants, constants_now


@pytest.fixture(scope="session")
def nursery(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nursery]:
    home = tmp_path_factory.mktemp("nursery")
    with django_db_blocker.unblock():
        url = database_url()
    environment = {"DATABASE_URL": url, "DATA_DIR": str(home), "MUREKA_API_KEY": Settings().key, "LOG_LEVEL": "INFO"}
    environment["DJANGO_SETTINGS_MODULE"] = "tests.faults.settings"
    nursery = Nursery(home / "nursery.log", environment)
    yield nursery
    nursery.close()


@pytest.fixture
def mureka() -> Iterator[FakeMureka]:
    with running_mureka() as mureka:
        yield mureka


@pytest.fixture
def faults(
    transactional_db: None,
    nursery: Nursery,
    mureka: FakeMureka,
    alice: Reader,
    settings: Any,
    tmp_path: Path,
) -> Iterator[Faults]:
    """A product with a vendor and no workers yet."""
    settings.MUSIC_PROVIDERS = {**settings.MUSIC_PROVIDERS, "mureka": "music.providers.mureka.MurekaProvider"}
    get_provider.cache_clear()
    before = constants_now(CONSTANTS)
    change_constants(CONSTANTS)
    faults = Faults(tmp_path, nursery, mureka, alice, settings)
    try:
        yield faults
    finally:
        faults.end_workers()
        mureka.clear()
        mureka.release()
        change_constants(before)
        get_provider.cache_clear()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome: Any = yield
    report = outcome.get_result()
    faults = getattr(item, "funcargs", {}).get("faults")
    if report.when == "call" and report.failed and faults is not None:
        faults.show()
