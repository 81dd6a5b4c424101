# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks: options, documents and XML say the same; libvirt's own schema accepts what is written."""

from __future__ import annotations

import functools
import ipaddress

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import network as _network
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import network_rules as _rules
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.network_want import parse_network
from hypothesis import assume, given, settings
from hypothesis import strategies as st


@functools.cache
def mock():
    """libvirt's own test driver: it validates against the schema, and keeps its own form of it."""
    return Host.open("test:///default")


@pytest.fixture(scope="module", autouse=True)
def _close():
    yield
    mock().close()
    mock.cache_clear()


def accepted(text: str) -> str:
    """Return what libvirt makes of a network XML; fails when its schema refuses it."""
    root = _xml.load(text)
    root.find("name").text = "candidate"
    for uuid in root.findall("uuid"):
        root.remove(uuid)
    host = mock()
    validate = host.lib.VIR_NETWORK_DEFINE_VALIDATE
    handle = host.conn.networkDefineXMLFlags(_xml.dump(root), validate)
    try:
        return handle.XMLDesc(0)
    finally:
        handle.undefine()


def wanted(**raw):
    check = Checker()
    network = parse_network(check, "networks[0]", {"name": "net", **raw})
    return network, check.problems


def made(**raw):
    network, problems = wanted(**raw)
    assert not problems, problems
    return _network.merge(_network.Network("net"), network.said, making=True)


def whole(network):
    return {**_network.flat(network), "address": network.address, "address6": network.address6}


# --- round trips ------------------------------------------------------------------------------------

WORD = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
NAME = st.lists(WORD, min_size=1, max_size=3).map(".".join)
LINE = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)
MAC = st.integers(0, 255).map(lambda n: f"52:54:00:AB:cd:{n:02x}")
IP4 = st.integers(1, 253).map(lambda n: f"10.77.0.{n + 1}")
IP6 = st.integers(2, 2**16).map(lambda n: str(ipaddress.IPv6Address("fd00:77::") + n).upper())
IP = st.one_of(IP4, IP6)


def listed(**fields):
    return st.lists(st.fixed_dictionaries(fields), max_size=3)


@st.composite
def ranges(draw):
    found = []
    for strategy in (IP4, IP6):
        ends = draw(st.lists(strategy, max_size=4, unique=True))
        ends.sort(key=ipaddress.ip_address)
        found += [{"start": a, "end": b} for a, b in zip(ends[::2], ends[1::2], strict=False)]
    return found


OPTIONS = {
    "mode": st.sampled_from(["isolated", "nat", "route", "open"]),
    "cidr": st.just("10.77.0.0/24"),
    "cidr6": st.just("fd00:77::/64"),
}
OPTIONAL = {
    "bridge": st.from_regex(r"[a-z][a-z0-9_.-]{0,10}", fullmatch=True),
    "mtu": st.integers(68, 65535),
    "domain": NAME,
    "domain_local": st.booleans(),
    "dhcp": st.booleans(),
    "dhcp_ranges": ranges(),
    "dhcp_hosts": listed(mac=MAC, ip=IP4, name=st.none() | WORD),
    "dns": st.fixed_dictionaries(
        {},
        optional={
            "enable": st.booleans(),
            "hosts": listed(ip=IP, names=st.lists(NAME, min_size=1, max_size=3)),
            "forwarders": listed(addr=st.none() | IP, domain=st.none() | NAME),
            "txt": listed(name=NAME, value=LINE),
            "srv": listed(
                service=WORD,
                protocol=st.sampled_from(["tcp", "udp"]),
                domain=st.none() | NAME,
                target=NAME,
                port=st.none() | st.integers(0, 65535),
                priority=st.none() | st.integers(0, 65535),
                weight=st.none() | st.integers(0, 65535),
            ),
        },
    ),
    "routes": listed(cidr=st.just("10.99.0.0/16"), gateway=IP4),
}


@settings(max_examples=150)
@given(raw=st.fixed_dictionaries(OPTIONS, optional=OPTIONAL))
def test_what_is_accepted_comes_back_the_same(raw):
    network, problems = wanted(**raw)
    assume(not problems)
    document = _network.merge(_network.Network("net"), network.said, making=True)
    assume(not _rules.problems(document, network.said, whole=True))
    text = _network.build_network(document)
    assert whole(_network.parse_network(text)) == whole(document)
    found = _network.parse_network(accepted(text))
    # libvirt finds a name for the bridge itself when none was given.
    found.bridge = document.bridge
    assert whole(found) == whole(document)
    assert _network.updates(text, document) == []
    # What is asked for again is no difference.
    assert whole(_network.merge(found, network.said)) == whole(found)


