"""What a machine of a host says about itself never runs, by the inventory plugin, on any ansible-core.

libvirt's binding is there for the installed core only; the others read what that one left in the cache.
"""

from __future__ import annotations

import json
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml

from tests.integration.inertness import corpus, plain
from tests.support.cores import Core, available

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PLAY = Path(__file__).with_name("data") / "inventory.yml"
# One of each sort; the whole corpus is for the places that a stranger can reach.
PAYLOADS = ("pipe", "query", "statement", "escaped", "raw", "newline", "override", "unclosed")
# Expressions of the person who wrote the inventory file; what they meet is a machine's text.
CONSTRUCTED: dict[str, Any] = {
    "strict": True,
    "compose": {"composed": "libvirt_owner", "joined": "libvirt_owner ~ libvirt_template"},
    "groups": {"evil": "libvirt_owner is defined", "long": "libvirt_owner | length > 3"},
    "keyed_groups": [{"key": "libvirt_template", "prefix": "t", "parent_group": "parents"}],
    "filters": [{"exclude": "libvirt_owner == 'nobody'"}],
}


@dataclass(frozen=True)
class Lab:
    core: Core
    root: Path

    @property
    def canary(self) -> Path:
        return self.root / "canary"

    def fired(self) -> list[str]:
        found = [path.name for path in self.canary.iterdir()]
        return sorted(found + [path.name for path in self.root.glob("name")])

    def payloads(self) -> dict[str, str]:
        found = corpus._templates(self.canary)
        return {name: found[name] for name in PAYLOADS}

    def run(self, core: Core, program: str, *arguments: str | Path) -> str:
        done = plain.run(core, self.root, program, *arguments)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    def play(self, inventory: Path) -> dict[str, str]:
        """Run the play; return what arrived as {machine: its owner's name}."""
        out = self.root / "out"
        self.run(self.core, "ansible-playbook", "-i", inventory, PLAY, "-e", f"out={out}")
        return json.loads((out / "arrived.json").read_text())

    def inventory(self, **options: Any) -> Path:
        source = self.root / "evil.libvirt.yml"
        plain = {"plugin": "fuyajo.libvirt.libvirt", "uris": [f"test://{self.root}/node.xml"]}
        source.write_text(json.dumps({**plain, **CONSTRUCTED, **options}))
        return source


def cores() -> list[Any]:
    none = pytest.mark.skip(reason="no interpreter for this ansible-core here")
    return [
        pytest.param(core, id=core.label, marks=[] if core.python or core.base else [none])
        for core in available()
    ]


@pytest.fixture(params=cores())
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Lab:
    made = Lab(request.param, tmp_path)
    for name in ("canary", "home", "out"):
        (tmp_path / name).mkdir()
    (tmp_path / "ansible.cfg").write_text("[defaults]\nlocalhost_warning = False\n")
    node = _xml.ET.Element("node")
    for number, text in enumerate(made.payloads().values()):
        node.append(_machine(f"evil-{number}", text))
    # A host of an inventory has to be a plain word: this one is left out. (libvirt allows no slash.)
    node.append(_machine("{{ lookup('pipe', 'touch name') }}", "x"))
    (tmp_path / "node.xml").write_text(_xml.dump(node), encoding="utf-8")
    return made


def _machine(name: str, text: str) -> _xml.ET.Element:
    meta = _domain.Meta(owner=text, environment=text, template=text)
    document = _domain.Domain(name, uuid=str(uuid.uuid4()), virt_type="test", arch=None, meta=meta)
    element = _xml.load(_domain.build_domain(document))
    for tag in ("title", "description"):
        # libvirt allows no line break in a title.
        _xml.put(element, tag, text.replace("\n", " "))
    for vm in element.iter(_xml.expand("fuyajo:vm")):
        _xml.ET.SubElement(vm, _xml.expand("fuyajo:tag")).text = text
    return element


def test_a_file_that_is_trusted_runs_it(lab: Lab) -> None:
    """The control: the same play and the same texts, but in a file of the person's own."""
    keys = ("owner", "environment", "template", "title", "description")
    hosts = {
        name: {f"libvirt_{key}": lab.payloads()[name] for key in keys} for name in ("pipe", "query")
    }
    naive = lab.root / "naive.yml"
    naive.write_text(json.dumps({"evil": {"hosts": hosts}}))
    lab.play(naive)
    assert lab.fired() == ["pipe", "query"]


def test_what_machines_say_does_not_run(lab: Lab) -> None:
    cache = {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(lab.root / "cache"),
    }
    listed = json.loads(
        lab.run(available()[0], "ansible-inventory", "-i", lab.inventory(**cache), "--list")
    )
    assert lab.fired() == []
    assert len(listed["_meta"]["hostvars"]) == len(lab.payloads())
    wanted = {f"evil-{n}": text for n, text in enumerate(lab.payloads().values())}
    assert lab.play(lab.inventory(**cache)) == wanted, "from the cache"
    assert lab.fired() == []
    if lab.core.python == Path(sys.executable):
        assert lab.play(lab.inventory()) == wanted, "from the host"
        assert lab.fired() == []
