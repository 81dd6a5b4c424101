"""How a page ends badly: in words, with the status of the API, and as a piece where htmx asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import cast
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from fuyajo.domain.errors import FuyajoError, Problem, shown
from fuyajo.http import problems
from fuyajo.http.pages.render import HEADERS, here, is_piece, page
from fuyajo.http.pages.visitor import SignInFirst, known, local

Handler = Callable[[Request, Exception], Awaitable[Response]]
API = "/api/"
#: A header of pieces that come by themselves while somebody types: what is typed must not be left behind.
STAY = "fuyajo-stay"


def install(app: FastAPI) -> None:
    """Below `/api` everything stays as it is."""
    app.add_exception_handler(SignInFirst, _sign_in)
    for kind, tell in (
        (FuyajoError, _expected),
        (RequestValidationError, _invalid),
        (HTTPException, _by_framework),
        (Exception, _unexpected),
    ):
        api = cast("Handler", app.exception_handlers[kind])
        app.add_exception_handler(kind, _told(api, tell))


def _told(api: Handler, tell: Handler) -> Handler:
    async def handle(request: Request, error: Exception) -> Response:
        return await (api if request.url.path.startswith(API) else tell)(request, error)

    return handle


async def _sign_in(request: Request, _error: Exception) -> Response:
    """And back to where somebody wanted to go, or to the page from which they asked for something."""
    looking = request.method == "GET" and not is_piece(request)
    back = here(request) if looking else _asked_from(request)
    where = f"/sign-in?{urlencode({'next': back})}" if back != "/" else "/sign-in"
    if not is_piece(request):
        return RedirectResponse(where, 303, HEADERS)
    if STAY in request.headers:
        return _above(page(request, "_signed_out.html", None, 401, where=where))
    return Response(status_code=401, headers={**HEADERS, "HX-Redirect": where})


def _asked_from(request: Request) -> str:
    """The page with the form or the piece; the first one where that is not known to be ours."""
    said = request.headers.get("hx-current-url") or request.headers.get("referer", "")
    scheme, ours, path = said.partition("#")[0].partition(f"//{request.headers.get('host')}/")
    return local(f"/{path}") if ours and scheme in ("http:", "https:") else "/"


async def _expected(request: Request, error: Exception) -> Response:
    assert isinstance(error, FuyajoError)
    return expected(request, error)


def expected(request: Request, error: FuyajoError) -> Response:
    return _page(request, problems.status_of(error), error.problems)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = [
        Problem(
            shown(".".join(str(part) for part in one.get("loc", ())), 200),
            "request_value",
            {"detail": shown(one.get("msg", ""), 200)},
        )
        for one in error.errors()
    ]
    return _page(request, 422, found)


async def _by_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = "page_not_found" if error.status_code == 404 else "request_value"
    return _page(
        request, error.status_code, [Problem("", code, {"detail": shown(str(error.detail), 200)})]
    )


async def _unexpected(request: Request, _error: Exception) -> Response:
    return _page(request, 500, [Problem("", "internal_service")])


def _page(request: Request, status: int, found: Sequence[Problem]) -> Response:
    title = problems.TITLES.get(status, "Error")
    caller = known(request) if status < 500 else None
    answer = page(request, "problem.html", caller, status, title=title, problems=found)
    return _above(answer) if is_piece(request) else answer


def _above(answer: Response) -> Response:
    """All of it above the page, whatever was to be taken of a good answer, and wherever to."""
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#problems", "innerHTML"
    answer.headers["HX-Reselect"] = "unset"
    return answer
