"""Tools for a model that answers a question: our own MCP server, as the one who asks, for looking alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.util import find_spec

from fuyajo.domain.people import is_anonymous, scopes_of
from fuyajo.planner.backend import ToolServer
from fuyajo.planner.registry import SECRET_NAME
from fuyajo.service.context import Actor
from fuyajo.store.home import account_user

#: Every default tool that only looks (a test holds the two lists against each other).
TOOLS = (
    "list_vms",
    "get_vm",
    "list_templates",
    "list_restore_points",
    "get_run",
    "vm_metrics",
    "vm_logs",
)
#: Those that tell what a guest wrote.
GUEST_TEXT = frozenset({"vm_logs"})
#: Longer than any question takes; it is taken back when that is answered.
VALID = timedelta(minutes=15)
_PASSED_ON = ("HOME", "PATH", "LANG", "PYTHONPATH", "XDG_RUNTIME_DIR", "XDG_DATA_HOME")
_FUYAJO = (sys.executable, "-c", "import sys; from fuyajo.cli.main import main; sys.exit(main())")


def possible(actor: Actor) -> bool:
    """Whether a question of theirs may be answered with tools."""
    if not actor.settings.question_tools or is_anonymous(actor.user):
        return False
    return find_spec("mcp") is not None


@contextmanager
def tools_for(actor: Actor) -> Iterator[ToolServer]:
    """Tools that see what this actor sees. Whoever has this account needs no token for that; for anybody
    else there is one that can only read, until the question is answered."""
    command = (*_FUYAJO, "mcp", "--read-only", "--no-worker")
    if actor.user == account_user():
        yield ToolServer(command, _environment(actor), TOOLS)
        return
    from fuyajo.service.authenticating import new_token, take_back

    secret, token = new_token(actor, "question", scopes_of(["read"]), VALID)
    try:
        yield ToolServer(command, {**_environment(actor), "FUYAJO_MCP_TOKEN": secret}, TOOLS)
    finally:
        take_back(actor, token.id)


def _environment(actor: Actor) -> dict[str, str]:
    """What the same settings are read from; no credential of a planner or of another service."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if name.startswith("FUYAJO_") and not SECRET_NAME.search(name)
    }
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    settings = actor.settings
    given = {"FUYAJO_HOME": str(settings.home), "FUYAJO_URI": settings.uri, "FUYAJO_SERVER": ""}
    return {**passed, **ours, **given}
