"""A template as JSON data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fuyajo.domain.catalogue import Template


def template_json(template: Template) -> dict[str, Any]:
    return asdict(template)
