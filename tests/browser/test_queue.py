"""Two readers at a vendor that makes one piece at a time: what the one who waits is told, without reloading."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignUp, start_journey
from tests.fake_mureka import FakeMureka, running_mureka
from tests.process.product import PROJECT_DIR, Product, running_product, wait_until
from tests.process.reader import HttpReader

RESTING = "음악 서비스가 잠시 쉬고 있습니다. 요청하신 곡은 안전하게 보관되어 차례를 기다립니다."


@pytest.fixture(scope="module")
def mureka() -> Iterator[FakeMureka]:
    with running_mureka(latency=(3600, 3600), concurrency=1) as mureka:
        yield mureka


@pytest.fixture(scope="module")
def crowded_product(tmp_path_factory: pytest.TempPathFactory, mureka: FakeMureka) -> Iterator[Product]:
    with running_product(
        tmp_path_factory.mktemp("crowded"),
        MUREKA_CONCURRENCY=1,
        MUREKA_POLL_SECONDS=0.5,
        MUSIC_SWEEP_SECONDS=0.5,
        **mureka.environment,
    ) as product:
        yield product


def staff(product: Product, *words: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=PROJECT_DIR,
        env={**os.environ, **product.environment},
        check=True,
        capture_output=True,
    )


def finish_one(mureka: FakeMureka) -> None:
    """End what is under way, once it has begun."""
    wait_until(lambda: mureka.stats()["in_flight"] == 1, what="a piece to be under way")
    mureka.finish()


def test_the_place_falls_as_pieces_finish_and_an_outage_is_told_and_taken_back(
    page: Page, crowded_product: Product, mureka: FakeMureka, sign_up: SignUp
) -> None:
    bob = HttpReader(crowded_product.url, "bob-was-first")
    for _ in range(3):
        bob.post("/api/music", {"prompt": "빠른 드럼"})
    wait_until(lambda: mureka.stats()["in_flight"] == 1, what="bob's first piece to be under way")

    sign_up(page, crowded_product, "alice-waits")
    start_journey(page, crowded_product, "데미안")
    badge = page.locator("[data-track]")
    place = badge.locator("[data-place]")
    expect(place).to_have_text(re.compile(r"^대기열 2번째 · 약 \d+(–\d+)?분 안에$"))
    expect(badge.locator(".badge-time")).to_have_text(re.compile(r"^기다린 지 \d+초째$"))
    clock = badge.locator("[data-elapsed]")
    clock.evaluate("clock => { clock.dataset.marked = 'yes'; }")

    finish_one(mureka)
    expect(place).to_have_text(re.compile(r"^다음 차례 · 약 \d+(–\d+)?분 안에$"), timeout=20_000)
    assert clock.get_attribute("data-marked") == "yes", "a new place leaves the rest of the badge as it is"

    finish_one(mureka)
    expect(badge.locator(".badge-time")).to_have_text(re.compile(r"^만들기 시작한 지 \d+초째 · 보통 "), timeout=20_000)
    expect(place).to_be_hidden()
    finish_one(mureka)
    expect(badge).to_contain_text("음악 준비됨", timeout=20_000)

    # Bob's third piece is under way by now, and alice's next one comes after it.
    wait_until(lambda: mureka.stats()["in_flight"] == 1, what="bob's third piece to be under way")
    page.fill("textarea[name=memo]", "새는 알에서 나오려고 투쟁한다.")
    page.get_by_role("button", name="기록하고 음악 만들기").click()
    newest = page.locator(".log").first.locator("[data-track]")
    expect(newest).to_contain_text("음악 생성 중")
    mureka.revoke_key()
    expect(newest.locator("[data-place]")).to_have_text(RESTING, timeout=20_000)
    expect(newest).to_have_attribute("data-paused", "")
    expect(page.locator("#making")).to_have_text("🎵 음악 생성 중… (음악 서비스가 쉬는 중)")

    mureka.restore_key()
    staff(crowded_product, "gates", "--resume", "mureka")
    expect(newest.locator("[data-place]")).to_have_text(re.compile("^다음 차례 · 약 "), timeout=20_000)
    expect(newest).not_to_have_attribute("data-paused", "")
    expect(page.locator("#making")).not_to_contain_text("음악 서비스가 쉬는 중")
