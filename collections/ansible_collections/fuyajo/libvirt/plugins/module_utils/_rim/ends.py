# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Ansible ends: options come in, results and problems go out. Nothing else does either."""

from __future__ import annotations

from typing import Any, Callable, NoReturn

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain import META_KEYS
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.storage import base_name
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import Outcome, converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import VM_STATES, Wanted

__all__ = ["base_name"]


def uri_spec() -> dict[str, Any]:
    """Return the option every module has."""
    return {"uri": {"type": "str"}}


def common_spec() -> dict[str, Any]:
    """Return the options of every module that changes something."""
    pool = {
        "name": {"type": "str", "default": "fuyajo"},
        "path": {"type": "path"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    }
    return {
        **uri_spec(),
        "pool": {"type": "dict", "options": pool, "default": {}},
    }


def machine_spec() -> dict[str, Any]:
    """Return the options about machines in general."""
    return {
        **common_spec(),
        "owner": {"type": "str", "required": True},
        "environment": {"type": "str"},
        "images": list_of(image_spec()),
        "accelerator": {"type": "str", "choices": ["auto", "kvm", "tcg"], "default": "auto"},
        "allow_restart": {"type": "bool", "default": False},
        "shutdown_timeout": {"type": "int", "default": 60},
    }


def image_spec() -> dict[str, Any]:
    """Return the options of one image."""
    return {
        "name": {"type": "str", "required": True},
        "path": {"type": "path"},
        "sha256": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    }


def vm_spec() -> dict[str, Any]:
    """Return the options of one machine."""
    cloud_init = {
        "user": {"type": "str"},
        # Public keys: nothing here is secret.
        "ssh_authorized_keys": {"type": "list", "elements": "str", "no_log": False},
        "hostname": {"type": "str"},
        "user_data": {"type": "dict"},
        "network_config": {"type": "dict"},
    }
    metadata = {key: {"type": "str"} for key in META_KEYS if key != "environment"}
    forward = {"guest": {"type": "int", "required": True}, "host": {"type": "int"}}
    return {
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": list(VM_STATES), "default": "present"},
        "uuid": {"type": "str"},
        "cpus": {"type": "int"},
        "memory": {"type": "str"},
        "disk": {"type": "str"},
        "image": {"type": "str"},
        "nics": {
            "type": "list",
            "elements": "dict",
            "options": {"network": {"type": "str", "required": True}},
        },
        "forwards": {"type": "list", "elements": "dict", "options": forward},
        "cloud_init": {"type": "dict", "options": cloud_init},
        "metadata": {"type": "dict", "options": metadata},
    }


def list_of(options: dict[str, Any]) -> dict[str, Any]:
    """Return an option that is a list of dictionaries, empty by default."""
    return {"type": "list", "elements": "dict", "default": [], "options": options}


def present_absent() -> dict[str, Any]:
    """Return the option ``state`` of things that are there or not."""
    return {"type": "str", "choices": ["present", "absent"], "default": "present"}


def run_converge(
    module: AnsibleModule,
    options: dict[str, Any],
    render: Callable[[Outcome], dict[str, Any]],
) -> NoReturn:
    """Make the host what the options say, and leave with what ``render`` makes of the outcome."""
    outcome = guarded(module, lambda: _converge(module, options))
    values = render(outcome)
    values["diff"] = outcome.diff
    if outcome.errors:
        module.fail_json(msg="; ".join(outcome.errors), changed=outcome.changed, **values)
    if outcome.restart_required:
        waiting = [r["name"] for r in outcome.results if r["restart_required"]]
        module.warn(f"changes take effect only after a restart of {', '.join(waiting)}")
    module.exit_json(changed=outcome.changed, **values)
    raise AssertionError("exit_json does not return")


def run_info(module: AnsibleModule) -> NoReturn:
    """Read facts and leave with them. Reading changes nothing, check mode or not."""
    name, owner = module.params["name"], module.params["owner"]
    found = guarded(module, lambda: _read(module.params["uri"], name))
    if owner is not None:
        found = [facts for facts in found if facts["owner"] == owner]
    module.exit_json(changed=False, vms=found)
    raise AssertionError("exit_json does not return")


def stack_result(outcome: Outcome) -> dict[str, Any]:
    """Return what the module ``stack`` returns."""
    return {
        "results": outcome.results,
        "restart_required": outcome.restart_required,
        "vms": outcome.vms,
    }


def vm_result(outcome: Outcome) -> dict[str, Any]:
    """Return what the module ``vm`` returns."""
    values = stack_result(outcome)
    values["vm"] = next(iter(values.pop("vms").values()), None)
    return values


def image_result(outcome: Outcome) -> dict[str, Any]:
    """Return what the module ``image`` returns."""
    values = stack_result(outcome)
    del values["vms"]
    return values


def guarded(module: AnsibleModule, work: Callable[[], Any]) -> Any:
    """Return what ``work`` returns; a problem of ours ends the module with one sentence."""
    try:
        return work()
    except FuyajoError as error:
        module.fail_json(msg=str(error), error_kind=error.kind)


def _converge(module: AnsibleModule, options: dict[str, Any]) -> Outcome:
    wanted = Wanted.parse(options)
    with Host.open(options.get("uri")) as host:
        return converge(host, wanted, check=module.check_mode)


def _read(uri: str | None, name: str | None) -> list[dict[str, Any]]:
    with Host.open(uri, readonly=True) as host:
        if name is None:
            return host.list_vms()
        facts = host.vm(name)
        return [] if facts is None else [facts]
