"""What a document says never runs, on any ansible-core that we support; and the test can tell."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from fuyajo.engine import paths
from tests.integration.inertness import plain
from tests.integration.inertness.corpus import PLACES, Document, documents
from tests.support.cores import Core, available

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

DATA = Path(__file__).with_name("data")
PYTHON = "{{ ansible_playbook_python }}"
INVENTORY = {
    "all": {
        "hosts": {
            name: {"ansible_connection": "local", "ansible_python_interpreter": PYTHON}
            for name in ("here", "localhost")
        }
    }
}


@dataclass(frozen=True)
class Lab:
    """One core, one empty canary directory, one corpus."""

    core: Core
    root: Path
    corpus: list[Document]

    @property
    def canary(self) -> Path:
        return self.root / "canary"

    @property
    def interpreter(self) -> Path:
        return self.root / "interpreter"

    def fired(self) -> list[str]:
        return sorted(path.name for path in self.canary.iterdir())

    def play(self, playbook: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A plain ansible-playbook in an environment built from nothing."""
        inventory = ["-i", self.root / "inventory.yml"]
        return plain.run(self.core, self.root, "ansible-playbook", *inventory, playbook, *arguments)

    def safely(self, playbook: Path, spec: str) -> subprocess.CompletedProcess[str]:
        """The safe route: the path of a document is the only variable there is."""
        path = self.root / f"{playbook.stem}.spec.json"
        path.write_text(spec, encoding="utf-8")
        return self.play(playbook, "-e", json.dumps({"fuyajo_spec_path": str(path)}))

    def naively(self, variables: object) -> subprocess.CompletedProcess[str]:
        path = self.root / "naive.json"
        path.write_text(json.dumps(variables))
        return self.play(DATA / "naive.yml", "-e", f"@{path}")


def cores() -> list[object]:
    none = pytest.mark.skip(reason="no interpreter for this ansible-core here")
    return [
        pytest.param(core, id=core.label, marks=[] if core.python or core.base else [none])
        for core in available()
    ]


@pytest.fixture(params=cores())
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Lab:
    for name in ("canary", "home", "out"):
        (tmp_path / name).mkdir()
    (tmp_path / "inventory.yml").write_text(json.dumps(INVENTORY))
    (tmp_path / "ansible.cfg").write_text("[defaults]\ndeprecation_warnings = False\n")
    interpreter = tmp_path / "interpreter"
    interpreter.write_text(f"#!/bin/sh\ntouch {tmp_path}/canary/interpreter\nexit 1\n")
    interpreter.chmod(0o755)
    return Lab(request.param, tmp_path, documents(tmp_path / "canary", interpreter))


def test_the_corpus_is_large_enough(tmp_path: Path) -> None:
    corpus = documents(tmp_path, tmp_path / "python")
    assert len(corpus) >= 200
    assert len({document.name for document in corpus}) == len(corpus)
    assert {document.name.rpartition("@")[2] for document in corpus} >= set(PLACES)


def test_the_naive_route_runs_it(lab: Lab) -> None:
    """The control: if these do not fire, the silence of the safe route says nothing."""
    ours = {document.name: json.loads(document.text) for document in lab.corpus[:60]}
    lab.naively(ours["pipe@name"])
    assert lab.fired() == ["pipe"]
    lab.naively({**ours["pipe@value"], "ansible_python_interpreter": str(lab.interpreter)})
    assert lab.fired() == ["interpreter", "pipe"]


@dataclass(frozen=True)
class Subject:
    """A playbook that must keep every document inert: add the ones we ship to `SUBJECTS`.

    `wrap` makes the text of its run document out of many documents (each one's text as it is) and a
    directory to write to; `verify` looks at what it did with them.
    """

    playbook: Path
    wrap: Callable[[list[Document], Path], str]
    verify: Callable[[Path, list[Document]], None]


def carry(accepted: list[Document], out: Path) -> str:
    """All of them in one document, as text, so that what is odd in them stays odd."""
    each = ",".join(
        f'{{"id": {json.dumps(d.name)}, "printable": {json.dumps(d.printable)}, "doc": {d.text}}}'
        for d in accepted
    )
    return f'{{"documents": [{each}], "out": {json.dumps(str(out))}}}'


