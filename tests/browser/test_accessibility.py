"""Every page, in both languages and both themes: axe finds nothing, 360 px hold it, and it speaks one language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser.showcase import PAGES, NamedPage, Showcase, running_showcase

# Latin words in a row on a Korean page, Hangul on an English one; what is marked as another language may be in it.
STRANGE_WORDS = """(language) => {
  const strange = language === 'ko' ? /[A-Za-z]{2,}(?:[ ,’']+[A-Za-z]{2,}){2,}/ : /[가-힣]/;
  const others = language === 'ko' ? 'en' : 'ko';
  const skipped = `[lang|=${others}], script, style, template, option, code, kbd, noscript, #strings`;
  const names = /Goodreads|StoryGraph|Readwise|Kindle|Calibre|Markdown/g;
  const isStrange = (text, element) => strange.test(text.replace(names, '')) && !element.closest(skipped);
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (isStrange(node.data, node.parentElement)) found.push(node.data.trim());
  }
  for (const element of document.querySelectorAll('[aria-label], [placeholder], [title], [alt]')) {
    for (const name of ['aria-label', 'placeholder', 'title', 'alt']) {
      const text = element.getAttribute(name) ?? '';
      if (isStrange(text, element)) found.push(`${name}: ${text}`);
    }
  }
  return found;
}"""

TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return Array.from(document.querySelectorAll('body *'))
    .filter((element) => element.getBoundingClientRect().right > room + 0.5)
    .map((element) => element.outerHTML.slice(0, 120))
    .slice(-3);
}"""


@pytest.fixture(scope="module")
def showcase(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showcase]:
    with running_showcase(tmp_path_factory.mktemp("showcase")) as showcase:
        yield showcase


@pytest.fixture(scope="module", params=["ko", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def eyes(browser: Browser, browser_context_args: dict[str, Any], language: str) -> Iterator[BrowserContext]:
    """A browser that speaks the language; the same for all pages, so that it fetches scripts and styles once."""
    context = browser.new_context(**{**browser_context_args, "locale": {"ko": "ko-KR", "en": "en-GB"}[language]})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def sheet(eyes: BrowserContext, showcase: Showcase) -> Iterator[Page]:
    """A tab that knows nothing of what was seen before."""
    page = eyes.new_page()
    eyes.clear_cookies()
    forgetting = {"origin": showcase.product.url, "storageTypes": "local_storage"}
    eyes.new_cdp_session(page).send("Storage.clearDataForOrigin", forgetting)
    yield page
    page.close()


def axe_faults(page: Page, *rules: str) -> list[str]:
    """What axe finds: all its rules, or the named ones."""
    only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        "async (options) => (await axe.run(options)).violations", {"resultTypes": ["violations"], **only}
    )
    return [
        f"{violation['id']}: {node['html'][:160]} — {node['failureSummary'][:300]}"
        for violation in found
        for node in violation["nodes"]
    ]


def console_faults(message: ConsoleMessage, shown: NamedPage) -> list[str]:
    """An error on the console; that a page is not there, or a form was refused, is told there too and is none."""
    meant = {shown.status, 422} - {200}
    if message.type != "error" or any(f"status of {status} " in message.text for status in meant):
        return []
    return [f"{message.text} {message.location['url']}"]


@pytest.mark.parametrize("shown", PAGES, ids=lambda page: page.name)
def test_a_page_is_for_everyone(showcase: Showcase, sheet: Page, language: str, shown: NamedPage) -> None:
    page = sheet
    page.context.add_cookies(showcase.cookies(shown.who, language))
    faults: list[str] = []
    page.on("console", lambda message: faults.extend(console_faults(message, shown)))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    answer = page.goto(showcase.address(shown, language))
    assert answer
    assert answer.status == shown.status
    if shown.prepare:
        shown.prepare(page)

    faults += [f"light: {fault}" for fault in axe_faults(page)]
    page.emulate_media(color_scheme="dark")
    faults += [f"dark: {fault}" for fault in axe_faults(page, "color-contrast")]
    page.set_viewport_size({"width": 360, "height": 740})
    faults += [f"360 px: {fault}" for fault in page.evaluate(TOO_WIDE)]
    faults += [f"not {language}: {text}" for text in page.evaluate(STRANGE_WORDS, language)]
    assert not faults, "\n".join(faults)
