"""Where the audio is: no key is asked for, and none should come."""

from __future__ import annotations

import asyncio

from tests.fake_mureka import audio
from tests.fake_mureka.faults import Fault
from tests.fake_mureka.state import State, Task
from tests.fake_mureka.wire import Connection, Gone, Request, Stalls

PATH = "/cos-prod/"


class Delivery:
    def __init__(self, state: State, stalls: Stalls) -> None:
        self.state = state
        self._stalls = stalls

    async def serve(self, connection: Connection, request: Request, path: str) -> None:
        state = self.state
        await connection.read_body(request)
        state.counts["downloads"] += 1
        if "authorization" in request.headers or state.settings.key in request.path:
            state.leaks.append({"path": request.path, "headers": request.headers})
        task, valid = state.task_at(path)
        fault = state.next_fault("download", task.id if task else "")
        if task is None or fault.kind in ("missing", "gone"):
            await connection.send(410 if fault.kind == "gone" else 404, b"Not Found", "text/plain")
        elif not valid or fault.kind == "forbidden":
            await connection.send(403, b"<Error><Code>AccessDenied</Code></Error>", "application/xml")
        else:
            await self._send_audio(connection, task, fault)

    async def _send_audio(self, connection: Connection, task: Task, fault: Fault) -> None:
        kind, options, seconds = fault.kind, fault.options, self.state.settings.default_duration
        mp3 = "audio/mpeg"
        if kind == "html":
            await connection.send(200, b"<!doctype html><title>Log in</title>" * 500, mp3)
        elif kind == "empty":
            await connection.send(200, b"", mp3)
        elif kind == "wrong_codec":
            await connection.send(200, audio.noise(seconds), mp3)
        elif kind == "short":
            await connection.send(200, audio.piece(task.id, 2.0), mp3)
        elif kind == "silent":
            await connection.send(200, await asyncio.to_thread(audio.silence, seconds), mp3)
        elif kind == "gzip_bomb":
            bomb = await asyncio.to_thread(audio.gzip_bomb, options.get("megabytes", 1000))
            await connection.send(200, bomb, mp3, {"Content-Encoding": "gzip"})
        elif kind == "broken":
            await connection.send(options.get("status", 500), b"<Error/>", "application/xml")
        elif kind == "redirect":
            await connection.send(
                options.get("status", 302), headers={"Location": options.get("location", "http://127.0.0.1:1/")}
            )
        elif kind == "drop":
            raise Gone
        else:
            await self._send_piece(connection, fault, await asyncio.to_thread(audio.piece, task.id, seconds))

    async def _send_piece(self, connection: Connection, fault: Fault, data: bytes) -> None:
        kind, options, mp3 = fault.kind, fault.options, "audio/mpeg"
        if kind == "truncated":
            await connection.send(200, data[: len(data) // 2], mp3, length=len(data))
        elif kind == "no_length":
            await connection.send(200, data, mp3, length=None)
        elif kind == "huge":
            await connection.write(connection.head(200, mp3, length=options.get("declared")))
            while True:
                await connection.write(data)
                await asyncio.sleep(0)  # a fast reader must not keep the other clients waiting
        elif kind == "slow":
            await connection.write(connection.head(200, mp3, length=len(data)))
            rate = options.get("rate", 1024)
            await connection.dribble(data, 0.25, max(1, rate // 4))
        elif kind == "reset":
            await connection.write(connection.head(200, mp3, length=len(data)) + data[:1000])
            connection.reset()
            raise Gone
        else:
            if kind == "stall":
                await self._stalls.wait(options.get("seconds", self.state.settings.stall_seconds))
            await connection.send(200, data, mp3)
