"""A command that holds others: without one it explains itself, a mistyped one is told its nearest."""

from __future__ import annotations

from difflib import get_close_matches

import click


class Group(click.Group):
    """click's own group, but for what it does with nothing and with something unknown."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help())
            ctx.exit()
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, names = args[0], self.list_commands(ctx)
        if name in names or name.startswith("-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        near = get_close_matches(name, names, n=1) or [n for n in names if n.startswith(name)]
        mean = f" Did you mean {' or '.join(near)}?" if near else ""
        raise click.UsageError(f"There is no command {name!r}.{mean}", ctx)


def examples(*lines: str) -> str:
    """The last part of a command's help."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])
