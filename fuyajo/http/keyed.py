"""`Idempotency-Key`: whoever got no answer asks again with the same key and gets the first one's."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from fuyajo.http.who import actor_of
from fuyajo.service.idempotent import Answer, begin, digest_of, finish, forget

HEADER = "Idempotency-Key"
#: Says of an answer that it is the first call's.
AGAIN = "Idempotency-Replayed"
#: Answers below these have a secret in them, which is kept nowhere.
SECRET = ("/api/v1/tokens", "/api/v1/sign-in")
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


async def answered(request: Request, handler: Handler) -> Response:
    """The route's answer, or the kept one. Only calls that change something, and only with a good token."""
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST":  # the others may be said twice by their nature
        return await handler(request)
    actor = await run_in_threadpool(actor_of, request)
    if actor is None:
        return await handler(request)  # which says so
    where = f"{request.url.path}?{request.url.query}".encode()
    digest = digest_of(request.method.encode(), where, await _body(request))
    mine = await run_in_threadpool(begin, actor, key, digest)
    if isinstance(mine, Answer):
        return _again(mine)
    try:
        response = await handler(request)
    except BaseException:
        await run_in_threadpool(forget, actor, mine)
        raise
    body = bytes(response.body).decode()
    secret = request.url.path.startswith(SECRET)
    await run_in_threadpool(finish, actor, mine, Answer(response.status_code, body), secret=secret)
    return response


async def _body(request: Request) -> bytes:
    try:
        return await request.body()
    except (
        ClientDisconnect
    ) as error:  # gone, too slow or too large: for the first nobody hears this
        raise HTTPException(400) from error


def _again(kept: Answer) -> Response:
    media = "application/json" if kept.body else None
    return Response(kept.body, kept.status, {AGAIN: "true"}, media)
