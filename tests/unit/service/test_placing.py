"""Plans of an installation with several hypervisors: where they go, and what is refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.errors import (
    Conflict,
    FuyajoError,
    InvalidInput,
    NotFound,
    Refused,
    Unavailable,
)
from fuyajo.domain.machine import Trashed
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import plan_digest
from fuyajo.domain.room import Claim, Held
from fuyajo.domain.trash import trash_name
from fuyajo.service import (
    claiming,
    doctor_hosts,
    hosting,
    machines,
    planning,
    readiness,
    trashing,
)
from fuyajo.service.applying import resolve
from fuyajo.service.context import Actor, load_settings
from fuyajo.service.planning import from_config, from_words
from fuyajo.store.baselines import Baseline
from fuyajo.store.claims import Judgement
from fuyajo.store.objects import Owned
from fuyajo.store.runs import RunRecord
from fuyajo.views.plan import plan_lines
from tests.support.pace import within
from tests.support.several import URI, Several, several

RUN, NOW = "r-20261123-100000-0002", datetime.now(UTC)
WEB: dict[str, Any] = {"vms": [{"name": "web", "template": "web-server", "memory": 1024}]}


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Several]:
    with several(tmp_path / "home", monkeypatch) as made:
        yield made


def codes(error: pytest.ExceptionInfo[FuyajoError]) -> set[tuple[str, str]]:
    return {(p.path, p.code) for p in error.value.problems}


def new(name: str = "web", **more: Any) -> dict[str, Any]:
    return {"vms": [{**WEB["vms"][0], "name": name, **more}]}


def do(op: str, *names: str) -> dict[str, Any]:
    return {"operations": [{"op": op, "vm": name} for name in names]}


def test_the_most_free_memory_wins_and_the_plan_says_why(fleet: Several) -> None:
    fleet.add("old", "kvm1", memory_mib=4096)
    plan = fleet.planned(WEB)
    assert plan.host == "kvm2"
    line = "kvm2: 87 % of its memory is free after this, kvm1: 37 %"
    assert plan_lines(plan, "en")[1] == f"on kvm2   {line}"
    assert "実行後のメモリの空き 87 %" in plan_lines(plan, "ja")[1]
    assert plan.digest == plan_digest(plan)
    for moved in ({"host": "kvm1"}, {"placement": ()}):
        assert plan_digest(plan.model_copy(update=moved)) != plan.digest
    assert fleet.actor().plans.load("mika", plan.id) == plan


def test_labels_and_host_are_asked_for(fleet: Several) -> None:
    fleet.add("old", "kvm2", memory_mib=4096)
    assert fleet.planned(new(labels=["ssd"])).host == "kvm2"
    assert fleet.planned({**WEB, "labels": ["hdd"]}).host == "kvm1"
    assert fleet.planned(new(host="kvm2")).host == "kvm2"
    with pytest.raises(InvalidInput) as error:
        fleet.plan(new(labels=["ssd", "hdd"]))
    assert codes(error) == {("", "host_none"), ("kvm1", "host_label"), ("kvm2", "host_label")}
    with pytest.raises(InvalidInput) as error:
        fleet.plan(new(host="kvm9"))
    assert codes(error) == {("host", "host_unknown")}
    with pytest.raises(InvalidInput) as error:
        fleet.plan({"vms": [*new("a", host="kvm1")["vms"], *new("b", host="kvm2")["vms"]]})
    assert codes(error) == {("vms[1].host", "hosts_asked")}


def test_no_room_anywhere_has_a_reason_for_each(fleet: Several) -> None:
    fleet.memory = {"kvm1": 2048, "kvm2": 3072}
    fleet.hosts["kvm2"]["fuyajo_drain"] = True
    try:
        fleet.write()
        with pytest.raises(InvalidInput) as error:
            fleet.plan(new(memory=4096))
    finally:
        del fleet.hosts["kvm2"]["fuyajo_drain"]
    found = codes(error)
    assert ("kvm2", "host_drained") in found or ("vms[0].memory", "memory_host") in found
    with pytest.raises(InvalidInput) as error:
        fleet.write()
        fleet.plan(new(memory=4096))
    assert {"host_none", "memory_host", "host_memory"} <= {code for _, code in codes(error)}
    assert {path.partition(":")[0] for path, _ in codes(error)} == {"", "kvm1", "kvm2"}


def test_fifty_of_them_are_told_in_a_few_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = {f"kvm{i}": {"fuyajo_labels": ["a"] if i < 25 else ["b"]} for i in range(50)}
    with several(tmp_path / "home", monkeypatch, hosts) as fleet:
        line = plan_lines(fleet.planned(new(labels=["a"])), "en")[1]
        assert line.endswith("; kvm28: lacks the label a; 42 more") and len(line) < 300
        with pytest.raises(InvalidInput) as error:
            fleet.plan(new(labels=["c"]))
        assert [p.code for p in error.value.problems] == ["host_none", "host_label"]
        assert error.value.problems[1].path.endswith("kvm12, … (50)")


def test_what_is_wrong_everywhere_is_told_once(fleet: Several) -> None:
    fleet.add("a", "kvm1")
    with pytest.raises(InvalidInput) as error:
        fleet.plan(WEB, quota_vms="1")
    assert codes(error) == {("", "over_quota_vms")}


def test_quota_counts_everywhere_and_when_one_is_away(fleet: Several) -> None:
    fleet.add("a", "kvm1")
    fleet.add("b", "kvm2")
    assert fleet.planned(WEB, quota_vms="3")
    with pytest.raises(InvalidInput):
        fleet.plan(WEB, quota_vms="2")
    remember(fleet, "b", "kvm2")
    fleet.silent.add("kvm2")
    for limit in ({"quota_vms": "2"}, {"quota_cpus": "2"}, {"quota_memory": "2560"}):
        with pytest.raises(InvalidInput):
            fleet.plan(WEB, **limit)
    assert fleet.planned(WEB, quota_vms="3", quota_cpus="6", quota_memory="9GiB").host == "kvm1"


def remember(fleet: Several, name: str, host: str, user: str = "mika") -> None:
    """As a run does that left it there."""
    uuid, actor = f"{host}-{name}", fleet.actor(user)
    actor.objects.note([Owned(uuid, URI.format(host), name, user, "there")])
    fields = {"cpus": 1, "memory_mib": 1024, "disk_gib": 10}
    moment = "2026-11-23T08:00:00+00:00"
    actor.baselines.note([Baseline(uuid, user, name, None, moment, "running", dict(fields))])


def test_a_machine_is_found_where_it_lies(fleet: Several) -> None:
    fleet.add("a", "kvm1")
    fleet.add("b", "kvm2")
    for name, host in (("a", "kvm1"), ("b", "kvm2")):
        plan = fleet.planned(do("delete", name))
        assert (plan.host, plan.placement) == (host, ())
        assert machines.get_vm(fleet.actor(), name).host == host
    assert fleet.planned({**WEB, "operations": do("stop", "b")["operations"]}).host == "kvm2"
    with pytest.raises(InvalidInput) as error:
        fleet.plan(do("stop", "a", "b"))
    assert error.value.problems[0].params == {"value": "a (kvm1), b (kvm2)"}
    assert codes(error) == {("", "hosts_mixed")}
    with pytest.raises(InvalidInput) as error:
        fleet.plan({**do("stop", "a"), "host": "kvm2"})
    assert codes(error) == {("host", "host_stays")}


def test_others_are_as_invisible_as_on_one_host(fleet: Several) -> None:
    fleet.add("theirs", "kvm1", owner="noriko")
    fleet.add("mine", "kvm2")
    with pytest.raises(InvalidInput) as error:
        fleet.plan(do("stop", "theirs"))
    assert codes(error) == {("operations[0].vm", "unknown_vm")}
    assert error.value.problems[0].params["known"] == "mine"
    with pytest.raises(InvalidInput) as error:
        fleet.plan(do("stop", "theirs", "mine"))
    assert codes(error) == {("operations[0].vm", "unknown_vm")}
    fleet.memory = {"kvm1": 1024, "kvm2": 65536}  # where the name is free
    with pytest.raises(InvalidInput) as error:
        fleet.plan(new("theirs", memory=512))
    assert codes(error) == {("vms[0].name", "name_taken")}
    with pytest.raises(NotFound):
        machines.get_vm(fleet.actor(), "theirs")


def test_drained_keeps_what_it_has_and_takes_nothing_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = {"kvm1": {}, "kvm2": {"fuyajo_drain": True}}
    with several(tmp_path / "home", monkeypatch, hosts) as fleet:
        fleet.memory = {"kvm1": 4096, "kvm2": 65536}
        assert fleet.planned(WEB).host == "kvm1"
        fleet.add("old", "kvm2")
        assert fleet.planned(do("stop", "old")).host == "kvm2"
        with pytest.raises(InvalidInput) as error:
            fleet.plan({**WEB, **do("stop", "old")})
        assert codes(error) == {("", "host_full")}


def test_weight_and_open_claims_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = {"kvm1": {}, "kvm2": {"fuyajo_weight": 0.5}}
    with several(tmp_path / "home", monkeypatch, hosts) as fleet:
        fleet.memory = {"kvm1": 8192, "kvm2": 12288}
        plan = fleet.planned(WEB)
        assert plan.host == "kvm1"
        assert "(weight 0.5)" in plan_lines(plan, "en")[1]
        claim = Claim("big", 1, 1, 6144, 10, running_mib=6144)
        held = Held("r-1", "noriko", "noriko", URI.format("kvm1"), claim)
        fleet.actor().claims.take("r-1", lambda _open: Judgement(mine=(held,)))
        assert fleet.planned(WEB).host == "kvm2"


def test_a_silent_host_is_said_and_gets_nothing(fleet: Several) -> None:
    remember(fleet, "b", "kvm2")
    remember(fleet, "n", "kvm2", "noriko")
    fleet.silent.add("kvm2")
    planned = fleet.plan(WEB)
    assert planned.plan is not None and planned.plan.host == "kvm1"
    assert [(one.name, one.why) for one in planned.silent] == [("kvm2", "gone")]
    assert "kvm2: does not answer: gone" in plan_lines(planned.plan, "en")[1]
    for request in (do("stop", "b"), new("b")):
        with pytest.raises(InvalidInput) as error:
            fleet.plan(request)
        assert {code for _, code in codes(error)} == {"vm_silent"}
    with pytest.raises(InvalidInput) as error:
        fleet.plan(new("n"))  # of somebody else: no more is told than that
    assert codes(error) == {("vms[0].name", "name_taken")}
    with pytest.raises(InvalidInput) as error:
        fleet.plan(do("stop", "n"))
    assert codes(error) == {("operations[0].vm", "unknown_vm")}
    with pytest.raises(Unavailable):
        machines.get_vm(fleet.actor(), "b")
    assert [(m.name, m.state) for m in machines.list_vms(fleet.actor())] == [("b", "unknown")]


def test_nothing_else_is_meant_than_what_cannot_be_seen(fleet: Several) -> None:
    """`all` and `the only one` would mean something else while a host is silent."""
    fleet.add("a", "kvm1")
    remember(fleet, "b", "kvm2")
    fleet.silent.add("kvm2")
    for which in ("all", "only", "last_created"):
        with pytest.raises(FuyajoError):
            fleet.plan({"operations": [{"op": "stop", "select": {"which": which}}]})
    with pytest.raises(FuyajoError):
        from_words(fleet.actor(), "stop all my machines", "en", "rules")


def test_one_that_hangs_costs_its_deadline_once(
    fleet: Several, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosting, "LOOK_SECONDS", 0.3)
    fleet.hanging.add("kvm2")
    began = time.monotonic()
    with within(2):
        assert fleet.planned(WEB).host == "kvm1"
    assert time.monotonic() - began >= 0.3
    asked = fleet.looks.count("kvm2")
    assert fleet.planned(new("web2")).host == "kvm1"
    assert fleet.looks.count("kvm2") == asked == 1


def test_none_answers(fleet: Several) -> None:
    fleet.silent |= {"kvm1", "kvm2"}
    with pytest.raises(Unavailable) as error:
        fleet.plan(WEB)
    assert codes(error) == {("kvm1", "host_silent"), ("kvm2", "host_silent")}
    assert from_words(fleet.actor(), "hello", "en", "rules").plan is None


def test_staleness_reads_the_host_of_the_plan_alone(fleet: Several) -> None:
    fleet.add("a", "kvm1")
    plan = fleet.planned(do("stop", "a"))
    fleet.looks.clear()
    fleet.silent.add("kvm2")
    assert resolve(fleet.actor(), plan.id) == plan
    assert fleet.looks == ["kvm1"]
    fleet.machines.clear()
    with pytest.raises(Conflict):
        resolve(fleet.actor(), plan.id)


def test_a_host_that_left_the_inventory(fleet: Several) -> None:
    fleet.add("a", "kvm1")
    plan = fleet.planned(do("stop", "a"))
    kept = fleet.hosts
    fleet.hosts = {"kvm2": kept["kvm2"]}
    fleet.write()
    with pytest.raises(NotFound) as error:
        resolve(fleet.actor(), plan.id)
    assert codes(error) == {("", "host_unknown")}


def test_policy_names_the_hosts_that_may_be_used(fleet: Several) -> None:
    policy = f'[roles.default]\nhosts = ["{URI.format("kvm2")}"]\n'
    (fleet.home / "policy.toml").write_text(policy, encoding="utf-8")
    fleet.memory = {"kvm1": 65536, "kvm2": 4096}
    plan = fleet.planned(WEB)
    assert plan.host == "kvm2"
    assert "kvm1: policy does not let you use it" in plan_lines(plan, "en")[1]


def test_one_host_alone_has_nothing_to_choose_from(
    fleet: Several, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_at = fleet.look_at
    one = hosting.hypervisors(fleet.actor())["kvm1"]
    monkeypatch.setattr(planning, "look_at", lambda actor, *of: look_at(actor.on(one), *of))
    alone = Actor("mika", load_settings({"FUYAJO_HOME": str(fleet.home)}))
    with pytest.raises(InvalidInput) as error:
        from_config(alone, parse_config(new(labels=["ssd"])), "test")
    assert codes(error) == {("labels", "host_alone")}
    plan = from_config(alone, parse_config(WEB), "test").plan
    assert plan is not None
    written = fleet.actor().plans.load("mika", plan.id).model_dump_json()
    assert not any(f'"{key}"' in written for key in ("host", "labels", "placement"))


def test_doctor_and_readiness_ask_all_of_them(fleet: Several) -> None:
    fleet.silent |= {"kvm1", "kvm2"}
    found = doctor_hosts.hosts(fleet.actor())
    assert [(one.status, one.code) for one in found] == [("warn", "silent")] * 2
    with pytest.raises(Unavailable):
        readiness.check(fleet.actor().settings, fleet.actor().database)
    fleet.silent.remove("kvm2")
    readiness.check(fleet.actor().settings, fleet.actor().database)
    (fleet.home / "inventory.yml").write_text("hypervisors: {hosts: {a: {}}}", encoding="utf-8")
    (wrong,) = doctor_hosts.hosts(fleet.actor())
    assert (wrong.status, wrong.code) == ("fail", "inventory")
    with pytest.raises(InvalidInput) as error:
        fleet.plan(WEB)
    assert codes(error) == {(f"{fleet.home}/inventory.yml: hypervisors.hosts.a", "missing")}


def test_the_claim_looks_everywhere_again(fleet: Several, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between plan and run the same name came into being elsewhere, or another run is about to make it."""
    monkeypatch.setattr(claiming, "pool_of", lambda _actor: None)
    plan = fleet.planned(WEB, quota_vms="2")
    actor = hosting.at(fleet.actor(quota_vms="2"), plan)
    assert plan.host == "kvm1"
    claim = Claim("web", 1, 1, 1024, 10)
    for uri, taken in ((URI.format("kvm2"), True), ("qemu:///of-another-time", False)):
        held = Held(RUN, "noriko", "noriko", uri, claim)
        record = RunRecord(id=RUN, owner="noriko", plan=None, status="running", started=NOW)
        with actor.runs.hold("noriko", RUN):
            actor.runs.save(record)
            actor.claims.take(RUN, lambda _open, one=held: Judgement(mine=(one,)))
            if taken:
                with pytest.raises(Refused) as error:
                    claiming.claim(actor, plan, "r-1")
                assert codes(error) == {("", "name_taken")}
            else:
                claiming.claim(actor, plan, "r-1")
        actor.claims.give_back(RUN)
        actor.claims.give_back("r-1")
    fleet.add("web", "kvm2", owner="noriko")
    with pytest.raises(Refused) as error:
        claiming.claim(actor, plan, "r-1")
    assert codes(error) == {("", "name_taken")}


