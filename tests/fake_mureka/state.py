"""What the vendor knows: its tasks, its ledger. No network here."""

from __future__ import annotations

import heapq
import json
import os
import random
import time
from collections import Counter, deque
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.fake_mureka.faults import FATES, Fault, check
from tests.fake_mureka.settings import Settings

MODELS = ("auto", "mureka-7.6", "mureka-8", "mureka-9", "mureka-9.5")
NEWEST_MODEL = "mureka-9.5"
LONGEST_PROMPT = 1024
MOST_SONGS = 3


@dataclass(frozen=True)
class Charge:
    """One order that was taken, and costs `n` songs whatever became of the answer."""

    task_id: str
    """The id the vendor knows it by: with the fault `same_id` not the one it told."""
    prompt: str
    model: str
    n: int
    at: float
    """Unix seconds by the fake's clock."""
    key_ok: bool
    how: str = "accept"
    """The scripted fault it was answered with."""


def read_ledger(path: Path) -> list[dict[str, Any]]:
    """The fields of each charge, with its task; also of a fake that is writing, or was killed while it wrote."""
    complete, _, _ = path.read_bytes().rpartition(b"\n")
    return [json.loads(line) for line in complete.splitlines()]


@dataclass(slots=True)
class Task:
    id: str
    prompt: str
    model: str
    n: int
    stream: bool
    created_at: float
    ends_at: float
    fate: str = "succeeded"
    reason: str = ""
    token: str = ""
    token_until: float = 0.0
    polls: int = 0

    def status(self, now: float) -> str:
        if now >= self.ends_at and self.fate != "running":
            return self.fate
        passed = (now - self.created_at) / max(self.ends_at - self.created_at, 1e-9)
        if passed < 0.05:
            return "preparing"
        if passed < 0.2:
            return "queued"
        return "streaming" if self.stream and passed > 0.6 else "running"


