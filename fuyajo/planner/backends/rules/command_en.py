"""Orders as they are typed into a terminal ("vm resize db --memory 4GB && vm stop web") as sentences.

Every word of such a line has to be known here; anything else leaves the whole text as it was.
"""

from __future__ import annotations

import re

_PARTS = re.compile(r"[ \t]*(?:&&|;|\n)[ \t]*")
_WORD = re.compile(
    r"--?[a-z]+(?:[ =](?:\"[^\"\n]*\"|[^-\s\"][^\s\"]*))?|[^\s\"-][^\s\"]*", re.IGNORECASE
)
_LEAD = re.compile(r"^(?:please )?(?:fuyajo )?(?P<vm>vms? |server |machine )?", re.IGNORECASE)
_VERBS = {
    word: verb
    for verb, words in (
        ("create", "create|new|add|make|launch|provision|deploy"),
        ("start", "start|boot|up|poweron"),
        ("stop", "stop|halt|shutdown|poweroff|down"),
        ("restart", "restart|reboot"),
        ("delete", "delete|rm|remove|destroy|del"),
        ("resize", "resize|set|update|modify|scale|edit"),
        ("snapshot", "snapshot|snap"),
        ("revert", "revert|restore|rollback"),
    )
    for word in words.split("|")
}
_FLAGS = {
    word: flag
    for flag, words in (
        ("name", "name|n|hostname"),
        ("cpus", "cpus|cpu|c|cores|core|vcpus|vcpu"),
        ("memory", "memory|mem|m|ram"),
        ("disk", "disk|d|storage|disk-size"),
        ("count", "count|number"),
        ("kind", "template|type|kind|image"),
        ("title", "title"),
        ("snapshot", "snapshot|to|snap"),
    )
    for word in words.split("|")
}
_SIZES = ("cpus", "memory", "disk")
_KINDS = {
    "web-server": "web server",
    "webserver": "web server",
    "web": "web server",
    "nginx": "web server",
}
_KINDS |= {
    "basic-server": "basic server",
    "basic": "basic server",
    "server": "server",
    "vm": "server",
}
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*\Z", re.IGNORECASE)
_MOST = 400
_TYPED = re.compile(r"\s--?[a-z]|&&|^vm [^;\n]*[;\n] *vm ", re.IGNORECASE)


def as_sentences(text: str) -> str:
    """The commands as sentences, or the text itself."""
    if len(text) > _MOST or not _TYPED.search(text):
        return text
    if text.lstrip().startswith("-"):
        return text
    said = [_sentence(part) for part in _PARTS.split(text.strip()) if part]
    known = [one for one in said if one]
    return ". ".join(known) if known and len(known) == len(said) else text


def _sentence(part: str) -> str | None:
    rest = part[_LEAD.match(part).end() :]  # type: ignore[union-attr]
    words = _WORD.findall(rest)
    if not words or _WORD.sub("", rest).strip():
        return None
    verb = _VERBS.get(words[0].lower())
    plain = [word for word in words[1:] if not word.startswith("-")]
    flags = _flags([word for word in words[1:] if word.startswith("-")])
    if verb is None or flags is None or not all(_NAME.match(word) for word in plain):
        return None
    if verb == "create":
        return _creation(plain, flags)
    if "name" in flags and not plain and verb != "snapshot":
        plain = [flags.pop("name")]
    return _operation(verb, plain, flags)


def _flags(words: list[str]) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for word in words:
        key, _, value = word.lstrip("-").replace("=", " ", 1).partition(" ")
        flag = _FLAGS.get(key.lower())
        if flag is None or not value or flag in found or word.startswith("---"):
            return None
        found[flag] = value
    return found


def _creation(plain: list[str], flags: dict[str, str]) -> str | None:
    kinds = [word for word in plain if word.lower() in _KINDS]
    names = [word for word in plain if word.lower() not in _KINDS]
    if {"web", "basic", "nginx"} & {word.lower() for word in kinds}:
        return None  # a kind, or a name
    names += [flags.pop("name")] if "name" in flags else []
    kinds += [flags.pop("kind")] if "kind" in flags else []
    count = flags.pop("count", "a")
    kind = _KINDS.get((kinds or ["server"])[-1].lower())
    if len(names) > 1 or kind is None or "snapshot" in flags or (not names and not flags):
        return None
    title = flags.pop("title", "").strip('"')
    parts = [f"create {count} {kind}{'' if count in ('a', '1') else 's'}"]
    parts += [f"called {names[0]}"] if names else []
    parts += [f'titled "{title}"'] if title else []
    return " ".join([*parts, *([f"with {_sizes(flags)}"] if flags else [])])


def _operation(verb: str, names: list[str], flags: dict[str, str]) -> str | None:
    whom = " and ".join(names)
    if not names:
        return None
    if verb == "resize":
        return f"resize {whom} to {_sizes(flags)}" if flags and set(flags) <= set(_SIZES) else None
    if verb in ("snapshot", "revert"):
        named = flags.pop("snapshot", "") or flags.pop("name", "")
        if flags:
            return None
        if verb == "snapshot":
            return f"take a snapshot of {whom}{f' called {named}' if named else ''}"
        return f"revert {whom} to {f'snapshot {named}' if named else 'the latest snapshot'}"
    return None if flags else f"{verb} {whom}"


def _sizes(flags: dict[str, str]) -> str:
    return " and ".join(f"{flags[key]} {key}" for key in _SIZES if key in flags)
