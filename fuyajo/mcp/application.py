"""The handlers of the protocol, the same for both revisions and for every transport."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import mcp_types as types
from mcp.server.caching import CacheHint
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS

from fuyajo import __version__
from fuyajo.domain.errors import FuyajoError, NotFound, Problem, shown
from fuyajo.domain.texts import text
from fuyajo.mcp import completing, prompts, resources
from fuyajo.mcp.asking import Answered, Asks, answered, asker_of
from fuyajo.mcp.bridge import Bridge
from fuyajo.mcp.identity import Identity
from fuyajo.mcp.limits import Breaker, is_tainted, mark_of
from fuyajo.mcp.safety import hidden
from fuyajo.mcp.tool import Call, Tool
from fuyajo.mcp.tools import offered
from fuyajo.mcp.tools.changing import after

Context = ServerRequestContext[Any, Any]
Identify = Callable[[Context], Identity]
NAME = "fuyajo"
MOST_BYTES = 60_000  # of one answer
_LOG = logging.getLogger("fuyajo.mcp")
_MINUTE = CacheHint(ttl_ms=60_000, scope="private")  # what one may see depends on the token


def nobody() -> None:
    """Somebody else's worker looks by itself."""


@dataclass
class Application:
    """`identify` may ask the database: it runs in a thread. `wake` tells a worker that there is something."""

    identify: Identify
    wake: Callable[[], None] = nobody
    bridge: Bridge = field(default_factory=Bridge)
    breaker: Breaker = field(default_factory=Breaker)

    def server(self) -> Server[Any]:
        return Server(
            NAME,
            version=__version__,
            title="Fuyajo",
            instructions=text("mcp.instructions"),
            cache_hints={
                "tools/list": _MINUTE,
                "prompts/list": _MINUTE,
                "resources/templates/list": _MINUTE,
            },
            on_list_tools=self._tools,
            on_call_tool=self._call,
            on_list_resources=self._resources,
            on_list_resource_templates=self._templates,
            on_read_resource=self._read,
            on_list_prompts=self._prompts,
            on_get_prompt=self._prompt,
            on_completion=self._complete,
        )

    async def _who(self, ctx: Context) -> Identity:
        """Raises `MCPError`: nobody is told anything else."""
        try:
            return await self.bridge.ask(self.identify, ctx)
        except FuyajoError as error:
            raise MCPError(INVALID_PARAMS, _words(error.problems, "en")) from error

    async def _tools(
        self, ctx: Context, _params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        """In a stable order; what the token may not do is not offered."""
        identity = await self._who(ctx)
        tools = offered(identity.toolsets)
        found = [described(tool) for tool in tools if identity.may(tool.scope)]
        return types.ListToolsResult(tools=found)

    async def _call(
        self, ctx: Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        identity = await self._who(ctx)
        named = (one for one in offered(identity.toolsets) if one.name == params.name)
        tool = next(named, None)
        if tool is None:
            raise MCPError(INVALID_PARAMS, f"Unknown tool: {shown(params.name)}")
        try:
            return await self._answer(ctx, identity, tool, params)
        except Asks as question:
            return question.result
        except FuyajoError as error:
            return _failed(error.problems, identity)
        except MCPError:
            raise
        except Exception:  # noqa: BLE001 - the last resort; details go to the log
            _LOG.exception("tool failed", extra={"fuyajo": {"tool": tool.name}})
            return _failed([Problem("", "internal_service")], identity)

    async def _answer(
        self, ctx: Context, identity: Identity, tool: Tool[Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        arguments = params.arguments or {}
        identity.require(tool.scope)
        tainted, said = await self.bridge.ask(self._let_in, identity, tool, params)

        async def report(progress: float, message: str) -> None:
            await ctx.session.report_progress(progress, None, message)

        asker = None if tool.hints.reads else asker_of(ctx, mark_of(tool.name, arguments))
        call = Call(identity, self.bridge, report, self.wake, tainted, asker)
        answer = await (after(call, *said) if said else tool.run(call, arguments))
        structured = answer.shape.model_dump(mode="json", exclude_none=True)
        told = hidden(answer.text, identity.actor.settings)
        if len(json.dumps(structured)) + len(told.encode()) > 2 * MOST_BYTES:
            return _failed([Problem("", "mcp_too_much", {"limit": MOST_BYTES})], identity)
        return types.CallToolResult(
            content=[types.TextContent(text=told)], structured_content=structured
        )

    def _let_in(
        self, identity: Identity, tool: Tool[Any], params: types.CallToolRequestParams
    ) -> tuple[bool, Answered | None]:
        """Whether the caller has read what a guest wrote, and what a person said. Raises `TooMany`."""
        actor, key, arguments = identity.actor, identity.key, params.arguments or {}
        if tool.hints.reads:
            self.breaker.check(actor, key, tool.name, arguments, writes=False)
            return False, None
        said = answered(identity, mark_of(tool.name, arguments), params)
        # Who brings the answer to a question of ours says nothing for the second time.
        counted = {"answer": said[0].id} if said else arguments
        self.breaker.check(actor, key, tool.name, counted, writes=True)
        return is_tainted(actor, key), said

    async def _resources(
        self, ctx: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        identity = await self._read_only(ctx)
        cursor = params.cursor if params else None
        found: types.ListResourcesResult = await self._asked(resources.listed, identity, cursor)
        return found

    async def _templates(
        self, ctx: Context, _params: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        await self._read_only(ctx)
        return types.ListResourceTemplatesResult(resource_templates=resources.patterns())

    async def _read(
        self, ctx: Context, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        identity = await self._read_only(ctx)
        told = await self._asked(resources.read, identity, str(params.uri))
        content = types.TextResourceContents(
            uri=params.uri, mime_type=resources.MEDIA, text=hidden(told, identity.actor.settings)
        )
        return types.ReadResourceResult(contents=[content], ttl_ms=0, cache_scope="private")

    async def _prompts(
        self, ctx: Context, _params: types.PaginatedRequestParams | None
    ) -> types.ListPromptsResult:
        identity = await self._who(ctx)
        return types.ListPromptsResult(prompts=prompts.listed(identity.lang))

    async def _prompt(
        self, ctx: Context, params: types.GetPromptRequestParams
    ) -> types.GetPromptResult:
        identity = await self._who(ctx)
        said = params.arguments or {}
        found: types.GetPromptResult = await self._asked(
            prompts.filled, identity, params.name, said
        )
        return found

    async def _complete(
        self, ctx: Context, params: types.CompleteRequestParams
    ) -> types.CompleteResult:
        identity = await self._read_only(ctx)
        found = await self._asked(completing.values, identity, params.ref, params.argument)
        return types.CompleteResult(completion=found)

    async def _read_only(self, ctx: Context) -> Identity:
        identity = await self._who(ctx)
        if not identity.may("read"):
            raise MCPError(INVALID_PARAMS, "this token may not read")
        said = {key: value for key, value in (ctx.params or {}).items() if key != "_meta"}
        await self._asked(self._counted, identity, ctx.method, said)
        return identity

    def _counted(self, identity: Identity, method: str, said: Mapping[str, Any]) -> None:
        self.breaker.check(identity.actor, identity.key, method, said, writes=False)

    async def _asked(self, question: Callable[..., Any], identity: Identity, *more: Any) -> Any:
        """What is no tool has errors of the protocol; something unknown is one of the parameters."""
        try:
            return await self.bridge.ask(question, identity, *more)
        except FuyajoError as error:
            data = {"uri": more[0]} if isinstance(error, NotFound) else None
            raise MCPError(
                INVALID_PARAMS,
                hidden(_words(error.problems, identity.lang), identity.actor.settings),
                data,
            ) from error


def described(tool: Tool[Any]) -> types.Tool:
    hints = tool.hints
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.input_schema,
        output_schema=tool.output_schema,
        annotations=types.ToolAnnotations(
            read_only_hint=hints.reads,
            destructive_hint=hints.destroys,
            idempotent_hint=hints.same_again,
            open_world_hint=False,
        ),
    )


def _failed(problems: Sequence[Problem], identity: Identity) -> types.CallToolResult:
    """Without structured content: that would have to be of the shape of an answer."""
    told = hidden(_words(problems, identity.lang), identity.actor.settings)
    return types.CallToolResult(content=[types.TextContent(text=told)], is_error=True)


def _words(problems: Sequence[Problem], lang: Any) -> str:
    """What, where, and what to do next; a stable code for whoever branches."""
    return "\n".join(
        f"{f'{p.path}: ' if p.path else ''}{p.message(lang)} [{p.code}]\n  → {p.hint(lang)}"
        for p in problems
    )
