# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was asked for about one network, as checked values. Pure."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import network as _network
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import network_rules as _rules
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.network_lists import in_order
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted

MODES = ("isolated", "nat", "route", "open", "bridge")
STATES = ("present", "started", "stopped", "absent")
# All of these end up in files that dnsmasq reads line by line: nothing but plain words gets there.
_DNS = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?\.?", re.ASCII)
_DEVICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,14}", re.ASCII)
_SERVICE = re.compile(r"_?[A-Za-z0-9-]{1,63}", re.ASCII)
_MAC = re.compile(r"[0-9a-f][02468ace](:[0-9a-f]{2}){5}", re.ASCII)


@dataclass
class WantedNetwork:
    """``said`` holds what was said, by the paths of `_model.network.flat`, in its usual form."""

    name: str
    state: str = "present"
    uuid: str | None = None
    autostart: bool | None = None
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        """Whether it is to be active."""
        return self.state in ("present", "started")


def parse_network(check: Checker, at: str, raw: Mapping[str, Any]) -> WantedNetwork:
    """Return the checked form of one element of ``networks``."""
    name = check.name(f"{at}.name", raw.get("name"))
    if name == "user":
        check.problem(f"{at}.name", "'user' means the network that needs no bridge")
    network = WantedNetwork(
        name,
        check.choice(f"{at}.state", raw.get("state"), STATES) or "present",
        check.uuid(f"{at}.uuid", raw.get("uuid")),
        raw.get("autostart"),
    )
    before = len(check.problems)
    said = _Reader(check, at).read(raw)
    network.said = {key: value for key, value in said.items() if value is not None}
    if len(check.problems) == before:
        bare = _network.merge(_network.Network(name), network.said)
        for path, text in _rules.problems(bare, network.said, whole=False):
            check.problem(f"{at}.{path}", text)
    return network


