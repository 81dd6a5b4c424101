"""Changes by hand on real machines; the tests build on each other in their order."""

from __future__ import annotations

import json
import signal

import libvirt
import pytest

from tests.integration.drift.conftest import CONFIG, Site

pytestmark = [pytest.mark.libvirt, pytest.mark.slow, pytest.mark.timeout(300)]
NIC = "<interface type='user'><mac address='52:54:00:aa:bb:01'/><model type='virtio'/></interface>"


def describe(text: str) -> object:
    kind = libvirt.VIR_DOMAIN_METADATA_DESCRIPTION
    return lambda domain: domain.setMetadata(kind, text, None, None, CONFIG)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (describe("by hand"), {"description": ("plan_stale_added", None, "by hand")}),
        (
            lambda d: d.setVcpusFlags(2, CONFIG),
            {"cpus": ("plan_stale_value", 1, 2), "max_cpus": ("plan_stale_removed", 2, None)},
        ),
        (
            lambda d: d.attachDeviceFlags(NIC, CONFIG),
            {"nics[52:54:00:aa:bb:01]": ("plan_stale_added", None, None)},
        ),
    ],
)
def test_a_machine_edited_by_hand_between_plan_and_apply(
    site: Site, change: object, codes: dict[str, tuple[str, object, object]]
) -> None:
    wish = site.request(operations=[{"op": "start", "vm": site.name("off")}])
    _, planned = site.fuyajo("plan", "-f", wish)
    site.hand("off", change)  # type: ignore[arg-type]
    code, answer = site.fuyajo("apply", planned["plan"]["id"])
    assert code == 4
    found = {p["params"]["key"]: p for p in answer["problems"]}
    for key, (said, before, after) in codes.items():
        assert found[key]["code"] == said
        assert before is None or found[key]["params"]["before"] == before
        assert after is None or found[key]["params"]["after"] == after


def test_no_baseline_yet_and_adopt_makes_one(site: Site) -> None:
    both = site.name("off"), site.name("on")
    code, report = site.fuyajo("drift", *both)
    assert (code, [vm["status"] for vm in report["vms"]]) == (0, ["new", "new"])
    _, adopting = site.fuyajo("drift", "adopt", *both)
    assert [c["action"] for c in adopting["plan"]["changes"]] == ["adopt", "adopt"]
    code, applied = site.fuyajo("apply", adopting["plan"]["id"])
    assert code == 0, applied
    code, report = site.fuyajo("drift", *both)
    assert (code, [vm["status"] for vm in report["vms"]]) == (0, ["same", "same"]), report
    assert site.fuyajo("apply", adopting["plan"]["id"])[1]["run"] is None


def test_live_and_persistent_are_told_apart(site: Site) -> None:
    site.hand("on", describe("waits"))  # type: ignore[arg-type]
    site.hand("on", lambda d: d.setMemoryFlags(100 * 1024, libvirt.VIR_DOMAIN_AFFECT_LIVE))
    site.hand("on", lambda d: d.setVcpusFlags(2, CONFIG))
    site.hand("off", lambda d: d.setMemoryFlags(100 * 1024, CONFIG))
    on, off = site.drifted("on"), site.drifted("off")
    assert (on["description"]["kind"], on["description"]["live"]) == ("pending", None)
    assert (on["cpus"]["kind"], on["cpus"]["was"], on["cpus"]["persistent"]) == ("pending", 1, 2)
    assert off["memory_mib"]["kind"] == "by_hand"
    assert site.fuyajo("drift", site.name("off"))[0] == 10


def test_what_can_be_put_back_is_and_the_rest_is_said(site: Site) -> None:
    _, reverting = site.fuyajo("drift", "revert", site.name("off"), site.name("on"))
    left = {p["params"]["key"]: p for p in reverting["left"]}
    assert left["description"]["code"] == "drift_text"
    assert f"virsh desc {site.name('on')}" in left["description"]["hint"]
    assert site.fuyajo("apply", reverting["plan"]["id"])[0] == 0
    assert "memory_mib" not in site.drifted("off")
    assert "cpus" not in site.drifted("on") and "description" in site.drifted("on")


