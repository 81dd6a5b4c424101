"""Problems as RFC 9457 documents: what happened, where, why, and what to do next."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.requests import HTTPConnection
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from fuyajo.domain.errors import (
    Conflict,
    Failed,
    FuyajoError,
    InvalidInput,
    Misconfigured,
    NotFound,
    Param,
    Problem,
    Refused,
    TooMany,
    Unavailable,
    shown,
)
from fuyajo.domain.texts import Lang

MEDIA = "application/problem+json"
STATUS: tuple[tuple[type[FuyajoError], int], ...] = (
    (Misconfigured, 503),
    (InvalidInput, 422),
    (TooMany, 429),
    (Refused, 403),
    (Conflict, 409),
    (NotFound, 404),
    (Unavailable, 503),
    (Failed, 500),
)
TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    409: "Conflict",
    413: "Content Too Large",
    421: "Misdirected Request",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
RETRY_SECONDS = 5


class Finding(BaseModel):
    """One finding: a path into the input, a stable code, a sentence, what to do, and what they speak of."""

    path: str
    code: str
    message: str
    hint: str
    params: dict[str, Param] = {}


class ProblemDocument(BaseModel):
    """RFC 9457. `errors` has every finding, not only the first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Not Found",
                    "status": 404,
                    "detail": "you have no VM called hello",
                    "errors": [
                        {
                            "path": "",
                            "code": "vm_not_found",
                            "message": "you have no VM called hello",
                            "hint": "`fuyajo vm list` shows yours",
                            "params": {"value": "hello"},
                        }
                    ],
                }
            ]
        }
    )

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    errors: list[Finding] = []


class Unauthorized(Exception):
    """No token, or one that opens nothing. Which of the two is not said."""


def install(app: FastAPI) -> None:
    """Every way a request can end badly, as a document."""
    app.add_exception_handler(FuyajoError, _expected)
    app.add_exception_handler(Unauthorized, _unauthorized)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _by_framework)
    app.add_exception_handler(Exception, _unexpected)


def document(status: int, problems: Sequence[Problem] = (), lang: Lang = "en") -> dict[str, Any]:
    errors = [Finding.model_validate(problem.as_json(lang)) for problem in problems]
    detail = errors[0].message if errors else ""
    title = TITLES.get(status, "Error")
    return ProblemDocument(title=title, status=status, detail=detail, errors=errors).model_dump()


def answer(status: int, problems: Sequence[Problem] = (), lang: Lang = "en") -> JSONResponse:
    headers = {"Retry-After": str(RETRY_SECONDS)} if status in (429, 503) else None
    return JSONResponse(document(status, problems, lang), status, headers, media_type=MEDIA)


def plain(status: int) -> bytes:
    """The same without a finding, for those who answer before any application does."""
    return json.dumps(document(status)).encode()


def language(request: HTTPConnection) -> Lang:
    """Japanese where the caller prefers it, English otherwise."""
    said = request.headers.get("accept-language", "").strip().lower()
    return "ja" if said.startswith("ja") else "en"


def status_of(error: FuyajoError) -> int:
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


async def _expected(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, FuyajoError)
    return answer(status_of(error), error.problems, language(request))


async def _unauthorized(request: Request, _error: Exception) -> JSONResponse:
    response = answer(401, [Problem("", "unauthorized")], language(request))
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = [
        Problem(
            # What a caller called its keys is no text of ours.
            shown(".".join(str(part) for part in one.get("loc", ())), 200),
            "request_value",
            {"detail": shown(one.get("msg", ""), 200)},
        )
        for one in error.errors()
    ]
    unreadable = any(one.get("type") == "json_invalid" for one in error.errors())
    return answer(400 if unreadable else 422, found, language(request))


async def _by_framework(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    response = answer(error.status_code, getattr(error, "problems", ()), language(request))
    response.headers.update(error.headers or {})
    return response


async def _unexpected(request: Request, _error: Exception) -> JSONResponse:
    return answer(500, [Problem("", "internal_service")], language(request))
