"""Rules about the shape of the source, each a function from source text to what it finds."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("fuyajo", "collections", "plugins", "scripts", "tests", "bench")


def python_files() -> list[Path]:
    """Our own Python files; `scripts` counts, environments and caches do not."""
    found = (path for name in SOURCES for path in sorted((ROOT / name).rglob("*.py")))
    return [path for path in found if not {".venv", ".cache"} & set(path.parts)]


def long_file(source: str) -> Iterator[tuple[str, int]]:
    """("", lines) when the file is too long."""
    lines = len(source.splitlines())
    if lines > MAX_FILE_LINES:
        yield "", lines


def long_functions(source: str) -> Iterator[tuple[str, int]]:
    """(name, lines) of every function that is too long, decorators not counted."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MAX_FUNCTION_LINES:
                yield node.name, lines


def bare_excepts(source: str) -> Iterator[int]:
    """Lines of handlers that name no exception."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield node.lineno


def shells(source: str) -> Iterator[int]:
    """Lines of calls that let a shell read a string."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        given = any(
            word.arg == "shell" and not _is_false(word.value)
            for word in node.keywords
            if word.arg is not None
        )
        if given or _called(node) in {"os.system", "os.popen", "subprocess.getoutput"}:
            yield node.lineno


def _is_false(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is False


def sleeps(source: str) -> Iterator[int]:
    """Lines that wait for a time instead of for an event."""
    tree = ast.parse(source)
    names = {"time.sleep"} | {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "time"
        for alias in node.names
        if alias.name == "sleep"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in names:
            yield node.lineno


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func)


def fields(sentence: str) -> set[str]:
    """The `{fields}` of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def table_differences(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """Keys that only one table has, and keys whose texts take different fields."""
    lonely = sorted(one.keys() ^ other.keys())
    unlike = [key for key in one.keys() & other.keys() if fields(one[key]) != fields(other[key])]
    return lonely + sorted(unlike)


def console_blocks(markdown: str) -> list[str]:
    """The contents of the fenced blocks that are marked `console`."""
    return re.findall(r"^```console\n(.*?)^```$", markdown, re.MULTILINE | re.DOTALL)


def typed_commands(markdown: str) -> list[str]:
    """What a reader is told to type: the lines of console blocks that begin with `$ `."""
    lines = "".join(console_blocks(markdown)).splitlines()
    return [line[2:].strip() for line in lines if line.startswith("$ ")]
