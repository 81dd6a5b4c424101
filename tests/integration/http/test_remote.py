"""The same command lines, on this machine and through a service: the same words, JSON and exit codes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import pytest

from fuyajo.cli.main import cli
from fuyajo.domain.machine import Trashed
from fuyajo.domain.trash import trash_name
from tests.support.command_line import World, machine
from tests.support.remote import Played, Player, here, there

Line = str | tuple[str, ...]
ENV = "vms:\n  - {name: job, template: basic-server, memory: 1GiB, count: 2}\n"
WRONG = "vms:\n  - {name: JOB, memory: 1, template: nothing}\noperations: [{op: stop, vm: gone}]\n"

LOOKING: list[Line] = [
    "vm list",
    "vm list --json",
    "vm show web",
    "vm show web --json",
    "vm show nothing",
    "vm metrics web",
    "vm metrics nothing --json",
    "vm logs web",
    "vm logs web --json --grep x --since 2h",
    "vm logs nothing --json",
    "vm show a/b --json",
    "vm show ..",
    ("vm", "show", ""),
    "top --once --json --filter none",
    "backup list",
    "backup list web --json --lang ja",
    "backup verify",
    "backup verify nothing --json",
    "vm snapshot list",
    "vm snapshot list --json",
    "vm snapshot list web db",
    "vm snapshot list web --json --lang ja",
    "vm snapshot list nothing",
    "vm snapshot list --environment nothing",
    "vm snapshot list --tag nothing --json",
    "run list",
    "run list --json",
    "run show r-20261122-210000-aaaa",
    "trash list",
    "trash list --json",
    "template list",
    "template list --lang ja",
    "template show web-server",
    "template show nothing --json",
    "policy show",
    "policy show --json",
    "policy check",
    "policy check --json",
    "drift",
    "drift --json",
    "drift show nothing",
    "suggest",
    "suggest web --json",
    "suggest web db",
    "suggest nothing --json",
    "suggest --plan 7",
    "suggest --plan web.idle --lang ja",
    "suggest --all --json",
    "suggest --dismiss 7",
    "suggest --dismiss web.idle --plan 1 --json",
]
PLANNING: list[Line] = [
    ("plan", "hello"),
    ("plan", "a web server called shop with 1 GB of memory"),
    ("plan", "メモリ1GBのウェブサーバーshop2を作って", "--json"),
    ("plan", "stop web", "--json", "--detailed-exitcode"),
    ("plan", "stop nothing-there"),
    ("plan", "stop nothing-there", "--json"),
    ("plan", "stop web", "--conversation", "x"),
    ("plan", "start it again", "--conversation", "x"),
    ("plan", "start it again", "--conversation", "x", "--new"),
    ("plan", "stop web", "--backend", "nobody"),
    ("plan", "--again", "{plan}", "--json"),
    "plan --again p-00000000",
    "plan -f {env}",
    "plan -f {env} --json",
    "plan -f {env} --graph",
    "plan -f {wrong}",
    "plan -f {wrong} --json --lang ja",
    "plan -f {nowhere}",
    "policy explain {plan}",
    "policy explain {plan} --json",
    "policy explain p-00000000",
]
DOING: list[Line] = [
    ("plan", "a web server called shop with 1 GB of memory"),
    "apply --check",
    "apply --check --json",
    "apply",
    "apply {plan}",
    "apply {plan} --check",
    "apply p-00000000",
    "run list",
    "run show {run}",
    "run logs {run}",
    "run logs {run} -v -n 1",
    "run logs {run} --json",
    "run cancel {run}",
    "run cancel r-20261122-210000-ffff",
    "vm list",
    "vm stop shop web --json",
    "vm stop shop web",
    "vm start nothing nowhere",
    "undo {run}",
    "undo {run} --json",
    "apply",
    "apply -f {env}",
    "apply -f {env} --json",
    "apply -f {wrong} --json",
    "vm delete shop",
    "vm delete shop --json",
    "vm delete shop --yes",
    "undo {run}",
    "trash list",
    "trash restore shop",
    "trash restore nothing",
    "vm delete shop --purge",
    "vm delete shop --purge --yes",
    "undo {run} --json",
    "vm restart web -y -v",
    "vm restart web --force",
    "vm restart web --force --yes --json",
    "backup create web --keep daily=x --json",
    "backup create web --keep last --json",
    "backup restore web --as web --json",
    "backup restore nothing --as other",
    "backup delete web none --json",
    "backup test nothing --json",
    "backup copy nothing --json",
    "backup fetch nothing",
    "backup list --copies --json",
    "vm snapshot create",
    "vm snapshot create web --name first",
    "vm snapshot create web db --name first --json",
    "vm snapshot create -f {env} -n whole",
    "vm snapshot create web --name ../x --json",
    "vm snapshot list",
    "vm snapshot revert web --name never --json",
    "vm snapshot revert web --yes",
    "vm snapshot delete web db --name first",
    "vm snapshot delete web db --name first --yes --json",
    "vm snapshot list web",
    "trash empty",
    "trash empty --yes",
    ("plan", "stop web"),
    "approve {plan}",
    "approve {plan} --yes --note fine --json",
    "apply {plan}",
    "approve {plan} --yes",
    ("plan", "start web"),
    "reject {plan} --note no",
    "apply {plan}",
    "reject p-00000000",
    "audit list --json",
    "audit list",
    "audit verify --json",
    "audit verify --expect x",
    "drift adopt web",
    "drift revert web --json",
    "drift forget web",
]
PEOPLE: list[Line] = [
    "user list",
    "user add jun --no-password",
    "user add jun --no-password --json",
    "user add JUN --no-password",
    "user list --json",
    "user disable jun",
    "user enable jun --json",
    "user enable nobody",
    "token new --user jun --scope plan --label x",
    "token list --user jun",
    "token list --user jun --json",
    "token revoke {token} --user jun",
    "token revoke t-ffffffffffff",
    "token new --user jun --scope admin",
    "token new --user nobody",
    "alert list",
    "alert add cpu --vm nothing --above 120 --json",
    "alert add cpu",
    "alert add cpu --above 1 --for soon",
    "alert remove a-00000000",
    "alert enable a-00000000 --json",
    "alert disable a-00000000",
    "alert test log",
    "alert test log --json",
    "alert test pigeon",
    "schedule list",
    ("schedule", "add", "0 3 * * *", "-f", "{env}", "--zone", "Asia/Tokyo"),
    ("schedule", "add", "0 3 * *", "-f", "{wrong}", "--zone", "Nowhere"),
    "schedule list",
    "schedule list --json",
    "schedule disable {schedule}",
    "schedule enable {schedule} --json",
    "schedule disable s-00000000",
    "schedule remove {schedule}",
    "share list",
    "share web daemon",
    "share web daemon --operate --json",
    "share web nobody-of-that-name",
    "share nothing daemon",
    "share list",
    "share list --json",
    "unshare web daemon",
    "unshare web daemon",
]
FAILING: list[Line] = [
    "apply -f {env}",
    "run show {run}",
    "run list",
    "apply -f {env} --json",
    "vm stop web --json",
    "apply -f {env} --lang ja",
]
TYPED: list[tuple[Line, str]] = [
    ("chat --new", "hello\nstop web\n/plan\n/apply\n/apply\nstart it again\n/apply\n/quit\n"),
    ("chat --json", "hello\nstop nothing-there\nstop web\n/apply\n"),
    ("plan -f -", ENV),
    ("plan -", "{"),
    ("plan - --json", '{"vms": [{"name": "a"}], "vms": []}'),
    ("plan -f - --json", "vms: [{name: x, memory: .nan}]"),
    ("plan -f -", "vms: [{name: x, template: 2026-11-22}]"),
    ("plan -f -", ""),
    ("user add jun --password-stdin", "short\n"),
    ("user add jun --password-stdin --json", "four words in a row\n"),
    ("user password jun --password-stdin", "five words all in a row\n"),
    ("user password nobody --password-stdin", "five words all in a row\n"),
]
SCENES = {"looking": LOOKING, "planning": PLANNING, "doing": DOING, "people": PEOPLE}
#: What cannot be asked of a service.
ONLY_HERE: list[Line] = [
    "doctor",
    "doctor --repair-ownership",
    "demo",
    "serve --port 0",
    "worker",
    "image list",
    "image build debian-12",
    "image import {env} --sha256 {sum}",
    "eval --backend rules",
    "eval admit rules",
    "eval list",
    "eval canary rules",
    "user link mika 2482",
    "user unlink mika",
    "import web",
    "import web --adopt",
    "host list",
    "host forecast",
    "backup export web /etc/hosts",
    "backup-state {nowhere}",
    "restore-state {nowhere}",
    "user export mika",
    "user forget mika --yes",
    ("plan", "hello", "--record", "{nowhere}"),
]
#: With tests of their own, or the same everywhere.
ELSEWHERE = {"login", "logout", "whoami", "schema", "audit export", "mcp install"}


def furnish(world: World) -> None:
    buried = machine("old", state="stopped")
    mark = Trashed("old", "2026-11-22T21:00:00Z", "2020-11-22T21:00:00Z")
    kept = replace(buried, name=trash_name(buried.uuid), trashed=mark)
    world.have(machine("web"), machine("db", template="basic-server", state="stopped"), kept)
    world.have(machine("foreign", owner="noriko"))


def played(player: Player, lines: list[Line], where: Path) -> list[Played]:
    furnish(player.world)
    for name, content in (("env", ENV), ("wrong", WRONG)):
        file = where / f"{name}.yml"
        file.write_text(content)
        player.seen[name] = str(file)
    player.seen["nowhere"] = str(where / "nowhere.yml")
    return [player.play(line) for line in lines]


def test_what_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def typing(player: Player) -> list[Played]:
        furnish(player.world)
        player.world.terminal = "t-1"
        return [player.play(line, typed) for line, typed in TYPED]

    with here(tmp_path / "here", monkeypatch, capsys) as player:
        wanted = typing(player)
    with there(tmp_path / "there", monkeypatch, capsys) as player:
        found = typing(player)
    assert [pair for pair in zip(wanted, found, strict=True) if pair[0] != pair[1]] == []


@pytest.mark.parametrize("scene", SCENES)
def test_the_same_here_and_there(
    scene: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with here(tmp_path / "here", monkeypatch, capsys) as player:
        wanted = played(player, SCENES[scene], tmp_path)
    with there(tmp_path / "there", monkeypatch, capsys) as player:
        found = played(player, SCENES[scene], tmp_path)
    assert [pair for pair in zip(wanted, found, strict=True) if pair[0] != pair[1]] == []


def _without_progress(one: Played) -> Played:
    """The host of `command_line.py` tells its caller less than it writes down."""
    lines = one.err.splitlines(keepends=True)
    return replace(one, err="".join(line for line in lines if not line.startswith("[")))


def test_a_run_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(player: Player) -> list[Played]:
        player.world.status, player.world.makes = "failed", frozenset({"job-1"})
        policy = player.world.home / "policy.toml"
        policy.write_text('[roles.default]\non_failure = "undo"\n')
        policy.chmod(0o600)
        return list(map(_without_progress, played(player, FAILING, tmp_path)))

    with here(tmp_path / "here", monkeypatch, capsys) as player:
        wanted = failing(player)
    with there(tmp_path / "there", monkeypatch, capsys) as player:
        found = failing(player)
    assert {one.code for one in wanted} == {0, 1}
    assert [pair for pair in zip(wanted, found, strict=True) if pair[0] != pair[1]] == []


@pytest.fixture
def remote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Player]:
    with there(tmp_path / "there", monkeypatch, capsys) as player:
        furnish(player.world)
        yield player


def test_what_works_only_here_says_so(remote: Player, tmp_path: Path) -> None:
    (tmp_path / "env.yml").write_text(ENV)
    remote.seen |= {
        "env": str(tmp_path / "env.yml"),
        "nowhere": str(tmp_path / "nowhere"),
        "sum": "0" * 64,
    }
    for line in ONLY_HERE:
        said = remote.play(line)
        assert (said.code, said.out) == (2, ""), said
        assert "works only on the machine of the service" in said.err, said
    assert remote.play("vm list --all").code == 3


def test_every_command_is_in_a_list() -> None:
    """A new one is played here and there, or says that it works only here."""
    lists = [*SCENES.values(), FAILING, ONLY_HERE, [line for line, _ in TYPED]]
    known = {_path(line) for lines in lists for line in lines} | ELSEWHERE
    assert set(_leaves(cli, "")) - known == set()


def _leaves(group: click.Command, path: str) -> Iterator[str]:
    if not isinstance(group, click.Group):
        yield path
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        inner = group.get_command(context, name)
        assert inner is not None
        yield from _leaves(inner, f"{path} {name}".strip())


def _path(line: Line) -> str:
    words = line.split() if isinstance(line, str) else line
    command: click.Command = cli
    path: list[str] = []
    for word in words:
        if not isinstance(command, click.Group):
            break
        inner = command.get_command(click.Context(command), word)
        if inner is None:
            break
        command = inner
        path.append(word)
    if path == ["drift"]:
        path.append("show")
    return " ".join(path)
