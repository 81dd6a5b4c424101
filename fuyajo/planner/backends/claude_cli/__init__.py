"""Planner backend `claude`: the real Claude Code CLI, one process per request, nothing left behind.

`tokens` finds the credential, `call` builds the command, `process` runs it, `outcome` judges the answer.
"""

from fuyajo.planner.backends.claude_cli.backend import ClaudeBackend

__all__ = ["ClaudeBackend"]
