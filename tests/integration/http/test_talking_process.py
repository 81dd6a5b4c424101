"""A service that is killed, or stopped, while it answers; and the time that a foreign id takes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from fuyajo.domain.people import scopes_of
from fuyajo.service.authenticating import add_user, new_token
from fuyajo.service.context import Actor
from tests.integration.http.test_serve import Running, serving
from tests.support.claude import SECRET
from tests.support.messages_api import MessagesApi
from tests.support.pace import within
from tests.support.service import Service, settings_at
from tests.support.talks import Event, Token, answered, new, parsed

WAIT = 20
MODEL = {"structured": {"type": "chat", "message": "x" * 4000, "config": None}, "stall": True}


@pytest.fixture
def model() -> Iterator[MessagesApi]:
    with MessagesApi(MODEL) as running:
        yield running


@pytest.fixture
def home(tmp_path: Path, model: MessagesApi) -> Path:
    made = tmp_path / "home"
    made.mkdir(mode=0o700)
    token = tmp_path / "token"
    token.write_text(SECRET)
    token.chmod(0o600)
    settings = {"anthropic_base_url": model.url, "anthropic_token_file": str(token)}
    lines = (f'{key} = "{value}"\n' for key, value in settings.items())
    (made / "config.toml").write_text("".join(lines))
    return made


@pytest.fixture
def mika(home: Path) -> Token:
    actor = Actor("mika", settings_at(home))
    add_user(actor, "mika", None)
    secret, _ = new_token(actor, "", scopes_of(["plan"]), None)
    return {"Authorization": f"Bearer {secret}"}


def begin(service: Running, token: Token) -> str:
    """The path of a turn whose model has said half of its reply, and says no more."""
    talk = service.client.post("/api/v1/conversations", headers=token, json={}).headers["location"]
    asked = {"words": "tell me", "backend": "anthropic"}
    made = service.client.post(f"{talk}/turns", headers=token, json=asked)
    assert made.status_code == 202, made.text
    turn = str(made.headers["location"])
    with service.client.stream("GET", f"{turn}/events", headers=token) as answer:
        assert next(parsed(answer)).kind == "delta"
    return turn


def heard(service: Running, token: Token, turn: str, after: str) -> list[Event]:
    headers = {**token, "Last-Event-ID": after}
    with service.client.stream("GET", f"{turn}/events", headers=headers) as answer:
        return list(parsed(answer))


def test_killed_in_the_middle_of_an_answer(home: Path, mika: Token) -> None:
    with serving(home, "--no-worker") as service:
        turn = begin(service, mika)
        service.process.kill()
        service.process.wait(WAIT)
    with serving(home, "--no-worker", "--anonymous") as service:
        assert service.client.post("/api/v1/anonymous").status_code == 201
        told = service.client.get(turn, headers=mika).json()
        assert (told["state"], told["words"], told["answer"]) == ("interrupted", "tell me", None)
        (end,) = heard(service, mika, turn, "1")
        assert (end.kind, end.data) == ("end", told)
        again = {"words": "hello", "backend": "rules"}
        talk = turn.rsplit("/turns", 1)[0]
        made = service.client.post(f"{talk}/turns", headers=mika, json=again)
        last = heard(service, mika, made.headers["location"], "0")[-1]
        assert (last.data["n"], last.data["state"]) == (2, "answered")


def test_stopped_in_the_middle_of_an_answer(home: Path, mika: Token, model: MessagesApi) -> None:
    with serving(home, "--no-worker") as service:
        turn = begin(service, mika)
        with within(15):
            assert service.end() == 0
    assert model.idle.wait(WAIT)  # nobody asks the model any more
    with serving(home, "--no-worker") as service:
        told = service.client.get(turn, headers=mika).json()
        assert told["state"] == "interrupted"
        assert told["finished"] is not None


def test_a_foreign_id_takes_the_time_of_an_unknown_one(api: Service) -> None:
    mika, noriko = (api.token(api.user(name), "plan") for name in ("mika", "noriko"))
    talk = new(api, noriko)
    answered(api, noriko, talk, "hello")
    paths = {"foreign": f"{talk}/turns/1", "unknown": f"{talk[:-8]}00000000/turns/1"}
    took: dict[str, list[float]] = {name: [] for name in paths}
    for _ in range(150):
        for name, path in paths.items():
            begun = time.perf_counter()
            assert api.call("GET", path, mika).status_code == 404
            took[name].append(time.perf_counter() - begun)
    foreign, unknown = median(took["foreign"]), median(took["unknown"])
    assert abs(foreign - unknown) < 0.2 * unknown, (foreign, unknown)
