"""What a service that is killed leaves of the model's process that it had started: nothing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from fuyajo.domain.people import scopes_of
from fuyajo.service.authenticating import add_user, new_token
from fuyajo.service.context import Actor
from tests.integration.http import test_serve
from tests.integration.http.test_serve import serving
from tests.support.claude import SECRET, alive_with, survivors
from tests.support.claude_planner import missing
from tests.support.messages_api import MessagesApi
from tests.support.service import settings_at

WAIT = 30


@pytest.fixture
def model() -> Iterator[MessagesApi]:
    with MessagesApi({"hang": True}) as running:
        yield running


@pytest.fixture
def temp(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Where a service that is killed leaves temporary directories: short, as sockets need it."""
    with tempfile.TemporaryDirectory(prefix="fyt-") as directory:
        usual = test_serve.environment
        monkeypatch.setattr(
            test_serve, "environment", lambda home: usual(home) | {"TMPDIR": directory}
        )
        yield


@pytest.fixture
def home(tmp_path: Path, model: MessagesApi) -> Path:
    from scripts.fetch_claude import FetchError, fetch

    try:
        binary = fetch()
    except FetchError as error:
        missing(error, os.environ)
    made = tmp_path / "home"
    made.mkdir(mode=0o700)
    token = tmp_path / "token"
    token.write_text(SECRET)
    token.chmod(0o600)
    settings = {
        "claude_binary": binary,
        "claude_token_file": token,
        "claude_base_url": model.url,
    }
    lines = (f'{key} = "{value}"\n' for key, value in settings.items())
    (made / "config.toml").write_text("".join(lines))
    return made


@pytest.mark.claude
@pytest.mark.usefixtures("temp")
def test_no_claude_outlives_its_service(home: Path, model: MessagesApi) -> None:
    actor = Actor("mika", settings_at(home))
    add_user(actor, "mika", None)
    secret, _ = new_token(actor, "", scopes_of(["plan"]), None)
    token = {"Authorization": f"Bearer {secret}"}
    marker = str(home / "users" / "mika")
    with serving(home, "--no-worker") as service:
        made = service.client.post("/api/v1/conversations", headers=token, json={})
        asked = {"words": "tell me", "backend": "claude"}
        url = f"{made.headers['location']}/turns"
        assert service.client.post(url, headers=token, json=asked).status_code == 202
        assert model.arrived.wait(WAIT)
        assert len(alive_with(marker)) >= 1
        service.process.kill()
        service.process.wait(WAIT)
        assert survivors(marker) == []
    assert model.idle.wait(WAIT)
