"""One request to Anthropic's API and its streamed answer. Loads the SDK: about a second."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import anthropic
import httpx2

from fuyajo.planner.backend import Completion, Partial
from fuyajo.planner.backends.anthropic_api.events import TOOL, Listener
from fuyajo.planner.backends.anthropic_api.present import NAME
from fuyajo.planner.backends.failing import fail, kind_of
from fuyajo.planner.backends.http import (
    MAX_REPLY_CHARS,
    PATIENCE_S,
    TooMuch,
    asked_to_wait,
    client,
    expect_events,
)
from fuyajo.planner.prompt import schema_json, system_prompt

# Tokens of one answer, thinking included; 50 VMs with options stay far below.
MAX_TOKENS = 8192
RETRIES = 2
# Current models refuse a forced tool, and schemas that are enforced may not leave keys open as `vars` does.
_HOW = f"\n\nAnswer only by calling the tool `{TOOL}`, exactly once.\n"
# What a request may carry; the SDK adds whatever ANTHROPIC_CUSTOM_HEADERS of the environment holds.
_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "anthropic-version",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "transfer-encoding",
        "user-agent",
    }
)

# Models that do not know `effort`, by (base URL, model), as they told. A memo; being wrong costs a request.
_without_effort: set[tuple[str, str]] = set()


@dataclass(frozen=True)
class Call:
    """Where to, for which model, with which key. `deadline_s` bounds each single wait, in seconds."""

    base_url: str
    model: str
    deadline_s: float
    secret: str = field(repr=False)


async def converse(call: Call, prompt: str) -> AsyncGenerator[Partial | Completion]:
    """Pieces of the message, then the reply. Raises `BackendError`; leaves no connection."""
    listener = Listener(call.model, MAX_REPLY_CHARS)
    with _failures(call):
        async with client(call.base_url, call.deadline_s) as http:
            http.event_hooks["request"].append(_only_ours(call.secret))
            http.event_hooks["response"].append(_patience)
            async with await _opened(call, _sdk(call, http), prompt) as stream:
                expect_events(NAME, stream.response)
                async for event in stream:
                    if piece := listener.hear(event):
                        yield Partial(piece)
                yield listener.completion()


def _sdk(call: Call, http: httpx2.AsyncClient) -> anthropic.AsyncAnthropic:
    """Everything is given: what is not, the SDK takes from the environment."""
    return anthropic.AsyncAnthropic(
        api_key=call.secret,
        base_url=call.base_url,
        http_client=http,
        max_retries=RETRIES,
        timeout=http.timeout,
        open_telemetry=False,
    )


async def _opened(
    call: Call, sdk: anthropic.AsyncAnthropic, prompt: str
) -> anthropic.AsyncStream[Any]:
    key = (call.base_url, call.model)
    if key not in _without_effort:
        try:
            return await _asked(call, sdk, prompt, {"output_config": {"effort": "low"}})
        except anthropic.BadRequestError as error:
            if "effort" not in str(error) and "output_config" not in str(error):
                raise
            _without_effort.add(key)
    return await _asked(call, sdk, prompt, {})


async def _asked(
    call: Call, sdk: anthropic.AsyncAnthropic, prompt: str, options: Mapping[str, Any]
) -> anthropic.AsyncStream[Any]:
    # Tools and system are the same for every request and stand before the mark, so both are cached.
    system = {
        "type": "text",
        "text": system_prompt() + _HOW,
        "cache_control": {"type": "ephemeral"},
    }
    tool = {
        "name": TOOL,
        "description": "Give the reply.",
        "input_schema": json.loads(schema_json()),
        # Otherwise the API keeps back each value until it is whole.
        "eager_input_streaming": True,
    }
    request: dict[str, Any] = {
        "model": call.model,
        "max_tokens": MAX_TOKENS,
        "system": [system],
        "messages": [{"role": "user", "content": prompt}],
        "tools": [tool],
        "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
        **options,
    }
    stream: anthropic.AsyncStream[Any] = await sdk.messages.create(stream=True, **request)
    return stream


def _only_ours(secret: str) -> Any:
    """A hook that takes every foreign header away, and a foreign credential with it."""

    async def clean(request: httpx2.Request) -> None:
        for name in list(request.headers):
            if name not in _HEADERS and not name.startswith("x-stainless-"):
                del request.headers[name]
        request.headers["authorization"] = f"Bearer {secret}"

    return clean


async def _patience(response: httpx2.Response) -> None:
    """Tells the SDK not to wait for a server that asks for too long a time."""
    wait = asked_to_wait(response.headers)
    if wait is not None and not wait <= PATIENCE_S:
        response.headers["x-should-retry"] = "false"


@contextmanager
def _failures(call: Call) -> Iterator[None]:
    """Every exception of SDK and client as a `BackendError`; the key is in none of them."""
    secret = call.secret
    try:
        yield
    except anthropic.APIStatusError as error:
        said = error.api_message or f"status {error.status_code}"
        fail(NAME, kind_of(error.status_code, error.type, said), said, secret)
    except (anthropic.APITimeoutError, httpx2.TimeoutException):
        fail(NAME, "timeout", f"{call.deadline_s:g} s")
    except anthropic.APIConnectionError as error:
        cause = error.__cause__ or error
        fail(NAME, "api", str(cause) or type(cause).__name__, secret)
    except TooMuch:
        fail(NAME, "crashed", "too much output")
    except httpx2.HTTPError as error:
        fail(NAME, "api", str(error) or type(error).__name__, secret)
    except (anthropic.AnthropicError, ValueError) as error:
        # A stream of broken events; what it says would be a piece of the reply.
        fail(NAME, "api", f"the answer cannot be read ({type(error).__name__})")
