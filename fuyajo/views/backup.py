"""Backups as rows and as JSON data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from fuyajo.domain.backups import Backup
from fuyajo.domain.texts import Lang, text
from fuyajo.views.inert import inert

MIB, GIB = 2**20, 2**30


def backup_json(one: Backup) -> dict[str, Any]:
    return {**asdict(one), "good": one.good}


def backup_rows(found: Iterable[Backup], lang: Lang) -> list[list[str]]:
    rows = [["VM", "BACKUP", "TAKEN", "KIND", "SIZE", "LIES ON", "STATE"]]
    for one in found:
        cells = [one.vm, one.name, taken(one), one.kind, size(one.bytes), one.parent or "-"]
        rows.append([*map(inert, cells), state_words(one, lang)])
    return rows


def taken(one: Backup) -> str:
    """To the second, UTC."""
    return f"{one.created[:19]}Z".replace("T", " ") if one.created else "-"


def size(count: int) -> str:
    """Bytes for a person."""
    unit, name = (GIB, "GiB") if count >= GIB else (MIB, "MiB")
    return f"{count / unit:.1f} {name}"


def state_words(one: Backup, lang: Lang) -> str:
    """Good, or why not; `checked` says that every byte was read."""
    if not one.good:
        why = one.problem or text("ui.backup_link", lang)
        return text("ui.backup_broken", lang, why=inert(why))
    if one.copied is not None:
        return text("ui.backup_copied", lang, time=inert(one.copied[:10]))
    words = text("ui.backup_checked" if one.checked else "ui.backup_good", lang)
    if one.tested is None:
        return words
    return words + text("ui.backup_tested", lang, time=inert(one.tested.at[:10]))
