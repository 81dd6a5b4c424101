"""Planner backend `openai`: any server with the OpenAI API (llama-server, bitnet.cpp, Ollama, vLLM).

`present` looks whether it is set up here (cheap), `forms` knows how a reply in JSON is asked for, `call`
makes the request, `events` listens to its stream, `identity` tells which model it is, `backend` ties them
together.
"""
