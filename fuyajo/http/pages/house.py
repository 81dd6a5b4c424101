"""All rooms of the pages, and how they are put into the application."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from fuyajo.http.pages import assets, errors
from fuyajo.http.pages.rooms import (
    account,
    accounts,
    alerts,
    audit,
    catalogue,
    changing,
    console,
    creating,
    drift,
    home,
    images,
    logs,
    machine,
    machines,
    mine,
    people,
    planners,
    plans,
    policy,
    runs,
    schedules,
    suggestions,
    talk,
    trash,
)

ROOMS = (
    home,
    people,
    talk,
    plans,
    changing,
    runs,
    machines,
    creating,
    console,
    logs,
    machine,
    trash,
    catalogue,
    images,
    schedules,
    suggestions,
    alerts,
    drift,
    planners,
    audit,
    policy,
    account,
    accounts,
    mine,
)


#: Only HTML is compressed on its way: assets are already, streams have to arrive as they happen, and the
#: API's answers stay as they are. No page has a secret beside something that a stranger can put there.
NOT_HTML = (
    "application/*",
    "text/css",
    "text/event-stream",
    "text/javascript",
    "text/plain",
    "image/*",
    "font/*",
)
LEAST_BYTES, LEVEL = 1000, 5


def install(app: FastAPI) -> None:
    app.add_middleware(
        GZipMiddleware,
        minimum_size=LEAST_BYTES,
        compresslevel=LEVEL,
        exclude_content_types=NOT_HTML,
    )
    app.include_router(assets.routes)
    for room in ROOMS:
        app.include_router(room.routes)
    errors.install(app)
