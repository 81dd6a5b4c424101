"""`fuyajo template`: what a machine can be."""

from __future__ import annotations

import click

from fuyajo.cli import complete
from fuyajo.cli.group import Group, examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.service.templates import all_templates, one
from fuyajo.views.machine import columns
from fuyajo.views.template import template_json


@click.group(
    cls=Group,
    epilog="""\b
Examples:
  fuyajo template list
  fuyajo template show web-server
""",
)
def command() -> None:
    """What a machine can be."""


@command.command("list", epilog=examples("fuyajo template list --lang ja"))
@common
def list_command(call: Call) -> int:
    """List templates."""
    found = call.ask(all_templates)
    if call.as_json:
        say_json([template_json(template) for template in found])
    else:
        head = [["NAME", "MEMORY", "DISK", "IMAGE", "WHAT"]]
        say(
            columns(
                head
                + [
                    [
                        t.name,
                        f"{t.memory_mib} MiB",
                        f"{t.disk_gib} GiB",
                        t.image,
                        t.summary[call.lang],
                    ]
                    for t in found
                ]
            )
        )
    return Exit.DONE


@command.command("show", epilog=examples("fuyajo template show web-server"))
@click.argument("name", shell_complete=complete.templates)
@common
def show_command(call: Call, name: str) -> int:
    """Sizes, ports and options of one template."""
    template = call.ask(one, name)
    if call.as_json:
        say_json(template_json(template))
        return Exit.DONE
    say(f"{template.name}: {template.summary[call.lang]}")
    say(
        f"  {template.cpus} CPU, {template.memory_mib} MiB, {template.disk_gib} GiB, {template.image}"
    )
    for key, variable in template.variables.items():
        say(f"  vars.{key} ({variable.type}): {variable.summary[call.lang]}")
    return Exit.DONE
