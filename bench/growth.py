"""What a million finished tracks cost the daily work: sweep, queue and a reader's poll, on both databases.

    python -m bench.growth [--database both] [--few 10000] [--many 1000000] [--times 40] [--quick]

Beside the finished ones there are 500 tracks that wait for their turn and 500 at a provider which answers at once from
memory, so that what is measured is the product and its database. Two hundred readers; the statistics are fresh.

The yardstick is the same work with few finished tracks, in the same run and the same table.
"""

from __future__ import annotations

import argparse

from bench import measure
from bench.databases import KINDS, database


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=[*KINDS, "both"], default="both")
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--quick", action="store_true", help="4,000 and 40,000 tracks, ten times")
    options = parser.parse_args()
    few, many, count = (4000, 40_000, 10) if options.quick else (options.few, options.many, options.times)
    with measure.report("the same work beside few finished tracks and many"):
        for kind in KINDS if options.database == "both" else [options.database]:
            with database(kind) as made:
                made.run("django", "collectstatic", "--noinput", "--verbosity", "0")
                made.run(
                    *("bench.inside.growth", "--few", few, "--many", many, "--times", count),
                    MUSIC_EXTRA_PROVIDERS="instant=bench.inside.vendor.InstantVendor",
                    MUSIC_OWNER_SHARE=100_000,
                )


if __name__ == "__main__":
    main()
