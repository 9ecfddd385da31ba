"""How long `make run` takes to the first page, from a fresh clone: cold, and again, beside what it cannot do without.

    python -m bench.make_run [--no-cache] [--python PYTHON]

Clones the last commit (what is not committed is not measured) and runs `make run` in it twice, each time until the
first page has come from the address it printed. Cold means no virtual environment, no data, no compiled modules; pip's
cache is as it is on this machine, which is told, or left out with --no-cache.

The first is ended as Ctrl-C ends it: SIGINT to the whole process group. make is one of the group and then ends by that
signal itself, whatever its child says (-2 here, 130 in a shell). So the second gets SIGINT at `up` alone, and make's
exit code is the one of `up`. This bench fails when that is not 0, or when either did not say that it has stopped.

The yardsticks: for the cold start, a bare `python -m venv` and the same pip install of the same pins in another
directory, after the cold run and with the same cache setting; for the warm one, gunicorn alone with the same
application on the same data, until the same page.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from bench import measure
from tests.process.product import NOT_INHERITED, PROJECT_DIR, wait_until

INSTALL = ("install", "--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes", "--no-deps")
NOT_A_STRANGERS = {*NOT_INHERITED, "DATA_DIR", "HOST", "PORT", "STATIC_ROOT", "VIRTUAL_ENV", "PYTHONPATH", "MAKEFLAGS"}
MOST_SECONDS = 600.0


@dataclass(frozen=True)
class Run:
    """One `make run`: seconds to the first page, seconds to stop, make's exit code, and all that was said."""

    seconds: float
    stop_seconds: float
    exit_code: int
    output: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-cache", action="store_true", help="let pip neither read nor write its cache")
    parser.add_argument("--python", default="python3", help="the Python that a stranger's machine has")
    options = parser.parse_args()
    environment = strangers_environment(no_cache=options.no_cache)
    # A handler of our own becomes the default in what we start; "ignored", as a shell's background jobs have it, stays.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    python = shutil.which(options.python, path=environment["PATH"]) or sys.exit(f"{options.python} was not found")
    with measure.report("make run → first page, from a fresh clone"), measure.temporary_directory() as directory:
        clone = directory / "clone"
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(PROJECT_DIR), str(clone)], check=True)
        print(f"commit {commit(clone)}; {pip_state(python, environment)}", flush=True)
        cold = make_run(clone, environment, python, whole_group=True)
        installed = seconds_to_install(python, clone / "requirements.txt", directory / "bare", environment)
        warm = make_run(clone, environment, python, whole_group=False)
        alone = seconds_of_gunicorn(clone, environment)
        measure.table(
            ("s", "first page", "yardstick", "ratio", "to stop", "make's exit code"),
            row("cold, beside venv + pip install", cold, installed),
            row("warm, beside gunicorn alone", warm, alone),
        )
    assert cold.output.rstrip().endswith("Stopped"), cold.output
    assert warm.output.rstrip().endswith("Stopped"), warm.output
    assert warm.exit_code == 0, warm.output


def row(name: str, run: Run, yardstick: float) -> tuple[object, ...]:
    ratio = measure.times(run.seconds, yardstick)
    return name, f"{run.seconds:.1f}", f"{yardstick:.1f}", ratio, f"{run.stop_seconds:.1f}", run.exit_code


def strangers_environment(*, no_cache: bool) -> dict[str, str]:
    """This environment without what belongs to this checkout, and with any free port."""
    environment = {name: value for name, value in os.environ.items() if name not in NOT_A_STRANGERS}
    own = str(PROJECT_DIR / ".venv")
    path = os.pathsep.join(part for part in os.environ["PATH"].split(os.pathsep) if not part.startswith(own))
    return {**environment, "PATH": path, "PORT": "0", **({"PIP_NO_CACHE_DIR": "1"} if no_cache else {})}


