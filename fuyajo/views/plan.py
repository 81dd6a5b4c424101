"""A plan as lines for a terminal and as JSON data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from fuyajo.domain.backups import backup_of
from fuyajo.domain.catalogue import TEMPLATES
from fuyajo.domain.expiry import NEVER
from fuyajo.domain.losses import losses
from fuyajo.domain.plan import Change, Effect, FieldChange, Plan
from fuyajo.domain.policy import Decision
from fuyajo.domain.snapshots import snapshot_of, taken_of
from fuyajo.domain.texts import Lang, known, text
from fuyajo.views.host import where_lines
from fuyajo.views.inert import inert, padded, width
from fuyajo.views.policy import decision_lines
from fuyajo.views.references import reference_lines

MARKS = {
    "create": "+",
    "update": "~",
    "delete": "-",
    "start": "▸",
    "stop": "■",
    "restart": "↻",
    "snapshot": "◆",
    "revert": "↩",
    "delete-snapshot": "◇",
    "backup": "▣",
    "restore": "↶",
    "delete-backup": "▢",
    "test-backup": "◉",
    "copy-backup": "⇧",
    "fetch-backup": "⇩",
    "recover": "↺",
    "purge": "✕",
    "adopt": "⇐",
    "noop": "=",
}
UNITS = {
    "memory_mib": "MiB",
    "disk_gib": "GiB",
    "trash_gib": "GiB",
    "meanwhile_mib": "MiB",
    "meanwhile_gib": "GiB",
}


def plan_json(plan: Plan) -> dict[str, Any]:
    """What was seen of the host stays in the file: it is long, and holds the plan to it, not a reader."""
    return plan.model_dump(mode="json", exclude={"seen"})


def plan_lines(plan: Plan, lang: Lang, decision: Decision | None = None) -> list[str]:
    """The plan for a person: what appears, changes, goes; for how long this offer stands.

    `decision` adds what has to happen before it may run.
    """
    meant = reference_lines(plan.references, lang)
    if plan.nothing_to_do:
        there = [line for change in plan.changes for line in _there(change, lang)]
        return [*meant, text("ui.nothing", lang), *there]
    head = text("ui.plan", lang, id=plan.id)
    risk = text("ui.risk", lang, risk=text(f"ui.risk.{risk_kind(plan)}", lang))
    lines = [f"{head}   {risk}   {_valid(plan, lang)}", *where_lines(plan, lang), *meant, ""]
    for change in plan.changes:
        lines += _change(change, lang)
    lines += ["", f"{summary(plan, lang)}{undo_summary(plan, lang)}"]
    return lines + decision_lines(decision, lang)


def risk_kind(plan: Plan) -> str:
    """What is only deleted into the trash destroys nothing yet."""
    lost = any(change.irreversible for change in plan.changes)
    return "delete" if plan.risk == "destroy" and not lost else plan.risk


def consequences(plan: Plan, lang: Lang) -> list[str]:
    """A sentence for every thing that cannot be undone, for the question about it."""
    reset = [c for c in plan.changes if c.action == "restart" and c.irreversible]
    doomed = [c for c in plan.changes if c.action == "delete" and not c.until]
    ended = [c for c in plan.changes if c.action == "purge"]
    said = [
        text(
            "ui.confirm_trash",
            lang,
            names=_names(c for c in plan.changes if c.until == until),
            until=until,
        )
        for until in sorted({c.until for c in plan.changes if c.until})
    ]
    named = (
        ("ui.confirm_delete", doomed),
        ("ui.confirm_purge", ended),
        ("ui.confirm_reset", reset),
    )
    for code, changes in named:
        said += [text(code, lang, names=_names(changes))] if changes else []
    return said + [
        text(f"ui.{code}", lang, name=inert(machine), snapshot=inert(copy))
        for code, machine, copy in losses(plan)
    ]


def _names(changes: Iterable[Change]) -> str:
    return ", ".join(inert(change.name) for change in changes)


def _valid(plan: Plan, lang: Lang) -> str:
    left = plan.expires - datetime.now(UTC)
    local = plan.expires.astimezone()
    minutes = max(0, round(left.total_seconds() / 60))
    return text("ui.valid", lang, time=f"{local:%H:%M}", minutes=minutes)


def summary(plan: Plan, lang: Lang) -> str:
    """How many are created, changed, deleted."""
    count = {"create": 0, "change": 0, "delete": 0}
    for change in plan.changes:
        if change.action != "noop":
            kind = "delete" if change.action == "purge" else change.action
            count[kind if kind in count else "change"] += 1
    return text("ui.summary", lang, **count)


def undo_summary(plan: Plan, lang: Lang) -> str:
    """Whether all of it can be undone; "" where nothing can, or there is nothing to undo."""
    found = {change.undo for change in plan.changes} - {"none", ""}
    if not found & {"yes", "part"}:
        return ""
    gap = " " if lang == "en" else ""
    return gap + text("ui.undo_all" if found == {"yes"} else "ui.undo_some", lang)


def undo_words(change: Change, lang: Lang) -> str:
    """What stays whatever is undone; "" where nothing does."""
    if change.undo not in ("no", "part"):
        return ""
    why = ", ".join(text(f"undo.{code}", lang) for code in change.undo_why)
    return text(f"ui.undo.{change.undo}", lang, why=why)


def _undo(change: Change, room: int, lang: Lang) -> list[str]:
    """The same, said before it happens."""
    words = undo_words(change, lang)
    return [f"      {padded(text('ui.undo', lang), room)}   {words}"] if words else []


def _change(change: Change, lang: Lang) -> list[str]:
    mark = MARKS[change.action]
    note = _note(_effect(change, lang), change.irreversible, lang)
    template = f"   {change.template}" if change.template else ""
    whose = f"   ({text('ui.of_owner', lang, owner=inert(change.owner))})" if change.owner else ""
    lines = [f"  {mark} {change.object} {inert(change.name)}{template}{whose}{note}"]
    if change.action == "noop":
        return lines + [f"    {line}" for line in _there(change, lang)]
    labels = [field_label(field.path, lang) for field in change.fields]
    labels += [text("ui.undo", lang)] if change.undo in ("no", "part") else []
    room = max((width(label) for label in labels), default=0)
    for field in change.fields:
        label = padded(field_label(field.path, lang), room)
        lines.append(f"      {label}   {_value(field, change, lang)}")
    return lines + _steps(change, lang) + _undo(change, room, lang)


def there_words(change: Change, lang: Lang) -> str:
    """That a wanted copy is an old one has to be said: it does not hold what the machine is now."""
    name, code = snapshot_of(change), "ui.snapshot_there"
    if name is None:
        name, code = backup_of(change), "ui.backup_there"
    if change.action != "noop" or name is None:
        return ""
    tested = next((f.after for f in change.fields if f.path == "tested"), None)
    if tested is not None:
        code = "ui.backup_tested_there"
    copied = next((f.after for f in change.fields if f.path == "copied"), None)
    if copied is not None:
        code = "ui.backup_copied_there"
    when = tested or copied or taken_of(change) or "?"
    return text(code, lang, vm=change.name, name=inert(name), time=when)


def _there(change: Change, lang: Lang) -> list[str]:
    words = there_words(change, lang)
    return ["  " + words] if words else []


def field_label(path: str, lang: Lang) -> str:
    """What a value is called; an option of a template has its own name."""
    key = f"ui.field.{path}"
    return text(key, lang) if known(key) else path.removeprefix("vars.")


def _value(field: FieldChange, change: Change, lang: Lang) -> str:
    before, after = (field_value(field.path, each, lang) for each in (field.before, field.after))
    if field.before is None:
        return after + _note([ports_note(field, change, lang)], False, lang)
    if field.after is None:
        return before
    return f"{before} → {after}{_note([_said(field.effect, field.why, lang)], False, lang)}"


def _effect(change: Change, lang: Lang) -> list[str]:
    """What it does to the machine; the reason only where no field says it."""
    moved = (f for f in change.fields if f.before is not None and f.after is not None)
    told = change.why in {field.why for field in moved}
    return [_said(change.effect, "" if told else change.why, lang)]


def effect_word(effect: Effect, why: str, lang: Lang) -> str:
    """What it does to a machine, in a few words; "" for nothing."""
    own = f"ui.effect.{effect}_{why}"
    return "" if effect == "none" else text(own if known(own) else f"ui.effect.{effect}", lang)


def _said(effect: Effect, why: str, lang: Lang) -> str:
    said = effect_word(effect, why, lang)
    return f"{said}: {text(f'why.{why}', lang)}" if said and why else said


def _note(parts: list[str], irreversible: bool, lang: Lang) -> str:
    said = [part for part in parts if part]
    said += [text("ui.cannot_undo", lang)] if irreversible else []
    return f"   ({'; '.join(said)})" if said else ""


def field_value(path: str, value: object, lang: Lang) -> str:
    """One value of a field; "never" is a word of ours only where a time could stand."""
    if path == "expires" and value == NEVER:
        return text("ui.never", lang)
    return shown_value(value, UNITS.get(path, ""), lang)


def shown_value(value: object, unit: str, lang: Lang) -> str:
    """Printable, with its unit."""
    if isinstance(value, bool):
        return text("ui.yes" if value else "ui.no", lang)
    printable = "".join(c if c.isprintable() else " " for c in str(value))
    return f"{printable} {unit}".rstrip()


def ports_note(field: FieldChange, change: Change, lang: Lang) -> str:
    """Which ports of a new machine are forwarded, behind its network."""
    if field.path != "network" or change.template is None:
        return ""
    ports = ", ".join(str(p) for p in (22, *TEMPLATES[change.template].ports))
    return text("ui.forwarded", lang, ports=ports)


def steps_of(change: Change, lang: Lang) -> str:
    """What is set up inside the guest; "" where nothing is."""
    if change.action not in {"create", "update"} or change.template not in TEMPLATES:
        return ""
    after = {field.path: field.after for field in change.fields}
    configures = change.action == "create" or "configured" in after
    if not configures or after.get("state") == "stopped":
        return ""
    return " · ".join(TEMPLATES[change.template].steps[lang])


def _steps(change: Change, lang: Lang) -> list[str]:
    steps = steps_of(change, lang)
    return [f"      {text('ui.then', lang)}: {steps}"] if steps else []
