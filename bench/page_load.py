"""How a journey's page loads in a browser: first paint, largest paint, how long it blocks and shifts, and its weight.

    python -m bench.page_load [--times 5]

The system's Chromium on the product as `up` runs it, over loopback; as it is, and as a phone of the middle has it: four
times slower, behind 1.6 Mbit/s and 150 ms (what Lighthouse calls its mobile preset, https://github.com/GoogleChrome/
lighthouse/blob/main/docs/throttling.md). First visits with nothing kept; a second visit finds scripts and styles in the
browser. Medians.

The yardstick is the page of the settings: the frame that every page shares, and hardly anything in it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from bench import measure
from tests.browser.conftest import CHROMIUM
from tests.process.product import PROJECT_DIR, Product
from tests.process.reader import HttpReader

READER = "alice"
LOGS = (5, 500)
NAMES = ("first byte", "first paint", "largest paint", "loaded", "blocked", "shift", "requests", "kB")

# Entries of these kinds are there only for who observes; buffered ones are told at once.
TIMINGS = """async () => {
  const observed = (type) => new Promise((resolve) => {
    const seen = [];
    new PerformanceObserver((list) => seen.push(...list.getEntries())).observe({ type, buffered: true });
    setTimeout(() => resolve(seen), 300);
  });
  const [largest, blocking, shifts] = await Promise.all(
    ['largest-contentful-paint', 'longtask', 'layout-shift'].map(observed));
  const [page] = performance.getEntriesByType('navigation');
  const files = performance.getEntriesByType('resource');
  return [
    page.responseStart,
    performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    largest.at(-1)?.startTime ?? 0,
    page.loadEventEnd,
    blocking.reduce((sum, task) => sum + task.duration - 50, 0),
    shifts.reduce((sum, shift) => sum + (shift.hadRecentInput ? 0 : shift.value), 0),
    files.length + 1,
    (page.transferSize + files.reduce((sum, file) => sum + file.transferSize, 0)) / 1000,
  ];
}"""

PHONE = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    with (
        measure.report("a journey's page in a browser"),
        measure.product(MUSIC_DURATION_SECONDS=10) as product,
        sync_playwright() as playwright,
    ):
        reader = HttpReader(product.url, READER)
        pages = {"yardstick: settings": "/settings", **journeys_in(product)}
        cookies = [{"name": each.name, "value": each.value, "url": product.url} for each in reader.pages.cookies]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for device, slow in (("this machine", False), ("a phone", True)):
            rows = []
            for name, path in pages.items():
                visits = [visited(browser, cookies, product.url + path, slow=slow) for _ in range(options.times)]
                for visit, number in (("first", 0), ("again", 1)):
                    middle = [measure.median(values) for values in zip(*(each[number] for each in visits), strict=True)]
                    rows.append((f"{name}, {visit}", *shown(middle)))
            measure.table((f"{device} (medians of {options.times}, ms)", *NAMES), *rows)
        browser.close()


def journeys_in(product: Product) -> dict[str, str]:
    """The pages of journeys with so many logs, which this makes."""
    inside = [sys.executable, "-m", "bench.inside.page_load", "--reader", READER, *map(str, LOGS)]
    environment = {**product.environment, "DJANGO_SETTINGS_MODULE": "readingjourney.settings"}
    told = subprocess.run(inside, cwd=PROJECT_DIR, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return {
        f"journey with {logs} logs": f"/journeys/{journey}"
        for logs, journey in zip(LOGS, told.stdout.split(), strict=True)
    }


def visited(browser: Browser, cookies: Any, address: str, *, slow: bool) -> list[list[float]]:
    """The figures of a first visit and of a second."""
    size = {"width": 412, "height": 823} if slow else {"width": 1280, "height": 900}
    # What a service worker hands on is told unpacked.
    context = browser.new_context(viewport=size, service_workers="block")
    context.add_cookies(cookies)
    page = context.new_page()
    if slow:
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", PHONE)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    figures = []
    for _visit in range(2):
        page.goto("about:blank")
        page.goto(address, wait_until="load")
        figures.append(page.evaluate(TIMINGS))
    context.close()
    return figures


def shown(figures: list[float]) -> list[str]:
    *milliseconds, shift, requests, size = figures
    return [*(f"{each:.0f}" for each in milliseconds), f"{shift:.3f}", f"{requests:.0f}", f"{size:.0f}"]


if __name__ == "__main__":
    main()
