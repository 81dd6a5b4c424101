"""Pages about machines over plain HTTP: scopes, other people's machines, what no form does by accident."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import httpx2
import pytest

from fuyajo.domain.backups import Backup
from fuyajo.domain.context import Quota
from fuyajo.domain.drift import Baseline, document_of
from fuyajo.domain.machine import Machine, Trashed
from fuyajo.domain.trash import trash_name
from fuyajo.http.pages.rooms import machine as rooms_machine
from fuyajo.service import backups
from fuyajo.service.sharing import share
from tests.support.command_line import World, machine
from tests.support.service import Service, service

MINE, OTHER = "mika", "noriko"
POSTS = (
    "start",
    "delete",
    "resize",
    "snapshot",
    "revert",
    "delete-snapshot",
    "backup",
    "restore",
    "delete-backup",
    "test-backup",
    "copy-backup",
    "drift/adopt",
    "drift/revert",
    "shares",
)


class Browser:
    """One person's: a cookie, and the headers by which a page of ours is known."""

    def __init__(self, api: Service, user: str, *scopes: str) -> None:
        secret = api.token(user, *scopes)["Authorization"].split()[1]
        self._client = api.client
        origin = f"http://127.0.0.1:{api.port}"
        self._headers = {"Cookie": f"fuyajo_session={secret}", "Origin": origin}

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self._client.get(path, headers=self._headers | headers)

    def post(self, path: str, **data: object) -> httpx2.Response:
        return self._client.post(path, data=data, headers=self._headers)


def kept(name: str, until: str = "2126-01-01T00:00:00Z", **more: object) -> Machine:
    uuid = f"uuid-{name}"
    mark = Trashed(name, "2026-11-20T10:00:00Z", until)
    return machine(trash_name(uuid), uuid=uuid, state="stopped", trashed=mark, **more)


@pytest.fixture
def mika(api: Service) -> Iterator[Browser]:
    api.user(MINE)
    api.user(OTHER)
    yield Browser(api, MINE)


def made(api: Service, answer: httpx2.Response) -> list[tuple[str, str]]:
    """What the plan does, to whose page the answer leads: (action, machine)."""
    assert answer.status_code == 303, answer.text
    kind, _, plan_id = urlsplit(answer.headers["location"]).path.removeprefix("/").partition("/")
    assert kind == "plans"
    plan = api.actor(MINE).plans.load(MINE, plan_id)
    return [(change.action, change.name) for change in plan.changes]


@pytest.mark.parametrize("method", ["GET", *(f"POST {what}" for what in POSTS)])
def test_what_is_not_mine_answers_like_what_is_not_there(
    api: Service, world: World, mika: Browser, method: str
) -> None:
    uuid = "0d3a6f0e-1111-4222-8333-444455556666"
    world.have(machine("sekret", uuid=uuid, owner=OTHER), kept("buried", owner=OTHER))

    def told(name: str) -> tuple[int, str]:
        path = f"/machines/{name}"
        form = {"grantee": "jun"} if method.endswith("shares") else {}
        answer = mika.get(path) if method == "GET" else mika.post(f"{path}/{method[5:]}", **form)
        return answer.status_code, answer.text.replace(name, "X")

    unknown = told("nothing-here")
    assert unknown[0] == 404
    assert told("sekret") == unknown
    assert told(uuid) == unknown
    assert told(trash_name("uuid-buried")) == unknown


def test_lists_and_the_trash_show_nothing_of_others(world: World, mika: Browser) -> None:
    world.have(machine("sekret", owner=OTHER), kept("buried", owner=OTHER), machine("own"))
    for path in ("/machines", "/machines?q=sekret", "/machines/marks", "/trash", "/machines/own"):
        text = mika.get(path).text
        assert (OTHER in text, "buried" in text, "uuid-sekret" in text) == (False,) * 3, path
    foreign, unknown = (
        mika.post("/trash", do="restore", names=name) for name in ("uuid-buried", "uuid-nothing")
    )
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.text.replace("buried", "X") == unknown.text.replace("nothing", "X")


def test_scopes_are_those_of_the_api(api: Service, world: World, mika: Browser) -> None:
    world.have(machine("own"), kept("old"))
    reader, planner = Browser(api, MINE, "read"), Browser(api, MINE, "plan")
    assert reader.get("/machines/own").status_code == 200
    plans = {
        "/machines": {"op": "stop", "names": "own"},
        "/machines/own/stop": {},
        "/machines/own/drift/adopt": {},
        "/machines/new?template=basic-server": {"name": "new-one"},
        "/trash": {"do": "restore", "names": "uuid-old"},
    }
    for path, form in plans.items():
        assert reader.post(path, **form).status_code == 403, path
        assert planner.post(path, **form).status_code == 303, path
    for browser, status in ((reader, 403), (planner, 403), (mika, 303)):
        answer = browser.post("/machines/own/shares", grantee=OTHER, rights="read")
        assert answer.status_code == status


