"""What the whole running product keeps in memory: after its start and after some music, beside one bare Django process.

    python -m bench.memory [--tracks 5]

Where the kernel tells it (Linux), a process counts with its proportional share of pages that it has in common with
others (PSS), so that the sum is what the product really takes; elsewhere with all its resident pages (RSS), and then
the processes of one pool count the same pages several times. Megabytes of 2^20 bytes. Other programs that use the same
libraries at the time take over a part of their pages: close them first.

The yardstick is `manage.py shell`, waiting: the settings, the applications and the models, and nothing else.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from bench import measure
from tests.process.product import NOT_INHERITED, PROGRAMS, PROJECT_DIR, Product, wait_until
from tests.process.reader import HttpReader

SUPERVISOR = "up and its guardian"
SETTLED = 0.01
"""Two readings a second apart that differ by less than this share mean that start-up, or tidying up, is over."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tracks", type=int, default=5)
    count = parser.parse_args().tracks
    kind = "PSS" if Path("/proc/self/smaps_rollup").exists() else "RSS"
    with measure.report(f"memory of the running product ({kind}, MB)"):
        bare = bare_django()
        with measure.product() as product:
            idle, processes = settled(product)
            reader = HttpReader(product.url)
            for number in range(count):
                _journey, track_id = reader.start_journey(f"책 {number}")
                reader.wait_for(track_id, seconds=120)
            after, _processes = settled(product)
        names = [SUPERVISOR, *PROGRAMS]
        measure.table(
            ("", "processes", "idle", f"after {count} tracks", "ratio"),
            *(
                (name, processes[name], f"{idle[name]:.0f}", f"{after[name]:.0f}", measure.times(after[name], bare))
                for name in names
            ),
            (
                "the whole product",
                sum(processes.values()),
                f"{sum(idle.values()):.0f}",
                f"{sum(after.values()):.0f}",
                measure.times(sum(after.values()), bare),
            ),
            ("yardstick: a bare Django process", 1, f"{bare:.0f}", "", measure.times(bare, bare)),
        )


def bare_django() -> float:
    """The memory of one process that has loaded Django with this project, and waits."""
    with measure.temporary_directory() as directory:
        inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        with subprocess.Popen(
            [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", "print('ready', flush=True); input()"],
            cwd=PROJECT_DIR,
            env={**inherited, "DATA_DIR": str(directory)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdin
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            used = resident(process.pid)
            process.stdin.write("\n")
    return used


def settled(product: Product) -> tuple[dict[str, float], dict[str, int]]:
    """Memory and number of processes of each program, once two readings in a row agree."""
    readings: list[dict[str, float]] = []

    def steady() -> bool:
        readings.append(by_program(product)[0])
        if len(readings) < 2:
            return False
        before, now = (sum(reading.values()) for reading in readings[-2:])
        return abs(now - before) < SETTLED * now

    wait_until(steady, seconds=30, what="the memory to settle", every=1.0)
    return by_program(product)


def by_program(product: Product) -> tuple[dict[str, float], dict[str, int]]:
    """Memory in MB and number of processes, by the program that a process is or descends from."""
    names = {pid: name for name, pid in product.pids.items()}
    living = {process.pid: process for process in product.living()}
    used: dict[str, float] = defaultdict(float)
    processes: dict[str, int] = defaultdict(int)
    for process in living.values():
        owner: Any = process
        while owner.pid not in names and owner.ppid() in living:
            owner = living[owner.ppid()]
        name = names.get(owner.pid, SUPERVISOR)
        used[name] += resident(process.pid)
        processes[name] += 1
    return used, processes


def resident(pid: int) -> float:
    """Megabytes of memory of one process: PSS where there is such a thing, else RSS."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except FileNotFoundError:
        answer = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
        return int(answer.stdout) / 1024
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    main()
