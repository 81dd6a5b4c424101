"""残りの2台, 停止中の3台: where just so many are left or in that state, their names (for `residue_ja`)."""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules.rewriting_ja import Late
from fuyajo.planner.backends.rules.scene import Vms
from fuyajo.planner.backends.rules.stories_ja import MARK, OWN

_THING = r"(?:VM|サーバ|マシン|やつ|もの)?(?:とも|全部|すべて|両方)?"
_LEFT = Late(
    rf"(?:残り|残った|ほか|他|あと|それ以外)の(?P<n>[1-9])台(?:の?{_THING})?(?=[をはも、])",
    re.IGNORECASE,
)
_IN_STATE = Late(
    r"(?P<s>停止中の|停止済みの|止まっている|停止している|落ちている|起動中の|稼働中の|動いている|起動している)(?P<n>[1-9])台(?:とも)?"
    rf"(?:の?{_THING})?(?=[をはも、])",
    re.IGNORECASE,
)
_STOPPED = ("停止", "止ま", "落ち")


def named(text: str, vms: Vms) -> str:
    """The text with names for a counted rest of one's VMs, or a counted state of theirs."""

    def rest(found: re.Match[str]) -> str:
        said = {name.lstrip(MARK) for name in re.findall(OWN, text[: found.start()])}
        left = [vm.name for vm in vms if vm.name not in said]
        return _listed(left) if said and len(left) == int(found["n"]) else found[0]

    def in_state(found: re.Match[str]) -> str:
        state = "stopped" if found["s"].startswith(_STOPPED) else "running"
        fitting = [vm.name for vm in vms if vm.state == state]
        return _listed(fitting) if len(fitting) == int(found["n"]) else found[0]

    return _IN_STATE.sub(in_state, _LEFT.sub(rest, text))


def _listed(names: list[str]) -> str:
    return "と".join(f"{MARK}{name}" for name in names)
