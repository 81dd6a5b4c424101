"""A model server with the OpenAI API on loopback that knows the gate's answers, and errs where told to."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from fuyajo.planner.gate.cases import Case, shipped
from fuyajo.planner.gate.world import request_of
from fuyajo.planner.prompt import frame
from tests.support.gate import Errs, right

MODEL = "knowing-1"


class KnowingServer(ThreadingHTTPServer):
    """Finds the case by what it is asked; `asked` counts the requests for each."""

    daemon_threads = True

    def __init__(self, errs: Errs) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.errs = errs
        self.asked: Counter[str] = Counter()
        self._lock = threading.Lock()
        cases = (*shipped().cases, *shipped("canary").cases)
        here = Path("/nonexistent")
        self._cases = {_data(frame(request_of(case, here)).decode()): case for case in cases}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def reply(self, prompt: str) -> Any:
        case: Case = self._cases[_data(prompt)]
        with self._lock:
            self.asked[case.id] += 1
            number = self.asked[case.id]
        said = self.errs(case, number)
        return right(case) if said is None else said


def _data(prompt: str) -> str:
    """The JSON between the first two fence lines."""
    return prompt.split("\n")[2]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: KnowingServer

    def do_GET(self) -> None:
        if self.path != "/v1/models":
            self._answer(404, "application/json", b"{}")
            return
        listed = {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 1}]}
        self._answer(200, "application/json", json.dumps(listed).encode())

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        asked = json.loads(self.rfile.read(length))
        said = json.dumps(self.server.reply(asked["messages"][1]["content"]), ensure_ascii=False)
        chunks = [
            {"choices": [{"index": 0, "delta": {"role": "assistant", "content": said}}]},
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
            {"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 20}},
        ]
        lines = [f"data: {json.dumps({'model': MODEL, **chunk})}\n\n" for chunk in chunks]
        self._answer(200, "text/event-stream", "".join([*lines, "data: [DONE]\n\n"]).encode())

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Nothing: what fails is seen in the report."""


@contextmanager
def knowing_server(errs: Errs = lambda _case, _number: None) -> Iterator[KnowingServer]:
    with KnowingServer(errs) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
