"""The application: made from settings, with every route, guard and error in place."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp

from fuyajo import __version__
from fuyajo.http import problems
from fuyajo.http.first import First
from fuyajo.http.limits import Guard, Limits
from fuyajo.http.logs import Access, Metrics
from fuyajo.http.openapi import describing
from fuyajo.http.routes import drift, people, plans, rules, runs, system, trash, vms
from fuyajo.http.stream import HEARTBEAT_SECONDS, Streams
from fuyajo.http.turnstile import Turnstile
from fuyajo.service.context import Settings
from fuyajo.store.database import Database
from fuyajo.store.home import Home
from fuyajo.store.people import PeopleStore

ROOMS = (system, people, plans, runs, vms, trash, drift, rules)


def make(settings: Settings, limits: Limits) -> ASGIApp:
    """What an ASGI server runs. Nothing is opened before the first call."""
    return guarded(application(settings), limits)


def guarded(app: FastAPI, limits: Limits) -> ASGIApp:
    return Access(Guard(app, limits), app.state.metrics)


def application(
    settings: Settings,
    *,
    wake: Callable[[], None] = lambda: None,
    first: First | None = None,
    heartbeat: float = HEARTBEAT_SECONDS,
) -> FastAPI:
    """`wake` is called when there is something for a worker; `first` lets the first administrator in."""
    app = FastAPI(
        title="Fuyajo",
        version=__version__,
        summary="From a sentence to running infrastructure: every change is a plan first.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    app.state.database = Database(Home(settings.home), settings.database)
    app.state.people = PeopleStore(app.state.database)
    app.state.wake = wake
    app.state.first = first
    app.state.metrics = Metrics()
    app.state.signing = Turnstile()
    app.state.streams = Streams(heartbeat)
    problems.install(app)
    for room in ROOMS:
        app.include_router(room.routes)
    app.openapi = describing(app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.streams.end()
