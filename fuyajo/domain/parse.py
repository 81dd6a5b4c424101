"""Untrusted input → `Config`/`Reply`, or every problem it has at once. Never raises anything else."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import ValidationError

from fuyajo.domain.checks import config_problems
from fuyajo.domain.errors import InvalidInput, Problem, shown
from fuyajo.domain.request import NAME_PATTERN, Config, Reply
from fuyajo.domain.strict_json import depth_ok, load_json
from fuyajo.domain.text_rules import forbidden_key

ModelT = TypeVar("ModelT", Config, Reply)
Location = tuple[int | str, ...]


class InvalidRequest(InvalidInput):
    """`config` is the request where its shape is right and only what it says is wrong; None otherwise."""

    def __init__(self, problems: list[Problem], config: Config | None) -> None:
        super().__init__(problems)
        self.config = config


def parse_config(data: object) -> Config:
    """A valid Config from decoded JSON/YAML data. Raises `InvalidInput` with all problems."""
    fields = _fields(data)
    config, found = _validated(Config, fields)
    problems = _key_problems(fields) + found + config_problems(fields)
    if problems or config is None:
        raise InvalidRequest(_unique(problems), config)
    return config


def parse_config_json(text: str) -> Config:
    data, problems = load_json(text)
    if problems:
        raise InvalidInput(problems)
    return parse_config(data)


def parse_reply(data: object) -> Reply:
    """A valid Reply from a backend's answer: JSON text or decoded data.

    Raises `InvalidInput` with all problems. A reply is never guessed into shape.
    """
    if isinstance(data, str):
        data, problems = load_json(data)
        if problems:
            raise InvalidInput(problems)
    fields = _fields(data)
    reply, found = _validated(Reply, fields)
    problems = _key_problems(fields) + found
    config = fields.get("config")
    if isinstance(config, dict):
        problems += config_problems(config, prefix="config")
    if reply is not None:
        problems += _reply_problems(reply)
    if problems or reply is None:
        raise InvalidInput(_unique(problems))
    return reply


def _reply_problems(reply: Reply) -> list[Problem]:
    if reply.type == "chat" and reply.config is not None:
        return [Problem("config", "chat_config")]
    if reply.type == "config" and reply.config is None:
        return [Problem("config", "config_missing")]
    return []


def _fields(data: object) -> dict[str, Any]:
    """The input as a mapping. What is none, or nests without end, is not looked at any further."""
    if not isinstance(data, dict):
        raise InvalidInput(Problem("", "not_object"))
    if not depth_ok(data):
        raise InvalidInput(Problem("", "too_deep"))
    return data


def _key_problems(data: dict[str, Any]) -> list[Problem]:
    """Keys that would mean something to Ansible, wherever they hide."""
    return [
        Problem(path, "forbidden_key", {"key": shown(key)})
        for path, key in _keys(data, "")
        if not isinstance(key, str) or forbidden_key(key)
    ]


def _keys(data: object, path: str) -> list[tuple[str, Any]]:
    """Every (path, key) of nested mappings; `data` is known to be shallow enough."""
    if isinstance(data, dict):
        own = [(_join(path, shown(key)), key) for key in data]
        return own + [
            pair for key, value in data.items() for pair in _keys(value, _join(path, shown(key)))
        ]
    if isinstance(data, list):
        return [pair for i, value in enumerate(data) for pair in _keys(value, f"{path}[{i}]")]
    return []


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _validated(model: type[ModelT], data: object) -> tuple[ModelT | None, list[Problem]]:
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, [problem_of(item) for item in error.errors(include_url=False)]


def path_of(location: Location) -> str:
    """`("vms", 0, "memory")` → `vms[0].memory`; union member names that pydantic adds are dropped."""
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part in {"[key]"} or part.startswith(("function-", "constrained-")):
            continue
        else:
            path = _join(path, part)
    return path


_TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_LENGTHS = {"string_too_long": "max_length", "too_long": "max_length"}
_RANGES = {"greater_than_equal", "less_than_equal"}
_OWN = {"size", "jinja", "control", "expires", "schedule_zone"}


def problem_of(item: Any) -> Problem:
    """One pydantic error as a Problem of ours."""
    kind, location, value = str(item["type"]), item["loc"], item.get("input")
    context: dict[str, Any] = item.get("ctx") or {}
    path = path_of(tuple(p for p in location if p not in _UNION_TAGS))
    if kind == "extra_forbidden":
        return Problem(
            path,
            "unknown_key",
            {"key": shown(str(location[-1])), "known": _known_keys(location)},
        )
    if kind == "missing":
        return Problem(path, "missing", {"key": str(location[-1])})
    if kind == "size_range":
        return Problem(path, "size_range", {"value": shown(value), **context})
    if kind in _OWN:
        return Problem(path, kind, {"value": shown(value)})
    if kind == "string_pattern_mismatch":
        code = "bad_name" if context.get("pattern") == NAME_PATTERN else "invalid"
        return Problem(path, code, {"value": shown(value), "detail": str(item["msg"])})
    return _plain_problem(kind, path, value, context, str(item["msg"]))


def _plain_problem(
    kind: str, path: str, value: object, context: dict[str, Any], message: str
) -> Problem:
    if kind in _TYPES:
        return Problem(path, "wrong_type", {"value": shown(value), "expected": _TYPES[kind]})
    if kind in _LENGTHS:
        return Problem(path, "too_long", {"limit": context[_LENGTHS[kind]]})
    if kind == "literal_error":
        choices = str(context.get("expected", "")).replace("'", "")
        return Problem(path, "choice", {"value": shown(value), "choices": choices})
    if kind in _RANGES:
        low, high = _bounds(path)
        return Problem(path, "range", {"value": shown(value), "low": low, "high": high})
    return Problem(path, "invalid", {"detail": shown(message, 200)})


# Union members appear as location parts of their own; they say nothing to a person.
_UNION_TAGS = {"str", "int", "bool"}


def _bounds(path: str) -> tuple[int, int]:
    from fuyajo.domain import request

    if ".keep." in path:
        return 0, request.MOST_KEPT
    return request.COUNT if path.endswith("count") else request.CPUS


def _known_keys(location: Location) -> str:
    from fuyajo.domain import request

    models: dict[str, Any] = {
        "vms": request.VmRequest,
        "networks": request.NetworkRequest,
        "operations": request.OperationRequest,
        "select": request.Selector,
        "like": request.Selector,
        "keep": request.Keep,
    }
    names = [part for part in location[:-1] if isinstance(part, str)]
    model: Any = Config
    for name in names:
        model = models.get(name, model)
    if not names and location and location[0] not in Config.model_fields:
        model = Config
    return ", ".join(model.model_fields)


def _unique(problems: list[Problem]) -> list[Problem]:
    """Each (path, code) once, in the order found: two checks may see the same fault."""
    seen: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        seen.setdefault((problem.path, problem.code), problem)
    return list(seen.values())
