"""Light and dark, on the screen: at once, on every page, over what the device has."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignUp
from tests.process.product import Product

GROUND = "getComputedStyle(document.documentElement).backgroundColor"
LIGHT, DARK = "rgb(248, 244, 236)", "rgb(27, 25, 22)"


def test_pages_follow_the_device(page: Page, product: Product) -> None:
    page.goto(product.url)
    for scheme, ground in (("light", LIGHT), ("dark", DARK)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.evaluate(GROUND) == ground


def test_a_visitor_has_it_dark_on_a_light_device(page: Page, product: Product) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(product.url)
    page.get_by_role("button", name="어둡게", exact=True).click()
    expect(page.get_by_role("button", name="어둡게", exact=True, pressed=True)).to_be_visible()
    assert page.evaluate(GROUND) == DARK
    page.get_by_role("link", name="로그인").first.click()
    page.wait_for_url("**/login")
    assert page.evaluate(GROUND) == DARK


def test_a_readers_setting_holds_at_once_without_a_reload(page: Page, product: Product, sign_up: SignUp) -> None:
    page.emulate_media(color_scheme="dark")
    sign_up(page, product)
    page.goto(f"{product.url}/settings")
    page.evaluate("window.sameDocument = true")
    page.select_option("select[name=theme]", "light")
    page.locator("main form", has=page.locator("select[name=theme]")).locator("button[type=submit]").click()
    expect(page.locator("[data-notices]")).to_be_visible()
    assert page.evaluate(GROUND) == LIGHT
    assert page.evaluate("window.sameDocument")
