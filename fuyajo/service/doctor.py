"""Find out what is missing on this machine, by trying it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from fuyajo.domain.catalogue import TEMPLATES
from fuyajo.domain.errors import shown
from fuyajo.domain.texts import Lang, text
from fuyajo.engine.doctor import host, machine
from fuyajo.engine.doctor.result import DEADLINE_SECONDS, Probe, Result, Status, bounded
from fuyajo.service import doctor_database, doctor_hosts, doctor_ownership, doctor_planners
from fuyajo.service.context import Actor
from fuyajo.service.images import get_image

# libvirt's own deadline is 10 s, a first look at a new QEMU takes 8; the KVM probe gives its guest 5.
SLOW = {"libvirt": 12.0, "hosts": 12.0, "kvm": 8.0}


@dataclass(frozen=True)
class Finding:
    """One thing that was tried. `fix` is a command; None when nothing is wrong or none could help."""

    check: str
    status: Status
    message: str
    fix: str | None = None


def diagnose(actor: Actor, lang: Lang = "en") -> list[Finding]:
    """Every finding, in the order in which a person would mend them. Never raises, always ends."""
    return [
        finding for name, probe in _checks(actor, lang) for finding in _findings(name, probe, lang)
    ]


def healthy(findings: list[Finding]) -> bool:
    """Whether nothing fails; warnings are allowed."""
    return all(finding.status != "fail" for finding in findings)


def _findings(name: str, probe: Probe, lang: Lang) -> list[Finding]:
    seconds = SLOW.get(name, DEADLINE_SECONDS)
    found = bounded(probe, seconds)
    if found is None:
        message = text("doctor.slow", lang, seconds=f"{seconds:.0f}")
        return [Finding(name, "fail", message, _retry(name))]
    if isinstance(found, Exception):
        detail = shown(f"{type(found).__name__}: {found}", 200)
        message = text("doctor.broken", lang, detail=detail)
        return [Finding(name, "fail", message, _retry(name))]
    return [_finding(name, result, lang) for result in found]


def _finding(name: str, result: Result, lang: Lang) -> Finding:
    params = {key: shown(value, 300) for key, value in result.params.items()}
    message = text(f"doctor.{name}.{result.code}", lang, **params)
    return Finding(name, result.status, message, result.fix)


def _retry(name: str) -> str | None:
    return host.start_daemons() if name in ("libvirt", "virtlogd") else None


def _checks(actor: Actor, lang: Lang) -> list[tuple[str, Probe]]:
    settings = actor.settings

    def bind(function: Callable[..., list[Result]], *arguments: object) -> Probe:
        return lambda: function(*arguments)

    here: list[tuple[str, Probe]] = [
        ("runtime_dir", bind(host.runtime_directory, settings.uri, os.environ)),
        ("groups", bind(host.groups, settings.uri)),
        ("virtlogd", bind(host.virtlogd, settings.uri)),
        ("libvirt", bind(host.libvirt, settings.uri)),
        ("sockets", bind(host.socket_room, settings.uri, os.environ)),
        ("kvm", host.kvm),
    ]
    # Where there are several hypervisors, this machine need not be one.
    there: list[tuple[str, Probe]] = [("hosts", bind(doctor_hosts.hosts, actor))]
    return [
        ("tools", machine.tools),
        *(there if settings.several else here),
        ("home", bind(machine.home, settings.home)),
        ("disk", bind(machine.disk, settings.home, "FUYAJO_HOME")),
        ("disk", bind(machine.disk, settings.pool_path, "FUYAJO_POOL_PATH")),
        ("memory", machine.memory),
        ("image", bind(_image, actor)),
        ("build_tools", lambda: machine.build_tools(_ready(actor))),
        ("user_namespaces", machine.user_namespaces),
        ("containment", machine.containment),
        ("port", machine.port),
        ("database", bind(doctor_database.database, actor)),
        ("ownership", bind(doctor_ownership.ownership, actor)),
        ("planner", bind(doctor_planners.planner, actor, lang)),
        ("model_server", bind(doctor_planners.model_server, actor, lang)),
        ("price", bind(doctor_planners.price, actor)),
    ]


def _wanted_images() -> list[str]:
    return sorted({template.image for template in TEMPLATES.values()})


def _ready(actor: Actor) -> bool:
    return all(get_image(actor, name) is not None for name in _wanted_images())


def _image(actor: Actor) -> list[Result]:
    """The base images that the templates start from."""
    return [
        Result("ok", "there", {"name": name})
        if get_image(actor, name) is not None
        else Result("warn", "missing", {"name": name}, f"fuyajo image build {name}")
        for name in _wanted_images()
    ]
