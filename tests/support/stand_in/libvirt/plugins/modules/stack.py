"""Stands in for `stack`: what it is told becomes true in a file."""

from __future__ import annotations

import fcntl
import json
import os

from ansible.module_utils.basic import AnsibleModule

OPTIONS = ("uri", "owner", "environment", "accelerator")
STATES = {"started": "running", "restarted": "running", "stopped": "stopped"}


def main() -> None:
    spec = {key: {"type": "str"} for key in OPTIONS}
    lists = {key: {"type": "list", "elements": "dict"} for key in ("images", "networks", "vms")}
    module = AnsibleModule({**spec, **lists, "pool": {"type": "dict"}}, supports_check_mode=True)
    root = os.environ["STAND_IN"]
    changed, found = False, {}
    with open(os.path.join(root, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        file = os.path.join(root, "machines.json")
        machines = {}
        if os.path.exists(file):
            with open(file) as stream:
                machines = json.load(stream)
        lines = []
        for vm in module.params["vms"] or []:
            name = vm["name"]
            was = machines.get(name)
            now = dict(was or {"name": name, "uuid": "uuid-" + name, "state": "stopped"})
            now["state"] = STATES.get(vm["state"], now["state"])
            now.setdefault("forwards", [{"guest": 22, "host": 22, "address": "127.0.0.1"}])
            now.update((vm.get("metadata") or {}).items())
            if was != now:
                changed = True
                lines.append(words(name, was or {}, now))
                machines[name] = now
            if was or not module.check_mode:
                found[name] = was if module.check_mode else now
        if not module.check_mode:
            with open(file, "w") as stream, open(os.path.join(root, "log"), "a") as log:
                json.dump(machines, stream)
                log.writelines(line + "\n" for line in lines)
    module.exit_json(changed=changed, vms=found)


def words(name: str, was: dict[str, str], now: dict[str, str]) -> str:
    if was.get("configured") != now.get("configured"):
        return "mark " + name
    verb = "make" if not was else "set"
    return verb + " " + name + " " + now["state"]


if __name__ == "__main__":
    main()
