"""The suite's tools that ask the client back, by a returned result (2026-07-28)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import mcp_types as types
from mcp.shared.exceptions import MCPError
from mcp_types import MISSING_REQUIRED_CLIENT_CAPABILITY

from tests.support.mcp_suite.contents import said

Given = Mapping[str, Any]
Result = types.CallToolResult | types.InputRequiredResult
PREFIX = "test_input_required_result_"


def done(text: str) -> types.CallToolResult:
    return types.CallToolResult(content=[said(text)])


def form(message: str, **fields: str) -> types.ElicitRequest:
    """One required field of each JSON type."""
    schema = {
        "type": "object",
        "properties": {name: {"type": kind} for name, kind in fields.items()},
        "required": list(fields),
    }
    params = types.ElicitRequestFormParams(message=message, requested_schema=schema)
    return types.ElicitRequest(params=params)


def sample(words: str) -> types.CreateMessageRequest:
    message = types.SamplingMessage(role="user", content=said(words))
    params = types.CreateMessageRequestParams(messages=[message], max_tokens=100)
    return types.CreateMessageRequest(params=params)


def roots() -> types.ListRootsRequest:
    return types.ListRootsRequest(method="roots/list")


def wanted(state: Given | None = None, **requests: Any) -> types.InputRequiredResult:
    return types.InputRequiredResult(
        input_requests=requests, request_state=json.dumps(state) if state else None
    )


def field(given: Given, key: str, name: str) -> str | None:
    """What a person typed into that field, if they did."""
    answer = given.get(key)
    content = answer.content if isinstance(answer, types.ElicitResult) else None
    value = (content or {}).get(name)
    return value if isinstance(value, str) else None


def elicitation(given: Given, _state: Given, _caps: Any) -> Result:
    name = field(given, "user_name", "name")
    return done(f"Hello, {name}!") if name else wanted(user_name=form("Your name?", name="string"))


def sampling(given: Given, _state: Given, _caps: Any) -> Result:
    answer = given.get("sample_request")
    if answer is None:
        return wanted(sample_request=sample("What is the capital of France?"))
    return done(f"Sampling result: {answer.content.text}")


def list_roots(given: Given, _state: Given, _caps: Any) -> Result:
    answer = given.get("roots_request")
    return wanted(roots_request=roots()) if answer is None else done(f"{len(answer.roots)} root(s)")


def request_state(given: Given, state: Given, _caps: Any) -> Result:
    if state.get("kind") == "confirm" and "confirm" in given:
        return done("state-ok: integrity-ok")
    return wanted({"kind": "confirm"}, confirm=form("Please confirm", ok="boolean"))


def multiple_inputs(given: Given, state: Given, _caps: Any) -> Result:
    if state and {"user_name", "greeting", "client_roots"} <= given.keys():
        return done(f"Name: {field(given, 'user_name', 'name')}")
    asked = form("What is your name?", name="string")
    return wanted(
        {"kind": "many"}, user_name=asked, greeting=sample("A greeting"), client_roots=roots()
    )


def multi_round(given: Given, state: Given, _caps: Any) -> Result:
    if state.get("round") == 1 and (name := field(given, "step1", "name")):
        return wanted({"round": 2, "name": name}, step2=form("Your colour?", color="string"))
    if state.get("round") == 2 and (color := field(given, "step2", "color")):
        return done(f"{state['name']} likes {color}")
    return wanted({"round": 1}, step1=form("Your name?", name="string"))


def capabilities(given: Given, _state: Given, caps: types.ClientCapabilities | None) -> Result:
    if given:
        return done("capabilities-ok")
    requests: dict[str, Any] = {}
    if caps is not None and caps.elicitation is not None:
        requests["elicit_input"] = form("Input", value="string")
    if caps is not None and caps.sampling is not None:
        requests["sample_input"] = sample("Sample request")
    return wanted({"kind": "caps"}, **requests) if requests else done("No supported capabilities")


def missing(_given: Given, _state: Given, caps: types.ClientCapabilities | None) -> Result:
    if caps is None or caps.sampling is None:
        raise MCPError(
            MISSING_REQUIRED_CLIENT_CAPABILITY,
            "this tool needs sampling",
            {"requiredCapabilities": {"sampling": {}}},
        )
    return done("Success")


ROUNDS: Mapping[str, Callable[[Given, Given, Any], Result]] = {
    PREFIX + "elicitation": elicitation,
    PREFIX + "sampling": sampling,
    PREFIX + "list_roots": list_roots,
    PREFIX + "request_state": request_state,
    PREFIX + "tampered_state": request_state,
    PREFIX + "multiple_inputs": multiple_inputs,
    PREFIX + "multi_round": multi_round,
    PREFIX + "capabilities": capabilities,
    "test_missing_capability": missing,
}
