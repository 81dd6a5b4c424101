"""The description of the API: what FastAPI knows, and what is true of every route."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from fuyajo.http.keyed import HEADER
from fuyajo.http.problems import MEDIA, TITLES

_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "the same call with the same key within a day gets the first one's answer",
    "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
}
_REF = {"$ref": "#/components/schemas/ProblemDocument"}


def describing(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """To be `app.openapi`; made once."""
    made: dict[str, Any] = {}

    def describe() -> dict[str, Any]:
        if not made:
            made.update(_described(app))
        return made

    return describe


def _described(app: FastAPI) -> dict[str, Any]:
    whole = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        summary=app.summary,
        routes=app.routes,
    )
    whole["components"]["schemas"].pop("HTTPValidationError", None)
    whole["components"]["schemas"].pop("ValidationError", None)
    for path, operations in whole["paths"].items():
        for method, operation in operations.items():
            if method == "post" and operation.get("security"):
                operation.setdefault("parameters", []).append(dict(_KEY))
                operation["responses"].setdefault("409", {"description": TITLES[409]})
            _complete(path, operation)
    return whole


def _complete(path: str, operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    for status in _everywhere(path, operation):
        answers.setdefault(str(status), {"description": TITLES[status]})
    if not operation.get("parameters") and "requestBody" not in operation:
        answers.pop("422", None)
    for status, answer in answers.items():
        if int(status) >= 400:
            answer["content"] = {MEDIA: {"schema": dict(_REF)}}
            answer.setdefault("description", TITLES[int(status)])
    operation["responses"] = dict(sorted(answers.items()))


def _everywhere(path: str, operation: dict[str, Any]) -> Iterator[int]:
    """What any route of that kind can end with."""
    yield from (403, 421)  # an Origin that is not this host's, a Host that is not
    if operation.get("security"):
        yield from (401, 503)
    if "requestBody" in operation:
        yield from (400, 408, 413, 422, 503)
    if operation.get("parameters"):
        yield 422
    if "{" in path:
        yield 404