def test_nothing_is_changed_for_a_page_of_somebody_elses(
    api: Service, world: World, mika: Browser
) -> None:
    world.have(machine("own"))
    headers = {"Cookie": mika._headers["Cookie"]}
    paths = ("/machines", "/machines/own/stop", "/machines/own/shares", "/machines/new", "/trash")
    for path in paths:
        assert api.client.post(path, headers=headers).status_code == 403, path
    assert api.client.get("/machines").headers["location"].startswith("/sign-in")


def test_several_at_once_are_one_plan(api: Service, world: World, mika: Browser) -> None:
    world.have(machine("a"), machine("b"), machine("c"))
    answer = mika.post("/machines?state=running", op="restart", names=["a", "c"])
    assert made(api, answer) == [("restart", "a"), ("restart", "c")]
    nothing = mika.post("/machines", op="stop")
    assert nothing.status_code == 422
    assert "nothing is chosen" in nothing.text


def test_what_waits_for_a_restart_is_told(api: Service, world: World, mika: Browser) -> None:
    more = {"document": lambda: {"boot_menu": True}, "live": dict}
    there = machine("own", **more)
    world.have(there, machine("lent", owner=OTHER, **more))
    share(api.actor(OTHER), "lent", MINE, "operate")
    was = {key: value for key, value in document_of(there).items() if key != "boot_menu"}
    for one, owner in ((there, MINE), (world.found["lent"], OTHER)):
        taken = "2026-11-22T21:00:00+00:00"
        old = Baseline(one.uuid, owner, one.name, None, taken, "running", was)
        api.actor(owner).baselines.note([old])
    for path in ("/machines/own", "/machines?look=drift", "/machines/marks"):
        assert mika.get(path).text.count("pending restart") >= 1, path
    # What its owner left is the owner's to know.
    assert "pending restart" not in mika.get("/machines/lent").text


def test_what_speaks_against_it_is_told_and_the_choice_stays(
    api: Service, world: World, mika: Browser
) -> None:
    world.have(machine("own"), machine("theirs", owner=OTHER))
    share(api.actor(OTHER), "theirs", MINE, "operate")
    refused = mika.post("/machines", op="delete", names=["own", "theirs"])
    assert refused.status_code == 422
    assert refused.text.count(" checked>") == 2
    assert OTHER in refused.text
    wrong = mika.post("/machines/own/resize", memory="lots")
    assert (wrong.status_code, 'value="lots"' in wrong.text) == (422, True)


def test_only_what_differs_is_asked_for(api: Service, world: World, mika: Browser) -> None:
    world.have(machine("own", cpus=2))
    form = {"cpus": "4", "memory": "1GiB", "disk": "10GiB"}
    assert made(api, mika.post("/machines/own/resize", **form)) == [("update", "own")]
    same = mika.post("/machines/own/resize", cpus="2", memory="1GiB", disk="10GiB")
    assert same.status_code == 422


def test_a_machine_with_a_name_of_ours_has_a_page(world: World, mika: Browser) -> None:
    uuid = "0d3a6f0e-1111-4222-8333-444455556666"
    world.have(machine("new", uuid=uuid))
    assert f'href="/machines/{uuid}"' in mika.get("/machines").text
    assert "<h1>new</h1>" in mika.get(f"/machines/{uuid}").text
    assert mika.post(f"/machines/{uuid}/stop").status_code == 303


def test_a_form_says_everything_at_once_and_keeps_what_was_typed(
    world: World, mika: Browser
) -> None:
    form = {"name": "Bad Name", "cpus": "many", "memory": "1", "option.title": "{{ 7*7 }}"}
    answer = mika.post("/machines/new?template=web-server", **form)
    assert answer.status_code == 422
    for field in ("name", "cpus", "memory", "option.title"):
        beside = answer.text.partition(f'id="wrong-{field}"')[2].partition("</div>")[0]
        assert "<p>" in beside, field
    assert 'value="Bad Name"' in answer.text
    assert mika.post("/machines/new?template=nonsense").status_code == 422


