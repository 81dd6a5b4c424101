"""`fuyajo schema`: the JSON Schema of a request, from the models that check it."""

from __future__ import annotations

import click

from fuyajo.cli.options import Call, common
from fuyajo.cli.output import say_json
from fuyajo.domain.errors import Exit
from fuyajo.domain.request import Config, Reply


@click.command(
    epilog="""\b
Examples:
  fuyajo schema > fuyajo.schema.json
  fuyajo schema --reply
"""
)
@click.option("--reply", is_flag=True, help="The schema of a planner's reply instead.")
@common
def command(_call: Call, reply: bool) -> int:
    """Print the JSON Schema of env.yml and of every other request. It is always JSON."""
    model = Reply if reply else Config
    say_json(model.model_json_schema())
    return Exit.DONE