class Refused(Exception):
    """The order was not taken: HTTP status and the vendor's message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class State:
    """Everything happens on the one thread of the event loop, so nothing is locked."""

    def __init__(self, settings: Settings, ledger_path: Path | None = None) -> None:
        self.settings = settings
        self.url = ""
        self.random = random.Random(settings.seed)
        self.ledger: list[Charge] = []
        self.tasks: dict[str, Task] = {}
        self.leaks: list[dict[str, Any]] = []
        self.requests: deque[dict[str, Any]] = deque(maxlen=200)
        self.counts: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.bugs: list[str] = []
        """Tracebacks of the fake itself, which must not pass for faults of the vendor."""
        self.scripts: dict[str, deque[Fault]] = {}
        self.task_scripts: dict[tuple[str, str], deque[Fault]] = {}
        self.songs_charged = 0
        self._ahead = time.time() - time.monotonic()
        self._ends: list[tuple[float, str]] = []
        self._in_flight: set[str] = set()
        # Ids of two fakes, and of two lives of one, must not meet: products keep them in a unique column.
        self._next_id = random.SystemRandom().randrange(10**14, 9 * 10**14)
        self._ledger_file = None
        if ledger_path:
            if ledger_path.exists():
                self._restore(ledger_path)
            self._ledger_file = ledger_path.open("a", encoding="utf-8")

    # --- the clock

    def now(self) -> float:
        """Unix seconds. Steady, except for `advance`."""
        return time.monotonic() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds

    # --- scripts

    def add_script(self, on: str, kind: str, task_id: str | None, times: int | None, options: dict[str, Any]) -> None:
        check(on, kind, options)
        fault = Fault(kind, times, options)
        if task_id is None:
            self.scripts.setdefault(on, deque()).append(fault)
        elif on == "query" and kind in FATES:
            self.doom(self.tasks[task_id], kind, options.get("reason", ""))
        else:
            self.task_scripts.setdefault((on, task_id), deque()).append(fault)

    def next_fault(self, on: str, task_id: str = "") -> Fault:
        """What is scripted for this task, else for whoever comes next, else what the odds say; mostly "accept"."""
        fault = self._scripted(on, task_id) or Fault(self._drawn(getattr(self.settings, f"{on}_odds", {})) or "accept")
        self.answers[f"{on} {fault.kind}"] += 1
        return fault

    def _scripted(self, on: str, task_id: str) -> Fault | None:
        for queue in (self.task_scripts.get((on, task_id)), self.scripts.get(on)):
            if not queue:
                continue
            fault = queue[0]
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    queue.popleft()
            return fault
        return None

    def clear(self) -> None:
        self.scripts.clear()
        self.task_scripts.clear()

    def _drawn(self, odds: dict[str, float]) -> str:
        if not odds:
            return ""
        chance = self.random.random()
        for kind, part in odds.items():
            chance -= part
            if chance < 0:
                return kind
        return ""

    # --- orders

    def check_order(self, order: object) -> tuple[str, str, int, bool]:
        """Prompt, model, songs and whether to stream, or `Refused`."""
        if not isinstance(order, dict):
            raise Refused(400, "Invalid request: a JSON object is expected")
        prompt, model, n = order.get("prompt"), order.get("model"), order.get("n", self.settings.default_n)
        if not isinstance(prompt, str) or not 0 < len(prompt) <= LONGEST_PROMPT:
            raise Refused(400, f"Invalid request: prompt must have 1 to {LONGEST_PROMPT} characters")
        if model not in MODELS:
            raise Refused(400, f"Invalid request: model must be one of {', '.join(MODELS)}")
        if not isinstance(n, int) or isinstance(n, bool) or not 1 <= n <= MOST_SONGS:
            raise Refused(400, f"Invalid request: n must be between 1 and {MOST_SONGS}")
        if n * self.settings.price_cents > self.balance:
            raise Refused(429, "You exceeded your current quota, please check your billing details")
        limit = self.settings.concurrency
        if limit is not None and self.in_flight() >= limit:
            raise Refused(429, f"Rate limit reached for concurrent requests, limit: {limit}")
        return prompt, str(model), n, order.get("stream") is True

    def take_order(self, order: object, *, key_ok: bool, fault: Fault) -> Task:
        """The moment money is spent. Raises `Refused` before it."""
        prompt, model, n, stream = self.check_order(order)
        self._next_id += 1 + self.random.randrange(1000)
        now = self.now()
        task = Task(
            id=str(self._next_id),
            prompt=prompt,
            model=NEWEST_MODEL if model == "auto" else model,
            n=n,
            stream=stream,
            created_at=now,
            ends_at=now + self.random.uniform(*self.settings.latency),
            fate=fault.options.get("fate") or self._drawn(self.settings.fate_odds) or "succeeded",
            reason=fault.options.get("reason", ""),
        )
        self._charge(task, Charge(task.id, prompt, model, n, now, key_ok, fault.kind))
        self._start(task)
        return task

    def _charge(self, task: Task, charge: Charge) -> None:
        if self._ledger_file:
            # A whole line before anything is answered: what the page cache has survives the death of this process.
            self._ledger_file.write(json.dumps({**asdict(charge), "task": asdict(task)}) + "\n")
            self._ledger_file.flush()
        self.ledger.append(charge)
        self.songs_charged += charge.n

    def _restore(self, path: Path) -> None:
        whole = path.read_bytes()
        os.truncate(path, whole.rfind(b"\n") + 1)  # half a line, if the last life ended in the middle of one
        for entry in read_ledger(path):
            task = Task(**entry.pop("task"))
            self.ledger.append(Charge(**entry))
            self.songs_charged += task.n
            self._next_id = max(self._next_id, int(task.id))
            self._start(task)

    def close(self) -> None:
        if self._ledger_file:
            self._ledger_file.close()

    @property
    def spending_cents(self) -> int:
        return self.songs_charged * self.settings.price_cents

    @property
    def balance(self) -> int:
        return self.settings.recharge_cents - self.spending_cents

    # --- tasks

    def in_flight(self) -> int:
        now = self.now()
        while self._ends and self._ends[0][0] <= now:
            at, task_id = heapq.heappop(self._ends)
            task = self.tasks[task_id]
            if task.ends_at <= at and task.fate != "running":
                self._in_flight.discard(task_id)
        return len(self._in_flight)

    def doom(self, task: Task, fate: str, reason: str = "") -> None:
        """Decide what becomes of a task, from now on; of one that has ended as well."""
        task.fate = fate
        task.reason = reason
        if fate != "running":
            task.ends_at = min(task.ends_at, self.now())
        self._start(task)

    def finish(self, task_id: str | None) -> int:
        """End this task, or all that are under way; how many there were."""
        self.in_flight()
        tasks = [self.tasks[task_id]] if task_id else [self.tasks[each] for each in self._in_flight]
        for task in tasks:
            self.doom(task, "succeeded" if task.fate == "running" else task.fate, task.reason)
        return len(tasks)

    def _start(self, task: Task) -> None:
        self.tasks[task.id] = task
        self._in_flight.add(task.id)
        heapq.heappush(self._ends, (task.ends_at, task.id))

    # --- results

    def audio_path(self, task: Task) -> str:
        """Where the result is now; another place once the last one has expired."""
        now = self.now()
        if now >= task.token_until:
            task.token = f"{self.random.getrandbits(64):016x}"
            task.token_until = now + self.settings.url_lifetime
        day = time.strftime("%Y%m%d", time.gmtime(task.created_at))
        return f"/cos-prod/open/song/{day}/{task.id}-{task.token}.mp3"

    def expire_urls(self) -> None:
        for task in self.tasks.values():
            task.token_until = 0.0

    def task_at(self, path: str) -> tuple[Task | None, bool]:
        """The task whose audio this path once was, and whether it still is."""
        task_id, _, token = path.rsplit("/", 1)[-1].removesuffix(".mp3").partition("-")
        task = self.tasks.get(task_id)
        return task, bool(task and token and token == task.token and self.now() < task.token_until)

    def stats(self) -> dict[str, Any]:
        return {
            **{name: self.counts[name] for name in ("submits", "polls", "downloads", "billings")},
            "accepted": len(self.ledger),
            "songs_charged": self.songs_charged,
            "spending_cents": self.spending_cents,
            "in_flight": self.in_flight(),
            "answers": dict(self.answers),
            "bugs": self.bugs,
        }