def make_run(clone: Path, environment: Mapping[str, str], python: str, *, whole_group: bool) -> Run:
    """Run it until the first page is there, then end it with SIGINT to the whole group or to `up` alone."""
    started = time.monotonic()
    with running(["make", "run", f"PYTHON={python}"], clone, environment) as (process, console):
        address = wait_until(lambda: announced(process, console), seconds=MOST_SECONDS, what="the address", every=0.02)
        wait_for_page(address)
        seconds = time.monotonic() - started
        stopped = time.monotonic()
        if whole_group:
            os.killpg(process.pid, signal.SIGINT)
        else:
            os.kill(json.loads((clone / "var" / "up.lock").read_text())["pid"], signal.SIGINT)
        exit_code = process.wait(60)
        return Run(seconds, time.monotonic() - stopped, exit_code, console.read_text())


def announced(process: subprocess.Popen[bytes], console: Path) -> str:
    """The address on the console, or nothing yet."""
    output = console.read_text()
    assert process.poll() is None, output
    found = re.search(r"→ (http://\S+)", output)
    return found.group(1).rstrip("/") if found else ""


def wait_for_page(address: str) -> None:
    """Return when the process is live and the first page, whatever it leads to, has come in full."""

    def has_come() -> bool:
        try:
            return all(requests.get(f"{address}{path}", timeout=10).ok for path in ("/health/live", "/"))
        except requests.ConnectionError:
            return False

    wait_until(has_come, seconds=MOST_SECONDS, what="the first page", every=0.02)


def seconds_to_install(python: str, pins: Path, directory: Path, environment: Mapping[str, str]) -> float:
    """The least that a first run has to do: a virtual environment, and the same packages in it."""
    started = time.monotonic()
    subprocess.run([python, "-m", "venv", str(directory)], env=environment, check=True)
    install = (str(directory / "bin" / "python"), "-m", "pip", *INSTALL, "-r", str(pins))
    installed = subprocess.run(install, env=environment, capture_output=True, text=True, check=False)
    assert installed.returncode == 0, installed.stderr
    return time.monotonic() - started


def seconds_of_gunicorn(clone: Path, environment: Mapping[str, str]) -> float:
    """The least that a second run has to do: one web process, until the same page."""
    started = time.monotonic()
    command = (
        *(str(clone / ".venv" / "bin" / "python"), "-m", "gunicorn", "readingjourney.wsgi:application"),
        *("--bind", "127.0.0.1:0", "--worker-class", "gthread", "--threads", "8", "--no-control-socket"),
    )
    with running(command, clone, environment) as (process, console):

        def listening() -> str:
            assert process.poll() is None, console.read_text()
            found = re.search(r"Listening at: (http://\S+)", console.read_text())
            return found.group(1) if found else ""

        wait_for_page(wait_until(listening, seconds=60, what="gunicorn's address", every=0.02))
        return time.monotonic() - started


@contextmanager
def running(
    command: Sequence[str], directory: Path, environment: Mapping[str, str]
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A program in a process group of its own, with the file that has its output; nothing of it is left afterwards."""
    console = directory / "console"
    with console.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process, console
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(60)


def commit(clone: Path) -> str:
    answer = subprocess.run(["git", "log", "-1", "--format=%h"], cwd=clone, capture_output=True, text=True, check=True)
    return answer.stdout.strip()


def pip_state(python: str, environment: Mapping[str, str]) -> str:
    """What pip finds on this machine before the first run: its cache, and where else it was told to look."""
    configured = pip("config", "list", python=python, environment=environment)
    names = ("index-url", "extra-index-url", "find-links", "no-index")
    sources = [name for name in names if re.search(rf"\.{name}=", configured)]
    told = f"pip's own settings: {', '.join(sources) or 'none about sources'}"
    if "PIP_NO_CACHE_DIR" in environment:
        return f"pip without its cache; {told}"
    cache = Path(pip("cache", "dir", python=python, environment=environment).strip())
    held = sum(each.stat().st_size for each in cache.rglob("*") if each.is_file()) / 2**20
    return f"pip's cache holds {held:.0f} MB; {told}"


def pip(*arguments: str, python: str, environment: Mapping[str, str]) -> str:
    command = (python, "-m", "pip", *arguments)
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
