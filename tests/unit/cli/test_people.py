"""`fuyajo user`, `token` and `schedule`: nothing secret in arguments, one secret shown once."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fuyajo.service import authenticating, scheduling
from fuyajo.service.authenticating import NOTED_EACH, sign_in, who
from tests.support.command_line import World
from tests.support.trust import me

PASSWORD = "correct horse battery"


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str, terminal: bool = False) -> None:
    stdin = io.StringIO("".join(f"{line}\n" for line in lines))
    monkeypatch.setattr(stdin, "isatty", lambda: terminal)
    monkeypatch.setattr("sys.stdin", stdin)


def test_a_user_comes_and_goes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "fuyajo user add" in world.call("user", "list")[1]
    typed(monkeypatch, PASSWORD)
    assert world.call("user", "add", "jun", "--admin", "--password-stdin")[0] == 0
    typed(monkeypatch, PASSWORD)
    code, answer = world.json("user", "add", "jun", "--password-stdin")
    assert (code, answer["problems"][0]["code"]) == (4, "user_taken")
    secret = sign_in(me().people, "jun", PASSWORD)
    assert secret is not None and who(me().people, secret) is not None
    (user,) = world.json("user", "list")[1]
    assert {key: user[key] for key in ("name", "admin", "disabled", "password")} == {
        "name": "jun",
        "admin": True,
        "disabled": False,
        "password": True,
    }
    assert world.call("user", "disable", "jun")[0] == 0
    assert who(me().people, secret) is None
    assert sign_in(me().people, "jun", PASSWORD) is None
    assert "disabled" in world.call("user", "list")[1]
    assert world.call("user", "enable", "jun")[0] == 0
    assert who(me().people, secret) is not None
    typed(monkeypatch, "another long password")
    assert world.call("user", "password", "jun", "--password-stdin")[0] == 0
    assert who(me().people, secret) is None
    assert sign_in(me().people, "jun", PASSWORD) is None
    assert sign_in(me().people, "jun", "another long password") is not None


def test_passwords_are_argon2id_with_64_mib(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    authenticating.add_user(me(), "jun", PASSWORD)
    user = me().people.user("jun")
    assert user is not None and str(user.password).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    me().people.change("jun", password=weak)
    assert sign_in(me().people, "jun", PASSWORD) is not None
    after = me().people.user("jun")
    assert after is not None and "m=65536" in str(after.password)  # made anew, as it was known


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("add", "jun", "--password-stdin"), "password_length"),
        (("add", "Jun Ito", "--no-password"), "user_name"),
        (("add", "jun"), "usage"),  # nobody can be asked
        (("add", "jun", "--no-password", "--password-stdin"), "usage"),
        (("add", "jun", "--password", "x"), "usage"),  # there is no such option
        (("password", "jun", "--password-stdin"), "user_not_found"),
        (("disable", "jun"), "user_not_found"),
    ],
)
def test_what_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], problem: str
) -> None:
    typed(monkeypatch, "short")
    code, answer = world.json("user", *words)
    assert code and answer["problems"][0]["code"] == problem
    assert me().people.users() == []


def test_a_password_is_typed_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([PASSWORD, PASSWORD + "x", PASSWORD, PASSWORD])
    monkeypatch.setattr("click.prompt", lambda *_, **__: next(answers))
    typed(monkeypatch, terminal=True)
    assert world.call("user", "add", "jun")[0] == 2
    assert world.call("user", "add", "jun")[0] == 0
    assert sign_in(me().people, "jun", PASSWORD) is not None


def test_a_token_is_shown_once(world: World) -> None:
    assert world.json("token", "new")[1]["problems"][0]["code"] == "user_not_found"
    authenticating.add_user(me(), "mika", None)
    code, out, err = world.call("token", "new", "--scope", "apply", "--label", "ci", "--days", "7")
    assert code == 0
    secret = out.strip()
    assert secret.startswith("fuyajo_") and secret not in err
    found = who(me().people, secret)
    assert found is not None and found[1].scopes == {"read", "plan", "apply"}
    (told,) = world.json("token", "list")[1]
    assert (told["label"], told["scopes"]) == ("ci", ["read", "plan", "apply"])
    assert secret not in world.call("token", "list")[1]
    assert secret.encode() not in b"".join(f.read_bytes() for f in world.home.glob("fuyajo.db*"))
    assert world.call("token", "revoke", told["id"])[0] == 0
    assert who(me().people, secret) is None
    assert world.json("token", "revoke", told["id"])[1]["problems"][0]["code"] == "token_not_found"


def test_nobody_gets_more_than_they_may_have(world: World) -> None:
    authenticating.add_user(me(), "jun", None)
    code, answer = world.json("token", "new", "--user", "jun", "--scope", "admin")
    assert (code, answer["problems"][0]["code"]) == (3, "scope_missing")
    world.call("user", "disable", "jun")
    code, answer = world.json("token", "new", "--user", "jun")
    assert (code, answer["problems"][0]["code"]) == (3, "user_disabled")


def test_the_use_of_a_token_is_noted_once_a_minute(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    authenticating.add_user(me(), "mika", None)
    secret = world.call("token", "new")[1].strip()
    people, noted = me().people, []
    note = type(people).used
    monkeypatch.setattr(
        type(people), "used", lambda self, ids, at: (noted.append(at), note(self, ids, at))
    )
    for _ in range(5):
        assert who(people, secret)
    assert len(noted) == 1
    token = people.tokens("mika")[0]
    note(people, [token.id], datetime.now(UTC) - NOTED_EACH)
    assert who(people, secret)
    assert len(noted) == 2


def test_tokens_that_are_over_do_not_pile_up(world: World) -> None:
    actor = me()
    authenticating.add_user(actor, "mika", None)
    scopes = frozenset({"read"})
    authenticating.new_token(actor, "old", scopes, timedelta(seconds=-1))  # type: ignore[arg-type]
    authenticating.new_token(actor, "new", scopes, None)  # type: ignore[arg-type]
    assert [token.label for token in actor.people.tokens("mika")] == ["new"]


def test_whoever_signs_in_elsewhere_is_linked(world: World) -> None:
    world.call("user", "add", "mika", "--no-password")
    code, answer = world.json("user", "link", "mika", "1001")
    assert (code, answer["problems"][0]["code"]) == (2, "oidc_off")
    issuer = "https://login.example.org"
    code, answer = world.json("user", "link", "mika", "1001", "--issuer", issuer)
    assert (code, answer["user"], answer["subject"]) == (0, "mika", "1001")
    assert world.json("user", "link", "nobody", "1", "--issuer", issuer)[0] == 1
    assert world.json("user", "link", "mika", "x\n", "--issuer", issuer)[0] == 2
    assert "mika" in world.call("user", "link", "mika", "2", "--issuer", issuer, "--lang", "ja")[1]
    assert world.call("user", "unlink", "mika")[0] == 0
    code, answer = world.json("user", "unlink", "mika")
    assert (code, answer["problems"][0]["code"]) == (1, "oidc_not_linked")


def test_everything_that_is_wrong_with_a_schedule_is_told_at_once(
    world: World, tmp_path: Path
) -> None:
    file = tmp_path / "bad.yml"
    file.write_text("vms: [{name: A, cpus: 0}]")
    wrong = ("schedule", "add", "x", "--zone", "Moon/Crater", "-f")
    code, answer = world.json(*wrong, str(file))
    assert code == 2
    paths = [one["path"] for one in answer["problems"]]
    assert {"cron", "zone", "vms[0].name", "vms[0].cpus"} <= set(paths)
    file.write_text("[")
    assert [one["path"] for one in world.json(*wrong, str(file))[1]["problems"]] == [
        "zone",
        "cron",
        "request",
    ]
    code, answer = world.json(*wrong, str(tmp_path / "nowhere"))
    assert [one["path"] for one in answer["problems"]] == ["zone", "cron", "file"]


def test_schedules_from_the_terminal(world: World, tmp_path: Path) -> None:
    file = tmp_path / "night.yml"
    file.write_text("vms: [{name: nightly, template: web-server}]\n")
    add = ("schedule", "add", "0 3 * * *", "-f", str(file), "--zone", "Asia/Tokyo")
    code, made = world.json(*add, "--title", "every night")
    assert code == 0 and made["next"].endswith("T18:00:00+00:00")
    code, out, _ = world.call("schedule", "list")
    assert made["id"] in out and "03:00 Asia/Tokyo" in out and "every night" in out
    assert world.json("schedule", "disable", made["id"])[1]["next"] is None
    assert "disabled" in world.call("schedule", "list")[1]
    assert world.call("schedule", "enable", made["id"], "--lang", "ja")[0] == 0
    assert world.call("schedule", "remove", made["id"])[0] == 0
    assert world.json("schedule", "list")[1] == []
    code, answer = world.json("schedule", "remove", made["id"])
    assert (code, answer["problems"][0]["code"]) == (1, "schedule_not_found")
    code, answer = world.json("schedule", "add", "x", "-f", str(file))
    assert (code, answer["problems"][0]["code"]) == (2, "schedule_cron")


@pytest.mark.parametrize(
    ("words", "begun"),
    [
        ("fuyajo user disable ", "jun"),
        ("fuyajo token list --user ", "jun"),
        ("fuyajo token revoke ", "t-"),
        ("fuyajo schedule remove ", "s-"),
        ("fuyajo schedule add --zone Asia/To", "Asia/Tokyo"),
    ],
)
def test_names_are_completed(
    world: World, monkeypatch: pytest.MonkeyPatch, words: str, begun: str
) -> None:
    from click.shell_completion import ShellComplete

    from fuyajo.cli.main import cli

    for name in ("jun", "mika"):
        authenticating.add_user(me(), name, None)
    world.call("token", "new")
    scheduling.add(me(), "0 3 * * *", "UTC", "vms: [{name: nightly, template: web-server}]\n")
    *before, last = words.split(" ")[1:]
    found = ShellComplete(cli, {}, "fuyajo", "_FUYAJO_COMPLETE").get_completions(before, last)
    assert any(item.value.startswith(begun) for item in found)


def test_every_word_is_there_in_japanese(world: World) -> None:
    authenticating.add_user(me(), "mika", None, admin=True)
    world.call("token", "new")
    for words in (("user", "list"), ("token", "list"), ("schedule", "list")):
        english, japanese = (world.call(*words, "--lang", lang)[1] for lang in ("en", "ja"))
        assert english != japanese and not japanese.isascii()


def test_who_gives_and_takes_anothers_token_is_in_the_audit(world: World) -> None:
    authenticating.add_user(me(), "jun", PASSWORD)
    _, made = world.json("token", "new", "--user", "jun")
    assert world.call("token", "revoke", made["id"], "--user", "jun")[0] == 0
    rows = [(row.actor, json.loads(row.body)) for row in me().audit.rows()]
    told = [(who, body["event"], body.get("owner")) for who, body in rows if "token" in body]
    assert told == [
        (me().user, "token.given", "jun"),
        (me().user, "token.taken_back", "jun"),
    ]