class _Reader:
    """Reads the options of one network; ``at`` is their path."""

    def __init__(self, check: Checker, at: str) -> None:
        self.check = check
        self.at = at

    def read(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        check, at = self.check, self.at
        dns = raw.get("dns") or {}
        return {
            "mode": check.choice(f"{at}.mode", raw.get("mode"), MODES),
            "bridge": self._word("bridge", raw.get("bridge"), _DEVICE, "name of a bridge"),
            "cidr": check.attempt(f"{at}.cidr", _cidr(ipaddress.IPv4Network), raw.get("cidr")),
            "cidr6": check.attempt(f"{at}.cidr6", _cidr(ipaddress.IPv6Network), raw.get("cidr6")),
            "mtu": check.between(f"{at}.mtu", raw.get("mtu"), 68, 65535),
            "domain": self._name("domain", raw.get("domain")),
            "domain_local": raw.get("domain_local"),
            "dhcp": raw.get("dhcp"),
            "dhcp_ranges": self._list("dhcp_ranges", raw.get("dhcp_ranges"), self._range),
            "dhcp_hosts": self._list("dhcp_hosts", raw.get("dhcp_hosts"), self._host),
            "dns.enable": dns.get("enable"),
            "dns.hosts": self._list("dns.hosts", dns.get("hosts"), self._dns_host),
            "dns.forwarders": self._list("dns.forwarders", dns.get("forwarders"), self._forwarder),
            "dns.txt": self._list("dns.txt", dns.get("txt"), self._txt),
            "dns.srv": self._list("dns.srv", dns.get("srv"), self._srv),
            "routes": self._list("routes", raw.get("routes"), self._route),
        }

    def _list(
        self,
        key: str,
        raw: Any,
        one: Callable[[str, Mapping[str, Any]], dict[str, Any]],
    ) -> list[dict[str, Any]] | None:
        if raw is None:
            return None
        return in_order([one(f"{key}[{i}]", each) for i, each in enumerate(raw)])

    def _word(self, path: str, value: Any, pattern: re.Pattern[str], what: str) -> str | None:
        if value is None or (isinstance(value, str) and pattern.fullmatch(value)):
            return value
        self.check.problem(f"{self.at}.{path}", f"{value!a:.60} is no {what}")
        return None

    def _name(self, path: str, value: Any) -> str | None:
        return self._word(path, value, _DNS, "DNS name")

    def _required(self, path: str, value: Any) -> Any:
        if not value:
            self.check.problem(f"{self.at}.{path}", "is required")
        return value or ""

    def _ip(self, path: str, value: Any, convert: Callable[[str], Any]) -> str | None:
        return self.check.attempt(f"{self.at}.{path}", lambda v: str(convert(v)), value)

    def _range(self, path: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        return {
            key: self._required(
                f"{path}.{key}", self._ip(f"{path}.{key}", raw.get(key), ipaddress.ip_address)
            )
            for key in ("start", "end")
        }

    def _host(self, path: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        mac = str(raw.get("mac") or "").lower()
        ip = self._ip(f"{path}.ip", raw.get("ip"), ipaddress.IPv4Address)
        return {
            "mac": self._word(f"{path}.mac", mac, _MAC, "MAC address of one machine"),
            "name": self._name(f"{path}.name", raw.get("name")),
            "ip": self._required(f"{path}.ip", ip),
        }

    def _dns_host(self, path: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        ip = self._ip(f"{path}.ip", raw.get("ip"), ipaddress.ip_address)
        names = [self._name(f"{path}.names[{i}]", n) for i, n in enumerate(raw.get("names") or [])]
        self._required(f"{path}.names", names)
        return {
            "ip": self._required(f"{path}.ip", ip),
            "names": sorted({name for name in names if name}),
        }

    def _forwarder(self, path: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "addr": self._ip(f"{path}.addr", raw.get("addr"), ipaddress.ip_address),
            "domain": self._name(f"{path}.domain", raw.get("domain")),
        }

    def _txt(self, path: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        name = self._name(f"{path}.name", raw.get("name"))
        return {
            "name": self._required(f"{path}.name", name),
            "value": self.check.text(f"{self.at}.{path}.value", raw.get("value")) or "",
        }

    def _srv(self, path: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        service = self._word(f"{path}.service", raw.get("service"), _SERVICE, "name of a service")
        protocol = self.check.choice(
            f"{self.at}.{path}.protocol", raw.get("protocol"), ("tcp", "udp")
        )
        values: dict[str, Any] = {
            "service": self._required(f"{path}.service", service),
            "protocol": self._required(f"{path}.protocol", protocol),
            "domain": self._name(f"{path}.domain", raw.get("domain")),
            "target": self._name(f"{path}.target", raw.get("target")),
        }
        for key in ("port", "priority", "weight"):
            number = self.check.between(f"{self.at}.{path}.{key}", raw.get(key), 0, 65535)
            values[key] = number or None
        return values

    def _route(self, path: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        at = f"{self.at}.{path}"
        cidr = self.check.attempt(f"{at}.cidr", ipaddress.ip_network, raw.get("cidr"))
        gateway = self._ip(f"{path}.gateway", raw.get("gateway"), ipaddress.ip_address)
        return {
            "cidr": self._required(f"{path}.cidr", cidr and str(cidr)),
            "gateway": self._required(f"{path}.gateway", gateway),
        }


def _cidr(convert: Callable[[str], Any]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        cidr = str(convert(value))
        _network.host_address(cidr)  # raises when there is no room for guests
        return cidr

    return read


def check_networks(check: Checker, wanted: Wanted) -> None:
    """Find networks of one call that cannot be beside each other."""
    there = [n for n in wanted.of("networks") if n.state != "absent"]
    for i, one in enumerate(there):
        for other in there[:i]:
            _check_pair(check, one, other)


def _check_pair(check: Checker, one: WantedNetwork, other: WantedNetwork) -> None:
    at = f"networks: {other.name} and {one.name}"
    mine, theirs = (
        _network.Network(n.name, cidr=n.said.get("cidr"), cidr6=n.said.get("cidr6"))
        for n in (one, other)
    )
    if _rules.overlap(mine, theirs):
        check.problem(at, "have overlapping addresses")
    bridges = [n.said.get("bridge") for n in (one, other) if n.said.get("mode") != "bridge"]
    if len(bridges) == 2 and bridges[0] is not None and bridges[0] == bridges[1]:
        check.problem(at, f"have the same bridge {bridges[0]}")
