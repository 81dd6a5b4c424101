"""`fuyajo schema`: the JSON Schema of a request, from the models that check it."""

from __future__ import annotations

import json

import click

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
@click.option("--json", "as_json", is_flag=True, help="Accepted for symmetry: it is always JSON.")
def command(reply: bool, as_json: bool) -> int:  # noqa: ARG001
    """Print the JSON Schema of env.yml and of every other request."""
    model = Reply if reply else Config
    click.echo(json.dumps(model.model_json_schema(), indent=2, ensure_ascii=False))
    return Exit.DONE
