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
    "description": "a token's user who says the same with the same key within a day gets the first answer",
    "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
}
#: What is said about a value, and does not bound it.
_ABOUT = {"title", "description", "default", "examples"}
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
            if method == "post":
                operation.setdefault("parameters", []).append(dict(_KEY))
            _complete(path, method, operation)
    return whole


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    if "requestBody" not in operation and not _bounded(operation):
        answers.pop("422", None)  # FastAPI has it for any parameter
    for status in _everywhere(path, method, operation):
        answers.setdefault(str(status), {"description": TITLES[status]})
    for status, answer in answers.items():
        if int(status) >= 400:
            answer["content"] = {MEDIA: {"schema": dict(_REF)}}
            answer.setdefault("description", TITLES[int(status)])
    operation["responses"] = dict(sorted(answers.items()))


def _everywhere(path: str, method: str, operation: dict[str, Any]) -> Iterator[int]:
    """What any route of that kind can end with."""
    yield from (403, 413, 421)  # an Origin that is not this host's, a length, a Host that is not
    if operation.get("security"):
        yield from (401, 503)
    if method == "post":  # what it says is part of what its key is for
        yield from (408, 409, 422, 503)
    if "requestBody" in operation:
        yield from (400, 408, 422, 503)
    if _bounded(operation):
        yield 422
    if "{" in path:
        yield 404


def _bounded(operation: dict[str, Any]) -> bool:
    """Whether a parameter can be wrong: a text that may be anything cannot."""
    schemas = [one["schema"] for one in operation.get("parameters", [])]
    kinds = [kind for schema in schemas for kind in schema.get("anyOf", [schema])]
    bare = [{key: value for key, value in kind.items() if key not in _ABOUT} for kind in kinds]
    return any(kind not in ({"type": "string"}, {"type": "null"}) for kind in bare)
