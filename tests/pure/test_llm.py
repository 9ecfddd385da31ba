"""A language model that may write the brief: what it may change, what it may not, and all the ways it can fail."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from music.brief import Genre, Mode, Mood, MusicBrief, Role
from music.briefs import Words, brief_for_log, brief_for_prompt
from music.briefs.prompt import vocabulary
from music.llm import Endpoint, rewrite

CHOICES = {
    "moods": {"sadness": 3, "melancholy": 1},
    "valence": -0.7,
    "arousal": -0.4,
    "tempo": 58,
    "mode": "minor",
    "instruments": ["slow strings", "oboe"],
}
MEMO = "Kim Jiyoung never came back to the lighthouse."


@dataclass
class Model:
    """An endpoint that speaks the chat protocol. `answer` gets the request's body and sends what it likes."""

    answer: Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    base: str = ""

    def endpoint(self, **changes: Any) -> Endpoint:
        return Endpoint(**({"base": self.base, "model": "small", "key": "secret", "seconds": 2.0} | changes))


@contextmanager
def running(answer: Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]) -> Iterator[Model]:
    model = Model(answer)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            model.requests.append({"path": self.path, **body})
            model.keys.append(self.headers["Authorization"])
            model.answer(self, body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    model.base = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()


def send(handler: BaseHTTPRequestHandler, data: bytes, status: int = 200) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def says(content: object) -> Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]:
    text = content if isinstance(content, str) else json.dumps(content)
    envelope = json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()
    return lambda handler, _body: send(handler, envelope)


@pytest.fixture
def brief() -> MusicBrief:
    return brief_for_log(Words(memo=MEMO), role=Role.ENTRY, seed=3, theme_seed=4, genre=Genre.CHAMBER)


def test_it_takes_the_models_choices_and_writes_the_prompt_itself(brief: MusicBrief) -> None:
    with running(says(CHOICES)) as model:
        written = rewrite(brief, [MEMO], model.endpoint())
    assert written.moods == ((Mood.SADNESS, 0.75), (Mood.MELANCHOLY, 0.25))
    assert (written.valence, written.energy, written.tempo, written.mode) == (-0.7, 0.3, 58, Mode.MINOR)
    assert written.instruments[0] == brief.instruments[0]
    assert "58 BPM" in written.prompt
    assert "sorrowful" in written.prompt
    # The album stays one: genre, seeds, role and length are not the model's business.
    assert (written.genre, written.theme_seed, written.seed, written.role, written.duration) == (
        brief.genre,
        brief.theme_seed,
        brief.seed,
        brief.role,
        brief.duration,
    )
    request = model.requests[0]
    assert request["path"] == "/v1/chat/completions"
    assert model.keys == ["Bearer secret"]
    assert json.loads(request["messages"][1]["content"]) == {"texts": [MEMO]}
    assert MEMO not in request["messages"][0]["content"]


def test_it_lets_nothing_of_the_models_own_words_into_the_prompt(brief: MusicBrief) -> None:
    with running(says({**CHOICES, "prompt": MEMO, "title": "Kim Jiyoung", "why": MEMO})) as model:
        written = rewrite(brief, [MEMO], model.endpoint())
    assert written.moods[0][0] == Mood.SADNESS
    letters = "".join(sign if sign.isalpha() or sign in "#-" else " " for sign in written.prompt.lower())
    assert set(letters.split()) <= vocabulary()


@pytest.mark.parametrize(
    "answer",
    [
        "I would rather not.",
        "{}",
        "[]",
        "null",
        {**CHOICES, "moods": {}},
        {**CHOICES, "moods": {"ecstasy": 1}},
        {**CHOICES, "moods": {"sadness": float("inf")}},
        {**CHOICES, "valence": 7},
        {**CHOICES, "arousal": float("nan")},
        {**CHOICES, "tempo": 400},
        {**CHOICES, "tempo": "fast"},
        {**CHOICES, "mode": "locrian"},
        {**CHOICES, "instruments": ["kazoo", "Kim Jiyoung"]},
        {**CHOICES, "instruments": []},
        {**CHOICES, "instruments": ["oboe"] * 9},
        "[" * 30_000,
    ],
)
def test_it_keeps_the_embedded_brief_when_the_answer_is_outside_the_schema(brief: MusicBrief, answer: object) -> None:
    with running(says(answer)) as model:
        assert rewrite(brief, [MEMO], model.endpoint()) == brief
    assert len(model.requests) == 1


