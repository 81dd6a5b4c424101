"""What planning costs beyond the thinking: the Claude adapter, the rules in process, `fuyajo plan`.

``python bench/planner_overhead.py [--json] [--rounds N]``. The Claude Code CLI talks to a scripted API on
loopback, so that its own time is a floor: the same argv, environment and standard input by `subprocess.run`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from measure import ROOT, machine, site, spread, take_turns, verdict, wall

from fuyajo.domain.context import VmBrief
from fuyajo.domain.errors import FuyajoError
from fuyajo.planner.backend import PlannerRequest
from fuyajo.planner.backends.claude_cli import version
from fuyajo.planner.backends.claude_cli.backend import ClaudeBackend
from fuyajo.planner.backends.claude_cli.call import arguments, environment, room, token_env
from fuyajo.planner.backends.rules import RulesBackend
from fuyajo.planner.backends.tokens import TokenEnv, token_pipe
from fuyajo.planner.dialogue import ask
from fuyajo.planner.prompt import frame
from scripts.fetch_claude import fetch
from tests.support.messages_api import MessagesApi

SECRET = "sk-ant-oat01-only-a-bench"
REPLY = {"type": "chat", "message": "Good morning. What shall I make for you? " * 5, "config": None}
CASES = ROOT / "fuyajo" / "planner" / "gate" / "data" / "gate.jsonl"
CLAUDE_MOST_MS, RULES_MOST_MS, PLAN_MOST_S = 50.0, 5.0, 0.4


@dataclass
class Line:
    """One measured thing: `seconds` of every round, `value` in `unit`, which may be at most `most`."""

    what: str
    seconds: list[float]
    against: str = ""
    value: float | None = None
    most: float | None = None
    unit: str = ""

    def cells(self) -> list[str]:
        if self.value is None:
            return [self.what, self._spread(), self.against, "", ""]
        held = "" if self.most is None else verdict(self.value, self.most)
        return [self.what, self._spread(), self.against, f"{self.value:.2f} {self.unit}", held]

    def _spread(self) -> str:
        if max(self.seconds) > 0.05:
            return spread(self.seconds) + " s"
        return spread([value * 1000 for value in self.seconds]) + " ms"


@contextmanager
def directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bench-planner-") as path:
        yield Path(path) / "planner"


def claude(rounds: int) -> list[Line]:
    """A whole call through the adapter against the bare CLI; the difference is taken round by round."""
    binary = fetch()
    with directory() as home, MessagesApi({"structured": REPLY}) as api:
        request = PlannerRequest("good morning", "en", home)
        token = TokenEnv({"CLAUDE_CODE_OAUTH_TOKEN": SECRET})
        backend = ClaudeBackend(binary, token, base_url=api.url)

        def adapter() -> float:
            version._known.clear()  # as in a new process, which has to ask the CLI who it is
            return wall(lambda: ask(backend, request))

        def bare() -> float:
            with room(home) as place, token_pipe(SECRET) as fd:
                env = {**environment(place, api.url), **token_env("oauth", fd)}
                command: dict[str, Any] = {"env": env, "cwd": place.cwd, "pass_fds": (fd,)}
                command |= {"input": frame(request), "capture_output": True, "check": True}
                return wall(lambda: subprocess.run(arguments(binary, "sonnet", True), **command))

        adapter()  # warm: HOME, the file cache
        found = take_turns(rounds, {"bare": bare, "adapter": adapter})
    more = [a - b for a, b in zip(found["adapter"], found["bare"], strict=True)]
    return [
        Line("the bare CLI", found["bare"]),
        Line(
            "claude, through the adapter",
            found["adapter"],
            "the bare CLI",
            median(more) * 1000,
            CLAUDE_MOST_MS,
            "ms more",
        ),
    ]


def rules(rounds: int) -> list[Line]:
    """Every wish of the gate's data set, judged: shape, references, grounding."""
    wishes = list(_wishes())
    backend = RulesBackend()

    def plan(request: PlannerRequest) -> float:
        def work() -> None:
            try:
                ask(backend, request)
            except FuyajoError:
                return  # a refusal is an answer, too

        return wall(work)

    for request in wishes:
        plan(request)
    seconds = [median(plan(request) for _ in range(rounds)) for request in wishes]
    cut = quantiles(seconds, n=20)
    what = f"rules in process, {len(wishes)} wishes"
    return [
        Line(what, seconds, "p50", cut[9] * 1000, RULES_MOST_MS, "ms"),
        Line(what, seconds, "p95", cut[18] * 1000, None, "ms"),
    ]


def _wishes() -> Iterator[PlannerRequest]:
    for line in CASES.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        state = case.get("state", {})
        vms = tuple(
            VmBrief(
                vm["name"],
                vm["state"],
                vm["template"],
                vm["cpus"],
                vm["memory_mib"],
                vm["disk_gib"],
            )
            for vm in state.get("vms", ())
            if vm["owner"] == state["user"]
        )
        text = case["messages"][-1]["content"]
        yield PlannerRequest(text, case["lang"], Path("/nonexistent"), vms)


def plan(rounds: int) -> list[Line]:
    """`fuyajo plan` as a person types it, warm, against the two libraries it needs most."""
    with site() as here:
        words: dict[str, Callable[[], object]] = {
            "imports": lambda: subprocess.run(
                [sys.executable, "-c", "import pydantic, yaml"], check=True
            ),
            "a wish": lambda: here.fuyajo(
                "plan", f"a web server called {here.tag}", "--backend", "rules"
            ),
            "a greeting": lambda: here.fuyajo("plan", "good morning", "--backend", "rules"),
        }
        for work in words.values():
            work()
        found = take_turns(
            rounds, {name: (lambda work=work: wall(work)) for name, work in words.items()}
        )
    lines = [Line("python -c 'import pydantic, yaml'", found["imports"])]
    for name in ("a wish", "a greeting"):
        ratio = f"{median(found[name]) / median(found['imports']):.2f} × the imports"
        seconds = median(found[name])
        lines.append(Line(f"fuyajo plan, {name}", found[name], ratio, seconds, PLAN_MOST_S, "s"))
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    parser.add_argument("--rounds", type=int, default=15)
    words = parser.parse_args()
    lines = [*claude(words.rounds), *rules(min(words.rounds, 5)), *plan(words.rounds)]
    if words.json:
        rows = [{**vars(line), "seconds": [round(s, 5) for s in line.seconds]} for line in lines]
        print(json.dumps({"machine": machine(), "rounds": words.rounds, "lines": rows}, indent=1))
        return
    table = [
        ["", "median (least–most)", "against", "", "target"],
        *(line.cells() for line in lines),
    ]
    widths = [max(len(row[i]) for row in table) for i in range(5)]
    print(machine())
    for row in table:
        print("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())


if __name__ == "__main__":
    main()
