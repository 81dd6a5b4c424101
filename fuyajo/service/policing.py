"""The policy of this home: read, validated whole, and whose role is which. `explaining.py` explains it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fuyajo.domain.context import Quota
from fuyajo.domain.errors import InvalidInput, Misconfigured, Problem, Refused, shown
from fuyajo.domain.plan import Plan
from fuyajo.domain.policy import Decision, Policy, Role, smaller
from fuyajo.domain.ruling import Place, decide, findings, misuse

if TYPE_CHECKING:
    from fuyajo.service.context import Actor

MAX_BYTES = 1_048_576
WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True)
class PolicyFile:
    """A policy with the file that it came from; `lines` is None where there is no file."""

    policy: Policy
    path: Path
    digest: str = "defaults"
    lines: dict[str, int] | None = None

    def place(self, rule: str) -> str:
        """`policy.toml:12` for a rule that the file says, empty for a default."""
        line = (self.lines or {}).get(rule)
        return f"{self.path.name}:{line}" if line else ""


def load_policy(path: Path) -> Policy:
    """The file, or the defaults where there is none. Raises `Misconfigured` with every problem."""
    return read_file(path).policy


def policy_file(actor: Actor) -> PolicyFile:
    """The one of this home."""
    return read_file(actor.home.policy())


def text_of(actor: Actor) -> str | None:
    """The file as it is, good or not; None where there is none that can be read."""
    try:
        raw = _read(actor.home.policy())
    except InvalidInput:
        return None
    return raw.decode("utf-8", "replace") if raw is not None else None


def read_file(path: Path) -> PolicyFile:
    """As `load_policy`, with where each rule stands."""
    try:
        raw = _read(path)
        return read_bytes(raw, path) if raw is not None else PolicyFile(Policy(), path)
    except InvalidInput as error:
        raise Misconfigured(error.problems) from error


@lru_cache(maxsize=4)  # the same bytes mean the same: a page asks for each of its plans
def read_bytes(raw: bytes, path: Path) -> PolicyFile:
    """A policy that somebody thinks of, named as if it were in that file. Raises `InvalidInput`."""
    import tomllib  # only where there is a file to read

    from fuyajo.domain.policy_lines import line_of, lines_of
    from fuyajo.domain.policy_reading import read_policy

    try:
        text = raw.decode("utf-8-sig")
        data: dict[str, Any] = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError and UnicodeDecodeError too
        detail = shown(str(error) or type(error).__name__, 200)
        raise InvalidInput(Problem(str(path), "policy_file", {"detail": detail})) from error
    lines = lines_of(text)
    policy, problems = read_policy(data)
    if policy is None:
        raise InvalidInput([_placed(p, path, line_of(lines, p.path)) for p in problems])
    return PolicyFile(policy, path, sha256(raw).hexdigest(), lines)


def _placed(problem: Problem, path: Path, line: int | None) -> Problem:
    where = f"{path.name}:{line}" if line else path.name
    return Problem(f"{where}: {problem.path}", problem.code, problem.params)


def _read(path: Path) -> bytes | None:
    """None where there is no file. Raises `InvalidInput` for one that others may have written."""
    try:
        # What was looked at is what is read: by descriptor. A pipe must not make anybody wait.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        if path.is_symlink():  # a policy was meant; that it is not there must not loosen anything
            raise InvalidInput(_unreadable(path, "a link to nowhere")) from None
        return None
    except OSError as error:
        raise InvalidInput(_unreadable(path, error.strerror or str(error))) from error
    try:
        problems = list(_distrust(path, os.fstat(descriptor)))
        if problems:
            raise InvalidInput(problems)
        with open(descriptor, "rb", closefd=False) as file:
            raw = file.read(MAX_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(raw) > MAX_BYTES:
        raise InvalidInput(Problem(str(path), "too_large", {"limit": "1 MiB"}))
    return raw


def _distrust(path: Path, found: os.stat_result) -> Iterator[Problem]:
    """Why this file does not count: whoever can write it could allow themselves anything."""
    if not stat.S_ISREG(found.st_mode):
        yield _unreadable(path, "not a regular file")
        return
    if found.st_uid not in (0, os.geteuid()):
        yield Problem(str(path), "policy_owner", {"uid": found.st_uid, "value": str(path)})
    if found.st_mode & WRITABLE_BY_OTHERS:
        mode = f"{stat.S_IMODE(found.st_mode):04o}"
        yield Problem(str(path), "policy_mode", {"mode": mode, "value": str(path)})


def _unreadable(path: Path, detail: str) -> Problem:
    return Problem(str(path), "policy_unreadable", {"detail": shown(detail, 200)})


# --- who is who --------------------------------------------------------------------------------------


def groups_of(user: str) -> frozenset[str]:
    """The groups of that account on this system; none for a name that has no account here."""
    import grp
    import pwd

    try:
        entry = pwd.getpwnam(user)
        numbers = os.getgrouplist(user, entry.pw_gid)
    except (KeyError, OSError):
        return frozenset()
    names: set[str] = set()
    for number in numbers:
        with suppress(KeyError):
            names.add(grp.getgrgid(number).gr_name)
    return frozenset(names)


def role_name(policy: Policy, user: str) -> str:
    return policy.role_name(user, groups_of(user) if policy.names_groups else ())


def role_of(actor: Actor, user: str) -> Role:
    """What that user may do, by the file as it is now. Raises `InvalidInput` for a broken one."""
    policy = actor.policy
    return policy.roles.get(role_name(policy, user)) or Role()


def quota_of(actor: Actor, user: str | None = None) -> Quota:
    """Of the settings `quota_*` and the policy the smaller, each by itself."""
    return smaller(actor.settings.quota, role_of(actor, user or actor.user).limits.quota)


def place_of(actor: Actor, plan: Plan) -> Place:
    """Where that plan would run."""
    if plan.host is not None:
        from fuyajo.service.hosting import at

        actor = at(actor, plan)
    return Place(actor.settings.uri, actor.settings.pool)


def decision_on(actor: Actor, plan: Plan) -> tuple[Decision, tuple[Problem, ...]]:
    """What this plan needs now, and what refuses it."""
    return decide(role_of(actor, plan.owner), plan, datetime.now(UTC), place_of(actor, plan))


def refuse_misuse(actor: Actor, plan: Plan) -> None:
    """Raises `Refused` with everything in this plan that its owner may not use or destroy."""
    role = role_of(actor, plan.owner)
    if problems := misuse(findings(role, plan, datetime.now(UTC), place_of(actor, plan))):
        raise Refused(problems)
