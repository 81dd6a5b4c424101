"""`AnthropicBackend`: one wish, one streamed request with a client of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from importlib import import_module
from urllib.parse import urlsplit

from fuyajo.planner.backend import Completion, Partial, PlannerRequest
from fuyajo.planner.backends.anthropic_api.present import NAME
from fuyajo.planner.backends.failing import fail
from fuyajo.planner.backends.tokens import TokenSource
from fuyajo.planner.prompt import frame

# Raised with every change of how the API is asked; the gate's result is bound to it.
ADAPTER_VERSION = 1


class AnthropicBackend:
    """Anthropic's API as a planner. Stateless; calls may overlap."""

    name = NAME
    waits = True
    repairs = True

    def __init__(
        self, token: TokenSource | None, *, model: str, deadline_s: float, base_url: str
    ) -> None:
        """`deadline_s`: seconds for one whole request."""
        self._token = token
        self._model = model
        self._base_url = base_url
        self.deadline_s = deadline_s

    async def complete(self, request: PlannerRequest) -> AsyncGenerator[Partial | Completion]:
        """Plans one wish. Raises `BackendError`, or `InvalidInput` when the wish is too long."""
        import asyncio

        prompt = frame(request).decode()
        if self._token is None:
            fail(NAME, "auth", "no key is configured")
        # Loading the SDK takes a second, and a file may be slow; the loop must not wait for either.
        secret = await asyncio.to_thread(self._token.read)
        try:
            module = await asyncio.to_thread(import_module, f"{__package__}.call")
        except ImportError as error:
            fail(NAME, "not_installed", str(error))
        call = module.Call(self._base_url, self._model, self.deadline_s, secret)
        async with aclosing(module.converse(call, prompt)) as coming:
            async for item in coming:
                yield item

    async def identity(self) -> dict[str, str]:
        return {
            "adapter": f"{NAME}-{ADAPTER_VERSION}",
            "host": urlsplit(self._base_url).netloc,
            "model": self._model,
        }
