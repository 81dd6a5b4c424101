"""Planner backend `claude`: the real Claude Code CLI, one process per request, nothing left behind.

`present` looks whether it is set up here (cheap), `tokens` finds the credential, `call` builds the command,
`process` runs it, `outcome` judges the answer, `backend` ties them together.
"""
