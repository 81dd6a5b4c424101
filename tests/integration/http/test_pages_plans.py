"""The pages about plans without a browser: whose they are, what a scope opens, what the server refuses."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import Request

from fuyajo.domain.plan import Plan
from fuyajo.domain.spec import OperationSpec
from fuyajo.http.pages.cards import card
from fuyajo.http.pages.render import fragment
from fuyajo.store.jobs import Job
from tests.support.command_line import World, machine
from tests.support.plan_pages import TWO_EYES, Desk, deleting, desk, planned, policy, spoiled
from tests.support.service import Service

HELLO = {"vms": [{"name": "hello", "template": "web-server", "memory": "1GiB"}]}
UNKNOWN = "p-ffffffff"
HOSTILE = "<script>alert(1)</script>\u202e\x1b[2J"
POSTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("apply", {}),
    ("approve", {}),
    ("reject", {}),
    ("again", {}),
    ("rest", {}),
    ("change", {"text": "vms: []"}),
)
SCOPES = {"apply": "apply", "approve": "approve", "reject": "approve"}


def jobs(api: Service) -> list[Job]:
    return api.actor("root").jobs.of()


def same(answer: Any) -> tuple[int, str]:
    """Status and body without the id that was asked for."""
    return answer.status_code, re.sub(r"p-[0-9a-f]{8}", "p-x", answer.text)


@pytest.fixture
def mika(api: Service) -> Desk:
    return desk(api, "mika")


@pytest.fixture
def plan(api: Service, mika: Desk) -> Plan:
    return planned(api, "mika", HELLO)


def test_anothers_plan_answers_like_one_that_is_not_there(api: Service, plan: Plan) -> None:
    noriko = desk(api, "noriko")
    for path in ("", "/graph.svg", "/change"):
        for more in ("", "?owner=mika"):
            found = noriko.get(f"/plans/{plan.id}{path}{more}")
            assert same(found) == same(noriko.get(f"/plans/{UNKNOWN}{path}{more}")), path
            assert found.status_code == 404
    for path, fields in POSTS:
        for more in ({}, {"owner": "mika"} if path in SCOPES else {}):
            found = noriko.post(f"/plans/{plan.id}/{path}", **fields, **more)
            unknown = noriko.post(f"/plans/{UNKNOWN}/{path}", **fields, **more)
            assert same(found) == same(unknown), path
            assert found.status_code == 404, path
    assert plan.id not in noriko.get("/plans").text
    assert jobs(api) == []


@pytest.mark.parametrize(("path", "fields"), POSTS, ids=[path for path, _ in POSTS])
def test_who_may_only_look_changes_nothing(
    api: Service, plan: Plan, path: str, fields: dict[str, str]
) -> None:
    looker = desk(api, "mika", "read")
    assert looker.get(f"/plans/{plan.id}").status_code == 200
    refused = looker.post(f"/plans/{plan.id}/{path}", **fields)
    assert refused.status_code == 403
    assert SCOPES.get(path, "plan") in refused.text
    assert looker.post("/plans/check", text="vms: []").status_code == 403
    assert jobs(api) == []


def test_apply_is_the_word_of_a_person(api: Service, mika: Desk, plan: Plan) -> None:
    answer = mika.post(f"/plans/{plan.id}/apply")
    (job,) = jobs(api)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/runs/{job.run}")
    assert (job.plan, job.consent) == (plan.id, "web")
    again = mika.post(f"/plans/{plan.id}/apply")
    assert (again.status_code, again.headers["location"]) == (303, f"/runs/{job.run}")
    assert len(jobs(api)) == 1


def test_without_the_scope_to_approve_a_click_is_no_word(api: Service, plan: Plan) -> None:
    policy(api, '[roles.default.needs]\nstart = "approval"\n')
    answer = desk(api, "mika", "apply").post(f"/plans/{plan.id}/apply")
    assert answer.status_code == 403
    assert jobs(api) == []


@pytest.mark.parametrize("typed", ["", "hell", "hello2", "HELLO", "old"])
def test_what_destroys_runs_only_after_its_name_was_typed(
    api: Service, world: World, mika: Desk, typed: str
) -> None:
    world.have(machine("hello"), machine("old"))
    plan = planned(api, "mika", deleting("hello", "old"))
    refused = mika.post(f"/plans/{plan.id}/apply", typed=typed)
    assert refused.status_code == 403
    assert "the name hello was not typed" in refused.text
    assert jobs(api) == []
    assert mika.post(f"/plans/{plan.id}/apply", typed=" hello ").status_code == 303
    assert len(jobs(api)) == 1


def test_a_stale_plan_is_not_applied_and_says_what_moved(
    api: Service, world: World, mika: Desk
) -> None:
    world.have(machine("hello"))
    plan = planned(api, "mika", {"operations": [{"op": "stop", "vm": "hello"}]})
    world.have(machine("hello", memory_mib=2048))
    answer = mika.post(f"/plans/{plan.id}/apply")
    assert answer.status_code == 409
    assert "2048" in answer.text
    fresh = mika.post(f"/plans/{plan.id}/again")
    assert fresh.status_code == 303
    assert fresh.headers["location"] not in (f"/plans/{plan.id}", "")
    assert mika.get(fresh.headers["location"]).status_code == 200
    assert jobs(api) == []


def test_expired_and_rejected_plans_say_so(api: Service, mika: Desk, plan: Plan) -> None:
    past = datetime.now(UTC) - timedelta(hours=2)
    spoiled(api, plan, created=past, expires=past + timedelta(hours=1))
    assert "has expired" in mika.get(f"/plans/{plan.id}").text
    assert mika.post(f"/plans/{plan.id}/apply").status_code == 409
    other = planned(api, "mika", HELLO)
    assert mika.post(f"/plans/{other.id}/reject", note=HOSTILE[:25]).status_code == 303
    page = mika.get(f"/plans/{other.id}").text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert mika.post(f"/plans/{other.id}/apply").status_code == 403
    assert jobs(api) == []


def test_a_host_that_does_not_answer_hides_no_plan(
    api: Service, world: World, mika: Desk, plan: Plan
) -> None:
    world.down = True
    page = mika.get(f"/plans/{plan.id}")
    assert page.status_code == 200
    assert "Nobody can say now" in page.text
    assert mika.get("/plans").status_code == 200
    assert mika.post(f"/plans/{plan.id}/apply").status_code == 503


def test_what_policy_refuses_is_shown_and_not_run(api: Service, mika: Desk, plan: Plan) -> None:
    policy(api, '[roles.default.needs]\nstart = "refused"\n')
    page = mika.get(f"/plans/{plan.id}").text
    assert "policy refuses plans of the risk" in page
    assert f"/plans/{plan.id}/apply" not in page
    assert mika.post(f"/plans/{plan.id}/apply").status_code == 403
    assert jobs(api) == []


def test_where_policy_takes_no_word_of_a_page_none_is_offered(
    api: Service, mika: Desk, plan: Plan
) -> None:
    policy(
        api,
        '[roles.default.approvals]\naccept = ["terminal"]\n'
        '[roles.default.needs]\nstart = "approval"\n',
    )
    page = mika.get(f"/plans/{plan.id}").text
    assert "A yes on a page does not count" in page
    assert f"/plans/{plan.id}/apply" not in page
    assert mika.post(f"/plans/{plan.id}/apply").status_code == 403
    assert jobs(api) == []


def test_two_people(api: Service, world: World, mika: Desk) -> None:
    policy(api, TWO_EYES)
    world.have(machine("hello"))
    noriko, jun = desk(api, "noriko"), desk(api, "jun")
    plan = planned(api, "mika", deleting("hello"))
    assert mika.post(f"/plans/{plan.id}/apply", typed="hello").status_code == 403
    assert mika.post(f"/plans/{plan.id}/approve", typed="hello").status_code == 403
    where = f"/plans/{plan.id}?owner=mika"
    assert where in noriko.get("/plans").text
    assert jun.get(where).status_code == 404
    assert noriko.get(where).status_code == 200
    said = {"owner": "mika", "note": "agreed"}
    assert noriko.post(f"/plans/{plan.id}/approve", **said, typed="no").status_code == 403
    assert noriko.post(f"/plans/{plan.id}/approve", **said, typed="hello").status_code == 303
    assert where not in noriko.get("/plans").text
    assert "Approved by noriko" in mika.get(f"/plans/{plan.id}").text
    assert noriko.post(f"/plans/{plan.id}/apply").status_code == 404
    assert mika.post(f"/plans/{plan.id}/apply").status_code == 303
    assert len(jobs(api)) == 1


def test_the_picture_is_an_inert_image(api: Service, mika: Desk, plan: Plan) -> None:
    change = plan.changes[0].model_copy(update={"name": HOSTILE})
    spoiled(api, plan, changes=(change,))
    for more in ("", "?dark=1"):
        picture = mika.get(f"/plans/{plan.id}/graph.svg{more}")
        assert picture.headers["content-type"] == "image/svg+xml"
        assert "default-src 'none'" in picture.headers["content-security-policy"]
        assert "sandbox" in picture.headers["content-security-policy"]
        assert "<script" not in picture.text
        assert not set("\u202e\x1b") & set(picture.text)
    assert "#ffffff" not in picture.text


def test_a_check_keeps_nothing_and_says_everything(api: Service, mika: Desk) -> None:
    wrong = "vms:\n- {name: BAD, template: nope, cpus: 0}\n- {name: x, memory: 1}"
    answer = mika.post("/plans/check", text=wrong)
    for path in ("vms[0].name", "vms[0].cpus", "vms[1].memory"):
        assert path in answer.text
    good = mika.post("/plans/check", text="vms: [{name: x}]")
    assert "1 to create" in good.text
    form = {"vms[0].name": "x", "vms[0].template": "web-server", "vms[0].cpus": "x"}
    assert "vms[0].cpus" in mika.post("/plans/check", **form).text
    for odd in ("", "{", "a: &x [*x]", "- 1", "\x00", "!!python/object:os.system {}", "[" * 5000):
        assert mika.post("/plans/check", text=odd).status_code == 200, odd
    assert api.actor("mika").plans.ids("mika") == []


def test_a_change_is_a_plan_of_its_own(api: Service, mika: Desk, plan: Plan) -> None:
    spoiled(api, plan, taint=True, conversation="c-0123456789abcdef")
    text = "vms: [{name: hello, template: web-server, memory: 2GiB}]"
    answer = mika.post(f"/plans/{plan.id}/change", do="plan", text=text)
    fresh = api.actor("mika").plans.load("mika", answer.headers["location"].rpartition("/")[2])
    assert fresh.cost["memory_mib"] == 2048
    assert (fresh.taint, fresh.conversation) == (True, "c-0123456789abcdef")
    assert api.actor("mika").plans.load("mika", plan.id).cost["memory_mib"] == 1024


def test_a_plan_that_no_request_says_has_no_form(api: Service, world: World, mika: Desk) -> None:
    plan = planned(api, "mika", HELLO)
    operation = OperationSpec(op="purge", vm="hello", uuid="u")
    spec = plan.spec.model_copy(update={"vms": (), "operations": (operation,)})
    spoiled(api, plan, spec=spec)
    assert f"/plans/{plan.id}/change" not in mika.get(f"/plans/{plan.id}").text
    assert mika.get(f"/plans/{plan.id}/change").status_code == 409


def test_a_card_stands_in_a_conversation_too(api: Service, mika: Desk, plan: Plan) -> None:
    """As a piece of a stream; of a turn that brings none it is a link."""
    request = Request({"type": "http", "path": "/talk", "headers": []})
    turn = {"plan": plan.id, "card": card(api.actor("mika"), plan, "ja", level=3)}
    piece = fragment(request, "_plan_card.html", turn=turn)
    assert f'<h3 id="{plan.id}"' in piece
    assert f"/plans/{plan.id}/apply" in piece
    link = fragment(request, "_plan_card.html", turn={"plan": plan.id})
    assert (f"/plans/{plan.id}" in link, "<h3" in link) == (True, False)
