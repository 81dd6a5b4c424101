"""A receiver of webhooks on loopback, which keeps what came and answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Seen:
    """What came, and what is answered."""

    url: str = ""
    status: int = 204
    location: str | None = None
    drip: bool = False
    taken: int = 0
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    go: threading.Event = field(default_factory=threading.Event)
    more: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def next(self, seconds: float) -> tuple[dict[str, str], bytes]:
        """The next call: waits for one that did not come yet."""
        assert self.more.acquire(timeout=seconds), "nobody called"
        self.taken += 1
        return self.calls[self.taken - 1]


@contextmanager
def receiver() -> Iterator[Seen]:
    there = Seen()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            there.calls.append(({k.lower(): v for k, v in self.headers.items()}, body))
            there.more.release()
            if there.drip:
                there.go.wait(30)
                return
            self.send_response(there.status)
            if there.location is not None:
                self.send_header("Location", there.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there.url = f"http://127.0.0.1:{server.server_port}/hook?key=s3cret"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield there
    finally:
        there.go.set()
        server.shutdown()
        server.server_close()
        thread.join()
