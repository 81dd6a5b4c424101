# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin through the real ansible-inventory, on hosts of libvirt's own test driver."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml

pytestmark = pytest.mark.slow

OFF = "{http://libvirt.org/schemas/domain/test/1.0}runstate"


def domain(name, off=False, **meta):
    document = _domain.Domain(name, uuid=str(uuid.uuid4()), virt_type="test", arch=None)
    document.nics = [_domain.Nic(kind="network", network="default", mac="52:54:00:00:00:01")]
    if meta:
        forwards = [_domain.Forward(22, port) for port in meta.pop("ports", ())]
        document.meta = _domain.Meta(forwards=forwards, **meta)
    element = _xml.load(_domain.build_domain(document))
    if off:
        _xml.ET.SubElement(element, OFF).text = "5"
    return element


class Lab:
    """Hosts as files, and inventories that read them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def host(self, name, *domains):
        node = _xml.ET.Element("node")
        node.extend(domains)
        network = _xml.ET.SubElement(node, "network")
        _xml.put(network, "name", "default")
        _xml.put(network, "ip@address", "192.168.122.1")
        _xml.put(network, "ip@netmask", "255.255.255.0")
        path = self.root / f"{name}.xml"
        path.write_text(_xml.dump(node), encoding="utf-8")
        return f"test://{path}"

    def run(self, *uris, file="lab.libvirt.yml", **options):
        source = self.root / file
        text = {"plugin": "fuyajo.libvirt.libvirt", "uris": list(uris), **options}
        source.write_text(json.dumps(text), encoding="utf-8")
        passed = {k: v for k, v in os.environ.items() if k == "ANSIBLE_COLLECTIONS_PATH"}
        return subprocess.run(
            [Path(sys.executable).parent / "ansible-inventory", "-i", source, "--list"],
            env={**passed, "PATH": os.environ["PATH"], "HOME": str(self.root), "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )

    def listed(self, *uris, **options):
        done = self.run(*uris, **options)
        assert done.returncode == 0 and "Unable to parse" not in done.stderr, done.stderr
        return json.loads(done.stdout, object_hook=lambda v: v.get("__ansible_unsafe", v))


@pytest.fixture
def lab(tmp_path):
    return Lab(tmp_path)


def variables(listed):
    return listed["_meta"].get("hostvars", {})


def test_several_hosts_in_one_file(lab):
    first = lab.host(
        "first",
        domain("web", owner="mika", environment="shop", template="web-server", ports=[20022]),
        domain("plain"),
        domain("off", off=True),
        domain("not a name"),
    )
    second = lab.host("second", domain("web", owner="ken"))
    listed = lab.listed(
        first,
        second,
        connection="guest_agent",
        compose={"short": "libvirt_owner | default('nobody', true)"},
        groups={"mine": "libvirt_owner == 'mika'"},
        keyed_groups=[{"key": "libvirt_template", "prefix": "made_from"}],
    )
    hosts = variables(listed)
    (other,) = [name for name in hosts if name.startswith("web-")]
    assert sorted(hosts) == sorted(["web", "plain", "off", other])
    assert hosts["web"]["libvirt_uri"] == first and hosts[other]["libvirt_uri"] == second
    assert (hosts["web"]["ansible_host"], hosts["web"]["ansible_port"]) == ("127.0.0.1", 20022)
    # The mock driver makes an address up for every running machine.
    assert hosts["plain"]["ansible_host"].startswith("192.168.122.")
    assert hosts["plain"]["libvirt_address_source"] == "arp"
    assert "ansible_host" not in hosts["off"] and hosts["off"]["libvirt_state"] == "stopped"
    assert {h["ansible_connection"] for h in hosts.values()} == {"fuyajo.libvirt.guest_agent"}
    assert hosts["web"]["short"] == "mika" and hosts["plain"]["short"] == "nobody"
    assert listed["owner_mika"]["hosts"] == ["web"] == listed["mine"]["hosts"]
    assert listed["environment_shop"]["hosts"] == listed["made_from_web_server"]["hosts"] == ["web"]
    assert listed["template_web_server"]["hosts"] == ["web"]
    assert listed["state_stopped"]["hosts"] == ["off"]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ([{"exclude": "libvirt_owner is none"}], {"web"}),
        ([{"include": "inventory_hostname == 'off'"}, {"exclude": True}], {"off"}),
        ([{"include": "libvirt_state == 'running'"}, {"exclude": "'x' == 'x'"}], {"web", "plain"}),
    ],
)
def test_filters(lab, filters, names):
    uri = lab.host("one", domain("web", owner="m"), domain("plain"), domain("off", off=True))
    listed = lab.listed(uri, filters=filters, address_sources=[], owned_only=False)
    assert set(variables(listed)) == names
    assert not [host for host in variables(listed).values() if "ansible_host" in host]


@pytest.mark.parametrize(
    ("filters", "text"),
    [
        ([{"include": "true", "exclude": "true"}], "filters[0]: must have one of"),
        ([{"what": "true"}], "filters[0]"),
        ([{"exclude": "no_such_variable == 1"}], "no_such_variable"),
    ],
)
def test_a_broken_filter_is_an_error_and_not_everything(lab, filters, text):
    done = lab.run(lab.host("one", domain("web")), filters=filters)
    assert text in done.stderr
    assert "web" not in variables(json.loads(done.stdout or '{"_meta": {}}'))


def test_cache(lab):
    cached = {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(lab.root / "cache"),
    }
    one, two = lab.host("one", domain("a")), lab.host("two", domain("b"))
    gone = f"test://{lab.root}/gone.xml"
    assert set(variables(lab.listed(one, gone, skip_unreachable=True, **cached))) == {"a"}
    # A host was missing: the answer was not kept.
    lab.host("gone", domain("c"))
    assert set(variables(lab.listed(one, gone, skip_unreachable=True, **cached))) == {"a", "c"}
    lab.host("gone", domain("d"))
    assert set(variables(lab.listed(one, gone, skip_unreachable=True, **cached))) == {"a", "c"}
    # Other options are another question.
    assert set(variables(lab.listed(two, **cached))) == {"b"}
    assert set(variables(lab.listed(two, agent_timeout=1, owned_only=True, **cached))) == set()


def test_a_host_that_does_not_answer(lab):
    done = lab.run("test:///no/such/file")
    assert "cannot connect" in done.stderr and "Traceback" not in done.stderr
    named = lab.run(lab.host("one", domain("web")), file="lab.yml")
    assert "web" not in named.stdout, "verify_file takes names of its own only"


def test_five_hundred_machines_take_a_moment(lab):
    """Time of the processor, so that a busy machine says nothing: 500 machines against one."""

    def seconds(uri, names):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert len(variables(lab.listed(uri))) == names
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    many = [domain(f"n{i}", owner="mika", environment="e", template="t") for i in range(500)]
    one = seconds(lab.host("one", domain("web", owner="m", environment="e", template="t")), 1)
    # Ansible's own part (variables, groups, printing all of it) is in this as well.
    more = seconds(lab.host("many", *many), 500) - one
    print(f"one machine {one:.2f} s, 499 more {more:.2f} s")
    assert more < 1.5


def test_the_trash_is_left_out_unless_it_is_asked_for(lab):
    gone = domain("trash-0d3b1a1e6f0e", off=True, owner="mika")
    _xml.put(gone, "metadata/fuyajo:vm/fuyajo:trashed@name", "web")
    uri = lab.host("h", domain("web", owner="mika"), gone)
    assert set(variables(lab.listed(uri))) == {"web"}
    both = variables(lab.listed(uri, trashed=True))
    assert set(both) == {"web", gone.findtext("name")}
    assert both["web"]["libvirt_trashed"] is None
    assert both["trash-0d3b1a1e6f0e"]["libvirt_trashed"]["name"] == "web"
