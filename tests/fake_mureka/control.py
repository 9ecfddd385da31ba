"""What one may ask of the fake and tell it: the same words over HTTP (`/_control/…`) and within a process."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from tests.fake_mureka.server import Server
from tests.fake_mureka.wire import Connection, Request


class Control:
    """Each method is a word; all of them run on the event loop's thread and answer with what JSON can carry."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._state = server.state

    async def obey(self, word: str, arguments: dict[str, Any]) -> Any:
        """Raises `ValueError` when there is no such word, or it cannot be done."""
        method = None if word.startswith("_") or word in ("obey", "answer") else getattr(self, word, None)
        if method is None:
            raise ValueError(f"no such control: {word}")
        try:
            return await method(**arguments)
        except (TypeError, KeyError) as error:
            raise ValueError(f"{word}: {error!r}") from error

    async def answer(self, connection: Connection, request: Request) -> None:
        """A request to /_control/…: GET to ask, POST with a JSON object to tell."""
        word = request.path.partition("?")[0].removeprefix("/_control/")
        arguments = request.json() if request.body else {}
        try:
            if not isinstance(arguments, dict):
                raise ValueError("a JSON object is expected")
            await connection.send_json(200, {"answer": await self.obey(word, arguments)})
        except ValueError as error:
            await connection.send_json(400, {"error": str(error)})

    # --- asking

    async def ledger(self) -> list[dict[str, Any]]:
        return [asdict(charge) for charge in self._state.ledger]

    async def stats(self) -> dict[str, Any]:
        return {**self._state.stats(), "connections": self._server.connections}

    async def leaks(self) -> list[dict[str, Any]]:
        return self._state.leaks

    async def requests(self) -> list[dict[str, Any]]:
        return list(self._state.requests)

    async def task(self, task_id: str) -> dict[str, Any] | None:
        task = self._state.tasks.get(task_id)
        if task is None:
            return None
        url = self._server.url + self._state.audio_path(task)
        return {**asdict(task), "status": task.status(self._state.now()), "url": url}

    # --- telling

    async def settings(self, **changes: Any) -> dict[str, Any]:
        self._state.settings.change(changes)
        return asdict(self._state.settings)

    async def script(
        self,
        on: str,
        kind: str,
        task_id: str | None = None,
        times: int | None = 1,
        options: dict[str, Any] | None = None,
    ) -> None:
        self._state.add_script(on, kind, task_id, times, options or {})

    async def clear(self) -> None:
        self._state.clear()

    async def release(self) -> None:
        self._server.stalls.release()

    async def finish(self, task_id: str | None = None) -> int:
        return self._state.finish(task_id)

    async def advance(self, seconds: float) -> None:
        self._state.advance(seconds)

    async def expire_urls(self) -> None:
        self._state.expire_urls()

    async def hang_up(self) -> int:
        return self._server.hang_up()

    async def down(self, how: str = "refused") -> None:
        await self._server.down(how)

    async def up(self) -> None:
        await self._server.up()
