"""The way to a service: tokens, broken connections, strange answers, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from fuyajo import __version__
from fuyajo.cli.remote import answers, browsing, following
from fuyajo.cli.remote.browsing import signed_in
from fuyajo.cli.remote.server import Server
from fuyajo.domain.consent import ASSISTANTS
from fuyajo.domain.errors import Refused
from fuyajo.http.server import Tls
from fuyajo.service import elsewhere
from tests.support.command_line import USER, World, machine
from tests.support.relay import answering, http, relay
from tests.support.remote import Player, there
from tests.support.service import Service, service

PASSWORD = "four words in a row"


@pytest.fixture
def player(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Player]:
    with there(tmp_path / "there", monkeypatch, capsys) as made:
        made.world.have(machine("web"))
        yield made


@pytest.fixture
def alone(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Player]:
    """Nobody is logged in anywhere."""
    monkeypatch.setenv("FUYAJO_HOME", str(tmp_path / "client"))
    yield Player(world, monkeypatch)


def kept(home: Path) -> list[Path]:
    return sorted((home / "servers").glob("*"))


def api_of(player: Player) -> Service:
    assert player.service is not None
    return player.service


def through(player: Player, port: int) -> None:
    """The same token, by another way: what is kept for one address opens no other."""
    secret = api_of(player).token(USER)["Authorization"].split()[1]
    player.before = ("--server", f"http://127.0.0.1:{port}")
    assert player.play("login --token-stdin", f"{secret}\n").code == 0


# --- who somebody is ---------------------------------------------------------------------------------


def test_log_in_and_out(alone: Player, tmp_path: Path) -> None:
    with service(alone.world.home) as api:
        url = f"http://127.0.0.1:{api.port}"
        api.user("noriko", password=PASSWORD)
        alone.before = ("--server", url)
        assert alone.play("vm list").code == 3
        wrong = alone.play(f"login {url} --user noriko --password-stdin", "wrong\n")
        assert (wrong.code, "does not know this name" in wrong.err) == (3, True)
        assert alone.play(f"login {url} --token-stdin", "fuyajo_x\n").code == 3
        assert alone.play(f"login {url}").code == 2
        assert kept(tmp_path / "client") == []
        said = alone.world.call("login", url, "--user", "noriko", "--password-stdin")
        alone.play(f"login {url}/ --user noriko --password-stdin", f"{PASSWORD}\n")
        assert said[0] == 3  # standard input is empty there
        (file,) = kept(tmp_path / "client")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        token = json.loads(file.read_text())["token"]
        assert json.loads(alone.world.call("--server", url, "whoami", "--json")[1]) == {
            "user": "noriko",
            "server": url,
            "admin": False,
            "scopes": ["read", "plan", "apply", "approve"],
        }
        assert token not in "".join(map(str, alone.world.call("--server", url, "vm", "list", "-v")))
        auth = {"Authorization": f"Bearer {token}"}
        assert api.call("GET", "/api/v1/me", auth).status_code == 200
        assert alone.play(f"logout {url}").code == 0
        assert api.call("GET", "/api/v1/me", auth).status_code == 401
        assert kept(tmp_path / "client") == []
        assert "Nobody is logged in" in alone.play("logout").out


def test_a_browser_hands_a_sign_in_over(alone: Player) -> None:
    with service(alone.world.home) as api:
        user = api.actor("root").people.user(api.user("noriko"))
        assert user is not None
        server = Server(f"http://127.0.0.1:{api.port}", None, "en")
        threads: list[threading.Thread] = []

        def open_it(address: str) -> None:
            said = parse_qs(urlsplit(address).query)
            code = elsewhere.hand_over(api.actor("noriko"), user, said["challenge"][0])
            here = f"http://127.0.0.1:{said['port'][0]}"
            asked = [f"{here}/favicon.ico", f"{here}/?code={code}"]
            threads.append(threading.Thread(target=lambda: [httpx2.get(url) for url in asked]))
            threads[0].start()

        assert server.with_token(signed_in(server, "en", open_it)).user == "noriko"
        threads[0].join()
        server.close()


def test_nobody_comes_back_from_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsing._Waiting, "timeout", 0.1)
    server = Server("http://127.0.0.1:9", None, "en")
    with pytest.raises(Refused, match="did not come to its end"):
        signed_in(server, "en", lambda _address: None)
    server.close()


def test_settings_say_which_service(
    player: Player, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url, player.before = player.before[1], ()
    local = player.play("vm list").out
    player.before = ("--server", "")
    assert player.play("vm list").out == local
    player.before = ()
    monkeypatch.setenv("FUYAJO_SERVER", url)
    assert "web" in player.play("vm list").out
    monkeypatch.delenv("FUYAJO_SERVER")
    (tmp_path / "client" / "config.toml").write_text(f'server = "{url}"\n')
    assert json.loads(player.world.call("whoami", "--json")[1])["server"] == url
    assert player.world.call("--server", "", "whoami", "--json")[1].count("null") == 2


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("http://192.0.2.1", "server_plain"),
        ("http://localhost.example.org", "server_plain"),
        ("ftp://127.0.0.1", "server_address"),
        ("https://mika:secret@127.0.0.1", "server_address"),
        ("https://127.0.0.1/path", "server_address"),
        ("https://127.0.0.1/?x", "server_address"),
        ("https://127.0.0.1:99999", "server_address"),
        ("nonsense", "server_address"),
    ],
)
def test_addresses(alone: Player, said: str, code: str) -> None:
    found, answer = alone.world.json("--server", said, "vm", "list")
    assert (found, answer["problems"][0]["code"]) == (2, code)
    assert "secret" not in json.dumps(answer)


def test_plain_http_where_it_is_wanted(alone: Player) -> None:
    found, answer = alone.world.json(
        "--insecure-http", "--server", "http://192.0.2.1", "vm", "list"
    )
    assert (found, answer["problems"][0]["code"]) == (3, "login_needed")


def test_authorities(alone: Player, tmp_path: Path) -> None:
    """A certificate that nobody vouches for is refused; `--ca` names who does."""
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    made = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(["openssl", *made.split(), *names], check=True, capture_output=True)
    with service(alone.world.home, tls=Tls(cert, key)) as api:
        secret = api.token(api.user("noriko"))["Authorization"].split()[1]
        url = f"https://127.0.0.1:{api.port}"
        refused = alone.play(f"login {url} --token-stdin", f"{secret}\n")
        assert refused.code == 5 and "ertificate" in refused.err
        assert alone.play(f"--ca {cert} login {url} --token-stdin", f"{secret}\n").code == 0
        assert alone.play(f"--ca {cert} --server {url} vm list").code == 0
        assert alone.play(f"--ca {key} --server {url} vm list").code == 2
        assert alone.play(f"--ca /nowhere --server {url} vm list").code == 2


# --- broken connections -------------------------------------------------------------------------------


def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_is_done_twice(
    player: Player,
) -> None:
    api = api_of(player)
    with relay(api.port) as wire:
        through(player, wire.port)
        wire.lose = [b"POST /api/v1/operations ", b"/apply "]
        assert player.play("vm restart web --yes").code == 0
        assert wire.lose == []
        asked = b"".join(wire.calls)
    assert asked.count(b"POST /api/v1/operations ") == 2
    assert len(player.world.runs) == 1
    assert len(api.actor(USER).plans.ids(USER)) == 1


def test_events_go_on_where_the_connection_broke(player: Player) -> None:
    with relay(api_of(player).port) as wire:
        through(player, wire.port)
        wire.cut = [b"id: 1\n", b"id: 2\n"]
        said = player.play("vm restart web --yes -v")
        assert (said.code, wire.cut) == (0, [])
        asked = [call for call in wire.calls if b"/events" in call]
    assert said.err.count("a note") == 1
    assert [b"Last-Event-ID: %d" % n in call for n, call in enumerate(asked)] == [True] * 3


def test_a_service_that_is_gone(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    with relay(api_of(player).port) as wire:
        through(player, wire.port)
    said = player.play("vm list")
    assert said.code == 5 and "does not answer" in said.err
    assert player.play("logout").code == 0


def test_a_stream_that_never_comes_back(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "AWAY_SECONDS", 0.5)
    with relay(api_of(player).port) as wire:
        through(player, wire.port)
        wire.lose = [b"/events "] * 50
        said = player.play("vm restart web --yes")
    assert said.code == 5 and "run list" in said.err


def test_ctrl_c_cancels_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with there(tmp_path / "there", monkeypatch, capsys, works=False) as player:
        player.world.have(machine("web"))
        api = api_of(player)

        def interrupt() -> None:
            jobs, seen = api.actor(USER).jobs, threading.Event()
            while not jobs.of(USER, ("queued",)) or not api.app.state.streams._watches:
                seen.wait(0.02)
            os.kill(os.getpid(), signal.SIGINT)

        other = threading.Thread(target=interrupt)
        other.start()
        said = player.play("vm restart web --yes")
        other.join()
        assert (said.code, said.out) == (130, "")
        assert "apply" in said.err
        assert [job.state for job in api.actor(USER).jobs.of(USER)] == ["canceled"]
        assert player.world.runs == []


def test_consent_of_an_assistant_stays_that(
    player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = player.world.home / "policy.toml"
    policy.write_text('[roles.default.approvals]\naccept = ["flag"]\n')
    policy.chmod(0o600)
    monkeypatch.setenv(ASSISTANTS[0], "1")
    said = player.play("vm delete web --yes --json")
    assert said.code == 3 and "consent_kind" in said.out
    assert player.play("approve {plan} --yes").code == 3
    monkeypatch.delenv(ASSISTANTS[0])
    assert player.play("vm delete web --yes").code == 0


# --- strange answers ----------------------------------------------------------------------------------

VERSION = f"Fuyajo-Version: {__version__}".encode()
PROBLEM = {"path": "a\x1b[2J", "code": "of_tomorrow", "message": "so\x1b[31m", "hint": "do\x07"}


@pytest.mark.parametrize(
    ("answer", "code", "problem"),
    [
        (http(302, b"", b"Location: http://127.0.0.1:1/"), 5, "server_redirect"),
        (http(200, b"<html>", kind=b"text/html"), 5, "server_other"),
        (http(502, b"bad gateway", kind=b"text/plain"), 5, "server_other"),
        (http(404, b"{}", b"Fuyajo-Version: 9.9"), 5, "server_version"),
        (http(200, b'[{"name": 3}]', b"Fuyajo-Version: 9.9"), 5, "server_version"),
        (http(200, b'[{"name": 3}]', VERSION), 5, "server_strange"),
        (http(200, b"[" * 2000, VERSION), 5, "server_strange"),
        (http(403, json.dumps({"errors": [PROBLEM]}).encode()), 3, "server_said"),
        (http(422, b'{"errors": [{"code": "base_url"}]}'), 2, "server_said"),
        (http(422, b'{"errors": "x"}', VERSION), 5, "server_strange"),
        (http(401, b"{}"), 3, "login_needed"),
        (b"HTTP/1.1 nonsense\r\n\r\n", 5, "server_lost"),
    ],
)
def test_answers_that_mean_nothing(alone: Player, answer: bytes, code: int, problem: str) -> None:
    me = json.dumps({"user": "mika", "admin": False, "scopes": [], "keys": "/k"}).encode()
    with answering(http(200, me), answer) as (port, heard):
        url = f"http://127.0.0.1:{port}"
        assert alone.play(f"login {url} --token-stdin", "fuyajo_t\n").code == 0
        found, said = alone.world.json("--server", url, "vm", "list")
        assert (found, said["problems"][0]["code"]) == (code, problem)
        assert "\x1b" not in json.dumps(said, ensure_ascii=False)
        assert all(b"Authorization: Bearer fuyajo_t" in call for call in heard)
        assert "Traceback" not in alone.world.call("--server", url, "vm", "list")[2]


def test_names_of_a_service_are_data(alone: Player) -> None:
    me = json.dumps(
        {"user": "mi\x1bka", "admin": False, "scopes": ["a\x1b"], "keys": "/k"}
    ).encode()
    with answering(http(200, me)) as (port, _heard):
        url = f"http://127.0.0.1:{port}"
        alone.play(f"login {url} --token-stdin", "fuyajo_t\n")
        assert "\x1b" not in alone.world.call("--server", url, "whoami")[1]


def test_nothing_of_an_answer_is_obeyed_by_a_terminal() -> None:
    said = {"a\x9bm": ["x\x1b[2J", {"b": "one\n\ttwo\u3000日本\u202e"}], "n": 1}
    found = answers.harmless(said)
    assert found == {"a\ufffdm": ["x\ufffd[2J", {"b": "one\n\ttwo\u3000日本\ufffd"}], "n": 1}


def test_events_that_are_none(alone: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    me = json.dumps({"user": "mika", "admin": False, "scopes": [], "keys": "/k"}).encode()
    events = http(200, b"id: 1\nevent: x\ndata: [\x1b\n\n", VERSION, kind=b"text/event-stream")
    with answering(http(200, me), events) as (port, _heard):
        url = f"http://127.0.0.1:{port}"
        alone.play(f"login {url} --token-stdin", "fuyajo_t\n")
        code, said = alone.world.json("--server", url, "run", "logs", "r-20261122-210000-aaaa")
        assert (code, said["problems"][0]["code"]) == (5, "server_strange")
