"""Planner backend `claude`: the real Claude Code CLI, one process per request, nothing left behind.

`present` looks whether it is set up here (cheap), `tokens` finds the credential, `call` builds the command,
`version` learns which CLI it is, `slots` bounds how many run, `process` runs one, `stream` follows what it
prints, `outcome` judges the end, `backend` ties them together.
"""
