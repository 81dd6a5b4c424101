"""A table of machines as an address says it: what is looked for, by what it is sorted. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from fuyajo.domain.machine import Machine
from fuyajo.service.portraits import Standing
from fuyajo.views.machine import SSH, url

Said = Annotated[str, Field(max_length=200)]
#: Each can be filtered by: its name in the address is that of the fact.
FACTS = ("state", "template", "environment", "owner", "host")
_DIGITS = re.compile(r"(\d{1,18})")


class Wanted(BaseModel):
    """`sort` is a column, with `-` in front the other way round; `look=drift`: with what drifted."""

    model_config = ConfigDict(extra="ignore")

    q: Said = ""
    state: Said = ""
    template: Said = ""
    environment: Said = ""
    owner: Said = ""
    host: Said = ""
    tag: Said = ""
    sort: Said = ""
    look: Said = ""

    def query(self, **other: str) -> str:
        """`?q=…` with these values in place of its own; "" where nothing is said."""
        said = {key: value for key, value in {**self.model_dump(), **other}.items() if value}
        return f"?{urlencode(said)}" if said else ""

    @property
    def filtered(self) -> bool:
        return any(getattr(self, key) for key in ("q", "tag", *FACTS))

    def turned(self, column: str) -> str:
        """The address of the table sorted by that column, the other way round where it is already."""
        return "/machines" + self.query(sort=f"-{column}" if self.sort_of == column else column)

    def direction(self, column: str) -> str:
        """For `aria-sort`."""
        if self.sort.removeprefix("-") != column and (self.sort or column != "name"):
            return "none"
        return "descending" if self.sort.startswith("-") else "ascending"

    @property
    def sort_of(self) -> str:
        """The column by which it goes up now."""
        return self.sort or "name"


def address(machine: Machine) -> str:
    """Where it answers: its page, or its ssh."""
    page, ssh = url(machine), machine.forward(SSH)
    return page or (f"{ssh.address}:{ssh.host}" if ssh else "")


def natural(text: str) -> list[tuple[int, int, str]]:
    """`web-2` comes before `web-10`."""
    return [
        (0, int(part), "") if part.isdecimal() else (1, 0, part.casefold())
        for part in _DIGITS.split(text)
        if part
    ]


SORTS: dict[str, Callable[[Machine], Any]] = {
    "name": lambda one: natural(one.name),
    "state": lambda one: one.state,
    "template": lambda one: one.template or "",
    "environment": lambda one: natural(one.environment or ""),
    "owner": lambda one: one.owner or "",
    "host": lambda one: natural(one.host or ""),
    "cpus": lambda one: one.cpus,
    "memory": lambda one: one.memory_mib,
    "disk": lambda one: one.disk_gib,
    # Those whose time is never over come last.
    "expires": lambda one: one.expires or "~",
    "tags": lambda one: [natural(tag) for tag in one.tags],
    "address": lambda one: natural(address(one)),
}


def listed(found: Iterable[Standing], wanted: Wanted) -> list[Standing]:
    """Those that are meant, in order. A column that there is none of sorts by name."""
    words = wanted.q.casefold().split()
    rows = [one for one in found if _fits(one.machine, words, wanted)]
    rows.sort(key=lambda one: natural(one.machine.name))
    key = SORTS.get(wanted.sort.removeprefix("-"), SORTS["name"])
    rows.sort(key=lambda one: key(one.machine), reverse=wanted.sort.startswith("-"))
    return rows


def choices(found: Iterable[Standing], wanted: Wanted) -> dict[str, list[str]]:
    """For each fact what there is to choose from; nothing where there is no choice and none was made."""
    machines = [one.machine for one in found]
    offered = {}
    for key in FACTS:
        there = {value for one in machines if (value := getattr(one, key))}
        chosen = getattr(wanted, key)
        blank = any(not getattr(one, key) for one in machines)
        if len(there) > 1 or (there and blank) or chosen:
            offered[key] = sorted(there | ({chosen} if chosen else set()), key=natural)
    tags = {tag for one in machines for tag in one.tags} | ({wanted.tag} if wanted.tag else set())
    return {**offered, "tag": sorted(tags, key=natural)} if tags else offered


def _fits(machine: Machine, words: list[str], wanted: Wanted) -> bool:
    if any(said != getattr(machine, key) for key in FACTS if (said := getattr(wanted, key))):
        return False
    if wanted.tag and wanted.tag not in machine.tags:
        return False
    said = (getattr(machine, key) or "" for key in FACTS)
    facts = (machine.name, *machine.tags, *said, address(machine))
    text = "\n".join(facts).casefold()
    return all(word in text for word in words)
