"""What "it" and "the one just made" were taken for, for a person."""

from __future__ import annotations

from collections.abc import Iterable

from fuyajo.domain.references import Named, Reference
from fuyajo.domain.texts import Lang, text
from fuyajo.views.inert import inert

UUID_CHARS = 8


def reference_lines(references: Iterable[Reference], lang: Lang) -> list[str]:
    """One line for each: the words, the VMs by name and the beginning of their UUID."""
    return [f"  {_line(reference, lang)}" for reference in references]


def _line(reference: Reference, lang: Lang) -> str:
    vms = ", ".join(_named(vm) for vm in reference.vms)
    return text("ui.reference", lang, which=text(f"ui.which.{reference.which}", lang), vms=vms)


def _named(vm: Named) -> str:
    short = vm.uuid[:UUID_CHARS]
    more = "…" if len(vm.uuid) > len(short) else ""
    return inert(f"{vm.name} ({short}{more})" if short else vm.name)
