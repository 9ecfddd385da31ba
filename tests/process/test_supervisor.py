"""The supervisor with small programs: what cannot be seen with the whole product in reasonable time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from readingjourney.guardian import signal_group

from .product import wait_until

PROJECT_DIR = Path(__file__).resolve().parents[2]
# Runs the supervisor in a process of its own, since it takes over the signals. {programs} is a list of Program(…).
RUNNER = """
import os, sys
from pathlib import Path
from readingjourney import supervisor
from readingjourney.guardian import Guardian
from readingjourney.supervisor import Program, Supervisor
supervisor.FIRST_RESTART_SECONDS = {first_restart}
supervisor.STOP_GRACE_SECONDS = 1.0
directory = Path(sys.argv[1])
say = lambda line: print(line, flush=True)
runner = Supervisor([{programs}], directory=directory, environment=dict(os.environ), announce=say)
guardian = Guardian(os.open(directory / "handover.lock", os.O_RDWR | os.O_CREAT))
runner.run(guardian, is_ready=lambda: True, on_ready=lambda: say("ready"))
guardian.dismiss()
"""


class Run:
    def __init__(self, directory: Path, programs: str, first_restart: float = 0.5) -> None:
        self.directory = directory
        self._console = directory / "console"
        with self._console.open("wb") as output:
            code = RUNNER.format(programs=programs, first_restart=first_restart)
            self.process = subprocess.Popen(
                [sys.executable, "-c", code, str(directory)], cwd=PROJECT_DIR, stdout=output, stderr=subprocess.STDOUT
            )

    @property
    def output(self) -> str:
        return self._console.read_text()

    def pid(self, name: str) -> int:
        path = self.directory / "run" / f"{name}.pid"
        return int(wait_until(lambda: path.exists() and path.read_text(), what=f"{name} to start"))

    def wait_for(self, text: str) -> None:
        wait_until(lambda: text in self.output, what=f"{text!r}")

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(20)


@pytest.fixture
def runs() -> Iterator[list[Run]]:
    started: list[Run] = []
    yield started
    for run in started:
        run.process.kill()
        run.process.wait()


def test_it_doubles_the_wait_up_to_a_limit(tmp_path: Path, runs: list[Run]):
    run = Run(tmp_path, "Program('flaky', ['false'])", first_restart=0.01)
    runs.append(run)

    run.wait_for("again in 1.28 s")

    delays = [
        float(line.split("again in ")[1].split(" s")[0]) for line in run.output.splitlines() if "again in" in line
    ]
    assert delays[:8] == [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28]
    assert "flaky ended with exit code 1" in run.output
    assert run.stop() == 0


def test_it_goes_on_without_a_program_that_cannot_be_started(tmp_path: Path, runs: list[Run]):
    run = Run(tmp_path, "Program('ghost', ['/no/such/program']), Program('real', ['sleep', '1000'])")
    runs.append(run)

    run.wait_for("ghost cannot be started (No such file or directory); trying again in 0.5 s")

    assert run.pid("real")
    assert run.stop() == 0


def test_it_kills_what_does_not_stop_in_time(tmp_path: Path, runs: list[Run]):
    stubborn = "Program('deaf', ['sh', '-c', 'trap : TERM; while :; do sleep 0.1; done'])"
    run = Run(tmp_path, stubborn)
    runs.append(run)
    run.wait_for("ready")
    pid = run.pid("deaf")

    assert run.stop() == 0

    assert "Ending deaf without waiting any longer" in run.output
    wait_until(lambda: not signal_group(pid, 0), what="the whole group to be gone")


def test_it_stops_what_the_others_need_after_all_the_others(tmp_path: Path, runs: list[Run]):
    tell = "['sh', '-c', 'trap \"date +%s%N > {name}.end; exit\" TERM; while :; do sleep 0.05; done']"
    tells = {name: tell.format(name=tmp_path / name) for name in ("broker", "worker")}
    programs = f"Program('broker', {tells['broker']}, others_need_it=True), Program('worker', {tells['worker']})"
    run = Run(tmp_path, programs.replace("\\", ""))
    runs.append(run)
    run.wait_for("ready")

    assert run.stop() == 0

    ends = {name: int((tmp_path / f"{name}.end").read_text()) for name in ("broker", "worker")}
    assert ends["worker"] < ends["broker"]


def test_it_ends_the_grandchildren_of_a_program_that_died(tmp_path: Path, runs: list[Run]):
    run = Run(tmp_path, f"Program('parent', ['sh', '-c', 'sleep 1000 & echo $! > {tmp_path}/grandchild; wait'])")
    runs.append(run)
    grandchild = int(wait_until(lambda: (tmp_path / "grandchild").exists() and (tmp_path / "grandchild").read_text()))

    os.kill(run.pid("parent"), signal.SIGKILL)
    run.wait_for("parent was killed (signal 9)")

    def gone() -> bool:
        try:
            return Path(f"/proc/{grandchild}/stat").read_text().split()[2] == "Z"
        except FileNotFoundError:
            return True

    wait_until(gone, what="the grandchild to be gone")
    assert run.stop() == 0
