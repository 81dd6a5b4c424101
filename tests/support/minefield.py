"""Everything that the CLI would read, load or run if it could, laid around a call; each would show itself."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.claude import SECRET
from tests.support.messages_api import MessagesApi

# The content of every planted file. It must be in nothing that is sent.
MARKER = "the-quick-brown-fox-4711"
PLANTED_MODEL = "claude-planted"
PLANTED_TOKEN = "sk-ant-oat01-planted"
# In `home` after a call: the CLI's own state, nothing of ours or of the model's.
DOCUMENTED = frozenset(
    {".claude/.claude.json", ".claude/backups", ".claude/plugins", ".claude/sessions"}
)
_WORDS = (
    "CLAUDE.md",
    "CLAUDE.local.md",
    "AGENTS.md",
    ".claude/CLAUDE.md",
    ".claude/rules/a.md",
    ".claude/agents/a.md",
    ".claude/commands/help.md",
    ".claude/skills/a/SKILL.md",
    ".claude/output-styles/default.md",
)


@dataclass(frozen=True)
class Minefield:
    """`home` is the user's planner directory, `above` its parent, `temp` the system's temp dir.

    `touched` is made by whatever of it runs.
    """

    above: Path
    home: Path
    temp: Path

    @property
    def touched(self) -> Path:
        return self.above / "touched"

    @property
    def secrets(self) -> tuple[Path, ...]:
        """Files that nobody asked for, where a mention could find them."""
        return (self.above / "secret.txt", self.home / "secret-home.txt", self.temp / "secret.txt")

    def mentions(self) -> tuple[str, ...]:
        """Every way to name one of them, as seen from the empty working directory below `home`."""
        above, home, temp = map(str, self.secrets)
        return (
            *(form.format(above) for form in ("@{0}", '@"{0}"', "@'{0}'", "見て、@{0}", "。@{0}")),
            *(form.format(above) for form in ("\n@{0}", "\t@{0}", "\u3000@{0}", "@file://{0}")),
            *("@../secret-home.txt", "@../../secret.txt", "@./../secret-home.txt", "@..", "@."),
            *("@~/secret-home.txt", "@$HOME/secret-home.txt", f"@{home}#L1-2", f"@{temp}"),
            *(f"@{self.above}", f"@{self.above}/", "@/etc/passwd", '@"/etc/passwd"'),
        )

    def lay(self) -> None:
        """Plants everything into all three directories."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        for path in self.secrets:
            path.write_text(MARKER, encoding="utf-8")
        for directory in (self.above, self.home, self.temp):
            self._lay_in(directory)

    def _lay_in(self, directory: Path) -> None:
        for name in _WORDS:
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(MARKER, encoding="utf-8")
        run = {"command": "touch", "args": [str(self.touched)]}
        servers = {"mcpServers": {"planted": run}}
        files: dict[str, Any] = {
            ".claude/settings.json": self._settings(),
            ".claude/settings.local.json": self._settings(),
            ".mcp.json": servers,
            ".claude.json": servers,
        }
        for name, content in files.items():
            (directory / name).write_text(json.dumps(content), encoding="utf-8")
        variables = f"ANTHROPIC_MODEL={PLANTED_MODEL}\nANTHROPIC_API_KEY={PLANTED_TOKEN}\n"
        (directory / ".env").write_text(variables, encoding="utf-8")
        self._repository(directory)

    def _settings(self) -> dict[str, Any]:
        hook = [{"hooks": [{"type": "command", "command": f"touch {self.touched}"}]}]
        events = (
            "UserPromptSubmit",
            "SessionStart",
            "SessionEnd",
            "Stop",
            "PreToolUse",
            "PostToolUse",
        )
        return {
            "env": {"ANTHROPIC_MODEL": PLANTED_MODEL},
            "model": PLANTED_MODEL,
            "apiKeyHelper": f"touch {self.touched}; echo {PLANTED_TOKEN}",
            "statusLine": {"type": "command", "command": f"touch {self.touched}"},
            "enableAllProjectMcpServers": True,
            "hooks": dict.fromkeys(events, hook),
        }

    def _repository(self, directory: Path) -> None:
        """A git repository that runs a command as soon as git looks at its files."""
        subprocess.run(["git", "init", "-q", str(directory)], check=True, capture_output=True)
        with (directory / ".git" / "config").open("a", encoding="utf-8") as config:
            config.write(f"[core]\n\tfsmonitor = touch {self.touched};\n")

    def credentials(self) -> None:
        """A login of somebody else, and servers of theirs, where the CLI keeps its own."""
        login = {
            "accessToken": PLANTED_TOKEN,
            "refreshToken": PLANTED_TOKEN,
            "expiresAt": 4102444800000,
        }
        servers = {"mcpServers": {"planted": {"command": "touch", "args": [str(self.touched)]}}}
        for name, content in (
            (".credentials.json", {"claudeAiOauth": {**login, "scopes": ["user:inference"]}}),
            (".claude.json", servers),
        ):
            (self.home / ".claude" / name).write_text(json.dumps(content), encoding="utf-8")

    def assert_inert(self, api: MessagesApi, requests: int = 1) -> None:
        """Nothing of it ran, and the API got our requests, with our credential, and nothing else."""
        sent = b"".join(call.body for call in api.calls)
        assert not self.touched.exists()
        for planted in (MARKER, PLANTED_MODEL, PLANTED_TOKEN, "root:x:0:0"):
            assert planted.encode() not in sent
        assert len(api.calls) == len(api.messages) == requests
        for call in api.messages:
            assert call.headers["authorization"] == f"Bearer {SECRET}"
            assert "x-api-key" not in call.headers
            assert PLANTED_TOKEN not in str(call.headers)
            assert call.json["model"].startswith("claude-sonnet")
            assert [tool["name"] for tool in call.json["tools"]] == ["StructuredOutput"]


def new_in(home: Path, before: set[Path]) -> set[str]:
    """What a call left in `home` beyond what is documented, relative to it."""
    found = {path.relative_to(home) for path in set(home.rglob("*")) - before}
    return {str(path) for path in found if not _documented(path)}


def _documented(path: Path) -> bool:
    names = {str(path), *map(str, path.parents)}
    return bool(names & DOCUMENTED) or str(path) == ".claude"
