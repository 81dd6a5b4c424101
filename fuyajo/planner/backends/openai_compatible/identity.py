"""Which model a server runs, as far as it tells, so that other weights are another planner."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from pathlib import Path
from typing import Any

import httpx2

from fuyajo.planner.backends.address import loopback
from fuyajo.planner.backends.http import client
from fuyajo.planner.backends.openai_compatible.call import (
    Call,
    HttpFailure,
    failures,
    got,
    only_model,
)

# Of what a server tells about a model: what belongs to the model, not to the day on which it was loaded.
_ABOUT = ("id", "root", "parent", "meta")
_SAMPLES = 64
_MOST = 50
_SAMPLE_BYTES = 65_536


async def ask(call: Call) -> dict[str, str]:
    """Model, and what is reachable of weights, template and build. Raises `BackendError`."""
    with failures(call):
        async with client(call.url, call.deadline_s) as http:
            name = call.model or await only_model(call, http)
            # Not every server lists what it has, and some take any name for the one model that they run.
            listed = await _listed(call, http)
            root = call.url.removesuffix("/v1")
            props = await _optional(call, http, f"{root}/props")
            tags = await _optional(call, http, f"{root}/api/tags")
    return {"model": name, **_told(listed, name), **_props(call, props), **_digest(tags, name)}


async def _listed(call: Call, http: httpx2.AsyncClient) -> dict[str, Any]:
    """The list of models, if there is one. Raises for a server that is not there, or wants another key."""
    try:
        value = await got(call, http, f"{call.url}/models")
    except HttpFailure as failure:
        if failure.status in (401, 403):
            failure.tell(call.secret)
        return {}
    return value if isinstance(value, dict) else {}


async def _optional(call: Call, http: httpx2.AsyncClient, url: str) -> dict[str, Any]:
    """What only some servers have."""
    try:
        value = await got(call, http, url)
    except (HttpFailure, httpx2.HTTPError):
        return {}
    return value if isinstance(value, dict) else {}


def _told(listed: dict[str, Any], name: str) -> dict[str, str]:
    """What the list says of this model; where it is not in it, of all."""
    data = listed.get("data")
    models = [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []
    about = [each for each in models if each.get("id") == name] or models
    kept = [
        {key: each[key] for key in _ABOUT if each.get(key) is not None} for each in about[:_MOST]
    ]
    return {"told": _hash(json.dumps(kept, sort_keys=True).encode())} if kept else {}


def _props(call: Call, props: dict[str, Any]) -> dict[str, str]:
    """llama.cpp: build, chat template, weights; the file itself when the server is on this machine."""
    found: dict[str, str] = {}
    if isinstance(props.get("build_info"), str):
        found["build"] = props["build_info"][:100]
    if isinstance(props.get("chat_template"), str):
        found["template"] = _hash(props["chat_template"].encode("utf-8", "replace"))
    path = props.get("model_path")
    if isinstance(path, str):
        sample = sampled(Path(path)) if loopback(call.url) else None
        found["weights"] = sample or _hash(path.encode("utf-8", "replace"))
    return found


def _digest(tags: dict[str, Any], name: str) -> dict[str, str]:
    """Ollama: the digest of the model's manifest."""
    listed = tags.get("models")
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, dict) and name in (each.get("name"), each.get("model")):
            digest = each.get("digest")
            if isinstance(digest, str) and digest:
                return {"weights": digest[:100]}
    return {}


def sampled(path: Path) -> str | None:
    """SHA-256 over size and 64 evenly spaced pieces of a weights file (4 MB of it, so milliseconds).

    Other weights differ nearly everywhere. None for anything else than a readable GGUF file.
    """
    if not path.is_absolute():
        return None
    try:
        # O_NONBLOCK: the server told this path, and a named pipe there must not hang us.
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError):
        return None
    try:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode) or os.pread(fd, 4, 0) != b"GGUF":
            return None
        digest = hashlib.sha256(str(found.st_size).encode())
        last = max(0, found.st_size - _SAMPLE_BYTES)
        for number in range(_SAMPLES):
            digest.update(os.pread(fd, _SAMPLE_BYTES, last * number // (_SAMPLES - 1)))
        return digest.hexdigest()
    except OSError:
        return None
    finally:
        os.close(fd)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
