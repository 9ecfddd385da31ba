"""A source that keeps failing is left alone, and tried again with one question."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import caches

from journeys.catalogue.breaker import FAILURES, REST_SECONDS, Breaker


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    caches["books"].clear()
    with time_machine.travel("2026-11-21T12:00:00+00:00", tick=False) as clock:
        yield clock
    caches["books"].clear()


def later(clock: time_machine.Traveller, seconds: float) -> None:
    clock.shift(timedelta(seconds=seconds))


def test_a_few_failures_open_it_and_time_lets_one_question_through(clock: time_machine.Traveller) -> None:
    breaker = Breaker("kakao")
    for _ in range(FAILURES - 1):
        breaker.failed()
    assert breaker.admits()
    breaker.failed()
    assert not breaker.admits()
    assert breaker.rests

    later(clock, REST_SECONDS + 1)

    assert [breaker.admits() for _ in range(3)] == [True, False, False]


def test_a_probe_that_works_closes_it(clock: time_machine.Traveller) -> None:
    breaker = Breaker("kakao")
    breaker.failed(rest=5)
    later(clock, 6)
    assert breaker.admits()
    breaker.worked()

    assert [breaker.admits() for _ in range(3)] == [True, True, True]


def test_a_probe_that_fails_opens_it_again_at_once(clock: time_machine.Traveller) -> None:
    breaker = Breaker("kakao")
    breaker.failed(rest=5)
    later(clock, 6)
    assert breaker.admits()
    breaker.failed()

    assert not breaker.admits()


def test_a_probe_that_was_lost_is_followed_by_another(clock: time_machine.Traveller) -> None:
    breaker = Breaker("kakao")
    breaker.failed(rest=5)
    later(clock, 6)
    assert breaker.admits()
    assert not breaker.admits()
    later(clock, 16)

    assert breaker.admits()


def test_it_stays_open_for_as_long_as_the_source_says(clock: time_machine.Traveller) -> None:
    breaker = Breaker("kakao")
    breaker.failed(rest=120)
    later(clock, 119)
    assert breaker.rests
    later(clock, 2)
    assert not breaker.rests


def test_failures_far_apart_do_not_add_up(clock: time_machine.Traveller) -> None:
    breaker = Breaker("kakao")
    for _ in range(2 * FAILURES):
        breaker.failed()
        later(clock, 61)

    assert breaker.admits()


def test_each_source_has_its_own(clock: time_machine.Traveller) -> None:
    Breaker("kakao").failed(rest=60)

    assert Breaker("aladin").admits()
