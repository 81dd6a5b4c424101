"""The whole of `fuyajo doctor`: it never raises, always ends, and gives commands."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from fuyajo.cli.commands.doctor import lines
from fuyajo.cli.main import run
from fuyajo.domain.texts import TABLES
from fuyajo.engine.doctor.result import Result
from fuyajo.service import (
    doctor,
    doctor_database,
    doctor_hosts,
    doctor_ownership,
    doctor_planners,
)
from fuyajo.service.context import Actor, Settings
from fuyajo.service.doctor import Finding, diagnose, healthy


@pytest.fixture
def actor(tmp_path: Path) -> Actor:
    settings = Settings(home=tmp_path, uri="test:///default", pool="p", pool_path=tmp_path / "pool")
    return Actor("mika", settings)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The KVM probe has tests of its own, and runs a guest for seconds."""
    probe = "ansible_collections.fuyajo.libvirt.plugins.module_utils._host.probe.probe_kvm"
    monkeypatch.setattr(probe, lambda: (False, "not tried here"))


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_check_says_something(actor: Actor, lang: doctor.Lang) -> None:
    findings = diagnose(actor, lang)
    checks = {finding.check for finding in findings}
    assert {"libvirt", "kvm", "home", "disk", "memory", "tools", "image", "port"} <= checks
    assert all(finding.message for finding in findings)
    assert all(finding.fix for finding in findings if finding.status == "fail")
    assert all(finding.fix is None for finding in findings if finding.status == "ok")


def test_an_empty_home_wants_its_image(actor: Actor) -> None:
    found = {finding.check: finding for finding in diagnose(actor)}
    assert found["image"].fix == "fuyajo image build debian-12"


def test_a_check_that_breaks_is_a_finding(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> list[Result]:
        raise ZeroDivisionError("\x1b[31mred")

    monkeypatch.setattr("fuyajo.engine.doctor.machine.port", broken)
    found = {finding.check: finding for finding in diagnose(actor)}["port"]
    assert found.status == "fail"
    assert "ZeroDivisionError" in found.message
    assert "\x1b" not in found.message


def test_a_check_that_hangs_is_a_finding(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "bounded", lambda _probe, _seconds: None)
    findings = diagnose(actor)
    assert {finding.status for finding in findings} == {"fail"}
    assert not healthy(findings)


@pytest.mark.parametrize(
    ("backend", "status"),
    [("auto", "ok"), ("rules", "ok"), ("claude", "fail"), ("nonsense", "fail")],
)
def test_planner(actor: Actor, backend: str, status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLAUDE_CODE_OAUTH_TOKEN", raising=False)
    settings = dataclasses.replace(actor.settings, backend=backend, claude_binary=Path("/none"))
    found = {f.check: f for f in diagnose(Actor("mika", settings))}["planner"]
    assert found.status == status
    assert (found.fix is None) == (status == "ok")


def test_every_code_that_a_probe_can_return_has_a_text() -> None:
    """Codes are literals in the probes; find them all, so that none is met first by a user."""
    import ast

    from fuyajo.engine.doctor import host, machine

    codes = {"missing"}  # `machine._install`
    ours = (doctor, doctor_database, doctor_hosts, doctor_ownership, doctor_planners)
    for module in (host, machine, *ours):
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Result":
                code = node.args[1]
                assert isinstance(code, ast.Constant)
                codes.add(code.value)
    texts = {key.split(".")[2] for key in TABLES["en"] if key.count(".") == 2 and "doctor." in key}
    assert codes == texts


def test_lines() -> None:
    findings = [Finding("a", "ok", "fine"), Finding("long", "fail", "bad", "mend it")]
    assert lines(findings, "en")[:3] == [
        "ok   a     fine",
        "fail long  bad",
        "           → mend it",
    ]
    assert lines(findings, "en")[-1].startswith("1 to mend")
    assert lines(findings[:1], "en")[-1] == TABLES["en"]["ui.doctor_ok"]


@pytest.mark.parametrize(("status", "code"), [("ok", 0), ("warn", 0), ("fail", 1)])
def test_command(
    status: doctor.Status,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FUYAJO_HOME", str(tmp_path))
    found = [Finding("port", status, "message", None)]
    monkeypatch.setattr("fuyajo.cli.commands.doctor.diagnose", lambda _actor, _lang: found)
    assert run(["doctor", "--json"]) == code
    said = json.loads(capsys.readouterr().out)
    assert said == {
        "ok": code == 0,
        "findings": [{"check": "port", "status": status, "message": "message", "fix": None}],
    }