def test_it_keeps_the_embedded_brief_when_the_endpoint_fails(brief: MusicBrief) -> None:
    def redirect(handler: BaseHTTPRequestHandler, _body: dict[str, Any]) -> None:
        handler.send_response(307)
        handler.send_header("Location", "http://127.0.0.1:1/elsewhere")
        handler.end_headers()

    for answer in (
        lambda handler, _body: send(handler, b"busy", 503),
        lambda handler, _body: send(handler, b"<html>log in</html>"),
        lambda handler, _body: send(handler, b'{"choices": []}'),
        lambda handler, _body: send(handler, b" " * 200_000),
        lambda handler, _body: handler.connection.close(),
        redirect,
    ):
        with running(answer) as model:
            assert rewrite(brief, [MEMO], model.endpoint()) == brief
    assert rewrite(brief, [MEMO], Endpoint("http://127.0.0.1:1/v1", "small", seconds=1.0)) == brief


def test_it_does_not_wait_for_a_model_that_dribbles(brief: MusicBrief) -> None:
    hang_up = threading.Event()

    def dribble(handler: BaseHTTPRequestHandler, _body: dict[str, Any]) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not hang_up.wait(0.1):
            try:
                handler.wfile.write(b" ")
            except OSError:
                return

    with running(dribble) as model:
        begun = time.monotonic()
        assert rewrite(brief, [MEMO], model.endpoint(seconds=0.5)) == brief
        assert time.monotonic() - begun < 10  # far below the minutes this server would go on
        hang_up.set()


def test_it_does_not_ask_when_the_reader_has_decided() -> None:
    tagged = brief_for_log(Words(memo=MEMO, emotions=(Mood.JOY,)), role=Role.ENTRY, seed=3, theme_seed=4)
    corrected = brief_for_log(Words(memo=MEMO), role=Role.ENTRY, seed=3, theme_seed=4, mood=Mood.CALM)
    with running(says(CHOICES)) as model:
        assert rewrite(tagged, [MEMO], model.endpoint()) == tagged
        assert rewrite(corrected, [MEMO], model.endpoint()) == corrected
        assert rewrite(tagged, ["", "  "], model.endpoint()) == tagged
    assert model.requests == []


def test_it_does_not_believe_a_model_that_contradicts_a_sure_reading() -> None:
    sure = brief_for_log(
        Words(memo="I am so happy, what a delight, I laughed all day!"), role=Role.ENTRY, seed=3, theme_seed=4
    )
    assert sure.confidence >= 0.5
    with running(says({**CHOICES, "instruments": [sure.instruments[0]]})) as model:
        assert rewrite(sure, ["I am so happy"], model.endpoint()) == sure


def test_it_keeps_what_a_free_prompt_names() -> None:
    prompt = "a jazz ballad at 72 bpm in A minor with cello, no drums"
    asked = brief_for_prompt(prompt, seed=5)
    wanted = {**CHOICES, "tempo": 140, "mode": "major", "valence": asked.valence, "instruments": ["double bass"]}
    with running(says(wanted)) as model:
        written = rewrite(asked, [prompt], model.endpoint())
    assert written.moods != asked.moods
    assert (written.genre, written.tempo, written.key, written.mode, written.drums) == (
        Genre.JAZZ_BALLAD,
        72,
        "A",
        Mode.MINOR,
        False,
    )
    assert written.instruments == asked.instruments


def test_it_logs_no_word_of_the_readers(brief: MusicBrief, caplog: pytest.LogCaptureFixture) -> None:
    with running(says({"moods": {MEMO: 1}})) as model:
        rewrite(brief, [MEMO], model.endpoint())
    assert "gave no brief" in caplog.text
    assert "Jiyoung" not in caplog.text
