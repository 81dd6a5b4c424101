"""`$FUYAJO_HOME`: where everything of an installation lies, one private directory per user."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from fuyajo.store.files import private_directory

_USER = re.compile(r"[a-z_][a-z0-9_.-]{0,63}")


def account_user() -> str:
    """Who has this account, as a user of ours. The name is the account's, never an environment variable."""
    import pwd

    try:
        return safe_user(pwd.getpwuid(os.geteuid()).pw_name.lower())
    except ValueError:
        return f"uid-{os.geteuid()}"


def safe_user(name: str) -> str:
    """A user name that is also a directory name. Raises ValueError for anything else."""
    if not _USER.fullmatch(name) or ".." in name:
        raise ValueError(f"not a usable user name: {name!r}")
    return name


@dataclass(frozen=True)
class Home:
    """Paths below the home; directories come into being (0700) when asked for."""

    root: Path

    def plans(self, user: str) -> Path:
        return private_directory(self.root / "plans" / safe_user(user))

    def runs(self, user: str) -> Path:
        return private_directory(self.root / "runs" / safe_user(user))

    def knows(self, user: str) -> bool:
        """Whether that user ever planned or ran anything here."""
        return any((self.root / kind / safe_user(user)).is_dir() for kind in ("plans", "runs"))

    def planner(self, user: str) -> Path:
        """Not made here: a backend that needs it does, so that a mere greeting writes nothing."""
        return self.root / "users" / safe_user(user) / "planner"

    def conversations(self, user: str) -> Path:
        """Not made here: only who says something has one."""
        return self.root / "users" / safe_user(user) / "conversations"

    def chat_history(self, user: str) -> Path:
        """The lines typed at `fuyajo chat`; not made here."""
        return self.root / "users" / safe_user(user) / "chat_history"

    def said_by(self, user: str) -> tuple[Path, ...]:
        """Where words of that user lie, or may: not what machines of theirs need."""
        return self.planner(user), self.conversations(user), self.chat_history(user)

    def everything_of(self, user: str) -> tuple[Path, ...]:
        return tuple(self.root / kind / safe_user(user) for kind in ("plans", "runs", "users"))

    def ssh(self, user: str) -> Path:
        private_directory(self.root)
        return private_directory(self.root / "users" / safe_user(user) / "ssh")

    def images(self) -> Path:
        """Not made here: the image store does."""
        return self.root / "images"

    def gate(self) -> Path:
        """Admissions of planners. Not made here: most commands only look whether there are any."""
        return self.root / "gate"

    def database(self) -> Path:
        """Not made here: only who writes something that has to last needs it."""
        return self.root / "fuyajo.db"

    def restoring(self) -> Path:
        """As long as it is there, the state is neither the old one nor the new one (store/swapping.py)."""
        return self.root / "restore.json"

    def audit_head(self) -> Path:
        """The audit's last row, noted beside the database."""
        return self.root / "audit.head"

    def policy(self) -> Path:
        return self.root / "policy.toml"
