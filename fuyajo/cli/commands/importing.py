"""`fuyajo import`: machines that exist → an env.yml; machines of nobody → a plan to own them."""

from __future__ import annotations

from pathlib import Path

import click

from fuyajo.cli import complete
from fuyajo.cli.group import examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import note, say, say_json
from fuyajo.domain.errors import Exit, InvalidInput, Problem, shown
from fuyajo.domain.importing import DEFAULT_TEMPLATE
from fuyajo.domain.texts import text
from fuyajo.service.importing import import_vms, plan_takeover
from fuyajo.views.drift import env_text
from fuyajo.views.plan import plan_json, plan_lines


@click.command(
    "import",
    epilog=examples(
        "fuyajo import web-1 web-2 -o env.yml",
        "fuyajo plan -f env.yml        (nothing to do)",
        "fuyajo import --adopt old-db  (made by virt-install, owned by nobody)",
    ),
)
@click.argument("names", nargs=-1, required=True, metavar="VM…", shell_complete=complete.vms)
@click.option("-o", "--output", metavar="FILE", help="Write there; an existing file is kept.")
@click.option("--adopt", is_flag=True, help="Make a plan that makes machines of nobody yours.")
@common
def command(call: Call, names: tuple[str, ...], output: str | None, adopt: bool) -> int:
    """Write existing machines down as a request that plans to no changes."""
    if adopt:
        if output is not None:
            raise click.UsageError("--adopt makes a plan; write the file after it was applied")
        return _adopt(call, names)
    imported = import_vms(call.actor, names)
    content = env_text(imported, call.lang)
    if output is not None:
        _write(Path(output), content)
    count = len(imported.entries)
    if call.as_json:
        vms = [entry.spec.model_dump(mode="json") for entry in imported.entries]
        say_json({"file": output, "environment": imported.environment, "vms": vms})
    elif output is None:
        say(content.rstrip("\n"))
    else:
        say(text("ui.import.written", call.lang, file=shown(output, 200), count=count))
    return Exit.DONE


def _adopt(call: Call, names: tuple[str, ...]) -> int:
    plan = plan_takeover(call.actor, names)
    if call.as_json:
        say_json({"plan": plan_json(plan)})
        return Exit.DONE
    explained = {"template": DEFAULT_TEMPLATE, "names": " ".join(c.name for c in plan.changes)}
    note(text("ui.import.explain", call.lang, **explained))
    say([*plan_lines(plan, call.lang), text("ui.drift.apply", call.lang, plan=plan.id)])
    return Exit.DONE


def _write(file: Path, content: str) -> None:
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(content)
    except FileExistsError as error:
        problem = Problem("", "import_file", {"value": shown(str(file), 200)})
        raise InvalidInput(problem) from error
