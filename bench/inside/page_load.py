"""The inner part of `bench.page_load`: journeys of a reader who is there, with so many logs each; prints their ids."""

from __future__ import annotations

import argparse

import django

django.setup()

from bench.inside.journey_page import journeys_of  # noqa: E402
from journeys.models import Reader  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--reader", required=True)
    parser.add_argument("logs", type=int, nargs="+")
    options = parser.parse_args()
    reader = Reader.objects.get(username=options.reader)
    for logs in options.logs:
        (journey,) = journeys_of(reader, 1, logs=logs)
        print(journey.pk)


if __name__ == "__main__":
    main()
