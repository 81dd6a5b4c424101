# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual machines of one or several libvirt hosts as an inventory."""

from __future__ import annotations

DOCUMENTATION = r"""
name: libvirt
short_description: Virtual machines of one or several libvirt hosts
version_added: 0.1.0
author:
  - The Fuyajo developers (@fuyajo)
description:
  - Reads all machines of each host in a few bulk calls, from what libvirt and the machines' own
    metadata say. No guest is asked, unless that was said.
  - Groups machines by owner, environment, template, state and tags, for example C(owner_mika) or
    C(tag_blue).
  - Every machine has its facts as variables, for example C(libvirt_state), C(libvirt_uuid) and
    C(libvirt_uri).
  - The file's name must end in C(libvirt.yml) or C(libvirt.yaml).
  - What machines say about themselves is never evaluated as a template.
extends_documentation_fragment:
  - constructed
  - inventory_cache
requirements:
  - the Python library libvirt (package C(python3-libvirt), or C(libvirt-python) from PyPI)
options:
  plugin:
    description: Must be V(fuyajo.libvirt.libvirt).
    type: str
    required: true
    choices: [fuyajo.libvirt.libvirt]
  uris:
    description:
      - The hosts. They are read at the same time.
      - When omitted, V(qemu:///system) for root and V(qemu:///session) for anybody else.
    type: list
    elements: str
    default: []
  owned_only:
    description: Leave out machines that Fuyajo did not make.
    type: bool
    default: false
  trashed:
    description: Take in machines that M(fuyajo.libvirt.vm_trash) moved into the trash.
    type: bool
    default: false
  skip_unreachable:
    description:
      - Warn about a host that does not answer, instead of failing. What was read of the others is not
        cached then.
    type: bool
    default: false
  address_sources:
    description:
      - Who is asked for C(ansible_host), in this order, until somebody knows.
      - V(forward) is a port of this machine that leads to the guest's port 22, and sets C(ansible_port)
        as well. It counts for local hosts only.
      - V(lease) is what libvirt's DHCP gave away, V(arp) what the host saw on the wire.
      - V(agent) asks the agents of running guests, where their channel is connected. A guest can say
        what it likes there, and the connection to libvirt has to be one that may write.
      - An empty list asks nobody.
    type: list
    elements: str
    choices: [forward, lease, arp, agent]
    default: [forward, lease, arp]
  agent_timeout:
    description: How many seconds each agent has for its answer.
    type: int
    default: 5
  connection:
    description:
      - V(ssh) leaves C(ansible_connection) as it is.
      - V(guest_agent) sets it to P(fuyajo.libvirt.guest_agent#connection), which needs no network in
        the guest.
    type: str
    choices: [ssh, guest_agent]
    default: ssh
  filters:
    description:
      - Which machines are taken. The first entry whose condition holds decides; a machine for which
        none holds is taken.
      - A condition that cannot be evaluated is an error.
    type: list
    elements: dict
    default: []
    suboptions:
      include:
        description: A condition. When it holds, the machine is taken.
        type: str
      exclude:
        description: A condition. When it holds, the machine is left out.
        type: str
"""

EXAMPLES = r"""
# my.libvirt.yml
plugin: fuyajo.libvirt.libvirt
uris:
  - qemu:///system
  - qemu+ssh://hypervisor.example/system
owned_only: true
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/fuyajo-inventory
compose:
  ansible_user: "'fuyajo'"
keyed_groups:
  - key: libvirt_accelerator
    prefix: accelerator

---
# Only what runs and is not tagged "manual", over the guest agent.
plugin: fuyajo.libvirt.libvirt
connection: guest_agent
filters:
  - exclude: "'manual' in libvirt_tags"
  - include: libvirt_state == 'running'
  - exclude: true
"""

import re
from concurrent.futures import ThreadPoolExecutor

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import default_uri
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.inventory import InventoryHost
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError

