"""Ours beside the widest servers of the Model Context Protocol for libvirt: what starts, what it offers.

    python bench/mcp_peers.py SOURCES [--write docs/mcp.md]

SOURCES is a folder with a checkout of every peer that is not on PyPI, called OWNER+NAME. Each is installed as
its README says into an environment of its own, then once more with `mcp<2`, which most of them need without
saying so. Whatever starts is asked over the protocol, by the official client; 20 machines are there to be
listed. Nothing is called but the list.
"""

from __future__ import annotations

import argparse
import json
import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from measure import ROOT, site
from peers import CACHE
from service_vms import defined

MACHINES, PATIENCE = 20, 60.0
MARKS = ("<!-- peers: written by bench/mcp_peers.py -->", "<!-- end of peers -->")
ENVIRONMENTS = CACHE.parent / "bench-mcp-peers"
#: Arguments by which text of a model reaches the host: a definition, a command, a place in its file system.
RAW = re.compile(
    r"(^|_)(xml|command|commands|cmd|script|shell|args|path|paths|file|iso|source|url)($|_)"
)
CONFIRM = re.compile(r"(^|_)(confirm|confirmed|force|yes)($|_)")
LIST = re.compile(r"^(libvirt_|kvm_|kcli_)?list_(vms|domains|virtual_machines|nodes)$")


@dataclass(frozen=True)
class Peer:
    """`folder` is a checkout, or `package` a requirement of PyPI; `command` follows its README."""

    name: str
    command: tuple[str, ...]
    folder: str | None = None
    package: str | None = None
    # What it imports and does not name.
    unnamed: tuple[str, ...] = ()


PEERS = (
    Peer("kcli `kclimcp`", ("kclimcp",), folder="karmab+kcli", unnamed=("fastmcp",)),
    Peer("stratus-ss/kvm-mcp", ("python", "-m", "app.mcp_server"), folder="stratus-ss+kvm-mcp"),
    Peer("vmcluster-mcp", ("vmcluster-mcp",), package="vmcluster-mcp"),
    Peer(
        "chrisjohntapp/libvirt-mcp",
        ("python", "server.py"),
        folder="chrisjohntapp+libvirt-mcp",
    ),
)


@dataclass(frozen=True)
class Facts:
    """What a server says of itself, and what its list of machines came to (None: it has none that worked)."""

    protocol: str
    tools: int
    schema_kb: float
    annotated: int
    with_output: int
    raw: tuple[str, ...]
    confirmed: int
    listed: int | None
    list_kb: float


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("sources", type=Path)
    options.add_argument("--write", type=Path)
    said = options.parse_args()
    me = pwd.getpwuid(os.geteuid()).pw_name
    with site() as here, Host.open(here.uri) as host, defined(here, host, MACHINES, me):
        environ = {**here.environ(), "LIBVIRT_DEFAULT_URI": here.uri}
        lines = table(
            [(peer, *tried(peer, said.sources, environ)) for peer in PEERS], ours(environ)
        )
    print("\n".join(lines))
    if said.write is not None:
        begin, end = MARKS
        text = said.write.read_text(encoding="utf-8")
        before, rest = text.split(begin)
        after = rest.split(end)[1]
        said.write.write_text(f"{before}{begin}\n" + "\n".join(lines) + f"\n{end}{after}")


def ours(environ: Mapping[str, str]) -> Facts:
    program = ["-c", "from fuyajo.cli.main import main; main(['mcp', '--no-worker'])"]
    return asked(sys.executable, program, ROOT, environ)


def tried(peer: Peer, sources: Path, environ: Mapping[str, str]) -> tuple[str, str, Facts | None]:
    """How it starts after a fresh installation, how with `mcp<2`, and what the one that started says."""
    found: Facts | None = None
    told: list[str] = []
    for pin in ((), ("mcp<2", *peer.unnamed)):
        place = (
            ENVIRONMENTS / f"{re.sub(r'[^a-z0-9]+', '-', peer.name.lower())}{'-pinned' * bool(pin)}"
        )
        try:
            installed(peer, sources, place, pin)
            program = place / "bin" / peer.command[0]
            folder = sources / peer.folder if peer.folder else place
            mine = {**environ, "PATH": f"{place / 'bin'}:{os.environ['PATH']}"}
            facts = asked(str(program), list(peer.command[1:]), folder, mine)
        except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
            told.append(f"no: {reason(error)}")
            continue
        told.append("yes")
        found = found or facts
    return told[0], told[1], found


def installed(peer: Peer, sources: Path, place: Path, pin: Sequence[str]) -> None:
    if (place / "complete").exists():
        return
    uv = shutil.which("uv") or str(ROOT / ".cache/uv/bin/uv")
    what = [peer.package] if peer.package else [str(sources / str(peer.folder))]
    for step in (
        ["venv", "--quiet", "--clear", "--python", sys.executable, str(place)],
        ["pip", "install", "--quiet", "--python", str(place / "bin/python"), *what, *pin],
    ):
        subprocess.run([uv, *step], check=True, stderr=subprocess.PIPE, text=True)
    (place / "complete").touch()


