"""What the Ansible community asks of a collection, asked of ours by its own tools."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support import collection
from tests.support.cores import Core, available

BIN = Path(sys.executable).parent
NONE = pytest.mark.skip(reason="no interpreter for this ansible-core here")
CORES = [
    pytest.param(core, id=core.label, marks=[] if core.python or core.base else [NONE])
    for core in available()
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return collection.copy_to(tmp_path_factory.mktemp("collection"))


def run(command: list[str], cwd: Path, env: dict[str, str], seconds: int = 300) -> str:
    """Run a tool, show everything it said when it is not content."""
    done = subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def plain(copy: Path, home: Path) -> dict[str, str]:
    return collection.environment(BIN, home, ANSIBLE_COLLECTIONS_PATH=str(copy.parents[2]))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("core", CORES)
def test_sanity(core: Core, copy: Path) -> None:
    home = collection.sanity_home(core)
    env = collection.environment(core.bin(), home)
    run([str(core.bin() / "ansible-test"), "sanity", "--color", "no"], copy, env, 880)


def test_sanity_needs_no_exceptions(copy: Path) -> None:
    assert not list(copy.glob("tests/sanity/ignore-*.txt"))


def test_ansible_lint_production(copy: Path, tmp_path: Path) -> None:
    # It looks for the changelog that a release writes.
    run([str(BIN / "antsibull-changelog"), "release"], copy, plain(copy, tmp_path))
    command = [str(BIN / "ansible-lint"), "--profile", "production", "--offline", "--nocolor"]
    run(command, copy, plain(copy, tmp_path))


def test_documentation(copy: Path, tmp_path: Path) -> None:
    command = ["antsibull-docs", "lint-collection-docs", "--plugin-docs", str(copy)]
    run([str(BIN / command[0]), *command[1:]], copy, plain(copy, tmp_path))


def test_changelog(copy: Path, tmp_path: Path) -> None:
    run([str(BIN / "antsibull-changelog"), "lint"], copy, plain(copy, tmp_path))


def test_tarball_is_built_installed_and_used(copy: Path, tmp_path: Path) -> None:
    galaxy, installed = str(BIN / "ansible-galaxy"), tmp_path / "installed"
    env = collection.environment(BIN, tmp_path, ANSIBLE_COLLECTIONS_PATH=str(installed))
    run([galaxy, "collection", "build", "--output-path", str(tmp_path)], copy, env)
    (tarball,) = tmp_path.glob("fuyajo-libvirt-*.tar.gz")
    assert tarball.stat().st_size < 20 * 2**20
    run([galaxy, "collection", "install", str(tarball), "-p", str(installed)], tmp_path, env)
    book = tmp_path / "book.yml"
    interpreter = {"ansible_python_interpreter": sys.executable}
    task = {"fuyajo.libvirt.vm_info": {"uri": "test:///default"}, "register": "found"}
    said = {"ansible.builtin.debug": {"msg": "{{ found.vms | map(attribute='name') | list }}"}}
    play = {"hosts": "localhost", "gather_facts": False, "vars": interpreter, "tasks": [task, said]}
    book.write_text(json.dumps([play]), encoding="utf-8")
    out = run(
        [str(BIN / "ansible-playbook"), "-i", "localhost,", "-c", "local", str(book)], tmp_path, env
    )
    assert '"test"' in out


def modules() -> list[str]:
    found = (collection.SOURCE / "plugins" / "modules").glob("*.py")
    return sorted(path.stem for path in found if path.stem != "__init__")


def test_every_module_is_in_the_action_group() -> None:
    runtime = yaml.safe_load(
        (collection.SOURCE / "meta" / "runtime.yml").read_text(encoding="utf-8")
    )
    assert runtime["action_groups"]["all"] == modules()


@pytest.mark.parametrize("module", modules())
def test_every_module_is_in_the_readme(module: str) -> None:
    readme = (collection.SOURCE / "README.md").read_text(encoding="utf-8")
    assert f"`{module}`" in readme


def test_community_files() -> None:
    assert "GNU GENERAL PUBLIC LICENSE" in (collection.SOURCE / "LICENSE").read_text(
        encoding="utf-8"
    )
    assert (collection.SOURCE / "CODE_OF_CONDUCT.md").exists()


def test_only_known_plugin_directories() -> None:
    known = {"action", "connection", "doc_fragments", "inventory", "module_utils", "modules"}
    found = {p.name for p in (collection.SOURCE / "plugins").iterdir() if p.name != "__pycache__"}
    assert found <= known


def test_module_utils_are_private() -> None:
    place = collection.SOURCE / "plugins" / "module_utils"
    assert all(path.name.startswith("_") for path in place.iterdir())


def test_every_source_names_its_licence() -> None:
    sources = [p for p in collection.SOURCE.rglob("*.py") if p.read_text(encoding="utf-8").strip()]
    without = [
        p.name for p in sources if "SPDX-License-Identifier: GPL-3.0-or-later" not in p.read_text()
    ]
    assert not without


def test_the_checklist_names_tests_that_exist() -> None:
    text = (collection.SOURCE / "docs" / "inclusion.md").read_text(encoding="utf-8")
    here = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py"))
    named = set(re.findall(r"`(test_\w+)(?:\.py)?`", text)) - {"test_proofs"}
    tests = collection.SOURCE / "tests"
    here += "".join(path.read_text(encoding="utf-8") for path in tests.rglob("*.py"))
    assert named and not [name for name in named if f"def {name}(" not in here]
