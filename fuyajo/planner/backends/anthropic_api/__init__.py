"""Planner backend `anthropic`: Anthropic's API with a key of one's own, by the official SDK.

`present` looks whether it is set up here (cheap), `call` makes one request, `events` listens to its stream,
`prices` reckons the cost, `backend` ties them together. The SDK is an optional extra, loaded with a call.
"""
