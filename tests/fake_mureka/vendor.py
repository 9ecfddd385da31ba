"""The vendor's API: orders, queries, the account, each right or wrong as scripted."""

from __future__ import annotations

import json
import secrets
from email.utils import formatdate
from typing import Any

from tests.fake_mureka.faults import FATES, REFUSALS, Fault
from tests.fake_mureka.state import Refused, State, Task
from tests.fake_mureka.wire import Connection, Gone, Request, Stalls

HUGE = 10_000_000
QUERY = "/v1/instrumental/query/"

Answer = dict[str, Any]


class Vendor:
    def __init__(self, state: State, stalls: Stalls) -> None:
        self.state = state
        self._stalls = stalls
        self._life = secrets.token_hex(4)
        self._traces = 0

    async def serve(self, connection: Connection, request: Request, path: str) -> None:
        if (request.method, path) == ("POST", "/v1/instrumental/generate"):
            await self._submit(connection, request)
            return
        await connection.read_body(request)
        self._record(request)
        if request.method == "GET" and path.startswith(QUERY) and path != QUERY:
            await self._query(connection, request, path.removeprefix(QUERY))
        elif (request.method, path) == ("GET", "/v1/account/billing"):
            await self._billing(connection, request)
        else:
            await connection.send(404, b"404 page not found", "text/plain")

    def _record(self, request: Request) -> None:
        self.state.requests.append(
            {"method": request.method, "path": request.path, "headers": request.headers, "body": request.json()}
        )

    def _key_ok(self, request: Request) -> bool:
        settings = self.state.settings
        return settings.key_valid and request.headers.get("authorization") == f"Bearer {settings.key}"

    def _trace(self) -> str:
        self._traces += 1
        return f"trace-{self._life}-{self._traces:06d}"

    # --- orders

    async def _submit(self, connection: Connection, request: Request) -> None:
        state = self.state
        state.counts["submits"] += 1
        fault = state.next_fault("submit")
        if fault.kind == "drop_before":
            raise Gone
        await connection.read_body(request)
        self._record(request)
        if fault.kind in REFUSALS:
            await self._refuse(connection, fault)
            return
        if not self._key_ok(request):
            await self._error(connection, *REFUSALS["unauthorised"])
            return
        previous = state.ledger[-1].task_id if state.ledger else None
        task = None
        try:
            if fault.options.get("charged", fault.kind != "broken"):
                task = state.take_order(request.json(), key_ok=True, fault=fault)
            else:
                state.check_order(request.json())
        except Refused as refused:
            headers = {"Retry-After": state.settings.retry_after} if state.settings.retry_after else {}
            await self._error(connection, refused.status, refused.message, headers if refused.status == 429 else {})
            return
        if task is None:
            await self._lose(connection, fault)
            return
        answer: Answer = {
            "id": task.id,
            "created_at": int(task.created_at),
            "model": task.model,
            "status": "preparing",
            "trace_id": self._trace(),
        }
        if fault.kind == "no_id":
            del answer["id"]
        elif fault.kind == "same_id":
            answer["id"] = previous or task.id
        elif fault.kind == "int_id":
            answer["id"] = int(task.id)
        await self._answer(connection, fault, answer)

    async def _lose(self, connection: Connection, fault: Fault) -> None:
        """An answer to an order that was not taken: nothing in it may look as if it were."""
        if fault.kind == "stall":
            await self._stalls.wait(fault.options.get("seconds", self.state.settings.stall_seconds))
            raise Gone
        await self._answer(connection, fault, {"status": "preparing", "trace_id": self._trace()})

    # --- queries

    async def _query(self, connection: Connection, request: Request, task_id: str) -> None:
        state = self.state
        state.counts["polls"] += 1
        fault = state.next_fault("query", task_id)
        if fault.kind in REFUSALS:
            await self._refuse(connection, fault)
            return
        if not self._key_ok(request):
            await self._error(connection, *REFUSALS["unauthorised"])
            return
        if fault.kind == "missing_text":
            await connection.send(404, b"404 page not found", "text/plain")
            return
        task = state.tasks.get(task_id)
        if task is None:
            await self._error(connection, *REFUSALS["missing"])
            return
        task.polls += 1
        if fault.kind in FATES:
            state.doom(task, fault.kind, fault.options.get("reason", ""))
        await self._answer(connection, fault, self.report(task, fault))

    def report(self, task: Task, fault: Fault | None = None) -> Answer:
        """What a query says of the task."""
        state = self.state
        kind = fault.kind if fault else "accept"
        status = task.status(state.now())
        if kind in ("no_url", "no_choices", "url"):
            status = "succeeded"
        elif kind == "backwards" and status != "succeeded":
            status = ("running", "queued", "preparing")[(task.polls - 1) % 3]
        elif kind == "reviewing":
            status = "reviewing"
        elif kind == "unknown" and fault:
            status = fault.options.get("status", "percolating")
        answer: Answer = {
            "id": task.id,
            "created_at": int(task.created_at),
            "model": task.model,
            "status": status,
        }
        if status in ("succeeded", "failed", "timeouted", "cancelled"):
            answer["finished_at"] = int(task.ends_at)
        if status == "failed":
            answer["failed_reason"] = task.reason or "generation failed"
        if status == "streaming":
            answer["choices"] = [{"index": 0, "stream_url": f"{self.state.url}/cos-prod/stream/{task.id}"}]
        elif status == "succeeded":
            answer["choices"] = None if kind == "no_choices" else self._choices(task, fault)
        if kind == "wrong_id":
            answer["id"] = str(int(task.id) + 1)
        return answer

    def _choices(self, task: Task, fault: Fault | None) -> list[Answer]:
        state = self.state
        url = (state.settings.audio_base or self.state.url) + state.audio_path(task)
        if fault and fault.kind == "url":
            url = fault.options.get("url", "http://127.0.0.1:1/song.mp3")
        choice: Answer = {"duration": int(state.settings.default_duration * 1000)}
        if not (fault and fault.kind == "no_url"):
            # The last two are told for the protocol's sake; there is only an MP3.
            choice |= {"url": url, "flac_url": url.replace(".mp3", ".flac"), "wav_url": url.replace(".mp3", ".wav")}
        return [{"id": f"{task.id}{number}", **choice} for number in range(task.n)]

    # --- the account

    async def _billing(self, connection: Connection, request: Request) -> None:
        state = self.state
        state.counts["billings"] += 1
        fault = state.next_fault("billing")
        if fault.kind in REFUSALS:
            await self._refuse(connection, fault)
            return
        if not self._key_ok(request):
            await self._error(connection, *REFUSALS["unauthorised"])
            return
        answer: Answer = {
            "account_id": 4711,
            "balance": state.balance,
            "total_recharge": state.settings.recharge_cents,
            "total_spending": state.spending_cents,
        }
        if state.settings.concurrency is not None:
            answer["concurrent_request_limit"] = state.settings.concurrency
        await self._answer(connection, fault, answer)

    # --- answers, right and wrong

    async def _error(
        self, connection: Connection, status: int, message: str, headers: dict[str, str] | None = None
    ) -> None:
        await connection.send_json(status, {"error": {"message": message}, "trace_id": self._trace()}, headers)

    async def _refuse(self, connection: Connection, fault: Fault) -> None:
        status, message = REFUSALS[fault.kind]
        headers = {}
        if "retry_after" in fault.options:
            headers["Retry-After"] = str(fault.options["retry_after"])
        elif "retry_after_date" in fault.options:
            at = self.state.now() + fault.options["retry_after_date"]
            headers["Retry-After"] = formatdate(at, usegmt=True)
        if fault.options.get("html"):
            await connection.send(status, b"<html><h1>Proxy</h1></html>", "text/html", headers)
            return
        await self._error(connection, status, fault.options.get("message", message), headers)

    async def _answer(self, connection: Connection, fault: Fault, answer: Answer) -> None:
        """Say this, in the way the fault says."""
        kind, options = fault.kind, fault.options
        data = json.dumps(answer).encode()
        if kind == "broken":
            status = options.get("status", 500)
            if options.get("html"):
                await connection.send(status, b"<html><h1>Bad Gateway</h1></html>", "text/html")
            else:
                await self._error(connection, status, "The server had an error while processing your request")
        elif kind == "garbage":
            await connection.send(200, b"<html><body>Please log in</body></html>", "text/html")
        elif kind == "empty":
            await connection.send(200)
        elif kind == "redirect":
            location = options.get("location", f"{self.state.url}/v1/elsewhere")
            await connection.send(options.get("status", 302), headers={"Location": location})
        elif kind == "huge":
            await connection.send(200, json.dumps({**answer, "padding": "x" * HUGE}).encode())
        elif kind == "duplicate_keys":
            await connection.send(200, b'{"id": "1", "status": "failed", ' + data[1:])
        elif kind in ("drop", "drop_after"):
            raise Gone
        elif kind == "reset":
            await connection.write(connection.head(200, "application/json", length=len(data)))
            connection.reset()
            raise Gone
        elif kind == "dribble":
            whole = connection.head(200, "application/json", length=len(data)) + data
            await connection.dribble(whole, options.get("pause", 0.05))
        else:
            if kind == "stall":
                await self._stalls.wait(options.get("seconds", self.state.settings.stall_seconds))
            await connection.send(200, data)