def test_a_form_makes_a_plan(api: Service, world: World, mika: Browser) -> None:
    form = {
        "name": "web",
        "count": "2",
        "memory": "2GiB",
        "option.message": "one\r\ntwo",
        "off": "yes",
    }
    answer = mika.post("/machines/new?template=web-server", **form)
    assert made(api, answer) == [("create", "web-1"), ("create", "web-2")]
    plan = api.actor(MINE).plans.load(MINE, answer.headers["location"].rpartition("/")[2])
    (first, _) = plan.spec.vms
    assert (first.memory_mib, first.state, first.vars["message"]) == (2048, "stopped", "one\ntwo")


def test_the_last_runs_and_plans_about_it_are_there(world: World, mika: Browser) -> None:
    plan_id = world.plan("a web server called hello")
    assert world.call("apply", plan_id, "--yes")[0] == 0
    world.have(machine("bystander"))
    text = mika.get("/machines/hello").text
    assert f'href="/plans/{plan_id}"' in text
    assert 'href="/runs/r-' in text
    assert "successful" in text
    assert plan_id not in mika.get("/machines/bystander").text


def test_quota_is_shown_and_kept(world: World) -> None:
    world.have(machine("own"))
    with service(world.home, settings={"quota": Quota(vms=2, memory_mib=4096)}) as api:
        api.user(MINE)
        mika = Browser(api, MINE)
        page = mika.get("/machines/new?template=web-server").text
        assert ("machines 1" in page, "memory 3 GiB" in page) == (True, True)
        over = mika.post("/machines/new?template=web-server", name="web", count="3")
        assert (over.status_code, 'class="problems"' in over.text) == (422, True)


def test_the_trash_is_only_emptied_by_saying_so(api: Service, world: World, mika: Browser) -> None:
    world.have(kept("old"), kept("over", "2026-11-21T00:00:00Z"))
    for what in ("restore", "start", "purge"):
        assert mika.post("/trash", do=what).status_code == 422
    restored = mika.post("/trash", do="restore", names="uuid-old")
    assert made(api, restored) == [("recover", "old")]
    assert made(api, mika.post("/trash", do="expired")) == [("purge", "over")]
    assert sorted(made(api, mika.post("/trash", do="empty"))) == [
        ("purge", "old"),
        ("purge", "over"),
    ]


def test_an_empty_trash_has_nothing_to_end(mika: Browser) -> None:
    answer = mika.post("/trash", do="empty")
    assert answer.headers["location"] == "/trash?said=nothing"
    assert "Nothing to do" in mika.get("/trash?said=nothing").text


def test_pages_alone_are_compressed(api: Service, world: World, mika: Browser) -> None:
    world.have(*(machine(f"web-{n}") for n in range(50)))
    page = mika.get("/machines", **{"Accept-Encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in page.headers["vary"]
    assert (
        "content-encoding" not in mika.get("/machines", **{"Accept-Encoding": "identity"}).headers
    )
    token = api.token(MINE) | {"Accept-Encoding": "gzip"}
    for path in ("/api/v1/vms", "/api/v1/openapi.json", "/metrics"):
        answer = api.client.get(path, headers=token)
        assert (answer.status_code, "content-encoding" in answer.headers) == (200, False), path


def test_times_of_somebodys_metadata_are_text(world: World, mika: Browser) -> None:
    world.have(kept("old", "<b>never</b>"))
    assert "&lt;b&gt;never" in mika.get("/trash").text


def test_backups_are_shown_and_asked_for(
    world: World, mika: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.have(machine("box", owner=MINE, state="stopped"))
    good = Backup(
        "b-1", "box", "uuid-box", MINE, "full", "2026-11-20T10:00:00.000000Z", chain=("b-1",)
    )
    bad = replace(good, name="b-2", problem="<i>cut off</i>")
    shelf = {"box": (good, bad)}
    monkeypatch.setattr(rooms_machine, "list_backups", lambda _actor, _vm: list(shelf["box"]))
    monkeypatch.setattr(backups, "shelf_of", lambda *_: shelf)
    shown = mika.get("/machines/box").text
    assert "b-1" in shown and "&lt;i&gt;cut off" in shown and "<i>cut off" not in shown
    assert shown.count('/restore"') == 2  # of the good one, and beside it
    made = mika.post("/machines/box/backup", backup="mine")
    assert made.status_code == 303 and "/plans/" in made.headers["location"]
    back = mika.post("/machines/box/restore", backup="b-1")
    assert back.status_code == 303
    broken = mika.post("/machines/box/restore", backup="b-2")
    assert broken.status_code == 422 and "b-1" in broken.text


def test_whoever_may_only_operate_sees_no_backups(
    world: World, api: Service, mika: Browser
) -> None:
    world.have(machine("box", owner=OTHER))
    share(api.actor(OTHER), "box", MINE, "operate")
    shown = mika.get("/machines/box")
    assert shown.status_code == 200 and 'id="backups"' not in shown.text
