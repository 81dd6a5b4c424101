"""Calls read as the rest of the project reads JSON: no key twice, no NaN, no endless nesting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, get_args, get_origin

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from fuyajo.domain.errors import InvalidInput, Problem
from fuyajo.domain.strict_json import load_json
from fuyajo.http.keyed import answered


class Body(BaseModel):
    """What a request may say: nothing else, and nothing of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Unreadable(HTTPException):
    """A body that is no JSON."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(400)
        self.problems = tuple(problems)


class StrictRequest(Request):
    async def json(self) -> Any:
        try:
            text = (await self.body()).decode("utf-8")
        except UnicodeDecodeError as error:
            raise Unreadable([Problem("", "not_json", {"detail": "not UTF-8"})]) from error
        value, problems = load_json(text)
        if problems:
            raise Unreadable(problems)
        return value


class StrictRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()
        parameters = self.dependant.query_params
        many = {one.alias for one in parameters if _several(one.field_info.annotation)}
        once = {one.alias for one in parameters} - many

        async def strict(request: Request) -> Response:
            _check_once(request, once)
            return await answered(StrictRequest(request.scope, request.receive), handler)

        return strict


def _several(annotation: Any) -> bool:
    """Whether it is a list, or may be left out and otherwise is one."""
    return any(get_origin(one) is list for one in (annotation, *get_args(annotation)))


def _check_once(request: Request, names: set[str]) -> None:
    """A parameter said twice is a mistake, as a key is: neither of the two is what was meant."""
    said = Counter(key for key, _ in request.query_params.multi_items())
    twice = sorted(key for key in names if said[key] > 1)
    if twice:
        raise InvalidInput([Problem(key, "duplicate_key", {"key": key}) for key in twice])


def router(*tags: str) -> APIRouter:
    """Of the API: everything below `/api/v1`."""
    return APIRouter(prefix="/api/v1", tags=list(tags), route_class=StrictRoute)
