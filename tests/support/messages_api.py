"""A scripted model server on loopback, for every planner that asks one. Standard library.

It speaks Anthropic's Messages API (what the real Claude Code CLI talks to in tests) and OpenAI's chat
completions, and gives the same scripted reply in either.

    with MessagesApi({"structured": {"type": "chat", "message": "hi"}}) as api:
        ...  # api.url, api.calls

A reply is a mapping with one of
  text          words
  structured    an object, sent as a call of the tool that was offered, or as text
  status        an HTTP error; with `message` and `headers`
  stop_reason   instead of the natural one (`refusal`, `max_tokens`)
  truncate      True: the stream ends in the middle
  hang          True: nothing comes until the client leaves or the server closes
  stall         True: the stream stops in the middle until then
  pause         an event: the stream stops in the middle until somebody sets it
  fault         html, empty, half, reset, trickle, huge or flood; see `faults.py`
  name          of the tool that `structured` calls, instead of the one that was offered
  words         said before the call of the tool, in the same turn
  hold          seconds before the answer begins
The n-th call gets the n-th reply and later ones the last; or a function of the call chooses.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from tests.support import chat_events, faults

Reply = Mapping[str, Any]
TOOL = "StructuredOutput"
ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    422: "invalid_request_error",
    429: "rate_limit_error",
    500: "api_error",
    501: "not_implemented_error",
    503: "unavailable_error",
    529: "overloaded_error",
}
ENDPOINTS = {"/v1/messages", chat_events.ENDPOINT}
PAUSE_SECONDS = 60.0
USAGE = {"input_tokens": 100, "output_tokens": 20}


@dataclass(frozen=True)
class Call:
    """One recorded request; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class MessagesApi:
    """The server, started on entry. `calls` holds every request, of any path and method.

    `pages`: what a GET of a path gets, as JSON; everything else is 404.
    """

    def __init__(
        self,
        script: Reply | Sequence[Reply] | Callable[[Call], Reply],
        pages: Mapping[str, Any] | None = None,
    ) -> None:
        self._script = script
        self.pages = pages or {}
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.api = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self.calls: list[Call] = []
        # Requests that are being answered, now and at most.
        self.active = self.max_active = 0
        # Clients that left while they were being answered.
        self.left = 0
        self.idle = threading.Event()
        self.idle.set()
        self.arrived = threading.Event()
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def messages(self) -> list[Call]:
        """The calls that ask for an answer."""
        return [call for call in self.calls if _endpoint(call) in ENDPOINTS]

    def __enter__(self) -> MessagesApi:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def busy(self, change: int) -> None:
        """One more (1) or one less (-1) request is being answered."""
        with self._lock:
            self.active += change
            self.max_active = max(self.max_active, self.active)
            (self.idle.clear if self.active else self.idle.set)()

    def one_left(self) -> None:
        with self._lock:
            self.left += 1

    def record(self, call: Call) -> Reply:
        """Keeps the call and chooses its reply."""
        with self._lock:
            self.calls.append(call)
            number = len(self.messages)
        self.arrived.set()
        if callable(self._script):
            return self._script(call)
        script = [self._script] if isinstance(self._script, Mapping) else self._script
        return script[min(number, len(script)) - 1]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    api: MessagesApi

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that broke off between two requests is no news; anything else is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *args: object) -> None:
        """Silence; what matters is recorded."""

    def do_POST(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.api.busy(1)
        try:
            self._route(Call(self.command, self.path, headers, self._body()))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client was killed; that is what some tests are about
            self.server.api.one_left()
        finally:
            self.server.api.busy(-1)

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            size = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(size)
            if len(body) < size:
                raise ConnectionResetError  # the client left while it was asking
            return body
        data = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return data

    def _route(self, call: Call) -> None:
        api, endpoint = self.server.api, _endpoint(call)
        reply = api.record(call)
        if "hold" in reply:
            api.closing.wait(reply["hold"])
        if endpoint == "/v1/messages/count_tokens":
            self._send_json(200, {"input_tokens": 100})
        elif call.method == "GET" and endpoint in api.pages:
            self._send_json(200, api.pages[endpoint])
        elif call.method != "POST" or endpoint not in ENDPOINTS:
            self._send_error(404, "no such path", {})
        elif reply.get("hang"):
            self._wait_for_the_end()
            self.close_connection = True
        elif "status" in reply:
            self._send_error(
                reply["status"], reply.get("message", "scripted"), reply.get("headers", {})
            )
        elif call.json.get("stream"):
            self._send_stream(call.json, reply, endpoint)
        else:
            self._send_plain(call.json, reply)

    def _wait_for_the_end(self) -> None:
        """Until the client leaves or the server closes."""
        while not self.server.api.closing.is_set():
            readable, _, _ = select.select([self.connection], [], [], 0.05)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                self.server.api.one_left()
                return

    def _send_error(self, status: int, message: str, headers: Mapping[str, str]) -> None:
        error = {"type": ERROR_TYPES.get(status, "scripted_error"), "message": message}
        self._send_json(status, {"type": "error", "error": error, "request_id": "req_1"}, headers)

    def _send_plain(self, asked: Any, reply: Reply) -> None:
        if reply.get("truncate"):
            self.close_connection = True  # the CLI's second, non-streaming try is cut off, too
            return
        self._send_json(200, _message(asked, _blocks(asked, reply), _stop_reason(reply)))

    def _send_json(self, status: int, value: Any, headers: Mapping[str, str] | None = None) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        for name, content in {"content-type": "application/json", **(headers or {})}.items():
            self.send_header(name, content)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _send_stream(self, asked: Any, reply: Reply, endpoint: str) -> None:
        self.close_connection = True
        if reply.get("fault") == "reset":
            faults.reset(self.connection)
            return
        html = reply.get("fault") == "html"
        self.send_response(200)
        self.send_header(
            "content-type", "text/html" if html else "text/event-stream; charset=utf-8"
        )
        self.send_header("connection", "close")
        self.end_headers()
        frames = self._frames(asked, reply, endpoint)
        if "fault" in reply:
            frames = faults.FAULTS[reply["fault"]](frames, self.server.api.closing)
        for frame in _paused(frames, reply.get("pause")):
            self.wfile.write(frame)
            self.wfile.flush()
        if reply.get("stall"):
            self._wait_for_the_end()

    def _frames(self, asked: Any, reply: Reply, endpoint: str) -> Iterator[bytes]:
        frames = list(
            chat_events.frames(asked, reply)
            if endpoint == chat_events.ENDPOINT
            else (
                f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()
                for event in _events(asked, reply)
            )
        )
        broken = reply.get("truncate") or reply.get("stall")
        yield from frames[: len(frames) // 2] if broken else frames


def _paused(frames: Iterator[bytes], pause: threading.Event | None) -> Iterator[bytes]:
    if pause is None:
        yield from frames
        return
    all_of_them = list(frames)
    middle = len(all_of_them) // 2
    yield from all_of_them[:middle]
    pause.wait(PAUSE_SECONDS)
    yield from all_of_them[middle:]


def _endpoint(call: Call) -> str:
    return call.path.partition("?")[0]


def _stop_reason(reply: Reply) -> str:
    natural = "tool_use" if "structured" in reply else "end_turn"
    return str(reply.get("stop_reason", natural))


def _blocks(asked: Any, reply: Reply) -> list[dict[str, Any]]:
    if "structured" not in reply:
        return [{"type": "text", "text": reply.get("text", "ok")}]
    offered = [tool["name"] for tool in asked.get("tools") or ()]
    natural = TOOL if TOOL in offered or not offered else offered[0]
    name, given = reply.get("name", natural), reply["structured"]
    call = {"type": "tool_use", "id": f"toolu_{_turn(asked)}", "name": name, "input": given}
    return [*([{"type": "text", "text": reply["words"]}] if "words" in reply else []), call]


def _turn(asked: Any) -> int:
    """The CLI takes two messages, or two calls, with one id for the same."""
    return len(asked.get("messages") or ()) or 1


def _message(asked: Any, content: list[Any], stop_reason: str | None) -> dict[str, Any]:
    return {
        "id": f"msg_{_turn(asked)}",
        "type": "message",
        "role": "assistant",
        "model": asked.get("model"),
        "content": content,
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": USAGE,
    }


def _events(asked: Any, reply: Reply) -> Iterator[dict[str, Any]]:
    """The server-sent events of one answer, in small pieces."""
    yield {"type": "message_start", "message": _message(asked, [], None)}
    for index, block in enumerate(_blocks(asked, reply)):
        yield from _block_events(index, block)
    stop = {"stop_reason": _stop_reason(reply), "stop_sequence": None}
    yield {"type": "message_delta", "delta": stop, "usage": {"output_tokens": 20}}
    yield {"type": "message_stop"}


def _block_events(index: int, block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if block["type"] == "tool_use":
        whole, kind, key = json.dumps(block["input"]), "input_json_delta", "partial_json"
        empty = {**block, "input": {}}
    else:
        whole, kind, key = block["text"], "text_delta", "text"
        empty = {**block, "text": ""}
    yield {"type": "content_block_start", "index": index, "content_block": empty}
    for start in range(0, len(whole), 16):
        delta = {"type": kind, key: whole[start : start + 16]}
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}
