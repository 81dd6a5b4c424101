"""The wire of a console over plain sockets: who is let in, what is bounded, what ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial

import pytest

from fuyajo.http.pages import wire as wiring
from fuyajo.service import consoling
from fuyajo.service.sharing import share, unshare
from tests.support.command_line import World, machine
from tests.support.consoles import Guest, rows
from tests.support.service import Service
from tests.support.wires import Wire, wire

MINE, OTHER = "mika", "noriko"
PATH = "/machines/web/console/wire"
Dial = Callable[..., AbstractContextManager[Wire]]


def secret(api: Service, user: str, *scopes: str) -> str:
    return api.token(user, *scopes)["Authorization"].split()[1]


@pytest.fixture
def guest(api: Service, world: World) -> Iterator[Guest]:
    api.user(MINE)
    api.user(OTHER)
    world.have(machine("web"))
    made = Guest()
    api.app.state.consoles.dial = made.dial
    yield made
    # Whatever happened, nothing is left open.
    made.until(lambda: all(line.closed for line in made.lines))


@pytest.fixture
def dial(api: Service, guest: Guest) -> Dial:
    return partial(wire, api.port)


def test_only_pages_of_ours_with_a_cookie_that_may_apply(
    api: Service, guest: Guest, dial: Dial
) -> None:
    good = secret(api, MINE)
    refused = (
        (None, ""),
        ("fuyajo_nonsense", ""),
        (secret(api, MINE, "read"), ""),
        (secret(api, MINE, "plan"), ""),
        (good, "http://elsewhere.example"),
        (good, f"http://127.0.0.1:{api.port + 1}"),
        (good, "null"),
        (good, None),
    )
    for cookie, origin in refused:
        with dial(PATH, cookie, origin) as one:
            assert (one.status, one.told) == (403, []), (cookie, origin)
    assert not guest.lines
    with dial(PATH, good) as one:
        one.until(lambda: one.printed == guest.greeting)
        assert one.told == [{"kind": "open"}]


def test_what_is_not_mine_answers_like_what_is_not_there(
    api: Service, world: World, guest: Guest, dial: Dial
) -> None:
    world.have(machine("sekret", owner=OTHER))
    mine, headers = secret(api, MINE), {"Cookie": f"fuyajo_session={secret(api, MINE)}"}

    def told(name: str) -> list[object]:
        found: list[object] = []
        for path in ("console", "screenshot"):
            answer = api.client.get(f"/machines/{name}/{path}", headers=headers)
            found.append((answer.status_code, answer.text.replace(name, "X")))
        for take in ("", "?take=over"):
            with dial(f"/machines/{name}/console/wire{take}", mine) as one:
                found.append((one.status, str(one.rest().told).replace(name, "X")))
        return found

    assert told("sekret") == told("nothing")
    assert "404" in str(told("nothing")[0])
    share(api.actor(OTHER), "sekret", MINE, "read")
    for path in ("console", "screenshot"):
        answer = api.client.get(f"/machines/sekret/{path}", headers=headers)
        assert answer.status_code == 403, path
    with dial("/machines/sekret/console/wire", mine) as one:
        assert "to look at" in one.rest().told[0]["said"]
    assert not guest.lines


def test_whoever_operates_may_type_until_it_is_taken_back(
    api: Service, guest: Guest, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    share(api.actor(MINE), "web", OTHER, "operate")
    with dial(PATH, secret(api, MINE)) as his, dial(PATH, secret(api, OTHER)) as hers:
        his.until(lambda: bool(his.printed))
        refused = hers.rest().told[0]
        assert (refused["kind"], refused["take"]) == ("over", False)
        assert "in use" in refused["said"]
    guest.until(lambda: guest.lines[-1].closed)
    with dial(PATH, secret(api, OTHER)) as hers:
        hers.send(b"id")
        hers.until(lambda: hers.printed.endswith(b"id"))
        with dial(PATH, secret(api, MINE)) as his:
            assert his.rest().told[0]["take"] is True
        with dial(f"{PATH}?take=over", secret(api, OTHER)) as again:
            assert "own" in again.rest().told[0]["said"]
        # Only now: who waits for the others here is silent, and soon counts as gone.
        monkeypatch.setattr(wiring, "LOOK_SECONDS", 0.05)
        unshare(api.actor(MINE), "web", OTHER)
        assert hers.rest().told[-1]["why"] == "rights"


def test_a_guest_that_never_stops_costs_a_window(api: Service, guest: Guest, dial: Dial) -> None:
    guest.greeting = b""
    with dial(PATH, secret(api, MINE)) as one:
        one.until(lambda: bool(one.told))
        one.shows = False
        for _ in range(40):
            guest.print(b"x" * 16384)
        one.until(lambda: len(one.printed) >= wiring.WINDOW)
        line = guest.lines[-1]
        sent = len(one.printed)
        guest.print(b"y")
        assert line.waiting
        one.say(str(sent))
        one.shows = True
        line.left_out = 7
        one.until(lambda: one.printed.endswith(b"y"))
        assert {"kind": "left-out", "bytes": 7} in one.told


def test_what_is_typed_is_bounded(api: Service, guest: Guest, dial: Dial) -> None:
    guest.echoes = False
    for nonsense in (b"x" * (consoling.TYPED_MESSAGE + 1), b"x" * 100_000, "-1", "9" * 30, "{}"):
        with dial(PATH, secret(api, MINE)) as one:
            one.until(lambda one=one: bool(one.printed))
            one.send(nonsense) if isinstance(nonsense, bytes) else one.say(nonsense)
            assert one.rest().ended in (1008, 1009)
        guest.until(lambda: guest.lines[-1].closed)
    assert not guest.typed


def test_a_paste_is_slowed_down_and_whole(api: Service, world: World, guest: Guest) -> None:
    now = [100.0]
    api.app.state.consoles.clock = lambda: now[0]
    session = api.app.state.consoles.open(api.actor(MINE), "web", lambda: None)
    taken = 0
    while not session.pause():
        taken += session.type(b"x" * 4096)
    assert consoling.TYPED_SECOND <= taken <= consoling.TYPED_SECOND + 4096
    now[0] += session.pause() + 0.01
    assert session.pause() == 0.0
    now[0] += consoling.IDLE_SECONDS + 1
    assert session.idle
    api.app.state.consoles.close(session, "idle")


def test_no_more_than_a_few_each(api: Service, world: World, guest: Guest) -> None:
    consoles = api.app.state.consoles
    world.have(*(machine(f"m{n}") for n in range(consoling.MOST_EACH + 1)))
    consoles.dial = lambda *a: Guest().dial(*a)
    for n in range(consoling.MOST_EACH):
        consoles.open(api.actor(MINE), f"m{n}", lambda: None)
    with pytest.raises(consoling.TooMany):
        consoles.open(api.actor(MINE), f"m{consoling.MOST_EACH}", lambda: None)
    consoles.end()
    with pytest.raises(consoling.TooMany):
        consoles.open(api.actor(MINE), "m0", lambda: None)
    told = rows(api.actor(MINE), 2 * consoling.MOST_EACH)
    assert [row["why"] for row in told if "why" in row] == ["ending"] * consoling.MOST_EACH


def test_idle_a_machine_that_is_off_and_the_end_of_the_service(
    api: Service, world: World, guest: Guest, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "LOOK_SECONDS", 0.05)
    world.have(machine("off", state="stopped"))
    with dial("/machines/off/console/wire", secret(api, MINE)) as one:
        assert "does not run" in one.rest().told[0]["said"]
    with dial(PATH, secret(api, MINE)) as one:
        one.until(lambda: bool(one.printed))
        monkeypatch.setattr(consoling, "IDLE_SECONDS", -1.0)
        assert one.rest().told[-1]["why"] == "idle"
    monkeypatch.setattr(consoling, "IDLE_SECONDS", 900.0)
    guest.until(lambda: guest.lines[-1].closed)
    with dial(PATH, secret(api, MINE)) as one:
        one.until(lambda: bool(one.printed))
        api.app.state.streams.end()
        assert one.rest().told[-1]["why"] == "ending"


def test_a_browser_that_answers_nothing_is_gone(
    api: Service, guest: Guest, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "LOOK_SECONDS", 0.01)
    with dial(PATH, secret(api, MINE)) as one:
        one.answers = False
        assert one.rest().told[-1]["why"] == "slow"
    assert {"kind": "beat"} in one.told


def test_a_browser_that_vanishes_frees_the_console(api: Service, guest: Guest, dial: Dial) -> None:
    with dial(PATH, secret(api, MINE)) as one:
        one.until(lambda: bool(one.printed))
    guest.until(lambda: guest.lines[-1].closed)
    opened, closed = rows(api.actor(MINE), 2)
    assert opened["event"] == "console.opened"
    assert closed["printed_bytes"] == len(guest.greeting)


def test_a_screen_is_shown_where_there_is_one(
    api: Service, world: World, guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.have(machine("seen", document=lambda: {"videos[0].model": "vga"}))
    monkeypatch.setattr("fuyajo.engine.console.picture", lambda _uri, uuid: uuid.encode())
    headers = {"Cookie": f"fuyajo_session={secret(api, MINE, 'read')}"}
    answer = api.client.get("/machines/seen/screenshot", headers=headers)
    assert (answer.content, answer.headers["content-type"]) == (b"uuid-seen", "image/png")
    assert answer.headers["cache-control"] == "no-store"
    assert api.client.get("/machines/web/screenshot", headers=headers).status_code == 404
    assert api.client.get("/machines/seen/console", headers=headers).status_code == 403
    assert "/machines/seen/screenshot" in api.client.get("/machines/seen", headers=headers).text
    assert "screenshot" not in api.client.get("/machines/web", headers=headers).text
