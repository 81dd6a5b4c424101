"""Spans for OpenTelemetry, where somebody asked for them; otherwise nothing of it is even imported.

A span begun here is in the trace of whatever goes on around it: of the call in this thread, or of the context
that a job's row carried to another process.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fuyajo.domain.errors import Problem, Unavailable

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

#: Standard variables: who sets one of them wants traces.
ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
PATIENCE_SECONDS = 2.0
_LOG = logging.getLogger("fuyajo.tracing")
_tracers: list[Tracer] = []  # of this process; one, or none
Value = str | int | float | bool


class Span:
    """What goes on. Without traces it is a place for words that nobody hears."""

    def __init__(self, note: Callable[[str, Value], object] = lambda _key, _value: None) -> None:
        self._note = note

    def note(self, key: str, value: Value | None) -> None:
        if value is not None:
            self._note(key, value)


_SILENT = Span()


@contextmanager
def on(wanted: bool, environ: Mapping[str, str]) -> Iterator[None]:
    """Traces while the block goes on, when `wanted` or the environment names an endpoint.

    Raises `Unavailable` when they are wanted and the extra is not installed.
    """
    if not wanted and not any(environ.get(name) for name in ENDPOINTS):
        yield
        return
    try:
        provider = _provider(environ)
    except ImportError as error:
        if wanted:
            raise Unavailable(Problem("--otel", "otel_extra")) from error
        _LOG.warning("no traces: the extra `otel` is not installed")
        yield
        return
    _tracers.append(provider.get_tracer("fuyajo"))
    try:
        yield
    finally:
        _tracers.clear()
        provider.shutdown()  # what is still to be told is told


def _provider(environ: Mapping[str, str]) -> TracerProvider:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = environ.get("OTEL_SERVICE_NAME", "fuyajo")
    provider = TracerProvider(resource=Resource.create({"service.name": name}))
    # A receiver that is down must not hold up the end of this process; the variable may say otherwise.
    patience = None if environ.get("OTEL_EXPORTER_OTLP_TIMEOUT") else PATIENCE_SECONDS
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=patience)))
    return provider


@contextmanager
def span(name: str, parent: str | None = None, **more: Value) -> Iterator[Span]:
    """`parent` is a `traceparent` that came from somewhere else; an error is told by its kind alone."""
    if not _tracers:
        yield _SILENT
        return
    from opentelemetry.trace import Status, StatusCode

    attributes = {f"fuyajo.{key}": value for key, value in more.items()}
    with _tracers[0].start_as_current_span(
        name,
        _context(parent),
        attributes=attributes,
        record_exception=False,  # a message may hold what somebody typed
        set_status_on_exception=False,
    ) as made:
        try:
            yield Span(made.set_attribute)
        except BaseException as error:
            made.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def carried() -> str | None:
    """The context of what goes on here, for a row; None without traces."""
    if not _tracers:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get("traceparent")


def _context(parent: str | None) -> Context | None:
    if parent is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": parent})
