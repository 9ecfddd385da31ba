"""Makes the README's pictures from the running product: `python -m docs.images.make` (needs Chromium and its fonts)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.process.product import Product, running_product
from tests.process.reader import PASSWORD, HttpReader

HERE = Path(__file__).parent
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 780}


def fill(product: Product) -> str:
    """A reader with four journeys; the id of the one that is pictured."""
    alice = HttpReader(product.url, "jieun")

    def start(title: str) -> str:
        found = alice.api.get(f"{product.url}/api/books", params={"q": title}, timeout=10).json()["results"][0]
        chosen = {name: found[name] for name in ("source", "source_id")}
        return str(alice.post("/api/journeys/create", chosen).json()["journey"]["id"])

    for title in ("데미안", "어린 왕자", "소년이 온다"):
        other = start(title)
        alice.post(f"/api/journeys/{other}/logs", {"memo": "천천히 읽는 중. 마음이 고요해진다.", "page": 42})
    journey = start("동백꽃")
    logs = [
        {
            "quote": "나는 고만 알싸한 그리고 향긋한 그 냄새에 땅이 꺼지는 듯이 온 정신이 고만 아찔하였다.",
            "memo": "마지막 장면에서 웃음이 났다. 서툴고 다정한 두 사람.",
            "emotions": ["joy", "love"],
            "percent": 100,
        },
        {"memo": "감자를 내미는 마음을 왜 몰라줄까. 조금 서글프다.", "emotions": ["melancholy"], "percent": 40},
    ]
    for log in reversed(logs):
        alice.post(f"/api/journeys/{journey}/logs", log)
    pieces = alice.api.get(f"{product.url}/api/music", timeout=10).json()["results"]
    for piece in pieces:
        alice.wait_for(piece["id"], seconds=180)
    return journey


def open_page(browser: Browser, product: Product, *, dark: bool = False, phone: bool = False) -> Page:
    page = browser.new_context(
        locale="ko-KR",
        timezone_id="Asia/Seoul",
        viewport=PHONE if phone else DESKTOP,
        color_scheme="dark" if dark else "light",
        device_scale_factor=1.5,
    ).new_page()
    page.goto(f"{product.url}/login")
    page.fill("input[name=username]", "jieun")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{product.url}/")
    return page


def main() -> None:
    room = Path(tempfile.mkdtemp())
    with running_product(room) as product, sync_playwright() as playwright:
        journey = fill(product)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = open_page(browser, product)
        page.goto(product.url)  # anew: without Turbo's bar of progress
        page.screenshot(path=HERE / "home.png")
        page.goto(f"{product.url}/journeys/{journey}")
        page.locator(".log [data-play]").first.click()
        expect(page.locator("#player")).to_be_visible()
        page.wait_for_timeout(3000)
        page.locator(".log").first.scroll_into_view_if_needed()
        page.screenshot(path=HERE / "journey.png")
        page = open_page(browser, product, dark=True, phone=True)
        page.goto(f"{product.url}/journeys/{journey}")
        page.locator(".log").first.scroll_into_view_if_needed()
        page.screenshot(path=HERE / "journey-phone-dark.png")
        browser.close()
    shutil.rmtree(room)


if __name__ == "__main__":
    main()
