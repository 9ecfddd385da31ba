"""Seconds to bring ten thousand books along: to read and match the file, and to take its rows in, on both databases.

    python -m bench.imports [--database both] [--rows 10000] [--quick]

The file is a Goodreads library of that many books with ratings, dates, tags, and a note each, on a shelf that has as
many journeys already: what the matching has to look through. It is then read again, which must find it all here.

The yardstick is the bare insertion of the same books, journeys and logs, in batches, with nothing asked.
"""

from __future__ import annotations

import argparse

from bench import measure
from bench.databases import KINDS, database


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=[*KINDS, "both"], default="both")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--quick", action="store_true", help="1,000 rows")
    options = parser.parse_args()
    with measure.report("importing a library"):
        for kind in KINDS if options.database == "both" else [options.database]:
            with database(kind) as made:
                made.run("bench.inside.imports", "--rows", 1000 if options.quick else options.rows)


if __name__ == "__main__":
    main()
