"""Keeps a set of programs running: starts them, starts again the ones that die, and stops them all cleanly.

Every program is the leader of a session and process group of its own, so that Ctrl-C in the terminal reaches only the
supervisor, and so that whatever a dead program has left behind (the processes of a Celery pool) can be ended with it.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from readingjourney.guardian import Guardian, signal_group
from readingjourney.logfiles import LogFile

FIRST_RESTART_SECONDS = 0.5
SLOWEST_RESTART_SECONDS = 30.0
HEALTHY_SECONDS = 60.0  # a program that has run this long starts again with the first, short delay
STOP_GRACE_SECONDS = 12.0  # for warm shutdowns: a piece of music being rendered may be finished in it
LAST_STOP_GRACE_SECONDS = 5.0
HOUSEKEEPING_SECONDS = 30.0
READINESS_POLL_SECONDS = 0.05
SAME_REQUEST_SECONDS = 0.5  # make and a service manager both pass SIGTERM on: two at once are one request

Announce = Callable[[str], None]


@dataclass(frozen=True)
class Program:
    """A command line to keep running, under a name that its log, pid file and announcements carry."""

    name: str
    command: Sequence[str]
    inherited: tuple[int, ...] = ()  # file descriptors the program gets
    others_need_it: bool = False  # stopped only after all the others


class Child:
    """One program and its present process, if it has one."""

    def __init__(self, program: Program, log: LogFile, pid_file: Path) -> None:
        self.program = program
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.start_at = 0.0
        self._pid_file = pid_file
        self._started_at = 0.0
        self._delay = FIRST_RESTART_SECONDS

    @property
    def running(self) -> bool:
        return self.process is not None

    def start(self, environment: Mapping[str, str]) -> int:
        """Start the program and return its process group. Raises `OSError` when there is nothing to execute."""
        self._started_at = time.monotonic()
        with self.log.open() as output:
            self.process = subprocess.Popen(
                self.program.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                pass_fds=self.program.inherited,
                start_new_session=True,
            )
        with contextlib.suppress(OSError):  # for lookers-on only: a full disk is no reason to have no web server
            self._pid_file.write_text(f"{self.process.pid}\n")
        return self.process.pid

    def bury_if_dead(self, guardian: Guardian) -> int | None:
        """Return the exit code of a process that has just died, having ended what it left behind; else None."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        signal_group(self.process.pid, signal.SIGKILL)
        guardian.discard(self.process.pid)
        self.process = None
        self.forget_pid()
        return code

    def forget_pid(self) -> None:
        """Remove the pid file."""
        self._pid_file.unlink(missing_ok=True)

    def schedule_restart(self) -> float:
        """Choose when to start again, later after each quick death; return the delay in seconds."""
        if time.monotonic() - self._started_at >= HEALTHY_SECONDS:
            self._delay = FIRST_RESTART_SECONDS
        delay, self._delay = self._delay, min(self._delay * 2, SLOWEST_RESTART_SECONDS)
        self.start_at = time.monotonic() + delay
        return delay


