"""What a tool is, and its schemas: as short as they can be, because every conversation pays for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from fuyajo.domain.errors import InvalidInput, Problem, shown
from fuyajo.domain.parse import problem_of
from fuyajo.domain.people import Scope
from fuyajo.domain.request import Strict
from fuyajo.mcp.asking import Asker
from fuyajo.mcp.bridge import Bridge
from fuyajo.mcp.identity import Identity
from fuyajo.service.assisting import Wish
from fuyajo.service.context import Actor

#: What says nothing to a model that the name of the field does not.
_NOISE = {"title", "default", "pattern", "format", "maxLength", "minLength"}
ArgsT = TypeVar("ArgsT", bound="Args")


class Args(Strict):
    """Arguments: no coercion, no unknown keys."""


class Shape(BaseModel):
    """The structured content of an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Report(Protocol):
    """Tells a client that waits how far it is: a number that grows, and words."""

    async def __call__(self, progress: float, message: str) -> None: ...


@dataclass(frozen=True)
class Call:
    """One call of a tool."""

    identity: Identity
    bridge: Bridge
    report: Report
    wake: Callable[[], None]
    tainted: bool = False
    asker: Asker | None = None

    @property
    def actor(self) -> Actor:
        return self.identity.actor

    @property
    def wish(self) -> Wish:
        """What may come of it, by the scopes and by what was read before."""
        return Wish(applies=self.identity.may("apply"), taint=self.tainted)


@dataclass(frozen=True)
class Answer:
    """`text` says the same in words, for clients that hand a model nothing else."""

    shape: Shape
    text: str


@dataclass(frozen=True)
class Hints:
    """True of the tool, whatever its arguments."""

    reads: bool = False
    destroys: bool = False
    same_again: bool = True


@dataclass(frozen=True)
class Tool(Generic[ArgsT]):
    """A row of the table. `description` is for models, in English as every schema."""

    name: str
    title: str
    description: str
    scope: Scope
    args: type[ArgsT]
    shape: type[Shape]
    hints: Hints
    body: Callable[[Call, ArgsT], Awaitable[Answer]]

    @property
    def input_schema(self) -> dict[str, Any]:
        return {"type": "object", **short_schema(self.args), "additionalProperties": False}

    @property
    def output_schema(self) -> dict[str, Any]:
        return short_schema(self.shape)

    def parsed(self, arguments: Mapping[str, Any]) -> ArgsT:
        """Raises `InvalidInput` with everything that is wrong."""
        try:
            return self.args.model_validate(dict(arguments))
        except ValidationError as error:
            found = error.errors(include_url=False)
            raise InvalidInput([self._problem(item) for item in found]) from error

    def _problem(self, item: Any) -> Problem:
        if item["type"] == "extra_forbidden" and len(item["loc"]) == 1:
            known = ", ".join(self.args.model_fields) or "-"
            key = shown(str(item["loc"][0]))
            return Problem(key, "unknown_key", {"key": key, "known": known})
        return problem_of(item)

    async def run(self, call: Call, arguments: Mapping[str, Any]) -> Answer:
        return await self.body(call, self.parsed(arguments))


def short_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a model: references resolved, nothing said that is plain."""
    whole = model.model_json_schema()
    found = _short(whole, whole.get("$defs", {}))
    found.pop("description", None)
    found.pop("additionalProperties", None)
    needed = {"required": whole["required"]} if "required" in whole else {}
    return {**found, **needed}


def _short(node: Any, defs: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_short(one, defs) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        inner = dict(defs[node["$ref"].rpartition("/")[2]])
        inner.pop("description", None)
        inner.pop("additionalProperties", None)
        return _short(inner | {k: v for k, v in node.items() if k != "$ref"}, defs)
    if set(node) - _NOISE - {"description"} == {"anyOf"}:
        return _alternatives(node, defs)
    return {
        key: (
            {name: _short(one, defs) for name, one in value.items()}
            if key == "properties"
            else _short(value, defs)
        )
        for key, value in node.items()
        if key not in _NOISE | {"$defs", "required"}
        and not (key == "additionalProperties" and isinstance(value, dict))
    }


def _alternatives(node: Mapping[str, Any], defs: Mapping[str, Any]) -> Any:
    """Each with a type of its own: lists of types are not read by every client. Nothing is null: what may be
    null is left out."""
    said = {"description": node["description"]} if "description" in node else {}
    options = [_short(one, defs) for one in node["anyOf"] if one != {"type": "null"}]
    if len(options) == 1:
        return options[0] | said
    return {"anyOf": options} | said
