"""Our application with the suite's own tools, resources and prompts beside ours.

Everything else is the product's: what it lists comes first, and what is not
the suite's it answers.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity

from fuyajo.mcp.application import Application, Context
from tests.support.mcp_suite.contents import (
    ANSWERS,
    PROMPTS,
    RESOURCES,
    TEMPLATE,
    prompt,
    said,
)
from tests.support.mcp_suite.rounds import ROUNDS, done, field, form, wanted

Handler = Callable[[Context, Any], Awaitable[Any]]
SPEAKING = ("test_tool_with_progress", "test_tool_with_logging", "test_logging_tool")
#: They ask while they work: only a connection that is kept can do so.
ASKING = (
    "test_sampling",
    "test_elicitation",
    "test_elicitation_sep1034_defaults",
    "test_elicitation_sep1330_enums",
)
OTHERS = ("test_error_handling", "test_streaming_elicitation")
TOOLS = (*ANSWERS, *ROUNDS, *SPEAKING, *ASKING, *OTHERS)


class Fixture(Application):
    """The application under test."""

    def server(self) -> Server[Any]:
        made = super().server()
        for method, params, wrap in (
            ("tools/list", types.PaginatedRequestParams, _tools),
            ("tools/call", types.CallToolRequestParams, _call),
            ("resources/list", types.PaginatedRequestParams, _resources),
            ("resources/templates/list", types.PaginatedRequestParams, _templates),
            ("resources/read", types.ReadResourceRequestParams, _read),
            ("prompts/list", types.PaginatedRequestParams, _prompts),
            ("prompts/get", types.GetPromptRequestParams, _prompt),
        ):
            ours = made.get_request_handler(method)
            assert ours is not None
            made.add_request_handler(method, params, wrap(ours.handler))
        made.add_request_handler("logging/setLevel", types.SetLevelRequestParams, _nothing)
        made.add_request_handler("resources/subscribe", types.SubscribeRequestParams, _nothing)
        made.add_request_handler("resources/unsubscribe", types.UnsubscribeRequestParams, _nothing)
        made.middleware.append(
            RequestStateBoundary(RequestStateSecurity.ephemeral(), default_audience="suite")
        )
        return made


async def _nothing(_ctx: Context, _params: Any) -> types.EmptyResult:
    return types.EmptyResult()


def _more(field_name: str, extra: Callable[[], list[Any]]) -> Callable[[Handler], Handler]:
    """What ours lists, and then that."""

    def wrap(ours: Handler) -> Handler:
        async def listed(ctx: Context, params: Any) -> Any:
            found = await ours(ctx, params)
            return found.model_copy(update={field_name: [*getattr(found, field_name), *extra()]})

        return listed

    return wrap


def _every_tool() -> list[Any]:
    return [
        types.Tool(name=name, description="of the suite", input_schema={"type": "object"})
        for name in TOOLS
    ]


def _every_resource() -> list[Any]:
    return [types.Resource(uri=uri, name=uri.removeprefix("test://")) for uri in RESOURCES]


def _every_prompt() -> list[Any]:
    return [
        types.Prompt(
            name=name,
            description="of the suite",
            arguments=[types.PromptArgument(name=key, required=True) for key in keys],
        )
        for name, keys in PROMPTS.items()
    ]


_tools = _more("tools", _every_tool)
_resources = _more("resources", _every_resource)
_templates = _more(
    "resource_templates", lambda: [types.ResourceTemplate(name="data", uri_template=TEMPLATE)]
)
_prompts = _more("prompts", _every_prompt)


def _call(ours: Handler) -> Handler:
    async def call(ctx: Context, params: types.CallToolRequestParams) -> Any:
        name = params.name
        if name in ANSWERS:
            return types.CallToolResult(content=list(ANSWERS[name]))
        if name in ROUNDS:
            state = json.loads(params.request_state) if params.request_state else {}
            return ROUNDS[name](
                params.input_responses or {}, state, ctx.session.client_capabilities
            )
        if name in SPEAKING:
            return await _spoken(ctx, name)
        if name in ASKING:
            return await _asked(ctx, params.arguments or {})
        if name == "test_error_handling":
            words = said("This tool intentionally returns an error for testing")
            return types.CallToolResult(content=[words], is_error=True)
        return done("complete") if name in OTHERS else await ours(ctx, params)

    return call


async def _spoken(ctx: Context, name: str) -> types.CallToolResult:
    for step in (0, 50, 100):
        if name == "test_tool_with_progress":
            await ctx.session.report_progress(step, 100, f"step {step}")
        else:
            await ctx.session.send_log_message(
                "info", f"step {step}", related_request_id=ctx.request_id
            )
    return done("spoken")


async def _asked(ctx: Context, arguments: dict[str, Any]) -> types.CallToolResult:
    request = form(str(arguments.get("message", "?")), response="string")
    assert isinstance(request.params, types.ElicitRequestFormParams)
    found = await ctx.session.elicit_form(
        request.params.message, request.params.requested_schema, ctx.request_id
    )
    return done(f"User response: {found.action}")


def _read(ours: Handler) -> Handler:
    async def read(ctx: Context, params: types.ReadResourceRequestParams) -> Any:
        uri = str(params.uri)
        found = RESOURCES.get(uri)
        head, _, tail = TEMPLATE.partition("{id}")
        if uri.startswith(head) and uri.endswith(tail):
            text = json.dumps({"id": uri[len(head) : -len(tail)]})
            found = types.TextResourceContents(uri=uri, mime_type="application/json", text=text)
        if found is None:
            return await ours(ctx, params)
        return types.ReadResourceResult(contents=[found], ttl_ms=0, cache_scope="private")

    return read


def _prompt(ours: Handler) -> Handler:
    async def get(ctx: Context, params: types.GetPromptRequestParams) -> Any:
        if params.name not in PROMPTS:
            return await ours(ctx, params)
        blocks = prompt(params.name, params.arguments or {})
        if params.name == "test_input_required_result_prompt":
            context = field(params.input_responses or {}, "user_context", "context")
            if context is None:
                return wanted(user_context=form("Which context?", context="string"))
            blocks = [said(f"Prompt with context: {context}")]
        messages = [types.PromptMessage(role="user", content=block) for block in blocks]
        return types.GetPromptResult(messages=messages)

    return get