def reason(error: Exception) -> str:
    """The last line of what it said, for a cell of a table."""
    said = error.stderr if isinstance(error, subprocess.CalledProcessError) else str(error)
    lines = [line for line in str(said).strip().splitlines() if line.strip()]
    return re.sub(r"[|`<>]", " ", lines[-1] if lines else "ended without a word")[:90]


def asked(program: str, args: list[str], folder: Path, environ: Mapping[str, str]) -> Facts:
    """Raises `RuntimeError` with its last words where it does not speak the protocol."""
    errors = ENVIRONMENTS.parent / "mcp-peer-stderr"
    with errors.open("w+") as stderr:
        server = StdioServerParameters(command=program, args=args, env=dict(environ), cwd=folder)

        async def all_of_it() -> Facts:
            with anyio.fail_after(PATIENCE):
                async with Client(stdio_client(server, errlog=stderr)) as client:
                    return await _facts(client)

        try:
            return anyio.run(all_of_it)
        except BaseException as error:  # whatever the client says: its server did not
            if isinstance(error, KeyboardInterrupt):
                raise
            stderr.seek(0)
            raise RuntimeError(stderr.read() or f"{type(error).__name__}: {error}") from error


async def _facts(client: Client) -> Facts:
    tools: list[Any] = []
    cursor = None
    while True:
        page = await client.list_tools(cursor=cursor) if cursor else await client.list_tools()
        tools += page.tools
        cursor = page.next_cursor
        if not cursor:
            break
    plain = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools]
    names = [_keys(tool["inputSchema"]) for tool in plain]
    listed, size = await _list(client, plain)
    return Facts(
        protocol=str(client.protocol_version),
        tools=len(plain),
        schema_kb=len(json.dumps(plain, ensure_ascii=False, separators=(",", ":"))) / 1000,
        annotated=sum(bool(tool.get("annotations")) for tool in plain),
        with_output=sum("outputSchema" in tool for tool in plain),
        raw=tuple(sorted({one for keys in names for one in keys if RAW.search(one)})),
        confirmed=sum(any(CONFIRM.search(one) for one in keys) for keys in names),
        listed=listed,
        list_kb=size / 1000,
    )


def _keys(schema: Any) -> set[str]:
    """The names of all arguments, however deep they lie."""
    if isinstance(schema, list):
        return {key for one in schema for key in _keys(one)}
    if not isinstance(schema, dict):
        return set()
    own = schema.get("properties")
    found = set(own) if isinstance(own, dict) else set()
    return found | {key for one in schema.values() for key in _keys(one)}


async def _list(client: Client, tools: list[dict[str, Any]]) -> tuple[int | None, int]:
    """How many of our machines its list names, and its bytes."""
    name = next((tool["name"] for tool in tools if LIST.search(tool["name"])), None)
    if name is None:
        return None, 0
    attempts: tuple[dict[str, Any], ...] = ({}, {"params": {}}, {"host": "local"})
    for arguments in attempts:
        with suppress(Exception):
            answer = await client.call_tool(name, arguments)
            text = json.dumps(answer.model_dump(mode="json"))
            found = len(
                set(re.findall(r"fuyajo-bench-[a-z0-9]+-\d+|[a-z0-9-]+-\d+(?=\\?\")", text))
            )
            if not answer.is_error and found >= MACHINES:
                return MACHINES, len(
                    json.dumps([c.model_dump(mode="json") for c in answer.content])
                )
    return None, 0


def table(rows: Sequence[tuple[Peer, str, str, Facts | None]], mine: Facts) -> list[str]:
    titles = (
        "",
        "starts as installed",
        "with what it does not name",
        "protocol",
        "tools",
        "schema",
        "with hints",
        "with an output schema",
        "a model confirms",
        "arguments that are text for the host",
        "lists 20 machines",
    )
    lines = [f"| {' | '.join(titles)} |", f"|{' --- |' * len(titles)}"]
    lines.append(_row("**fuyajo**", "yes", "not needed", mine))
    lines += [_row(peer.name, fresh, pinned, facts) for peer, fresh, pinned, facts in rows]
    return lines


def _row(name: str, fresh: str, pinned: str, facts: Facts | None) -> str:
    if facts is None:
        return f"| {name} | {fresh} | {pinned} |{' – |' * 8}"
    raw = f"{len(facts.raw)}: {', '.join(facts.raw[:4])}" if facts.raw else "none"
    listed = f"yes, {facts.list_kb:.1f} kB" if facts.listed else "no"
    cells = [
        name,
        fresh,
        pinned,
        facts.protocol,
        str(facts.tools),
        f"{facts.schema_kb:.1f} kB",
        str(facts.annotated),
        str(facts.with_output),
        f"{facts.confirmed} tools" if facts.confirmed else "none",
        raw,
        listed,
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
