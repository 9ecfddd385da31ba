"""How long a search for a book takes: here alone, with four sources that answer, are slow, hang, or are down.

    python -m bench.search [--times 30]

The product as `up` runs it, asked over loopback by one reader, one question after the other; the four sources are
doubles on the same machine. Every question is a new one unless the row says otherwise, so that no answer is remembered.
A source that hangs is waited for until the budget (BOOK_SEARCH_SECONDS, 4 s) is used up.

The yardstick is /health/live: everything between socket and view, with no database and no reader.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable

from bench import measure
from tests.doubles.books import NAMES, running_bookshop
from tests.process.reader import HttpReader

FEW = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=30, help="questions of each kind; of those that wait, a few")
    options = parser.parse_args()
    with (
        measure.report(f"searching for a book, {options.times} questions of each kind"),
        running_bookshop() as shop,
        measure.product(MUSIC_DURATION_SECONDS=10, **shop.environment) as product,
    ):
        reader = HttpReader(product.url)
        numbers = itertools.count(1)

        def get(path: str, query: str = "") -> Callable[[], None]:
            def ask() -> None:
                asked = {"q": query or f"달빛 정원 {next(numbers)}"} if path != "/health/live" else {}
                client = reader.pages if path.startswith("/journeys") else reader.api
                answer = client.get(product.url + path, params=asked, timeout=30)
                assert answer.ok, answer.text

            return ask

        rows: dict[str, list[float]] = {}

        def row(name: str, ask: Callable[[], None], times: int = options.times) -> None:
            rows[name] = [_seconds(ask) for _ in range(times)]

        api, page = "/api/books", "/journeys/new"
        get("/health/live")()
        get(api, "데미안")()
        row("yardstick: /health/live", get("/health/live"))
        row("here alone: initial consonants", get(api, "ㄷㅁㅇ"))
        row("the page, at once", get(page))
        row("four sources that answer", get(api))
        row("the same question again", get(api, "데미안"))
        shop.delays = dict.fromkeys(NAMES, 0.5)
        row("four that take 0.5 s each", get(api), FEW)
        shop.delays = {"openlibrary": 60.0}
        row("one hangs", get(api), FEW)
        row("one hangs: the page, at once", get(page))
        shop.delays = {}
        shop.faults = dict.fromkeys(NAMES, "500")
        row("all down, the first questions", get(api), FEW)
        row("all down, left alone", get(api))
        yardstick = measure.median(rows["yardstick: /health/live"])
        measure.table(
            ("", "p50 ms", "p95 ms", "n", "ratio of p50"),
            *(
                (
                    name,
                    *(f"{1000 * measure.percentile(found, percent):.1f}" for percent in (50, 95)),
                    len(found),
                    measure.times(measure.median(found), yardstick),
                )
                for name, found in rows.items()
            ),
        )


def _seconds(ask: Callable[[], None]) -> float:
    started = time.monotonic()
    ask()
    return time.monotonic() - started


if __name__ == "__main__":
    main()
