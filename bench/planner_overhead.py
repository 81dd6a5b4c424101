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
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

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
    """Whole calls through the adapter against the bare CLI; the difference is taken round by round.

    The CLI's own time varies by more than the adapter takes, so the same is done with a script that prints
    what the CLI printed.
    """
    binary = fetch()
    with directory() as home, MessagesApi({"structured": REPLY}) as api:
        home.mkdir(mode=0o700)
        wish = _Wish(PlannerRequest("good morning", "en", home), api.url)
        wish.adapter(binary)  # warm: HOME, the file cache
        script = home.parent / "script"
        (home.parent / "said").write_bytes(wish.bare(binary)[1])
        script.write_text(SCRIPT.format(said=home.parent / "said"), encoding="utf-8")
        script.chmod(0o755)
        return [
            *_compared("the bare CLI", wish, binary, rounds),
            *_compared("a script for the CLI", wish, script, 3 * rounds),
        ]


# Leaves as soon as it has read its input and the credential, and said its part.
SCRIPT = """#!/bin/sh
[ "$1" = --version ] && echo "2.1.330 (Claude Code)" && exit 0
cat "/dev/fd/$CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR" - > /dev/null
exec cat {said}
"""


@dataclass
class _Wish:
    """One request, through the adapter or by hand."""

    request: PlannerRequest
    url: str

    def adapter(self, binary: Path) -> float:
        token = TokenEnv({"CLAUDE_CODE_OAUTH_TOKEN": SECRET})
        backend = ClaudeBackend(binary, token, base_url=self.url)
        version._known.clear()  # as in a new process, which has to ask the CLI who it is
        return wall(lambda: ask(backend, self.request))

    def bare(self, binary: Path) -> tuple[float, bytes]:
        """Seconds and what was printed."""
        with room(self.request.directory) as place, token_pipe(SECRET) as fd:
            env = {**environment(place, self.url), **token_env("oauth", fd)}
            argv, prompt = arguments(binary, "sonnet", True), frame(self.request)
            begin = time.perf_counter()
            done = subprocess.run(
                argv,
                input=prompt,
                env=env,
                cwd=place.cwd,
                pass_fds=(fd,),
                capture_output=True,
                check=True,
            )
            return time.perf_counter() - begin, done.stdout


def _compared(floor: str, wish: _Wish, binary: Path, rounds: int) -> list[Line]:
    measured = {"bare": lambda: wish.bare(binary)[0], "adapter": lambda: wish.adapter(binary)}
    found = take_turns(rounds, measured)
    more = [a - b for a, b in zip(found["adapter"], found["bare"], strict=True)]
    through = Line("through the adapter", found["adapter"], floor, median(more) * 1000)
    through.most, through.unit = CLAUDE_MOST_MS, "ms more"
    return [Line(floor, found["bare"]), through]


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
