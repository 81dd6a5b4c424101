"""`OpenAiBackend`: one wish, one streamed request with a client of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

from fuyajo.planner.backend import Completion, Partial, PlannerRequest
from fuyajo.planner.backends.openai_compatible.present import NAME, api_url
from fuyajo.planner.backends.tokens import TokenSource
from fuyajo.planner.prompt import frame

if TYPE_CHECKING:  # an HTTP client is loaded with the first call
    from fuyajo.planner.backends.openai_compatible.call import Call

# Raised with every change of how a server is asked; the gate's result is bound to it.
ADAPTER_VERSION = 1


class OpenAiBackend:
    """A model server with the OpenAI API as a planner. Stateless; calls may overlap. Costs nothing."""

    name = NAME
    waits = True
    repairs = True

    def __init__(
        self, base_url: str, model: str | None, token: TokenSource | None, *, deadline_s: float
    ) -> None:
        """`model` None: the only one that the server has. `deadline_s`: seconds for one whole request."""
        self._url = api_url(base_url)
        self._model = model
        self._token = token
        self.deadline_s = deadline_s

    async def complete(self, request: PlannerRequest) -> AsyncGenerator[Partial | Completion]:
        """Plans one wish. Raises `BackendError`, or `InvalidInput` when the wish is too long."""
        prompt = frame(request).decode()
        call = await self._call()
        from fuyajo.planner.backends.openai_compatible.call import converse

        async with aclosing(converse(call, prompt)) as coming:
            async for item in coming:
                yield item

    async def identity(self) -> dict[str, str]:
        call = await self._call()
        from fuyajo.planner.backends.openai_compatible.identity import ask

        return {"adapter": f"{NAME}-{ADAPTER_VERSION}", **await ask(call)}

    async def _call(self) -> Call:
        import asyncio

        from fuyajo.planner.backends.openai_compatible.call import Call

        # A file may be slow; the loop must not wait for it.
        secret = await asyncio.to_thread(self._token.read) if self._token else ""
        return Call(self._url, self._model, self.deadline_s, secret)
