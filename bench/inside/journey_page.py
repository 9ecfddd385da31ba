"""The inner part of `bench.journey_page`: fills the database, then asks for each page again and again."""

from __future__ import annotations

import argparse
import gzip
import random
import time
from datetime import date, timedelta

import django
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

django.setup()

from bench import measure  # noqa: E402
from bench.inside import stock  # noqa: E402
from journeys.models import Book, Journey, JourneyStatus, Reader, ReadingLog  # noqa: E402
from music.models import MusicTrack, TrackStatus  # noqa: E402

LOGS_OF_EACH = 10
SYLLABLES = 120
WARM_UP = 2
FIRST_DAY = date(2020, 1, 1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--journeys", type=int, required=True)
    parser.add_argument("--times", type=int, required=True)
    options = parser.parse_args()
    few, much = stock.readers(2)
    short, *_others = journeys_of(few, 5, logs=5)
    (long,) = journeys_of(few, 1, logs=500)
    journeys_of(much, options.journeys, logs=LOGS_OF_EACH)
    stock.tidy()
    many = f"{options.journeys * LOGS_OF_EACH:,} logs"
    pages = {
        "yardstick: settings": (few, "/settings"),
        "journey with 5 logs": (few, f"/journeys/{short.pk}"),
        "journey with 500 logs": (few, f"/journeys/{long.pk}"),
        "the same, a log in the middle": (few, f"/journeys/{long.pk}?log=250"),
        "shelf with 6 journeys": (few, "/"),
        f"shelf with {options.journeys:,} journeys": (much, "/"),
        "the same, by title, last page": (much, "/?sort=title&page=9999"),
        f"search in {many}, two syllables": (much, "/search?q=%EB%B0%94%EB%8B%A4"),
        f"search in {many}, no find": (much, "/search?q=%EB%B7%81%EB%B7%81%EC%9D%B4"),
        f"search in {many}, initial consonants": (much, "/search?q=%E3%85%82%E3%84%B7"),
        f"search in {many}, two words": (much, "/search?q=%EB%B0%94%EB%8B%A4%20%EB%82%98%EB%AC%B4"),
        f"statistics of {many}": (much, "/stats"),
        f"a year of {many}": (much, "/stats/2021"),
    }
    rows = measured(pages, options.times)
    yardstick = rows[0][1]
    measure.table(
        (f"{connection.vendor} (medians of {options.times})", "ms", "ratio", "queries", "kB", "kB gz"),
        *(
            (name, f"{1000 * spent:.0f}", measure.times(spent, yardstick), queries, f"{size:.1f}", f"{packed:.1f}")
            for name, spent, queries, size, packed in rows
        ),
    )


def measured(pages: dict[str, tuple[Reader, str]], times: int) -> list[tuple[str, float, int, float, float]]:
    """Seconds, queries, kB and kB packed of each page; the pages take turns, so that a busy moment is everybody's."""
    browsers = {}
    for reader, _address in pages.values():
        browsers[reader.pk] = Client(headers={"host": "localhost"})
        browsers[reader.pk].force_login(reader)
    spent: dict[str, list[float]] = {name: [] for name in pages}
    for number in range(times + WARM_UP):
        for name, (reader, address) in pages.items():
            began = time.perf_counter()
            answer = browsers[reader.pk].get(address)
            if number >= WARM_UP:
                spent[name].append(time.perf_counter() - began)
            assert answer.status_code == 200, (address, answer.status_code)
    rows = []
    for name, (reader, address) in pages.items():
        with CaptureQueriesContext(connection) as seen:
            page = browsers[reader.pk].get(address).content
        packed = len(gzip.compress(page)) / 1000
        rows.append((name, measure.median(spent[name]), len(seen), len(page) / 1000, packed))
    return rows


def journeys_of(reader: Reader, count: int, *, logs: int) -> list[Journey]:
    """Finished journeys with so many logs each, and a finished piece for every log."""
    chance = random.Random(f"{count}/{logs}")
    books = Book.objects.bulk_create(
        [Book(title=words(chance, 6), authors=words(chance, 3), pages=300, year=1950) for _ in range(count)], 500
    )
    days = [FIRST_DAY + timedelta(days=chance.randrange(2000)) for _ in books]
    journeys = Journey.objects.bulk_create(
        [
            Journey(
                reader=reader,
                book=book,
                theme_seed=1,
                status=JourneyStatus.FINISHED,
                started_on=day,
                ended_on=day + timedelta(days=30),
                rating=chance.randrange(2, 21),
            )
            for book, day in zip(books, days, strict=True)
        ],
        500,
    )
    written = ReadingLog.objects.bulk_create(
        [
            ReadingLog(
                journey=journey,
                version=version,
                quote=words(chance, SYLLABLES // 2),
                memo=words(chance, SYLLABLES // 2),
                emotions=["calm"],
                page=300 * version // logs,
                logged_on=(journey.started_on or FIRST_DAY) + timedelta(days=version % 30),
            )
            for journey in journeys
            for version in range(logs)
        ],
        500,
    )
    MusicTrack.objects.bulk_create(
        [
            stock.track(
                reader,
                log=log,
                status=TrackStatus.COMPLETED,
                file=f"tracks/{log.pk}.mp3",
                fencing_token=1,
                finished_at=Now(),
                audio_seconds=120.0,
                peaks=[chance.randrange(100) for _ in range(400)],
            )
            for log in written
        ],
        500,
    )
    return journeys


def words(chance: random.Random, syllables: int) -> str:
    """So many syllables of common ones, a space after every third, and now and then a word that is searched for."""
    letters = [chr(0xAC00 + 28 * chance.randrange(399)) for _ in range(syllables)]
    text = " ".join("".join(letters[start : start + 3]) for start in range(0, syllables, 3))
    return f"{text} {chance.choice(['바다', '나무', '하늘', '바다와 나무'])}" if chance.random() < 0.2 else text


if __name__ == "__main__":
    main()