def arrived(out: Path, accepted: list[Document]) -> None:
    """Every value came through every sink, and came through as it was."""
    printable = [document for document in accepted if document.printable]
    wanted = {document.name: json.loads(document.text) for document in printable}
    for name in ("content.json", "kept.json"):
        found = {each["id"]: each["doc"] for each in json.loads((out / name).read_text())}
        assert [key for key in wanted if found.get(key) != wanted[key]] == []
    assert json.loads((out / "counts.json").read_text()) == {
        "said": len(accepted),
        "all": len(accepted),
        "arguments": 1 + 2 * len(printable),
    }


SUBJECTS = [Subject(DATA / "sinks.yml", carry, arrived)]


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.playbook.stem)
def test_the_safe_route_does_not(lab: Lab, subject: Subject) -> None:
    read = read_each(lab)
    assert lab.fired() == []
    refused = [document for document in lab.corpus if document.name not in read]
    assert [document.name for document in refused if not document.refusable] == []
    accepted = [document for document in lab.corpus if document.name in read]
    assert len(accepted) >= 200
    done = lab.safely(subject.playbook, subject.wrap(accepted, lab.root / "out"))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert lab.fired() == []
    subject.verify(lab.root / "out", accepted)


def test_our_own_playbook_does_not(lab: Lab) -> None:
    """`provision.yml` with every readable payload where a VM's words go. The module refuses them all,
    after Ansible has handled every argument."""
    readable = read_each(lab)
    texts = [
        document for document in lab.corpus if document.name in readable and document.printable
    ]
    done = lab.safely(paths.playbook("provision"), _hostile_run(texts))
    assert done.returncode != 0
    assert "create: make the machines" in done.stdout, done.stdout[-3000:] + done.stderr[-3000:]
    assert lab.fired() == []


def test_nor_does_it_with_snapshots(lab: Lab) -> None:
    """Anybody may have made a snapshot, with any name. Every item costs a module, so there are few; the
    task that goes back has the same options (tests/unit/engine/test_playbook.py)."""
    names = {f"{kind}@name" for kind in ("pipe", "twice")}
    texts = [json.loads(d.text)["vms"][0]["name"] for d in lab.corpus if d.name in names]
    assert len(texts) == len(names)
    document: dict[str, object] = json.loads(_hostile_run([]))
    document["snapshots"] = [{"vm": text, "uuid": text, "name": text} for text in texts]
    done = lab.safely(paths.playbook("provision"), json.dumps(document))
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert said.count("is not a UUID") >= len(names), said[-3000:]
    assert lab.fired() == []


def _hostile_run(accepted: list[Document]) -> str:
    """A run document whose machines, metadata and guests hold what the documents hold."""
    held = [json.loads(document.text) for document in accepted]
    stack = {
        "uri": "test:///default",
        "owner": "mika",
        "accelerator": "tcg",
        "pool": {"name": "fuyajo", "path": "/nowhere"},
        "images": [{"name": str(value), "sha256": str(value)} for value in held[:50]],
        "networks": [{"name": json.dumps(value)} for value in held[:50]],
        "vms": [
            {
                "name": json.dumps(value),
                "metadata": {"template": json.dumps(value)},
                "state": "started",
            }
            for value in held
        ],
    }
    guests = [{"name": json.dumps(v), "role": "none", "vars": v, "digest": "x"} for v in held]
    return json.dumps({"version": 1, "run_id": "r", "stack": stack, "guests": guests})


def read_each(lab: Lab) -> set[str]:
    """The names of the documents that could be read at all."""
    place = lab.root / "documents"
    place.mkdir()
    files = []
    for number, document in enumerate(lab.corpus):
        path = place / f"{number}.json"
        path.write_text(document.text, encoding="utf-8")
        files.append({"id": document.name, "path": str(path)})
    spec = {"files": files, "out": str(lab.root / "out")}
    done = lab.safely(DATA / "each.yml", json.dumps(spec))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return set(json.loads((lab.root / "out" / "read.json").read_text()))
