"""A search shows what is here at once, and what others know when they have answered."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import SignUp, log_in
from tests.doubles.books import NAMES, Bookshop, running_bookshop
from tests.process.product import Product, running_product


@pytest.fixture(scope="module")
def shop() -> Iterator[Bookshop]:
    with running_bookshop() as shop:
        yield shop


@pytest.fixture(scope="module")
def bookish(tmp_path_factory: pytest.TempPathFactory, shop: Bookshop) -> Iterator[Product]:
    """The product with four book services, all of them doubles."""
    with running_product(tmp_path_factory.mktemp("books"), **shop.environment) as product:
        yield product


def search(page: Page, product: Product, query: str) -> None:
    page.goto(f"{product.url}/journeys/new")
    page.fill("input[type=search]", query)
    page.keyboard.press("Enter")


def test_from_a_slow_search_to_a_journey_with_a_cover(
    page: Page, bookish: Product, shop: Bookshop, sign_up: SignUp
) -> None:
    shop.delays = dict.fromkeys(NAMES, 2.0)
    shop.delays["openlibrary"] = 30.0
    sign_up(page, bookish, "alice-searches")
    page.set_viewport_size({"width": 360, "height": 740})

    search(page, bookish, "달빛")
    expect(page.locator("#results-title")).to_be_visible()
    expect(page.locator(".further-looking")).to_be_visible()
    assert shop.url not in page.content()

    further = page.locator("#further")
    expect(further.get_by_role("heading", name="달빛 정원")).to_be_visible(timeout=8_000)
    expect(further).to_contain_text("Open Library")
    expect(page.locator("[data-said]")).to_contain_text("Open Library")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    further.get_by_role("button", name=re.compile("달빛 정원")).first.click()
    page.wait_for_url("**/journeys/*-*")
    expect(page.get_by_role("heading", name="달빛 정원").first).to_be_visible()

    def cover_is_there() -> bool:
        page.reload()
        return bool(page.locator("img.cover").count())

    for _ in range(40):
        if cover_is_there():
            break
        page.wait_for_timeout(500)
    cover = page.locator("img.cover").first
    assert cover.evaluate("image => image.complete && image.naturalWidth") == 200
    assert cover.get_attribute("src", timeout=1000).startswith("/covers/")  # type: ignore[union-attr]


def test_without_javascript_a_link_leads_to_all_of_it(
    page: Page, bookish: Product, shop: Bookshop, sign_up: SignUp, other_context: BrowserContext
) -> None:
    shop.delays = {}
    sign_up(page, bookish, "bob-without-scripts")
    plain = other_context.browser.new_context(java_script_enabled=False, locale="ko-KR")  # type: ignore[union-attr]
    try:
        still = log_in(plain.new_page(), bookish, "bob-without-scripts")
        still.goto(f"{bookish.url}/journeys/new?q=정원")
        still.locator("#further a").click()
        still.get_by_role("button", name=re.compile("달빛 정원")).last.click()
        still.wait_for_url("**/journeys/*-*")
        expect(still.get_by_role("heading", name="달빛 정원").first).to_be_visible()
    finally:
        plain.close()