def test_a_machine_that_went_off(site: Site) -> None:
    site.hand("on", lambda d: d.destroy())
    assert site.drifted("on")["state"]["kind"] == "power"
    _, reverting = site.fuyajo("drift", "revert", site.name("on"))
    assert site.fuyajo("apply", reverting["plan"]["id"])[0] == 0
    assert "state" not in site.drifted("on")


def test_adopting_takes_what_is_there(site: Site) -> None:
    assert site.drifted("on")
    _, adopting = site.fuyajo("drift", "adopt", site.name("on"))
    site.hand("on", describe("meanwhile"))  # type: ignore[arg-type]
    code, stale = site.fuyajo("apply", adopting["plan"]["id"])
    assert (code, stale["problems"][0]["params"]["after"]) == (4, "meanwhile")
    _, adopting = site.fuyajo("drift", "adopt", site.name("on"))
    assert site.fuyajo("apply", adopting["plan"]["id"])[0] == 0
    assert site.drifted("on") == {}


def test_watching_is_woken_by_libvirt(site: Site) -> None:
    watching = site.place.start("drift", site.name("off"), "--watch", "--json")
    assert watching.stdout is not None
    try:
        assert json.loads(watching.stdout.readline())["drift"] is False
        site.hand("off", describe("seen"))  # type: ignore[arg-type]
        report = json.loads(watching.stdout.readline())
        assert [f["path"] for f in report["vms"][0]["fields"]] == ["description"]
    finally:
        watching.send_signal(signal.SIGINT)
        watching.communicate(timeout=20)
    assert watching.returncode == 10


def test_import_plans_to_no_changes(site: Site) -> None:
    env = site.place.home / "env.yml"
    written = site.place.fuyajo("import", site.name("off"), site.name("on"), "-o", str(env))
    assert written.returncode == 0, written.stderr
    _, planned = site.fuyajo("plan", "-f", str(env))
    assert [c["action"] for c in planned["plan"]["changes"]] == ["noop", "noop"]
    assert site.fuyajo("import", site.name("on"), "-o", str(env))[0] == 2  # never overwritten


def test_a_machine_of_nobody_becomes_ours(site: Site) -> None:
    name = site.name("old")
    connection = libvirt.open("qemu:///system")
    disk = site.place.pool_path / f"{site.place.name}-off.qcow2"
    try:
        connection.defineXML(
            f"<domain type='qemu'><name>{name}</name><memory unit='MiB'>256</memory>"
            "<vcpu>1</vcpu><os><type arch='x86_64' machine='q35'>hvm</type></os><devices>"
            f"<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
            f"<source file='{disk}'/><target dev='vda' bus='virtio'/></disk></devices></domain>"
        )
    finally:
        connection.close()
    code, refused = site.fuyajo("import", name)
    assert (code, refused["problems"][0]["code"]) == (2, "import_ownerless")
    _, adopting = site.fuyajo("import", "--adopt", name)
    assert adopting["plan"]["cost"] == {"vms": 1, "cpus": 1, "memory_mib": 256, "disk_gib": 1}
    code, applied = site.fuyajo("apply", adopting["plan"]["id"])
    assert code == 0, applied
    env = site.place.home / "old.yml"
    assert site.place.fuyajo("import", name, "-o", str(env)).returncode == 0
    _, planned = site.fuyajo("plan", "-f", str(env))
    assert [c["action"] for c in planned["plan"]["changes"]] == ["noop"]
    assert site.drifted("old") == {}


def test_a_machine_that_is_gone(site: Site) -> None:
    site.hand("old", lambda d: d.undefine())
    code, report = site.fuyajo("drift", site.name("old"))
    assert (code, report["vms"][0]["status"]) == (10, "gone")
    assert site.fuyajo("drift", "revert", site.name("old"))[0] == 2
    assert site.fuyajo("drift", "forget", site.name("old"))[0] == 0
    assert site.fuyajo("drift", site.name("old"))[0] == 1
