"""`policy.toml`: read whole or not at all, with every problem at its path; never from another's hand."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.context import Quota
from fuyajo.domain.errors import InvalidInput
from fuyajo.domain.policy import Policy, smaller
from fuyajo.domain.policy_lines import line_of, lines_of
from fuyajo.domain.policy_reading import read_policy
from fuyajo.service import policing
from fuyajo.service.policing import groups_of, load_policy, read_file
from tests import shape

BROKEN = """
version = 2
[users]
mika = "admin"
"@wheel" = "nobody"
"Bad Name" = 3
[roles.default]
templates = []
bogus = 1
protected = ["", 3]
limits = { cpus = -1, memory = "much", hours = -3, disks = 1 }
hours = { days = "mon-someday", to = "25:00", zone = "Mars/Base", risks = [] }
[roles.default.approvals]
accept = ["me"]
valid_minutes = 100000
[roles."Big Role".needs]
start = "maybe"
"""
PROBLEMS = {
    "policy.toml:2: version": "choice",
    "policy.toml:4: users.mika": "policy_no_role",
    "policy.toml:5: users.@wheel": "policy_no_role",
    "policy.toml:9: roles.default.bogus": "unknown_key",
    "policy.toml:10: roles.default.protected[0]": "policy_empty",
    "policy.toml:10: roles.default.protected[1]": "wrong_type",
    "policy.toml:11: roles.default.limits.cpus": "policy_least",
    "policy.toml:11: roles.default.limits.memory": "size",
    "policy.toml:11: roles.default.limits.hours": "policy_least",
    "policy.toml:11: roles.default.limits.disks": "unknown_key",
    "policy.toml:12: roles.default.hours.days": "policy_days",
    "policy.toml:12: roles.default.hours.to": "policy_clock",
    "policy.toml:12: roles.default.hours.zone": "policy_zone",
    "policy.toml:12: roles.default.hours.risks": "policy_empty",
    "policy.toml:14: roles.default.approvals.accept[0]": "choice",
    "policy.toml:15: roles.default.approvals.valid_minutes": "policy_most",
    "policy.toml:16: roles.Big Role": "policy_role_name",
    "policy.toml:17: roles.Big Role.needs.start": "choice",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "policy.toml"


def written(file: Path, text: str | bytes, mode: int = 0o600) -> Path:
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    file.chmod(mode)
    return file


def problems(file: Path) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        load_policy(file)
    for problem in caught.value.problems:
        for lang in ("en", "ja"):
            assert problem.message(lang)  # type: ignore[arg-type]
            assert problem.hint(lang)  # type: ignore[arg-type]
    return {problem.path: problem.code for problem in caught.value.problems}


def example() -> str:
    page = (shape.ROOT / "docs/policy.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"^```toml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return str(found)


def test_the_documented_example_is_good_and_whole(file: Path) -> None:
    policy = load_policy(written(file, example()))
    role = policy.roles["default"]
    assert (role.limits.memory_mib, role.limits.disk_gib) == (32 * 1024, 500)
    assert role.hours is not None
    assert (role.hours.begin, role.hours.end, role.hours.zone) == (480, 1170, "Asia/Tokyo")
    assert policy.role_name("tarō", ["users", "wheel"]) == "lead"
    assert policy.role_name("noriko", ["wheel"]) == "student", "the own line counts first"
    assert policy.role_name("somebody", []) == "default"
    said = {key for r in tomllib.loads(example())["roles"].values() for key in r}
    assert said == set(type(role).model_fields), "every key is in the example"


def test_no_file_is_the_defaults(file: Path) -> None:
    assert load_policy(file) == Policy()
    assert load_policy(written(file, "")) == Policy()
    assert Policy().role("anybody", ()).needs.destroy == "approval"


def test_every_problem_at_once(file: Path) -> None:
    found = problems(written(file, BROKEN))
    assert {path: found.get(path) for path in PROBLEMS} == PROBLEMS
    rest = set(found) - set(PROBLEMS)
    assert rest == {"policy.toml:6: users.Bad Name"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("roles = ", "policy_file"),
        ("a = 1\na = 2", "policy_file"),
        (b"\xff\xfe", "policy_file"),
        ("x = " + "[" * 5000 + "]" * 5000, "policy_file"),
        (b"#" * 1_048_577, "too_large"),
    ],
)
def test_what_is_no_toml(file: Path, text: str | bytes, code: str) -> None:
    assert list(problems(written(file, text)).values()) == [code]


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666, 0o660])
def test_a_file_that_others_may_write(file: Path, mode: int) -> None:
    assert list(problems(written(file, "", mode)).values()) == ["policy_mode"]


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o400])
def test_a_file_that_others_may_read(file: Path, mode: int) -> None:
    assert load_policy(written(file, "", mode)) == Policy()


def test_a_file_of_another_user(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(file, "", 0o666)
    found = os.stat(file)
    strange = os.stat_result((*found[:4], 4711, *found[5:]))
    monkeypatch.setattr(policing.os, "fstat", lambda _fd: strange)
    with pytest.raises(InvalidInput) as caught:
        load_policy(file)
    assert [p.code for p in caught.value.problems] == ["policy_owner", "policy_mode"]


def test_what_is_no_regular_file(file: Path, tmp_path: Path) -> None:
    file.mkdir()
    assert list(problems(file).values()) == ["policy_unreadable"]
    file.rmdir()
    os.mkfifo(file)  # must not wait for a writer either
    assert list(problems(file).values()) == ["policy_unreadable"]
    file.unlink()
    file.symlink_to(tmp_path / "nowhere")
    assert list(problems(file).values()) == ["policy_unreadable"], "a policy was meant"


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["roles", "users", "default", "limits", "hours", "needs", "memory"])
            | st.text(max_size=8),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["version", "roles", "users", "x"]), JSON, max_size=4))
def test_nothing_breaks_the_reader(data: dict[str, Any]) -> None:
    policy, found = read_policy(data)
    assert (policy is None) == bool(found)
    for problem in found:
        assert problem.message().isprintable()
        assert problem.path.isprintable()
        problem.hint("ja")


def test_where_a_rule_stands(file: Path) -> None:
    text = (
        '# c\n[ roles . "default" ]\ntemplates = ["a"]\n'
        "limits = {cpus=1, memory='2G'}\nneeds.start = 'nothing'\n[roles.x.hours]\nfrom='09:00'\n"
    )
    assert lines_of(text) == {
        "roles.default": 2,
        "roles.default.templates": 3,
        "roles.default.limits": 4,
        "roles.default.limits.cpus": 4,
        "roles.default.limits.memory": 4,
        "roles.default.needs.start": 5,
        "roles.x": 6,
        "roles.x.hours": 6,
        "roles.x.hours.from": 7,
    }
    assert line_of(lines_of(text), "roles.default.templates[3]") == 3
    assert line_of(lines_of(text), "version") is None
    found = read_file(written(file, text))
    assert found.place("roles.default.limits.memory") == "policy.toml:4"
    assert found.place("roles.default.images") == ""


def test_groups_are_those_of_the_system() -> None:
    import grp
    import pwd

    me = pwd.getpwuid(os.geteuid())
    assert grp.getgrgid(me.pw_gid).gr_name in groups_of(me.pw_name)
    assert groups_of("nobody-has-this-name") == frozenset()


def test_the_smaller_limit_counts() -> None:
    one, other = Quota(vms=3, cpus=None, memory_mib=10), Quota(vms=5, cpus=2, disk_gib=0)
    assert smaller(one, other) == smaller(other, one) == Quota(3, 2, 10, 0)
