"""Suggestions as JSON data and as lines, each with its evidence beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from fuyajo.domain.suggestion import Suggestion
from fuyajo.domain.texts import Lang, text
from fuyajo.views.inert import inert
from fuyajo.views.plan import effect_word, field_label, shown_value

_UNITS = {"memory_mib": "MiB", "disk_gib": "GiB"}


def suggestion_json(one: Suggestion) -> dict[str, Any]:
    """Data alone: whoever shows it has the words."""
    return {"id": one.id, **asdict(one)}


def title(one: Suggestion, lang: Lang) -> str:
    """What the plan would do."""
    if one.step is None:
        return text(f"ui.suggest.do.{one.rule}", lang, vm=inert(one.vm))
    size, before, after = one.step
    values = (shown_value(value, _UNITS.get(size, ""), lang) for value in (before, after))
    return f"{inert(one.vm)}: {field_label(size, lang)} {' → '.join(values)}"


def reasons(one: Suggestion, lang: Lang) -> list[str]:
    """The evidence, the time that it is of, and what the plan does to the machine."""
    told = {key: f"{value:g}" for key, value in one.numbers.items()}
    unknown = text("ui.suggest.unknown", lang)
    for key in ("net_sent_bytes", "disk_read_bytes", "disk_written_bytes"):
        told.setdefault(key, unknown)
    lines = [text(f"ui.suggest.why.{one.rule}", lang, **told)]
    if one.measured is not None:
        since, until = (_moment(at) for at in (one.since, one.until))
        lines.append(
            text("ui.suggest.measured", lang, since=since, until=until, share=one.measured)
        )
    if effect := effect_word(one.effect, one.why, lang):
        lines.append(f"{effect}: {text(f'why.{one.why}', lang)}" if one.why else effect)
    return lines


def suggestion_lines(found: Sequence[Suggestion], lang: Lang) -> list[str]:
    lines: list[str] = []
    for number, one in enumerate(found, 1):
        lines += [f"{number:>2}  {title(one, lang)}   [{inert(one.id)}]"]
        lines += [f"      {line}" for line in reasons(one, lang)]
    return lines


def _moment(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC).astimezone():%Y-%m-%d %H:%M}"
