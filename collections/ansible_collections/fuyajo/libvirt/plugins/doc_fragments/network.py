# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of networks, said once."""

from __future__ import annotations

import textwrap

OPTIONS = r"""
name:
  description: Name of the network.
  type: str
  required: true
mode:
  description:
    - V(isolated) connects guests and host only; V(nat) lets guests out behind the host's address.
    - V(route) passes packets on as they are; V(open) does the same without any firewall rule.
    - V(bridge) plugs guests into a bridge that the host has already, named by O(ignore:bridge).
    - When omitted, a new network is V(isolated), and one that exists stays what it is.
  type: str
  choices: [isolated, nat, route, open, bridge]
bridge:
  description:
    - Name of the bridge device. libvirt makes it, and finds a name when this is omitted.
    - With O(ignore:mode=bridge) it must exist already.
  type: str
cidr:
  description: IPv4 network such as V(10.10.0.0/24). The host takes the first address.
  type: str
cidr6:
  description: IPv6 network such as V(fd00:10::/64). The host takes the first address.
  type: str
mtu:
  description: Largest packet in bytes.
  type: int
domain:
  description: DNS domain of the guests.
  type: str
domain_local:
  description: Whether names of the domain are never asked for elsewhere.
  type: bool
dhcp:
  description:
    - Whether guests get IPv4 addresses by DHCP.
    - A new network with a O(ignore:cidr) does it unless V(false).
  type: bool
dhcp_ranges:
  description:
    - Addresses that are given away. When omitted, a new network gives away all but the host's.
    - The list is the whole list. Changed while the network runs.
  type: list
  elements: dict
  suboptions:
    start:
      description: First address; with an IPv6 one, the range is for DHCPv6.
      type: str
      required: true
    end:
      description: Last address.
      type: str
      required: true
dhcp_hosts:
  description:
    - Machines that always get the same IPv4 address.
    - The list is the whole list. Changed while the network runs.
  type: list
  elements: dict
  suboptions:
    mac:
      description: MAC address of the machine.
      type: str
      required: true
    ip:
      description: Its address.
      type: str
      required: true
    name:
      description: Its name in DNS.
      type: str
dns:
  description: The network's own name server.
  type: dict
  suboptions:
    enable:
      description: Whether there is one.
      type: bool
    hosts:
      description: Names of addresses. The list is the whole list. Changed while the network runs.
      type: list
      elements: dict
      suboptions:
        ip:
          description: The address.
          type: str
          required: true
        names:
          description: Its names.
          type: list
          elements: str
          required: true
    forwarders:
      description: Where other names are asked for. The list is the whole list.
      type: list
      elements: dict
      suboptions:
        addr:
          description: Address of a name server. Without it, names of the domain are asked nowhere.
          type: str
        domain:
          description: Only names of this domain are asked for there.
          type: str
    txt:
      description: Text records. The list is the whole list. Changed while the network runs.
      type: list
      elements: dict
      suboptions:
        name:
          description: Name of the record.
          type: str
          required: true
        value:
          description: One line of text.
          type: str
          required: true
    srv:
      description: Service records. The list is the whole list. Changed while the network runs.
      type: list
      elements: dict
      suboptions:
        service:
          description: The service, such as V(ldap).
          type: str
          required: true
        protocol:
          description: Its protocol.
          type: str
          choices: [tcp, udp]
          required: true
        domain:
          description: The domain it is for.
          type: str
        target:
          description: The machine that offers it.
          type: str
        port:
          description: The port there.
          type: int
        priority:
          description: The lower one is asked first.
          type: int
        weight:
          description: The share among equal priorities.
          type: int
routes:
  description: Routes of the host through a guest. The list is the whole list.
  type: list
  elements: dict
  suboptions:
    cidr:
      description: The network behind the guest.
      type: str
      required: true
    gateway:
      description: Address of the guest.
      type: str
      required: true
autostart:
  description: Whether it starts with the host. When omitted, a new network that is started does.
  type: bool
uuid:
  description: The UUID it must have. A network of this name with another one is not touched.
  type: str
state:
  description:
    - V(present) and V(started) mean that it is defined and runs; V(stopped) that it is defined only.
    - V(absent) stops and forgets it. A network that a machine uses is not removed.
  type: str
  choices: [present, started, stopped, absent]
  default: present
"""


class ModuleDocFragment:
    """The options at the top of their own module, and as elements of the list in `stack`."""

    # Annotated, because ansible-test reads plain assignments as literal texts.
    DOCUMENTATION: str = "options:\n" + textwrap.indent(OPTIONS, "  ")
    IN_STACK: str = """
options:
  networks:
    description:
      - Virtual networks. One that exists and was not made by this owner is never touched, unless
        O(adopt=true).
      - A change for which a network has to stop is refused while running machines are plugged in,
        unless O(allow_restart=true); those machines must be restarted afterwards.
    type: list
    elements: dict
    default: []
    suboptions:
""" + textwrap.indent(OPTIONS, " " * 6)
