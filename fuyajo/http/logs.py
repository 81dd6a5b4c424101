"""One line of JSON for everything that happened: calls, errors, starts and ends. Never a secret."""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import time
from datetime import UTC, datetime
from typing import Any, TextIO

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.process_collector import ProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fuyajo import __version__
from fuyajo.service import tracing
from fuyajo.service.collecting import Round

LOG = logging.getLogger("fuyajo.http")
#: In the ASGI scope: who asked, once that is known.
USER = "fuyajo.user"
_SECRET = re.compile(r"(fuyajo|setup)_[A-Za-z0-9_-]{16,}|(?i:bearer)\s+\S+")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LONGEST = 512  # characters of one path in a line
#: On every answer: a command line of another version says so instead of guessing.
_VERSION = (b"fuyajo-version", __version__.encode())
_OWN = "fuyajo"  # the attribute of a log record that holds our fields


class JsonLines(logging.Formatter):
    """`event` is the message; fields of ours stand beside it, tokens are cut out wherever they appear."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, _OWN, {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["trace"] = self.formatException(record.exc_info)
        return _SECRET.sub("[secret]", json.dumps(line, ensure_ascii=True, default=str))


def to(stream: TextIO = sys.stderr, level: int = logging.INFO) -> None:
    """Everything that anybody logs goes there as lines of JSON."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("procrastinate").setLevel(logging.ERROR)


def say(event: str, level: int = logging.INFO, **fields: object) -> None:
    LOG.log(level, event, extra={_OWN: fields})


class Metrics:
    """Counts for Prometheus, by route and never by what a caller made up."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.calls = Counter(
            "fuyajo_http_requests",
            "Calls by method, route and status",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "fuyajo_http_seconds",
            "Seconds to the first byte of the answer",
            ("route",),
            registry=self.registry,
        )
        self.rounds = Histogram(
            "fuyajo_history_seconds",
            "Seconds of one look at what all machines of a host use",
            ("host",),
            registry=self.registry,
        )
        self.busy = Counter(
            "fuyajo_history_cpu_seconds",
            "Seconds of the processor for such looks",
            ("host",),
            registry=self.registry,
        )
        self.measured = Gauge(
            "fuyajo_history_machines",
            "Machines that the last look found",
            ("host",),
            registry=self.registry,
        )
        self.waiting = Gauge(
            "fuyajo_runs_waiting", "Runs that nobody has begun", registry=self.registry
        )

    def round(self, said: Round) -> None:
        """What it cost to look at a host."""
        self.rounds.labels(said.host).observe(said.seconds)
        self.busy.labels(said.host).inc(said.cpu_seconds)
        self.measured.labels(said.host).set(said.machines)


class Access:
    """ASGI middleware around everything else: a line and a count for each call, and an id for it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, call, status = time.monotonic(), secrets.token_hex(8), 0
        first = 0.0

        async def answer(message: Message) -> None:
            nonlocal status, first
            if message["type"] == "http.response.start":
                status, first = message["status"], time.monotonic() - began
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", call.encode()),
                    _VERSION,
                ]
            await send(message)

        parent = next(
            (v.decode("latin-1") for k, v in scope["headers"] if k == b"traceparent"), None
        )
        try:
            with tracing.span("call", parent, call=call) as told:
                try:
                    await self._app(scope, receive, answer)
                finally:
                    told.note("http.request.method", _method(scope))
                    told.note("http.route", _route(scope))
                    told.note("http.response.status_code", status)
        finally:
            self._note(scope, call, status, first, time.monotonic() - began)

    def _note(self, scope: Scope, call: str, status: int, first: float, whole: float) -> None:
        """Status 0: it went away before there was an answer."""
        route = _route(scope)
        method = _method(scope)
        self._metrics.calls.labels(method, route, status).inc()
        self._metrics.seconds.labels(route).observe(first)
        say(
            "call",
            id=call,
            method=method,
            path=scope["path"][:_LONGEST],
            status=status,
            seconds=round(whole, 4),
            user=scope.get(USER),
        )


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in _METHODS else "other"


def _route(scope: Scope) -> str:
    """The pattern that fitted; what fitted none has no name, or anybody could make up names."""
    return str(getattr(scope.get("route"), "path", "-"))
