"""What the reading record's pages weigh and cost: short and long journeys, small and big shelves, search, statistics.

    python -m bench.journey_page [--database both] [--times 20] [--quick]

In one process through Django's own client, so that what is timed is the product and its database, without a network:
medians of requests that take turns, after two of each that warm up. Weight is the page alone, without what it links
to, as it is and with gzip. Every log has a finished piece with its waveform; the reader of the search has written
10,000 logs in 1,000 journeys, of 120 Hangul syllables each.

The yardstick is the page of the settings: the frame that every page shares, and hardly anything in it.
"""

from __future__ import annotations

import argparse

from bench import measure
from bench.databases import KINDS, database


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=[*KINDS, "both"], default="both")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="2,000 logs in 200 journeys, five times")
    options = parser.parse_args()
    journeys, times = (200, 5) if options.quick else (1000, options.times)
    with measure.report("pages of the reading record"):
        for kind in KINDS if options.database == "both" else [options.database]:
            with database(kind) as made:
                made.run("django", "collectstatic", "--noinput", "--verbosity", "0")
                made.run("bench.inside.journey_page", "--journeys", journeys, "--times", times)


if __name__ == "__main__":
    main()
