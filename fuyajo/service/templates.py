"""What a machine can be."""

from __future__ import annotations

from fuyajo.domain.catalogue import TEMPLATES, Template
from fuyajo.domain.errors import NotFound, Problem, shown
from fuyajo.service.context import Actor


def all_templates(_actor: Actor) -> list[Template]:
    """By name."""
    return [TEMPLATES[name] for name in sorted(TEMPLATES)]


def one(_actor: Actor, name: str) -> Template:
    """Raises `NotFound`."""
    template = TEMPLATES.get(name)
    if template is None:
        known = ", ".join(sorted(TEMPLATES))
        raise NotFound(Problem("", "unknown_template", {"value": shown(name), "known": known}))
    return template
