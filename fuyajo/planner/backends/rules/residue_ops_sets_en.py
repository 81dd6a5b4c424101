""" "all web servers", "everything except db", "the stopped machine": the own VMs it means, one by one."""

from __future__ import annotations

import re

from fuyajo.domain.context import VmBrief
from fuyajo.planner.backends.rules.again_frames_en import NAME_AT
from fuyajo.planner.backends.rules.scene import Scene

_VM = r"[\ue000-\ue7ff]"
_KIND = (
    r"(?P<state>(?:(?:currently )?(?:running|stopped|switched-off"
    r"|powered-off) )?)(?P<kind>web ?servers?|(?:basic|plain) servers?"
    r"|(?:virtual machine|virtual server|vm|server|machine|box|instance)(?:e?s)?"
    r"|ones?)\b(?! (?:called|named))"
)
_EXCEPT = (
    r"(?:,? (?:except|but|apart from|other than|besides|excluding|with the exception of|save)(?: for| not)?"
    rf" (?P<not>(?:(?:the|my|our) )?{_VM}(?:(?:,? and |, ){_VM})*))"
)
_EVERY = re.compile(
    r"\b(?:(?P<all>all(?: of)?|every(?: single| one of)?|each(?: of)?|each and every)(?: (?:the|my|our))?"
    rf"(?P<n> (?:two|three|four|five))? {_KIND}|(?P<both>both(?: of)?)(?: (?:the|my"
    rf"|our))? {_KIND.replace('?P<', '?P<b')}"
    rf"|everything|all of (?:it|them)(?={_EXCEPT.replace('?P<', '?P<x')})){_EXCEPT}?",
    re.IGNORECASE,
)
_ONLY = re.compile(rf"\b(?:the|my|our) (?:(?:only|one) )?{_KIND}(?!,? {_VM})", re.IGNORECASE)
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5}


def expanded(text: str, scene: Scene) -> str | None:
    """The text with names for sets; None where a set is not what is said."""
    failed: list[str] = []

    def put(found: re.Match[str]) -> str:
        whole = not (found["all"] or found["both"])
        kind, state = found["kind"] or found["bkind"] or "", found["state"] or found["bstate"] or ""
        without = set(re.findall(_VM, found["not"] or ""))
        meant = [
            i for i, vm in enumerate(scene.vms) if whole or _fits(vm, kind.lower(), state.lower())
        ]
        letters = [chr(NAME_AT + i) for i in meant if chr(NAME_AT + i) not in without]
        wanted = (
            2 if found["both"] else _COUNTS.get((found["n"] or "").strip().lower(), len(letters))
        )
        beside = found.string[: found.start()] + found.string[found.end() :]
        if (
            set(letters) & set(beside)
            or not letters
            or len(letters) != wanted
            or (whole and not without and len(scene.vms) < 2)
        ):
            failed.append(found[0])
        return " and ".join(letters)

    def only(found: re.Match[str]) -> str:
        kind, state = found["kind"].lower(), found["state"].lower()
        meant = [i for i, vm in enumerate(scene.vms) if _fits(vm, kind, state)]
        told = state or kind.startswith(("web", "basic", "plain"))
        return (
            chr(NAME_AT + meant[0])
            if len(meant) == 1 and told and not kind.endswith("s")
            else found[0]
        )

    text = _EVERY.sub(put, text)
    return None if failed else _ONLY.sub(only, text)


def _fits(vm: VmBrief, kind: str, state: str) -> bool:
    template = (
        "web-server"
        if kind.startswith("web")
        else "basic-server"
        if kind.startswith(("basic", "plain"))
        else ""
    )
    wanted = "running" if "running" in state else "stopped" if state.strip() else vm.state
    return (not template or vm.template == template) and vm.state == wanted
