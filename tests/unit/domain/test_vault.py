"""Where copies lie, as the settings name it; and what a plan makes of copies that are there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fuyajo.domain.backups import Backup, settled
from fuyajo.domain.errors import InvalidInput
from fuyajo.domain.machine import HostFacts, HostView
from fuyajo.domain.spec import OperationSpec, Spec
from fuyajo.domain.vault import Vault, read

HOST = HostView(HostFacts("", 0), {})
ONE = Backup("one", "web", "u-1", "mika", "full", "2026-01-01T00:00:00.000000Z", chain=("one",))
COPY = replace(ONE, copied="2026-01-02T00:00:00Z")


def test_what_is_said() -> None:
    assert read({}) is None and read({"copies": ""}) is None
    found = read({"copies": "/srv/x", "copies_password_file": "/etc/p"})
    assert found == Vault("/srv/x", Path("/etc/p"))
    assert found.options() == {"repository": "/srv/x", "password_file": "/etc/p"}


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"copies": "/x"}, ["copies_password_file"]),
        ({"copies_password_file": "/p"}, ["copies"]),
        ({"copies": "s3:https://h/b"}, ["copies_credentials_file", "copies_password_file"]),
    ],
)
def test_what_is_missing_is_told_at_once(values: dict[str, str], missing: list[str]) -> None:
    with pytest.raises(InvalidInput) as error:
        read(values)
    assert [one.path for one in error.value.problems] == missing


def meant(op: str, here: list[Backup], copies: list[Backup], **more: str) -> OperationSpec | str:
    spec = Spec(operations=(OperationSpec.model_validate({"op": op, "vm": "web", **more}),))
    shelf, there = {"web": tuple(here)}, {"web": tuple(copies)}
    found, problems = settled(spec, shelf, HOST, there)
    return problems[0].code if problems else found.operations[0]


@pytest.mark.parametrize("op", ["copy-backup", "fetch-backup"])
def test_what_is_there_is_not_moved(op: str) -> None:
    found = meant(op, [ONE], [COPY])
    assert isinstance(found, OperationSpec) and found.copied


def test_a_name_alone_is_not_the_same() -> None:
    other = replace(COPY, created="2025-01-01T00:00:00.000000Z")
    found = meant("copy-backup", [ONE], [other])
    assert isinstance(found, OperationSpec) and found.copied is None
    assert meant("fetch-backup", [ONE], [other]) == "backup_there"


@pytest.mark.parametrize(
    ("op", "here", "copies", "more", "code"),
    [
        ("copy-backup", [], [], {}, "no_backup"),
        ("copy-backup", [replace(ONE, problem="x")], [], {}, "no_good_backup"),
        ("copy-backup", [replace(ONE, problem="x")], [], {"backup": "one"}, "backup_broken"),
        ("fetch-backup", [ONE], [], {}, "copy_backup"),
        ("fetch-backup", [], [COPY], {"backup": "two"}, "copy_unknown_backup"),
        ("fetch-backup", [], [replace(COPY, chain=())], {}, "copy_good_backup"),
        ("fetch-backup", [], [replace(COPY, chain=())], {"backup": "one"}, "copy_backup_broken"),
    ],
)
def test_what_cannot_be(
    op: str, here: list[Backup], copies: list[Backup], more: dict[str, str], code: str
) -> None:
    assert meant(op, here, copies, **more) == code
