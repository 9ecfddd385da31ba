"""A reading record brought along and taken away again, by a reader in a browser; without scripts too."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import SignUp, log_in
from tests.browser.test_accessibility import axe_faults
from tests.browser.test_album import answered_by_the_test
from tests.process.product import Product
from tests.pure.importing import samples

SEND = "form[action='/imports'] button[type=submit]"
TAKE_IN = ".panel button[formaction$='/confirm']"
ANSWER_SECONDS = 30_000
QUESTION = "8,데미안" + "," * 17 + "read" + "," * 12 + "\n"


def send(page: Page, product: Product, name: str, text: str) -> None:
    page.goto(f"{product.url}/imports")
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "text/plain", "buffer": text.encode()})
    page.click(SEND)
    page.wait_for_url("**/imports/*-*")


def test_clippings_become_journeys_and_go_out_again(
    page: Page, product: Product, sign_up: SignUp, tmp_path: Path
) -> None:
    sign_up(page, product)
    send(page, product, "My Clippings.txt", samples.CLIPPINGS)
    # Nobody reloads: the page follows the work by itself.
    expect(page.locator(TAKE_IN)).to_be_visible(timeout=ANSWER_SECONDS)
    expect(page.locator(".transfer-row")).to_have_count(3)
    page.click(TAKE_IN)
    expect(page.locator("form[action$='/music']")).to_be_visible(timeout=ANSWER_SECONDS)
    page.locator(".transfer-row a").first.click()
    page.wait_for_url("**/journeys/*")
    expect(page.get_by_text("The egg is the world.")).to_be_visible()
    expect(page.get_by_text("the egg is the world", exact=True)).to_be_visible()

    send(page, product, "My Clippings.txt", samples.CLIPPINGS)
    expect(page.locator(".outcome-duplicate")).to_have_count(3, timeout=ANSWER_SECONDS)
    expect(page.locator(TAKE_IN)).to_have_count(0)

    page.goto(f"{product.url}/exports")
    page.click("main form[action='/exports'] button")
    link = page.locator("a[href$='/file']")
    expect(link).to_be_visible(timeout=ANSWER_SECONDS)
    with page.expect_download() as download:
        link.click()
    archive = tmp_path / "everything.zip"
    download.value.save_as(archive)
    with zipfile.ZipFile(archive) as packed:
        assert "The egg is the world." in packed.read("journey.json").decode()


def test_music_is_made_of_imported_words_when_it_is_asked_for(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    send(page, product, "My Clippings.txt", samples.CLIPPINGS_KOREAN)
    expect(page.locator(TAKE_IN)).to_be_visible(timeout=ANSWER_SECONDS)
    page.click(TAKE_IN)
    ask = page.locator("form[action$='/music'] button")
    expect(ask).to_be_visible(timeout=ANSWER_SECONDS)
    ask.click()
    expect(ask).to_have_count(0, timeout=ANSWER_SECONDS)
    expect(page.locator("a[href$='/undo']")).to_be_visible(timeout=ANSWER_SECONDS)
    page.locator(".transfer-row a").first.click()
    expect(page.get_by_text(re.compile("음악 준비됨")).first).to_be_visible(timeout=60_000)


@answered_by_the_test
def test_the_end_of_the_work_waits_for_a_link_that_was_followed(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    page.goto(f"{product.url}/imports")
    followed: list[Route] = []
    told: list[str] = []

    def tell(route: Route) -> None:
        state = "done" if followed else "working"
        told.append(state)
        route.fulfill(json={"state": state})

    page.route("**/settings", lambda route: followed.append(route))
    page.route("**/work", tell)
    page.evaluate(
        """() => {
          const work = '<p data-transfer="/work" data-transfer-state="working"></p>';
          document.querySelector('main').insertAdjacentHTML('beforeend', work);
          document.dispatchEvent(new Event('turbo:load'));
        }"""
    )
    page.get_by_role("link", name="설정", exact=True).click()
    while told.count("done") < 2:  # the routes run while the page is waited for
        with page.expect_response("**/work", timeout=15_000):
            pass
    followed[0].continue_()
    page.wait_for_url("**/settings")


def test_a_refused_file_says_why_on_a_narrow_page(page: Page, product: Product, sign_up: SignUp) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    sign_up(page, product)
    send(page, product, "picture_with_a_rather_long_name_that_somebody_once_gave_it.csv", "no table at all\n")
    expect(page.locator("main [role=alert]")).to_be_visible(timeout=ANSWER_SECONDS)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_an_unknown_table_is_explained_on_a_narrow_page(page: Page, product: Product, sign_up: SignUp) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    sign_up(page, product)
    send(page, product, "책.csv", "제목,저자,상태,평점,긴 이름의 칸\n데미안,헤르만 헤세,완독,9," + "길다" * 40 + "\n")
    expect(page.locator("select[name=field_title]")).to_have_value("제목", timeout=ANSWER_SECONDS)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.click("form[action$='/columns'] button[type=submit]")
    expect(page.locator(TAKE_IN)).to_be_visible(timeout=ANSWER_SECONDS)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_enter_in_a_choice_saves_it_and_stays(page: Page, product: Product, sign_up: SignUp) -> None:
    sign_up(page, product)
    send(page, product, "goodreads.csv", samples.GOODREADS_OLD + QUESTION)
    expect(page.locator(TAKE_IN)).to_be_visible(timeout=ANSWER_SECONDS)
    page.click("button[name=to][value='show=choice']")
    page.wait_for_url("**show=choice")
    assert axe_faults(page) == []
    choice = page.locator("input[type=radio][name='row-2']").first
    choice.check()
    with page.expect_navigation(url="**show=choice**"):
        choice.press("Enter")
    expect(page.locator(".outcome-choice")).to_have_count(0, timeout=ANSWER_SECONDS)


def test_without_scripts_the_page_reloads_until_the_file_is_read(
    page: Page, product: Product, sign_up: SignUp, browser: Browser, browser_context_args: dict[str, Any]
) -> None:
    sign_up(page, product, "alice-imports")
    plain = browser.new_context(**browser_context_args, java_script_enabled=False)
    try:
        other = plain.new_page()
        log_in(other, product, "alice-imports")
        # A title of the catalogue without its author is a question, and its answer goes along with the button.
        send(other, product, "goodreads.csv", samples.GOODREADS_OLD + QUESTION)
        expect(other.locator(TAKE_IN)).to_be_visible(timeout=ANSWER_SECONDS)
        other.click(TAKE_IN)
        other.wait_for_url("**/confirm")
        other.go_back()
        other.locator("input[type=radio][name='row-2']").first.check()
        other.click(TAKE_IN)
        expect(other.locator(".outcome-imported")).to_have_count(2, timeout=ANSWER_SECONDS)
        other.click("a[href$='/undo']")
        expect(other.locator(".bullets li")).to_have_count(1)
        other.click("form[action$='/undo'] a")
        expect(other.locator("a[href$='/undo']")).to_be_visible(timeout=ANSWER_SECONDS)
    finally:
        plain.close()