# libvirt allows nearly everything in a name; a host of an inventory has to be a plain word.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}")
_GROUPS = ("owner", "environment", "template", "state")
_AT_A_TIME = 8


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Reads hosts, then tells Ansible; the two do not mix."""

    NAME = "fuyajo.libvirt.libvirt"

    def verify_file(self, path):
        """Say whether a file is meant for this plugin, by its name."""
        named = path.endswith(("libvirt.yml", "libvirt.yaml"))
        return super().verify_file(path) and named

    def parse(self, inventory, loader, path, cache=True):
        """Fill the inventory from the hosts, or from the cache."""
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        for uri, machines in self._machines(path, cache).items():
            for facts in machines:
                if self._is_asked_for(facts):
                    self._add(uri, facts)

    def _is_asked_for(self, facts):
        if facts.get("trashed") and not self.get_option("trashed"):
            return False
        return facts["owner"] is not None or not self.get_option("owned_only")

    def _machines(self, path, cache):
        """Return {uri: facts of its machines}."""
        uris = self.get_option("uris") or [default_uri()]
        asked = {"uris": uris, "address_sources": self.get_option("address_sources")}
        key = self.get_cache_key(path)
        if cache and self.get_option("cache"):
            try:
                kept = self._cache[key]
            except KeyError:
                kept = {}  # expired or never there: read, and keep what was read
            # What somebody asked with other options is an answer to another question.
            if kept.get("asked") == asked:
                return kept["machines"]
        with ThreadPoolExecutor(_AT_A_TIME) as threads:
            answers = list(threads.map(self._read, uris))
        found = {uri: answer for uri, answer in zip(uris, answers) if answer is not None}
        if self.get_option("cache") and None not in answers:
            self._cache[key] = {"asked": asked, "machines": found}
        return found

    def _read(self, uri):
        """Return the facts of a host's machines; None for one that is left out."""
        sources = self.get_option("address_sources")
        try:
            with InventoryHost.open(uri, readonly="agent" not in sources) as host:
                return host.machines(sources, self.get_option("agent_timeout"))
        except FuyajoError as error:
            if not self.get_option("skip_unreachable"):
                raise AnsibleParserError(f"{uri}: {error}") from error
            self.display.warning(f"left out {uri}: {error}")
            return None

    def _add(self, uri, facts):
        name = facts["name"]
        if not _PLAIN.fullmatch(name):
            self.display.warning(f"left out a machine of {uri} with the name {name!a}")
            return
        variables = self._variables(uri, facts)
        if not self._wanted(name, variables):
            return
        if name in self.inventory.hosts:
            # The same name on two hosts, or in another source: both have to stay reachable.
            name = f"{name}-{facts['uuid'][:8]}"
        self.inventory.add_host(name)
        for key, value in variables.items():
            self.inventory.set_variable(name, key, value)
        self._group(name, facts)

    def _variables(self, uri, facts):
        variables = {f"libvirt_{key}": value for key, value in facts.items()}
        variables["libvirt_uri"] = uri
        variables.setdefault("libvirt_tags", [])
        if facts["address"]:
            variables["ansible_host"] = facts["address"]
        if facts["port"]:
            variables["ansible_port"] = facts["port"]
        if self.get_option("connection") == "guest_agent":
            variables["ansible_connection"] = "fuyajo.libvirt.guest_agent"
        return variables

    def _wanted(self, name, variables):
        """Say whether the first filter that holds takes the machine."""
        filters = self.get_option("filters")
        if filters:
            self.templar.available_variables = {"inventory_hostname": name, **variables}
        for number, entry in enumerate(filters):
            if len(entry) != 1 or not set(entry) <= {"include", "exclude"}:
                raise AnsibleParserError(f"filters[{number}]: must have one of include and exclude")
            (word, condition), *_none = entry.items()
            try:
                holds = self.templar.evaluate_conditional(condition)
            except AnsibleError as error:
                raise AnsibleParserError(f"filters[{number}], for {name}: {error}") from error
            if holds:
                return word == "include"
        return True

    def _group(self, name, facts):
        groups = [f"{key}_{facts[key]}" for key in _GROUPS if facts[key]]
        groups += [f"tag_{tag}" for tag in facts.get("tags") or ()]
        for each in groups:
            group = self._sanitize_group_name(each)
            self.inventory.add_group(group)
            self.inventory.add_child(group, name)
        variables = self.inventory.get_host(name).get_vars()
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
        self._add_host_to_keyed_groups(
            self.get_option("keyed_groups"), variables, name, strict=strict
        )