class Supervisor:
    """Runs `programs` until a signal asks it to stop.

    Logs go to `directory`/logs/<name>.log, pids to `directory`/run/<name>.pid. `announce` gets one calm line per event.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        directory: Path,
        environment: Mapping[str, str],
        announce: Announce,
        stop_grace: float = 0.0,
    ) -> None:
        for name in ("logs", "run"):
            (directory / name).mkdir(exist_ok=True)
        self._children = [
            Child(each, LogFile(directory / "logs" / f"{each.name}.log"), directory / "run" / f"{each.name}.pid")
            for each in programs
        ]
        for child in self._children:
            child.forget_pid()  # of a run that was killed
        self._environment = environment
        self._announce = announce
        self._stop_grace = stop_grace  # seconds that a program may need to stop, if more than the usual
        self._stop_asked_at: float | None = None
        self._hurry = False

    def run(self, guardian: Guardian, *, is_ready: Callable[[], bool], on_ready: Callable[[], None]) -> None:
        """Start everything, keep it running, and return when a signal has stopped it all.

        `is_ready` is asked until it says yes, then `on_ready` is called once.
        """
        alarm = self._listen_to_signals()
        housekeeping_at = time.monotonic() + HOUSEKEEPING_SECONDS
        ready = False
        try:
            while self._stop_asked_at is None:
                self._tend(guardian)
                if not ready and is_ready():
                    ready = True
                    on_ready()
                if time.monotonic() >= housekeeping_at:
                    housekeeping_at = time.monotonic() + HOUSEKEEPING_SECONDS
                    for child in self._children:
                        child.log.cap()
                pause = self._seconds_until_due(housekeeping_at) if ready else READINESS_POLL_SECONDS
                if select.select([alarm], [], [], pause)[0]:
                    os.read(alarm, 4096)
        finally:
            self._stop(guardian)
            # Everything has ended. One more Ctrl-C must not kill us while Python takes itself down, which would look
            # like a crash to whoever waits for the exit code.
            for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(each, signal.SIG_IGN)

    def _listen_to_signals(self) -> int:
        """Return a descriptor that becomes readable with every signal: a wish to stop, or a child's death."""
        alarm, alarm_end = os.pipe()
        os.set_blocking(alarm_end, False)
        signal.set_wakeup_fd(alarm_end, warn_on_full_buffer=False)
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if each != signal.SIGHUP or signal.getsignal(each) is not signal.SIG_IGN:  # nohup is a wish to go on
                signal.signal(each, self._request_stop)
        signal.signal(signal.SIGCHLD, _wake)
        return alarm

    def _request_stop(self, _number: int, _frame: FrameType | None) -> None:
        if self._stop_asked_at is None:
            self._stop_asked_at = time.monotonic()
        elif time.monotonic() - self._stop_asked_at > SAME_REQUEST_SECONDS:
            self._hurry = True

    def _tend(self, guardian: Guardian) -> None:
        """Notice the dead, start the due."""
        guardian.check()
        for child in self._children:
            if (code := child.bury_if_dead(guardian)) is not None:
                self._announce(
                    f"{child.program.name} {_describe_end(code)}; starting it again in {child.schedule_restart():g} s"
                    f" (its log: {child.log.path})"
                )
            if not child.running and child.start_at <= time.monotonic():
                self._start(child, guardian)

    def _start(self, child: Child, guardian: Guardian) -> None:
        again = child.start_at > 0
        try:
            guardian.add(child.start(self._environment))
        except OSError as error:
            self._announce(
                f"{child.program.name} cannot be started ({error.strerror});"
                f" trying again in {child.schedule_restart():g} s"
            )
        else:
            if again:
                self._announce(f"{child.program.name} is running again")

    def _seconds_until_due(self, housekeeping_at: float) -> float:
        due = [housekeeping_at, *(child.start_at for child in self._children if not child.running)]
        return max(0.0, min(due) - time.monotonic())

    def _stop(self, guardian: Guardian) -> None:
        """Stop the last started first, and what the others need at the very end."""
        self._announce("Stopping (Ctrl-C again to hurry)")
        first = max(STOP_GRACE_SECONDS, self._stop_grace)
        for needed, grace in ((False, first), (True, LAST_STOP_GRACE_SECONDS)):
            group = [each for each in reversed(self._children) if each.program.others_need_it is needed]
            self._terminate(group, grace, guardian)
        self._announce("Stopped")

    def _terminate(self, children: Sequence[Child], grace: float, guardian: Guardian) -> None:
        for child in children:
            if child.process is not None:
                child.process.terminate()  # the leader alone: a Celery pool's processes are its own business
        deadline = time.monotonic() + grace
        left = [each for each in children if each.running]
        killed = False
        while left:
            for child in left:
                child.bury_if_dead(guardian)
            left = [each for each in left if each.running]
            if left and not killed and (self._hurry or time.monotonic() >= deadline):
                killed = True
                self._announce(f"Ending {', '.join(each.program.name for each in left)} without waiting any longer")
                for child in left:
                    if child.process is not None:
                        signal_group(child.process.pid, signal.SIGKILL)
            if left:
                time.sleep(0.02)


def _wake(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: a signal that has a handler writes to the wake-up descriptor, and that is all that is wanted."""


def _describe_end(code: int) -> str:
    return f"was killed (signal {-code})" if code < 0 else f"ended with exit code {code}"
