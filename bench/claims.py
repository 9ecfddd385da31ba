"""How many tracks a second can be claimed, by one process and by four, on both databases.

    python -m bench.claims [--database both] [--rows 10000] [--seconds 8] [--quick]

take(4) at the gate is the way of new tracks: one transaction that holds the gate's row, counts who is inside (here
thousands, as no real account lets in), chooses in turn and writes the timeline. claim(…) takes one track to be asked
after; claim_waiting(200) does it in batches, as the sweep does, and wait_on gives them back. Each is measured until its
rows or its seconds are used up, whichever is first.

The yardstick is the driver alone (sqlite3, psycopg), without Django: UPDATE of one row by its key, a transaction each.
SQLite runs as in the product (WAL, synchronous NORMAL), PostgreSQL with everything durable, on a Unix socket.
"""

from __future__ import annotations

import argparse

from bench import measure
from bench.databases import KINDS, database


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=[*KINDS, "both"], default="both")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--quick", action="store_true", help="few rows, a second each")
    options = parser.parse_args()
    rows, seconds = (1000, 1.0) if options.quick else (options.rows, options.seconds)
    with measure.report("claims"):
        for kind in KINDS if options.database == "both" else [options.database]:
            with database(kind) as made:
                made.run(
                    *("bench.inside.claims", "--rows", rows, "--seconds", seconds),
                    MUSIC_EXTRA_PROVIDERS="instant=bench.inside.vendor.InstantVendor",
                    MUSIC_OWNER_SHARE=100_000,
                )


if __name__ == "__main__":
    main()
