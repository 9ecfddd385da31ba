"""The fake as tests hold it: one set of words, whether it runs in a thread or in a process of its own."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.fake_mureka.control import Control
from tests.fake_mureka.server import Server
from tests.fake_mureka.settings import KEY, Settings
from tests.fake_mureka.state import Charge, State, read_ledger

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0
"""Seconds; a fake that needs longer is broken."""


class FakeMureka(ABC):
    """See the package's docstring for what may be said."""

    url = ""
    key = KEY

    @abstractmethod
    def _call(self, word: str, **arguments: Any) -> Any:
        """Raises `ValueError` for what cannot be done."""

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def environment(self) -> dict[str, str]:
        """What the product needs to be told to use this fake."""
        return {
            "MUSIC_PROVIDER": "mureka",
            "MUREKA_API_KEY": self.key,
            "MUREKA_API_BASE": self.url,
            "MUREKA_AUDIO_HOSTS": self.host,
        }

    # --- asking

    @property
    def ledger(self) -> list[Charge]:
        return [Charge(**entry) for entry in self._call("ledger")]

    def charges_for(self, prompt: str) -> list[Charge]:
        return [charge for charge in self.ledger if charge.prompt == prompt]

    @property
    def leaks(self) -> list[dict[str, Any]]:
        return list(self._call("leaks"))

    @property
    def requests(self) -> list[dict[str, Any]]:
        return list(self._call("requests"))

    def stats(self) -> dict[str, Any]:
        return dict(self._call("stats"))

    def task(self, task_id: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self._call("task", task_id=task_id)
        return found

    # --- telling

    def settings(self, **changes: Any) -> dict[str, Any]:
        return dict(self._call("settings", **changes))

    def top_up(self, cents: int) -> None:
        self.settings(recharge_cents=self.settings()["recharge_cents"] + cents)

    def revoke_key(self) -> None:
        self.settings(key_valid=False)

    def restore_key(self) -> None:
        self.settings(key_valid=True)

    def script(self, kind: str, *, times: int | None = 1, **options: Any) -> None:
        self._call("script", on="submit", kind=kind, times=times, options=options)

    def script_query(self, kind: str, *, task_id: str | None = None, times: int | None = -1, **options: Any) -> None:
        self._call("script", on="query", kind=kind, task_id=task_id, times=_times(times, task_id), options=options)

    def script_download(self, kind: str, *, task_id: str | None = None, times: int | None = -1, **options: Any) -> None:
        self._call("script", on="download", kind=kind, task_id=task_id, times=_times(times, task_id), options=options)

    def script_billing(self, kind: str, *, times: int | None = 1, **options: Any) -> None:
        self._call("script", on="billing", kind=kind, times=times, options=options)

    def clear(self) -> None:
        self._call("clear")

    def release(self) -> None:
        self._call("release")

    def finish(self, task_id: str | None = None) -> int:
        return int(self._call("finish", task_id=task_id))

    def advance(self, seconds: float) -> None:
        self._call("advance", seconds=seconds)

    def expire_urls(self) -> None:
        self._call("expire_urls")

    def hang_up(self) -> int:
        return int(self._call("hang_up"))

    def down(self, how: str = "refused") -> None:
        self._call("down", how=how)

    def up(self) -> None:
        self._call("up")


def _times(times: int | None, task_id: str | None) -> int | None:
    """-1 is "not said": once for whoever comes next, but for good for a task that is named."""
    if times == -1:
        return 1 if task_id is None else None
    return times


# --- in a thread


class _InThread(FakeMureka):
    def __init__(self, settings: Settings, ledger_path: Path | None) -> None:
        self.key = settings.key
        self._settings = settings
        self._ledger_path = ledger_path
        self._ready: Future[tuple[str, Control, asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        self._thread = threading.Thread(target=self._run, name="fake-mureka", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self.url, self._control, self._loop, self._stop = self._ready.result(PATIENCE)

    def stop(self) -> None:
        bugs = self.stats()["bugs"]
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE)
        assert not bugs, f"the fake itself failed: {bugs[0]}"

    def _call(self, word: str, **arguments: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(self._control.obey(word, arguments), self._loop).result(PATIENCE)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if self._ready.done():
                raise
            self._ready.set_exception(error)

    async def _serve(self) -> None:
        server = Server(State(self._settings, self._ledger_path))
        try:
            await server.start()
            control = Control(server)
            server.control = control.answer
            stop = asyncio.Event()
            self._ready.set_result((server.url, control, asyncio.get_running_loop(), stop))
            await stop.wait()
        finally:
            await server.close()


@contextmanager
def running_mureka(*, ledger_path: Path | None = None, **options: Any) -> Iterator[FakeMureka]:
    """A fake in a thread of this process; the options are those of `Settings`."""
    mureka = _InThread(Settings(**options), ledger_path)
    mureka.start()
    try:
        yield mureka
    finally:
        mureka.stop()


# --- in a process


class MurekaProcess(FakeMureka):
    """A fake in a process of its own, which can be killed and started again at the same address."""

    def __init__(self, home: Path, settings: Settings) -> None:
        self.key = settings.key
        self.ledger_path = home / "mureka-ledger.jsonl"
        self._log = home / "mureka.log"
        self._settings = settings
        self._port = 0
        self._control_port = 0
        self._process: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.fake_mureka", "--child", "--ledger", str(self.ledger_path)]
        command += ["--port", str(self._port), "--control-port", str(self._control_port)]
        command += ["--settings", json.dumps(asdict(self._settings))]
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.PIPE,  # closes when we die, and the fake with it
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.stop()
            raise RuntimeError(f"the fake did not start: {self._log.read_text()}")
        told = json.loads(line)
        self.url, self._port, self._control_port = told["url"], told["port"], told["control_port"]

    def kill(self) -> None:
        """SIGKILL: the ledger's file stays, and so do its tasks after `start`."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(number)
        self._process.wait(PATIENCE)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process = None

    @property
    def ledger(self) -> list[Charge]:
        """From the file, so that it can be read of a dead fake too."""
        if not self.ledger_path.exists():
            return []
        entries = read_ledger(self.ledger_path)
        return [Charge(**{name: value for name, value in entry.items() if name != "task"}) for entry in entries]

    def settings(self, **changes: Any) -> dict[str, Any]:
        told = super().settings(**changes)
        self._settings.change(changes)  # for the next life
        return told

    def _call(self, word: str, **arguments: Any) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._control_port, timeout=PATIENCE)
        try:
            connection.request("POST", f"/_control/{word}", json.dumps(arguments), {"Connection": "close"})
            body = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        if "error" in body:
            raise ValueError(body["error"])
        return body["answer"]


@contextmanager
def running_mureka_process(tmp_path: Path, **options: Any) -> Iterator[MurekaProcess]:
    """A fake in a process of its own; its ledger and log are in `tmp_path`, the options are those of `Settings`."""
    mureka = MurekaProcess(tmp_path, Settings(**options))
    try:
        mureka.start()
        yield mureka
        if mureka.running:
            bugs = mureka.stats()["bugs"]
            assert not bugs, f"the fake itself failed: {bugs[0]}"
    finally:
        mureka.stop()
