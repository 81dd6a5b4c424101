"""Policy in front of plans and runs: every rule refuses or asks, at planning and again at the run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from fuyajo.domain.errors import Refused
from fuyajo.domain.hours import checked_days, within
from fuyajo.domain.machine import Snapshot
from fuyajo.domain.plan import Plan
from fuyajo.domain.policy import Hours, Role
from fuyajo.domain.ruling import NEEDS, Place, decide, findings
from fuyajo.service import admitting, explaining, policing
from tests.support.command_line import USER, World, machine
from tests.support.terminal import typing
from tests.support.trust import code, loaded, me, policy

WISH = "a web server called shop"
#: A Monday: 19:00 in Tokyo.
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def role(world: World, text: str) -> None:
    policy(world, f"[roles.default]\n{text}\n")


def at(patch: pytest.MonkeyPatch, now: datetime) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return now

    patch.setattr(policing, "datetime", Clock)
    patch.setattr(explaining, "datetime", Clock)


# --- what may be used --------------------------------------------------------------------------------

USES = [
    ('templates = ["basic-*"]', "vms[0].template", "policy_templates"),
    ('images = ["ubuntu-*"]', "vms[0].template", "policy_images"),
    ('networks = ["lab-*"]', "vms[0].network", "policy_networks"),
    ('pools = ["other"]', "", "policy_pools"),
    ('hosts = ["qemu+ssh://*"]', "", "policy_hosts"),
    ("templates = []", "vms[0].template", "policy_templates"),
]


@pytest.mark.parametrize(("text", "path", "why"), USES)
def test_refused_when_it_is_planned(world: World, text: str, path: str, why: str) -> None:
    role(world, text)
    done, answer = world.json("plan", WISH)
    assert done == 3
    assert [(p["path"], p["code"]) for p in answer["problems"]] == [(path, why)]
    assert answer["plan"] is None
    assert me().plans.ids(USER) == [], "no plan is kept that could never run"


@pytest.mark.parametrize(("text", "path", "why"), USES)
def test_refused_again_when_it_is_applied(world: World, text: str, path: str, why: str) -> None:
    plan = world.plan(WISH)
    role(world, text)
    done, answer = world.json("apply", plan, "--yes")
    assert (done, code(answer)) == (3, why)
    assert world.runs == []


def test_every_refusal_at_once(world: World, tmp_path: Any) -> None:
    role(world, 'templates = ["x"]\npools = ["x"]\nnetworks = ["default"]')
    file = tmp_path / "env.yml"
    file.write_text(
        "vms: [{name: a}, {name: b, template: web-server}]\n"
        "networks: [{name: back, cidr: 10.10.0.0/24}]\n"
    )
    _, answer = world.json("plan", "-f", str(file))
    assert [(p["path"], p["code"]) for p in answer["problems"]] == [
        ("vms[0].template", "policy_templates"),
        ("vms[1].template", "policy_templates"),
        ("networks[0].name", "policy_networks"),
        ("", "policy_pools"),
    ]


def test_what_is_there_may_still_be_stopped(world: World) -> None:
    role(world, "templates = []\nimages = []\nnetworks = []\npools = []")
    world.have(machine("shop"))
    assert world.call("vm", "stop", "shop")[0] == 0


@pytest.mark.parametrize("wish", ["delete db-1", "revert db-1"])
def test_a_protected_machine(world: World, wish: str) -> None:
    role(world, 'protected = ["db*"]')
    world.have(machine("db-1", snapshots=(Snapshot("s", "2026-11-22T21:00:00Z", "running"),)))
    done, answer = world.json("plan", wish)
    assert (done, code(answer)) == (3, "policy_protected")
    assert answer["problems"][0]["path"] == "operations[0].vm"


def test_protected_since_the_plan_was_made(world: World) -> None:
    world.have(machine("shop"))
    plan = world.plan("delete shop")
    assert world.call("approve", plan, "--yes")[0] == 0
    role(world, 'protected = ["*"]')
    assert code(world.json("apply", plan, "--yes")[1]) == "policy_protected"
    assert world.runs == []


def test_protected_in_a_file(world: World, tmp_path: Any) -> None:
    role(world, 'protected = ["shop"]')
    world.have(machine("shop"))
    file = tmp_path / "env.yml"
    file.write_text("vms: [{name: shop, template: web-server, state: absent}]")
    done, answer = world.json("apply", "-f", str(file), "--yes")
    assert (done, answer["problems"][0]["path"]) == (3, "vms[0].state")


# --- limits ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        ("vms = 1", "over_quota_vms"),
        ("cpus = 1", "over_quota_cpus"),
        ('memory = "1GiB"', "over_quota_memory_mib"),
        ("disk = 10", "over_quota_disk_gib"),
    ],
)
def test_limits_of_a_role(world: World, limits: str, why: str) -> None:
    role(world, f"limits = {{ {limits} }}")
    world.have(machine("old"))
    done, answer = world.json("plan", WISH)
    assert (done, code(answer)) == (2, why)


def test_the_smaller_of_settings_and_policy(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUYAJO_QUOTA_VMS", "1")
    role(world, "limits = { vms = 5, cpus = 3 }")
    quota = policing.quota_of(me())
    assert (quota.vms, quota.cpus) == (1, 3)
    world.have(machine("old"))
    assert code(world.json("plan", WISH)[1]) == "over_quota_vms"


def test_snapshots_are_counted_over_all_machines(world: World) -> None:
    role(world, "limits = { snapshots = 2 }")
    taken = (Snapshot("s", "2026-11-22T21:00:00Z", "running"),)
    world.have(machine("one", snapshots=taken), machine("two"))
    assert world.call("plan", "take a snapshot of two")[0] == 0
    world.have(machine("three", snapshots=taken))
    done, answer = world.json("plan", "take a snapshot of two")
    assert (done, code(answer)) == (2, "over_quota_snapshots")


# --- needs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("risk", "wish"), [("start", WISH), ("change", "stop old"), ("destroy", "delete old")]
)
@pytest.mark.parametrize(("need", "expected"), [("nothing", None), ("approval", 3), ("refused", 3)])
def test_what_a_risk_needs(
    world: World, risk: str, wish: str, need: str, expected: int | None
) -> None:
    role(world, f'needs = {{ {risk} = "{need}" }}')
    world.have(machine("old"))
    done, answer = world.json("plan", wish)
    assert (done, answer["decision"]["need"]) == (0, need)
    plan = answer["plan"]["id"]
    assert world.call("apply", plan)[0] == (expected or 0)
    if need == "refused":
        assert world.call("approve", plan, "--yes")[0] == 0
        assert code(world.json("apply", plan)[1]) == "policy_refused", "nobody can approve that"


def test_the_plan_says_what_it_will_need(world: World) -> None:
    world.have(machine("old"))
    kept = "Needs an approval: it deletes what is kept in the trash for a time only."
    assert kept in world.call("plan", "delete old")[1]
    assert "ごみ箱" in world.call("plan", "delete old", "--lang", "ja")[1].splitlines()[-1]
    role(world, "trash = { grace_hours = 0 }")
    assert "Needs an approval: it destroys data." in world.call("plan", "delete old")[1]
    assert "データを消します" in world.call("plan", "delete old", "--lang", "ja")[1]
    assert "eeds" not in world.call("plan", "stop old")[1]
    role(world, 'needs = { change = "refused" }')
    assert "Policy would refuse it now" in world.call("plan", "stop old")[1]


def test_a_person_is_asked_where_policy_asks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    role(world, 'needs = { change = "approval", destroy = "nothing" }')
    world.have(machine("old"))
    typing(monkeypatch, "y\n")
    done, _, err = world.call("vm", "stop", "old")
    assert done == 0
    assert "Agree to the plan" in err
    typing(monkeypatch, "")
    assert world.call("vm", "delete", "old")[0] == 0, "and nobody where it does not"


# --- working hours -----------------------------------------------------------------------------------

HOURS = 'hours = {{ days = "mon-fri", from = "09:00", to = "18:00", zone = "Asia/Tokyo", {more} }}'


def test_outside_of_the_hours_an_approval(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    role(world, HOURS.format(more='risks = ["change"]'))
    world.have(machine("shop"))
    at(monkeypatch, NOW)
    plan = world.plan("stop shop")
    assert "outside of the working hours" in world.call("plan", "stop shop")[1]
    assert code(world.json("apply", plan)[1]) == "needs_approval"
    assert world.call("apply", world.plan("web server called x"))[0] == 0, "not of that risk"
    at(monkeypatch, NOW.replace(hour=8))  # 17:00 there
    assert world.call("apply", plan)[0] == 0


def test_outside_of_the_hours_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    role(world, HOURS.format(more='outside = "refused"'))
    world.have(machine("shop"))
    at(monkeypatch, NOW)
    plan = world.plan("stop shop")
    assert world.call("approve", plan, "--yes")[0] == 0
    done, answer = world.json("apply", plan)
    assert (done, code(answer)) == (3, "policy_hours")
    assert "09:00–18:00 Asia/Tokyo" in answer["problems"][0]["message"]


def hours(**more: Any) -> Hours:
    return Hours.model_validate({"days": "mon", "from": "09:00", "to": "18:00"}).model_copy(
        update=more
    )


@pytest.mark.parametrize(
    ("week", "now", "expected"),
    [
        (hours(), "2026-11-23T08:59:59+00:00", False),
        (hours(), "2026-11-23T09:00:00+00:00", True),
        (hours(), "2026-11-23T17:59:59+00:00", True),
        (hours(), "2026-11-23T18:00:00+00:00", False),
        (hours(), "2026-11-24T12:00:00+00:00", False),
        (hours(zone="Asia/Tokyo"), "2026-11-23T00:00:00+00:00", True),
        (hours(zone="Asia/Tokyo"), "2026-11-22T23:59:59+00:00", False),
        # Until the morning after: the day is the one on which they began.
        (hours(begin=22 * 60, end=6 * 60), "2026-11-24T05:59:00+00:00", True),
        (hours(begin=22 * 60, end=6 * 60), "2026-11-24T22:30:00+00:00", False),
        (hours(begin=22 * 60, end=6 * 60), "2026-11-23T05:00:00+00:00", False),
        (hours(begin=0, end=24 * 60), "2026-11-23T23:59:59+00:00", True),
        # By the clock on the wall, summer and winter.
        (hours(zone="Europe/Berlin"), "2026-07-06T07:00:00+00:00", True),
        (hours(zone="Europe/Berlin"), "2026-11-23T07:59:00+00:00", False),
    ],
)
def test_hours(week: Hours, now: str, expected: bool) -> None:
    assert within(week, datetime.fromisoformat(now)) is expected


def test_days_are_a_range_or_a_list() -> None:
    assert checked_days("mon-wed") == ("mon", "tue", "wed")
    assert checked_days("sat-mon") == ("sat", "sun", "mon")
    assert checked_days("sun") == ("sun",)
    assert Hours.model_validate({"days": ["mon", "fri"]}).days == ("mon", "fri")


# --- explained ---------------------------------------------------------------------------------------


def test_every_rule_with_its_outcome_and_place(world: World) -> None:
    world.have(machine("shop"))
    policy(
        world,
        '[users]\nmika = "dev"\n\n[roles.dev]\nprotected = ["db"]\nneeds.change = "nothing"\n',
    )
    plan = world.plan("delete shop")
    done, answer = world.json("policy", "explain", plan)
    assert (done, answer["role"]) == (0, "dev")
    rules = {rule["rule"]: (rule["outcome"], rule["place"]) for rule in answer["rules"]}
    assert rules == {
        "roles.dev.hosts": ("nothing", None),
        "roles.dev.protected": ("nothing", "policy.toml:5"),
        "roles.dev.needs.destroy": ("approval", None),
        "roles.dev.approvals.accept": ("nothing", None),
        "roles.dev.approvals.valid_minutes": ("nothing", None),
        "roles.dev.approvals.by_other": ("nothing", None),
    }
    assert answer["decision"] == {"need": "approval", "because": ["risk_delete"]}
    for lang in ("en", "ja"):
        out = world.call("policy", "explain", plan, "--lang", lang)[1]
        assert "policy.toml:5" in out
        assert "roles.dev.needs.destroy" in out


def test_limits_are_explained(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUYAJO_QUOTA_VMS", "3")
    world.have(machine("old"))
    plan = world.plan(WISH)
    policy(world, '[roles.default.limits]\nvms = 9\nmemory = "1GiB"\n')
    _, answer = world.json("policy", "explain", plan)
    found = {rule["rule"]: rule for rule in answer["rules"]}
    assert found["quota_vms"]["value"] == "1 + 1 / 3"
    assert found["quota_vms"]["place"] == "config.toml"
    memory = found["roles.default.limits.memory"]
    assert (memory["outcome"], memory["place"]) == ("refused", "policy.toml:3")
    world.down = True
    assert world.call("policy", "explain", plan)[0] == 0, "also without the host"


def test_a_plan_of_somebody_else_is_not_explained(world: World) -> None:
    assert code(world.json("policy", "explain", "p-00000000")[1]) == "plan_not_found"


def test_a_refusal_is_explained(world: World) -> None:
    world.have(machine("shop"))
    plan = world.plan("delete shop")
    role(world, 'protected = ["shop"]')
    _, answer = world.json("policy", "explain", plan)
    (rule,) = [r for r in answer["rules"] if r["outcome"] == "refused"]
    assert (rule["rule"], rule["place"]) == ("roles.default.protected", "policy.toml:2")
    assert answer["decision"]["need"] == "refused"


@pytest.mark.parametrize("taint", [False, True])
@pytest.mark.parametrize("wish", [WISH, "stop old", "delete old"])
@pytest.mark.parametrize(
    "made",
    [
        Role(),
        Role(templates=(), protected=("old",)),
        Role(hours=hours(days=("sun",))),
        Role(hours=hours(days=("sun",), outside="refused")),
    ],
)
def test_what_is_explained_is_what_was_decided(
    world: World, made: Role, wish: str, taint: bool
) -> None:
    world.have(machine("old"))
    plan: Plan = loaded(world.plan(wish)).model_copy(update={"taint": taint})
    place = Place("qemu:///system", "fuyajo")
    found = findings(made, plan, NOW, place)
    decision, problems = decide(made, plan, NOW, place)
    assert decision.need == max((one.outcome for one in found), key=NEEDS.index)
    assert problems == tuple(one.problem for one in found if one.problem)
    assert (decision.need == "refused") == bool(problems)
    assert not (taint and decision.need == "nothing")


# --- the other commands ------------------------------------------------------------------------------


def test_show(world: World) -> None:
    assert "the defaults hold" in world.call("policy", "show")[1]
    role(world, 'limits = { memory = "2GiB" }\nhours = { from = "09:30" }')
    out = world.call("policy", "show")[1]
    lines = {line.split()[0]: line.split()[1:] for line in out.splitlines() if "roles." in line}
    assert lines["roles.default.limits.memory"] == ["2048", "policy.toml:2"]
    assert lines["roles.default.hours.from"] == ["09:30", "policy.toml:3"]
    assert lines["roles.default.audit"] == ["own", "default"]
    _, answer = world.json("policy", "show")
    assert answer["role"] == "default"
    assert answer["file"].endswith("policy.toml")


def test_check(world: World, tmp_path: Any) -> None:
    assert world.call("policy", "check")[0] == 0
    file = tmp_path / "new.toml"
    assert world.call("policy", "check", str(file))[0] == 1
    file.write_text("x = 1\ny = 2\n")
    file.chmod(0o600)
    done, answer = world.json("policy", "check", str(file))
    assert (done, [p["path"] for p in answer["problems"]]) == (
        2,
        ["new.toml:1: x", "new.toml:2: y"],
    )
    file.write_text("[roles.default]\n")
    assert world.json("policy", "check", str(file))[1]["roles"] == 1


def test_a_broken_policy_stops_everything_that_needs_it(world: World) -> None:
    world.have(machine("shop"))
    plan = world.plan("stop shop")
    policy(world, "nonsense")
    for words in (["apply", plan], ["approve", plan, "--yes"], ["plan", "stop shop"]):
        assert world.call(*words)[0] == 2
    assert world.runs == []
    assert world.call("vm", "list")[0] == 0


def test_the_service_is_the_gate(world: World) -> None:
    world.have(machine("shop"))
    plan = loaded(world.plan("stop shop"))
    role(world, "hosts = []")
    with pytest.raises(Refused):
        admitting.admit(me(), plan, None)
