"""The application: made from settings, with every route, guard and error in place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp

from fuyajo import __version__
from fuyajo.channels.making import channels
from fuyajo.http import assistants, problems
from fuyajo.http.first import First
from fuyajo.http.keeping import Keeping
from fuyajo.http.limits import Guard, Limits
from fuyajo.http.logs import Access, Metrics
from fuyajo.http.openapi import describing
from fuyajo.http.pages import house
from fuyajo.http.routes import (
    alerts,
    audit,
    backups,
    conversations,
    drift,
    elsewhere,
    fleet,
    hosts,
    mine,
    people,
    plans,
    rules,
    runs,
    schedules,
    shares,
    snapshots,
    suggestions,
    system,
    trash,
    vms,
)
from fuyajo.http.standing import Standing
from fuyajo.http.stream import HEARTBEAT_SECONDS, Streams
from fuyajo.http.turnstile import Turnstile
from fuyajo.service import machines
from fuyajo.service.collecting import Collector
from fuyajo.service.consoling import Consoles
from fuyajo.service.context import Actor, Settings
from fuyajo.service.delivering import Postman
from fuyajo.service.history import Recent
from fuyajo.service.tending import Tender
from fuyajo.service.turning import Desk
from fuyajo.store.database import Database
from fuyajo.store.home import Home
from fuyajo.store.people import PeopleStore

ROOMS = (
    system,
    people,
    mine,
    conversations,
    plans,
    runs,
    vms,
    trash,
    drift,
    fleet,
    rules,
    audit,
    alerts,
    schedules,
    shares,
    backups,
    snapshots,
    suggestions,
    hosts,
    elsewhere,
)


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
    anonymous: bool = False,
    indexed: bool = False,
    measures: bool = False,
) -> FastAPI:
    """`wake` is called when there is something for a worker; `first` lets the first administrator in;
    `anonymous`: people without an account may talk; `indexed`: lists of machines come from an index;
    `measures`: what machines use is looked at as long as it runs."""
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
    _stores(app, settings)
    _standing(app, heartbeat)
    app.state.wake = wake
    app.state.first = first
    app.state.desk = Desk(Tender(app.state.database) if settings.database else None)
    app.state.anonymous = anonymous
    app.state.index = machines.index_of(settings) if indexed else None
    app.state.collector = _collector(app) if measures else None
    problems.install(app)
    for room in ROOMS:
        app.include_router(room.routes)
    house.install(app)
    assistants.install(app)
    app.openapi = describing(app)  # type: ignore[method-assign]
    return app


def _stores(app: FastAPI, settings: Settings) -> None:
    app.state.settings = settings
    app.state.database = Database(Home(settings.home), settings.database)
    app.state.people = PeopleStore(app.state.database)
    app.state.recent = Recent(app.state.database)
    app.state.issuer = elsewhere.Issuer(settings)


def _standing(app: FastAPI, heartbeat: float) -> None:
    """What counts and bounds calls as long as the service runs."""
    app.state.metrics = Metrics()
    app.state.signing = Turnstile()
    app.state.streams = Streams(Standing(app.state.people), heartbeat)
    app.state.consoles = Consoles()


def _collector(app: FastAPI) -> Collector:
    return Collector(app.state.settings, app.state.database, app.state.metrics.round)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """What is to go goes at the start and from time to time; what is being answered ends with the service."""
    state = app.state
    service = Actor("service", state.settings, "service", state.database)
    keeping = Keeping(service, state.desk, state.anonymous)
    await keeping.begin()
    task = asyncio.create_task(keeping.run())
    postman = Postman(state.database, channels(state.settings.channels))
    if state.collector is not None:
        state.collector.start()
        postman.start()
    yield
    state.streams.end()
    task.cancel()
    if state.assistants is not None:
        await state.assistants.end()
    await asyncio.to_thread(state.consoles.end)
    await asyncio.to_thread(state.desk.close)
    if state.collector is not None:
        await asyncio.to_thread(state.collector.stop)
        await asyncio.to_thread(postman.stop)
    if state.index is not None:
        await asyncio.to_thread(state.index.close)