@settings(max_examples=60)
@given(
    before=st.fixed_dictionaries(OPTIONS, optional=OPTIONAL),
    after=st.fixed_dictionaries({}, optional={**OPTIONS, **OPTIONAL}),
)
def test_an_edit_leads_to_what_is_wanted(before, after):
    (first, bad), (then, worse) = wanted(**before), wanted(**after)
    assume(not bad and not worse)
    document = _network.merge(_network.Network("net"), first.said, making=True)
    assume(not _rules.problems(document, first.said, whole=True))
    target = _network.merge(document, then.said)
    assume(not _rules.problems(target, then.said, whole=True))
    text = _network.edit_network(_network.build_network(document), target)
    assert whole(_network.parse_network(text)) == whole(target)
    accepted(text)


def test_identity_is_the_owners():
    assert _network.network_uuid("mika", "a") != _network.network_uuid("ken", "a")


# --- what others wrote ------------------------------------------------------------------------------

FOREIGN = [
    "<network><name>x</name></network>",
    "<network><name>x</name><forward/><ip address='10.1.1.1' prefix='24'/></network>",
    "<network><name>x</name><ip address='10.1.1.1'/></network>",
    """<network ipv6='yes' trustGuestRxFilters='no'><name>x</name><metadata><app:x
      xmlns:app='http://example.org/x'>kept</app:x></metadata>
      <forward mode='nat' dev='eth0'><nat ipv6='yes'><address start='1.2.3.4' end='1.2.3.10'/>
      <port start='500' end='1000'/></nat><interface dev='eth0'/></forward>
      <bridge name='virbr7' zone='libvirt' stp='off' delay='3' macTableManager='libvirt'/>
      <mtu size='9000'/><mac address='52:54:00:9b:b5:57'/>
      <domain name='x.example' localOnly='yes'/>
      <dns forwardPlainNames='no'><forwarder addr='8.8.8.8'/><forwarder domain='a.b'/>
      <txt name='a' value='v'/><srv service='s' protocol='tcp' domain='d' target='t' port='1'/>
      <host ip='10.1.1.9'><hostname>one</hostname><hostname>two</hostname></host></dns>
      <bandwidth><inbound average='1000' peak='5000' burst='5120'/></bandwidth>
      <ip address='10.1.1.1' netmask='255.255.255.0' localPtr='yes'><tftp root='/srv'/>
      <dhcp><range start='10.1.1.100' end='10.1.1.200'><lease expiry='1' unit='hours'/></range>
      <host mac='52:54:00:00:00:0A' name='h' ip='10.1.1.10'><lease expiry='0'/></host>
      <host name='only-name' ip='10.1.1.11'/><bootp file='pxelinux.0' server='10.1.1.1'/></dhcp></ip>
      <ip address='10.1.2.1' netmask='255.255.255.0'/>
      <ip family='ipv6' address='2001:db8::1' prefix='64'><dhcp>
      <range start='2001:db8::100' end='2001:db8::1ff'/>
      <host id='0:1:0:1:18:aa:62:fe:0:16:3e:44:55:66' ip='2001:db8::2'/></dhcp></ip>
      <route address='192.168.9.0' prefix='24' gateway='10.1.1.2' metric='2'/>
      <route family='ipv6' address='2001:db9::' prefix='64' gateway='2001:db8::5'/>
      <options xmlns='http://libvirt.org/schemas/network/dnsmasq/1.0'>
      <option value='dhcp-option=3'/></options></network>""",
    """<network><name>x</name><forward mode='hostdev' managed='yes'><driver name='vfio'/>
      <address type='pci' domain='0' bus='4' slot='0' function='1'/></forward></network>""",
    """<network><name>x</name><forward mode='passthrough'><pf dev='eth3'/></forward></network>""",
    """<network><name>x</name><forward mode='private' dev='eth0'/></network>""",
    """<network><name>x</name><forward mode='bridge'/><bridge name='ovsbr0'/>
      <virtualport type='openvswitch'/><portgroup name='a' default='yes'><vlan trunk='yes'>
      <tag id='42'/><tag id='47' nativeMode='tagged'/></vlan></portgroup></network>""",
    """<network><name>x</name><bridge name='br9'/><port isolated='yes'/>
      <dns enable='no'/></network>""",
    """<network><name>x</name><forward mode='open'/><ip family='ipv6' address='FD00::1'
      prefix='64'/></network>""",
]


