"""One request to a model server: opened with few retries, read as a stream, closed in every case."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn, cast

import httpx2
import tenacity

from fuyajo.planner.backend import Completion, Partial
from fuyajo.planner.backends.failing import fail, kind_of
from fuyajo.planner.backends.http import (
    MAX_REPLY_CHARS,
    PATIENCE_S,
    TooMuch,
    asked_to_wait,
    client,
    content_type,
    expect_events,
    small_body,
)
from fuyajo.planner.backends.openai_compatible import forms
from fuyajo.planner.backends.openai_compatible.events import Listener
from fuyajo.planner.backends.openai_compatible.present import NAME

# Tokens of one reply; 50 VMs with options stay below.
MAX_TOKENS = 4096
TRIES = 3
_Events = AsyncGenerator[httpx2.ServerSentEvent]
_AGAIN = frozenset({429, 503, 529})
_BACKOFF = tenacity.wait_random_exponential(multiplier=0.5, max=4)


@dataclass(frozen=True)
class Call:
    """Where to (the API's own address), for which model. `deadline_s` bounds each single wait, in seconds."""

    url: str
    model: str | None
    deadline_s: float
    secret: str = field(default="", repr=False)

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.secret}"} if self.secret else {}


class HttpFailure(Exception):
    """An answer that is an error. `wait_s`: seconds that the server asks for."""

    def __init__(self, status: int, body: bytes, wait_s: float | None = None) -> None:
        super().__init__(status)
        self.status, self.wait_s = status, wait_s
        self.type, self.said = _explained(body)

    def tell(self, secret: str) -> NoReturn:
        """Raises `BackendError`."""
        said = self.said or f"status {self.status}"
        fail(NAME, kind_of(self.status, self.type, said), said, secret)


async def converse(call: Call, prompt: str) -> AsyncGenerator[Partial | Completion]:
    """Pieces of the message, then the reply. Raises `BackendError`; leaves no connection."""
    with failures(call):
        async with client(call.url, call.deadline_s) as http:
            model = call.model or await only_model(call, http)
            async with aclosing(await _opened(call, http, _request(model, prompt))) as response:
                listener = Listener(model, MAX_REPLY_CHARS)
                if content_type(response) == "application/json":
                    whole = (await response.aread()).decode("utf-8", "replace")
                    if piece := listener.hear_whole(whole):
                        yield Partial(piece)
                    yield listener.completion()
                    return
                expect_events(NAME, response)
                source = cast("_Events", aiter(httpx2.EventSource(response)))
                async with aclosing(source) as events:
                    async for event in events:
                        if piece := listener.hear(event.data):
                            yield Partial(piece)
                        if listener.done:
                            break
                yield listener.completion()


def _request(model: str, prompt: str) -> dict[str, Any]:
    return {
        "model": model,
        "messages": [
            {"role": "system", "content": forms.system()},
            {"role": "user", "content": prompt},
        ],
        "max_tokens": MAX_TOKENS,
        "temperature": 0,
        "seed": 1,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def _opened(
    call: Call, http: httpx2.AsyncClient, request: Mapping[str, Any]
) -> httpx2.Response:
    """The answer to the strictest form that the server takes. Raises `BackendError`."""
    key = (call.url, str(request["model"]))
    for form in forms.to_try(key):
        try:
            response = await _patiently(call, http, {**request, **forms.options(form)})
        except HttpFailure as failure:
            if form == forms.FORMS[-1] or not forms.refuses_form(failure.status, failure.said):
                failure.tell(call.secret)
            continue
        forms.remember(key, form)
        return response
    raise AssertionError("the last form either answers or raises")


async def _patiently(
    call: Call, http: httpx2.AsyncClient, request: Mapping[str, Any]
) -> httpx2.Response:
    """Asks again after a broken connection and where the server says so, within reason."""
    retrying = tenacity.AsyncRetrying(
        stop=tenacity.stop_after_attempt(TRIES),
        wait=_wait,
        retry=tenacity.retry_if_exception(_may_pass),
        reraise=True,
    )
    response: httpx2.Response = await retrying(_ask, call, http, request)
    return response


async def _ask(call: Call, http: httpx2.AsyncClient, request: Mapping[str, Any]) -> httpx2.Response:
    url = f"{call.url}/chat/completions"
    asked = http.build_request("POST", url, json=request, headers=call.headers)
    response = await http.send(asked, stream=True)
    if response.status_code == httpx2.codes.OK:
        return response
    wait_s = asked_to_wait(response.headers)
    raise HttpFailure(response.status_code, await small_body(response), wait_s)


def _may_pass(error: BaseException) -> bool:
    """A server that is not there at all is not asked again; one that broke off may have been restarted."""
    if isinstance(error, HttpFailure):
        return error.status in _AGAIN and (error.wait_s is None or error.wait_s <= PATIENCE_S)
    return isinstance(error, httpx2.ReadError | httpx2.WriteError | httpx2.RemoteProtocolError)


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, HttpFailure) and error.wait_s is not None:
        return error.wait_s
    return _BACKOFF(state)


async def got(call: Call, http: httpx2.AsyncClient, url: str) -> Any:
    """The JSON behind an address of the server. Raises `HttpFailure`, also for what is no JSON."""
    asked = http.build_request("GET", url, headers=call.headers)
    response = await http.send(asked, stream=True)
    status, body = response.status_code, await small_body(response, limit=1_048_576)
    if status != httpx2.codes.OK:
        raise HttpFailure(status, body)
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise HttpFailure(status, b"") from None


async def models(call: Call, http: httpx2.AsyncClient) -> list[dict[str, Any]]:
    """What the server has. Raises `BackendError`."""
    try:
        listed = await got(call, http, f"{call.url}/models")
    except HttpFailure as failure:
        failure.tell(call.secret)
    data = listed.get("data") if isinstance(listed, dict) else None
    found = data if isinstance(data, list) else []
    return [each for each in found if isinstance(each, dict) and isinstance(each.get("id"), str)]


async def only_model(call: Call, http: httpx2.AsyncClient) -> str:
    """The one model of the server. Raises `BackendError` (usage) when there are several, or none."""
    names = [str(each["id"]) for each in await models(call, http)]
    if len(names) != 1:
        fail(NAME, "usage", f"it has {', '.join(names[:8]) or 'no model'}", call.secret)
    return names[0]


def _explained(body: bytes) -> tuple[object, str]:
    """Type and words of an error body, in any of the shapes that servers use; words are the body else."""
    text = body.decode("utf-8", "replace")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None, "" if text.lstrip().startswith("<") else text
    error = value.get("error", value) if isinstance(value, dict) else value
    if isinstance(error, dict):
        said = error.get("message") or error.get("detail") or ""
        return error.get("type"), said if isinstance(said, str) else json.dumps(said)
    return None, str(error)


@contextmanager
def failures(call: Call) -> Iterator[None]:
    """Every exception of the client as a `BackendError`; the key is in none of them."""
    try:
        yield
    except httpx2.TimeoutException:
        fail(NAME, "timeout", f"{call.deadline_s:g} s")
    except (TooMuch, httpx2.SSEError):  # an event without end
        fail(NAME, "crashed", "too much output")
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        fail(NAME, "api", str(error) or type(error).__name__, call.secret)
