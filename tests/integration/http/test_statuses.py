"""Every status that the description speaks of is seen, and none that it does not speak of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.elsewhere import Elsewhere
from fuyajo.http.first import First
from tests.integration.http.test_ownership import MATRIX, UNKNOWN
from tests.support.command_line import World
from tests.support.issuer import CLIENT, Liar, lying
from tests.support.service import service
from tests.support.status_stories import (
    BODIES,
    SETUP,
    Story,
    come_back,
    first_admin,
    furnish,
    use_up,
)
from tests.support.statuses import Asker, Pair, Seen, beyond, described, differences, undescribed

SILENT = "http://127.0.0.1:1"  # nobody listens there


@pytest.fixture
def liar() -> Iterator[Liar]:
    with lying() as made:
        yield made


@pytest.mark.timeout(300)
def test_every_described_status_is_seen_and_no_other(
    world: World, liar: Liar, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = Seen()
    whole = {"elsewhere": Elsewhere(liar.url, CLIENT, create_users=True)}
    with service(world.home, anonymous=True, settings=whole) as api:
        first_admin(Asker(api, seen, {}, UNKNOWN), monkeypatch)
        furnish(api, world)
        asker = Asker(api, seen, api.token("mika", "apply", "approve", "admin"), UNKNOWN)
        Story(asker, world, monkeypatch, liar).tell()
        bad_calls(asker)
        description = api.app.openapi()
    hasty(world, asker.token, seen)
    broken(tmp_path / "broken", asker.token, seen)
    found = differences(description, seen)
    assert not found, "\n".join(found)


def test_whatever_is_wrong_with_the_installation_is_described(world: World, liar: Liar) -> None:
    """Of a policy that nobody can read, and a libvirt that is away, a caller is not to blame."""
    seen = Seen()
    with service(world.home) as api:
        api.user("mika", admin=True)
        furnish(api, world)
        asker = Asker(api, seen, api.token("mika", "apply", "approve", "admin"), UNKNOWN)
        policy = api.actor("mika").home.policy()
        policy.write_text("[roles.user]\nno_such_rule = 1\n")
        policy.chmod(0o600)
        everything(asker)
        for what in ("policy", "hosts", "me/export"):
            assert Pair("GET", f"/api/v1/{what}", 503) in seen.answers
        policy.unlink()
        world.down = True
        everything(asker)
        description = api.app.openapi()
    assert Pair("GET", "/api/v1/vms", 503) in seen.answers
    assert not (found := undescribed(description, seen)), "\n".join(found)


def everything(asker: Asker) -> None:
    """Each route once, about a machine that is there. The token is to stay good."""
    for (method, path), case in MATRIX.items():
        if not path.endswith(("sign-out", "openapi.json")):
            body = case.body({**UNKNOWN, "name": "web"})
            asker.ask(method, path, body, case.query(UNKNOWN), name="web")


def bad_calls(asker: Asker) -> None:
    asker.foreign()
    asker.nobody()
    asker.unreadable()
    asker.large()
    asker.wrong()
    use_up(asker, "used")
    asker.again("used")
    for (method, path), case in MATRIX.items():
        if case.same or "{" in path:  # 404
            asker.ask(method, path, case.body(UNKNOWN), case.query(UNKNOWN))


def hasty(world: World, token: dict[str, str], seen: Seen) -> None:
    """A service with little patience, beside a libvirt that is always there, with no issuer."""
    settings = {"uri": "test:///default"}
    with service(world.home, body_seconds=0.3, settings=settings) as api:
        asker = Asker(api, seen, token, UNKNOWN)
        asker.slow()
        for path in ("/readyz", "/api/v1/sign-in/oidc", "/api/v1/sign-in/oidc/callback"):
            asker.ask("GET", path)


def broken(home: Path, token: dict[str, str], seen: Seen) -> None:
    """A service whose database is none, and whose issuer does not answer."""
    home.mkdir(mode=0o700)
    (home / "fuyajo.db").write_bytes(b"no database at all" * 1000)
    settings: dict[str, Any] = {"elsewhere": Elsewhere(SILENT, CLIENT)}
    with service(home, anonymous=True, settings=settings) as api:
        api.app.state.first = First(api.actor("root"), SETUP)
        asker = Asker(api, seen, token, UNKNOWN)
        asker.away(BODIES)
        come_back(asker)


DESCRIPTION = {"paths": {"/x": {"get": {"responses": {"200": {}, "404": {}}}}}}


def test_a_difference_is_named() -> None:
    seen = Seen({Pair("GET", "/x", 200): ""})
    assert differences(DESCRIPTION, seen) == ["described, never seen: GET /x 404"]
    seen.note(("GET", "/x"), 404)
    assert differences(DESCRIPTION, seen) == []
    seen.note(("GET", "/x"), 422, "why")
    assert differences(DESCRIPTION, seen) == ["seen, not described: GET /x 422 why"]
    assert described(DESCRIPTION) == {Pair("GET", "/x", 200), Pair("GET", "/x", 404)}


def test_values_beyond_a_bound() -> None:
    assert list(beyond({"type": "string"})) == []
    assert list(beyond({"anyOf": [{"type": "string", "maxLength": 2}, {"type": "null"}]})) == [
        "xxx"
    ]
    assert list(beyond({"type": "integer", "minimum": 1, "maximum": 9})) == ["not one", "0", "10"]