def test_the_claim_counts_the_quota_everywhere(
    fleet: Several, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claiming, "pool_of", lambda _actor: None)
    plan = fleet.planned(WEB)
    actor = hosting.at(fleet.actor(quota_vms="1"), plan)
    claiming.claim(actor, plan, "r-1")
    claiming.give_back(actor, "r-1")
    fleet.add("other", "kvm2")
    with pytest.raises(Refused) as error:
        claiming.claim(actor, plan, "r-1")
    assert ("", "over_quota_vms") in codes(error)
    remember(fleet, "other", "kvm2")
    fleet.silent.add("kvm2")
    with pytest.raises(Refused):
        claiming.claim(actor, plan, "r-1")


def test_what_comes_back_finds_its_name_free_everywhere(fleet: Several) -> None:
    mark = Trashed("web", "2026-11-23T08:00:00Z", "2027-01-01T00:00:00Z")
    uuid = "0f6a6a0e-3c2b-4a57-9d39-0d6e1e4f8a11"
    fleet.add(trash_name(uuid), "kvm1", state="stopped", trashed=mark)
    kept = fleet.machines.pop()
    fleet.machines.append(replace(kept, uuid=uuid))
    fleet.where[uuid] = "kvm1"
    assert trashing.plan_restore(fleet.actor(), ("web",)).host == "kvm1"
    fleet.add("web", "kvm2")
    with pytest.raises(InvalidInput) as error:
        trashing.plan_restore(fleet.actor(), ("web",))
    assert codes(error) == {("", "name_taken")}
