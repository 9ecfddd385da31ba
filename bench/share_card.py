"""How long a share card takes to paint, by what is on it.

    python -m bench.share_card [--times 20]

Plans without a database, each painted anew every time. The yardstick is the landscape alone (`cover_png`), which the
studio paints for the tags of every piece.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readingjourney.settings")
django.setup()

from bench import measure  # noqa: E402
from journeys.sharecard import CardPlan, card_png, painting  # noqa: E402
from music.brief import Genre, Mood, Role  # noqa: E402
from music.briefs import Words, brief_for_log  # noqa: E402
from music.studio.showing.cover import cover_png  # noqa: E402

LINE = "누구나 자기만의 알을 깨고 나온다. "


def plan(line: str) -> CardPlan:
    scene = brief_for_log(
        Words(book_moods=(Mood.WONDER,)), role=Role.OPENING, seed=7, theme_seed=7, genre=Genre.CHAMBER
    )
    return CardPlan("데미안", "헤르만 헤세", line, "독서 여정", "", "9", scene)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20)
    times = parser.parse_args().times
    short, long = plan(LINE.strip()), plan((LINE * 10)[:200])
    with measure.report(f"share cards, each painted {times} times"):
        yardstick = median(lambda: cover_png(short.scene), times)
        print(f"{'yardstick: the landscape alone':34}{yardstick * 1000:7.0f} ms")
        for name, paint in (
            ("a card with a short line", lambda: painting._kept_card.__wrapped__(short)),
            ("a card with 200 letters", lambda: painting._kept_card.__wrapped__(long)),
            ("the feed's square picture", lambda: painting.album_jpeg.__wrapped__(short.scene)),
        ):
            seconds = median(paint, times)
            print(f"{name:34}{seconds * 1000:7.0f} ms{seconds / yardstick:7.2f} ×{len(paint()) / 1000:8.0f} kB")
        card_png(short)
        kept = median(lambda: card_png(short), times)
        print(f"{'the same card again':34}{kept * 1000:7.2f} ms")


def median(work: Callable[[], object], times: int) -> float:
    """Seconds."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return sorted(taken)[times // 2]


if __name__ == "__main__":
    main()
