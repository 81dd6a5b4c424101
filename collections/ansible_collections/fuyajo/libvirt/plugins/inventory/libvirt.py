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
    metadata say. No guest is asked.
  - Groups machines by owner, environment, template and state, for example C(owner_mika).
  - A machine whose port 22 is forwarded gets C(ansible_host) and C(ansible_port).
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
      - The hosts.
      - When omitted, V(qemu:///system) for root and V(qemu:///session) for anybody else.
    type: list
    elements: str
    default: []
  owned_only:
    description: Leave out machines that Fuyajo did not make.
    type: bool
    default: false
  skip_unreachable:
    description: Warn about a host that does not answer, instead of failing.
    type: bool
    default: false
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
"""

import re

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host, default_uri
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain import LOOPBACK
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError

# libvirt allows nearly everything in a name; a host of an inventory has to be a plain word.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}")
_GROUPS = ("owner", "environment", "template", "state")
_SSH = 22


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
                if facts["owner"] is not None or not self.get_option("owned_only"):
                    self._add(uri, facts)

    def _machines(self, path, cache):
        """Return {uri: facts of its machines}."""
        key = self.get_cache_key(path)
        use = cache and self.get_option("cache")
        if use:
            try:
                return self._cache[key]
            except KeyError:
                pass  # expired or never there: read, and keep what was read
        found = {}
        for uri in self.get_option("uris") or [default_uri()]:
            try:
                with Host.open(uri, readonly=True) as host:
                    found[uri] = host.list_vms()
            except FuyajoError as error:
                if not self.get_option("skip_unreachable"):
                    raise AnsibleParserError(f"{uri}: {error}") from error
                self.display.warning(f"left out {uri}: {error}")
        if self.get_option("cache"):
            self._cache[key] = found
        return found

    def _add(self, uri, facts):
        name = facts["name"]
        if not _PLAIN.fullmatch(name):
            self.display.warning(f"left out a machine of {uri} with the name {name!a}")
            return
        if name in self.inventory.hosts:
            # The same name on two hosts, or in another source: both have to stay reachable.
            name = f"{name}-{facts['uuid'][:8]}"
        self.inventory.add_host(name)
        self.inventory.set_variable(name, "libvirt_uri", uri)
        for key, value in facts.items():
            self.inventory.set_variable(name, f"libvirt_{key}", value)
        for forward in facts["forwards"]:
            # An address from metadata goes to ssh's command line: ours are all the loopback one.
            if forward["guest"] == _SSH and forward["address"] == LOOPBACK:
                self.inventory.set_variable(name, "ansible_host", forward["address"])
                self.inventory.set_variable(name, "ansible_port", forward["host"])
        self._group(name, facts)

    def _group(self, name, facts):
        for key in _GROUPS:
            if facts[key]:
                group = self._sanitize_group_name(f"{key}_{facts[key]}")
                self.inventory.add_group(group)
                self.inventory.add_child(group, name)
        variables = self.inventory.get_host(name).get_vars()
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
        self._add_host_to_keyed_groups(
            self.get_option("keyed_groups"), variables, name, strict=strict
        )