@pytest.mark.parametrize("text", FOREIGN)
def test_anything_can_be_read_and_what_we_do_not_know_survives(text):
    text = accepted(text)
    found = _network.parse_network(text)
    assert found.name == "candidate"
    _network.network_facts(found)
    assert whole(_network.parse_network(_network.edit_network(text, found))) == whole(found)
    before = _xml.load(text)
    said = {"domain": "new.example"} if found.mode not in ("bridge", "hostdev") else {}
    said["dns.hosts"] = [*found.dns_hosts, {"ip": "10.9.9.9", "names": ["added"]}]
    if not found.dns_enable:
        said["dns.enable"] = True
    after = _xml.load(accepted(_network.edit_network(text, _network.merge(found, said))))
    assert _xml.paths(before) <= _xml.paths(after)
    kept = {_xml.dump(e).strip() for e in after.iter() if e.tag not in ("network", "dns", "domain")}
    lost = [e for e in before.iter() if _xml.dump(e).strip() not in kept]
    assert {e.tag for e in lost} <= {"network", "uuid", "dns", "domain"}


def test_an_entry_that_stays_keeps_what_we_do_not_know():
    found = _network.parse_network(FOREIGN[3])
    hosts = [*found.dhcp_hosts, {"mac": "52:54:00:00:00:0b", "name": None, "ip": "10.1.1.12"}]
    root = _xml.load(
        _network.edit_network(FOREIGN[3], _network.merge(found, {"dhcp_hosts": hosts}))
    )
    leases = root.findall("ip/dhcp/host[@ip='10.1.1.10']/lease")
    assert [lease.get("expiry") for lease in leases] == ["0"]
    assert len(root.findall("ip/dhcp/host")) == 4


def test_a_new_mode_takes_what_belonged_to_the_old_one_along():
    found = _network.parse_network(FOREIGN[3])
    routed = _xml.load(_network.edit_network(FOREIGN[3], _network.merge(found, {"mode": "route"})))
    assert routed.find("forward").attrib == {"mode": "route"}
    assert len(routed.find("forward")) == 0
    bridged = _network.merge(found, {"mode": "bridge", "bridge": "br0"})
    text = accepted(_network.edit_network(FOREIGN[3], bridged))
    assert _network.parse_network(text).cidr is None


# --- updates ----------------------------------------------------------------------------------------


def test_updates_make_room_first_and_count_as_libvirt_does():
    found = _network.parse_network(FOREIGN[3])
    said = {
        "dhcp_hosts": [{"mac": "52:54:00:00:00:0a", "name": "h", "ip": "10.1.1.20"}],
        "dhcp_ranges": [{"start": "2001:db8::100", "end": "2001:db8::1ff"}],
    }
    updates = _network.updates(FOREIGN[3], _network.merge(found, said))
    assert [(u.add, u.section, u.index) for u in updates] == [
        (False, "IP_DHCP_RANGE", 0),
        (False, "IP_DHCP_HOST", 0),
        (False, "IP_DHCP_HOST", 0),
        (True, "IP_DHCP_HOST", 0),
    ]
    ranged = {"dhcp_ranges": [{"start": "2001:db8::200", "end": "2001:db8::2ff"}]}
    (added,) = [u for u in _network.updates(FOREIGN[3], _network.merge(found, ranged)) if u.add]
    assert added.index == 2


def test_moving_addresses_moves_the_default_range():
    before = made(cidr="10.1.0.0/24")
    after = _network.merge(before, {"cidr": "10.2.0.0/24"})
    assert (after.address, after.dhcp_ranges) == (
        "10.2.0.1",
        [{"start": "10.2.0.2", "end": "10.2.0.254"}],
    )
    assert not _network.merge(before, {"dhcp": False}).dhcp
    assert made(cidr="10.1.0.0/24", dhcp=False).dhcp_ranges == []
    assert made(cidr="10.1.0.0/24", dhcp_ranges=[]).dhcp is False
    again = _network.merge(made(cidr="10.1.0.0/24", dhcp=False), {"dhcp": True})
    assert again.dhcp_ranges == before.dhcp_ranges


@pytest.mark.parametrize(
    ("cidr", "last"),
    [("10.0.0.0/8", "10.0.255.254"), ("10.1.0.0/16", "10.1.255.254"), ("10.1.2.8/29", "10.1.2.14")],
)
def test_the_default_range_is_one_that_libvirt_takes(cidr, last):
    document = made(cidr=cidr)
    assert document.dhcp_ranges[0]["end"] == last
    accepted(_network.build_network(document))
