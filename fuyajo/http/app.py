"""The application: made from settings, with every route, guard and error in place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp

from fuyajo import __version__
from fuyajo.http import problems
from fuyajo.http.limits import Guard, Limits
from fuyajo.http.problems import ProblemDocument
from fuyajo.http.routes import people, system
from fuyajo.service.context import Settings
from fuyajo.store.database import Database
from fuyajo.store.home import Home
from fuyajo.store.people import PeopleStore

_ERRORS: dict[int | str, dict[str, object]] = {
    status: {"model": ProblemDocument, "description": title}
    for status, title in ((401, "no or wrong token"), (403, "not allowed"), (422, "invalid input"))
}


def make(settings: Settings, limits: Limits) -> ASGIApp:
    """What an ASGI server runs. Nothing is opened before the first call."""
    return Guard(application(settings), limits)


def application(settings: Settings) -> FastAPI:
    app = FastAPI(
        title="Fuyajo",
        version=__version__,
        summary="From a sentence to running infrastructure: every change is a plan first.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        responses={**_ERRORS},
    )
    app.state.settings = settings
    app.state.database = Database(Home(settings.home))
    app.state.people = PeopleStore(app.state.database)
    problems.install(app)
    for module in (system, people):
        app.include_router(module.router)
    return app


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    yield
