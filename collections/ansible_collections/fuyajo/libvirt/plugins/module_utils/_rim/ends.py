# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Ansible ends: options come in, results and problems go out. Nothing else does either."""

from __future__ import annotations

import time
from types import MappingProxyType
from typing import Any, Callable, Mapping, NoReturn, Sequence

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import Outcome, converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kind import Kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def run_stack(module: AnsibleModule, kinds: Sequence[Kind]) -> NoReturn:
    """Make the host what the options say, for modules about lists of objects."""
    outcome, duration = _run(module, dict(module.params), kinds)
    values: dict[str, Any] = {k.key: outcome.facts.get(k.name, {}) for k in kinds}
    _leave(module, outcome, duration, values)


def run_one(
    module: AnsibleModule,
    kind: Kind,
    option_names: Sequence[str],
    more: Sequence[Kind] = (),
    common: Mapping[str, Any] = _NOTHING,
    flat: bool = False,
) -> NoReturn:
    """Make one object what the options say. ``option_names`` are those of the object itself.

    ``common`` replaces those options of the call that the object has under the same name. The result
    has the object's facts under its kind's name (with ``flat`` at the top, as well as what happened).
    """
    options = {**module.params, **common}
    options[kind.key] = [{key: module.params[key] for key in option_names}]
    outcome, duration = _run(module, options, (kind, *more), alone=f"{kind.key}[0].")
    own = next(r for r in outcome.results if r["kind"] == kind.name)
    values = {key: own[key] for key in ("actions", "changes", "uuid")}
    facts = outcome.facts.get(kind.name, {}).get(own["name"])
    values.update((facts or {}) if flat else {kind.name: facts})
    _leave(module, outcome, duration, values)


def run_info(
    module: AnsibleModule, key: str, read: Callable[[Host], Any], readonly: bool = True
) -> NoReturn:
    """Leave with what ``read`` says, under ``key``. Reading changes nothing, check mode or not.

    ``readonly`` is about libvirt's read-only connections, which do not answer every question and let
    nobody talk to guests.
    """

    def work() -> Any:
        with Host.open(module.params["uri"], readonly=readonly) as host:
            return read(host)

    module.exit_json(changed=False, **{key: guarded(module, work)})
    raise AssertionError("exit_json does not return")


def run_read(module: AnsibleModule, read: Callable[[], dict[str, Any]]) -> NoReturn:
    """Leave with what ``read`` says, without a connection: for things that are plain files."""
    module.exit_json(changed=False, **guarded(module, read))
    raise AssertionError("exit_json does not return")


def guarded(module: AnsibleModule, work: Callable[[], Any]) -> Any:
    """Return what ``work`` returns; a problem of ours ends the module with one sentence."""
    try:
        return work()
    except FuyajoError as error:
        module.fail_json(msg=str(error), error_kind=error.kind)


def _run(
    module: AnsibleModule, options: dict[str, Any], kinds: Sequence[Kind], alone: str = ""
) -> tuple[Outcome, float]:
    """Return what happened, and in how many seconds.

    ``alone`` is what a problem's path begins with where the user gave no list: it is left out.
    """
    begin = time.monotonic()

    def work() -> Outcome:
        try:
            wanted = Wanted.parse(options, kinds)
        except FuyajoError as error:
            raise FuyajoError(str(error).replace(alone, ""), error.kind) from None
        with Host.open(options.get("uri")) as host:
            return converge(host, wanted, check=module.check_mode)

    outcome: Outcome = guarded(module, work)
    return outcome, round(time.monotonic() - begin, 3)


def _leave(
    module: AnsibleModule, outcome: Outcome, duration: float, values: dict[str, Any]
) -> NoReturn:
    values.update(
        changed=outcome.changed,
        diff=outcome.diff,
        duration=duration,
        restart_required=outcome.restart_required,
        results=outcome.results,
    )
    if outcome.errors:
        kinds = [r["error_kind"] for r in outcome.results if r["error"]]
        values.update(msg="; ".join(outcome.errors), error_kind=kinds[0])
        module.fail_json(**values)
    for text in (text for result in outcome.results for text in result["warnings"]):
        module.warn(text)
    if outcome.restart_required:
        waiting = [r["name"] for r in outcome.results if r["restart_required"]]
        module.warn(f"changes take effect only after a restart of {', '.join(waiting)}")
    module.exit_json(**values)
    raise AssertionError("exit_json does not return")
