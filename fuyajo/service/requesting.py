"""A request that is wrong in places: everything that speaks against the rest of it here, in the same list."""

from __future__ import annotations

from datetime import UTC, datetime

from fuyajo.domain.catalogue import TEMPLATES
from fuyajo.domain.errors import InvalidInput, Problem, Unavailable
from fuyajo.domain.machine import HostView
from fuyajo.domain.request import Config, VmRequest
from fuyajo.domain.spec import normalise, sources
from fuyajo.service import planning
from fuyajo.service.context import Actor
from fuyajo.service.documents import config_from_text
from fuyajo.service.planning import Planned


def from_text(actor: Actor, text: str, is_json: bool, source: str) -> Planned:
    """The plan of a document. Raises `InvalidInput` with every problem: its own, and those with this host."""
    try:
        config = config_from_text(text, is_json)
    except InvalidInput as error:
        raise with_host_problems(actor, error) from error
    return planning.from_config(actor, config, source)


def with_host_problems(actor: Actor, error: InvalidInput) -> InvalidInput:
    """What is wrong with a request by itself, and what would be wrong with it here: one list.

    Without a host, or where the request is not of the right shape at all, it stays as it was.
    """
    config = getattr(error, "config", None)
    if config is None:
        return error
    try:
        more = of_the_rest(actor, config, planning.look(actor))
    except Unavailable:
        return error
    found = {(p.path, p.code): p for p in (*error.problems, *more)}
    return InvalidInput(found.values())


def of_the_rest(actor: Actor, config: Config, host: HostView) -> list[Problem]:
    """Problems of everything that can be looked at though other parts of the request mean nothing."""
    if config.template is not None:
        return []  # the short form has no other parts
    plain = [o for o in config.operations if o.vm is not None and o.select is None]
    vms = [vm.model_copy(update={"like": None}) for vm in config.vms]
    paths = [path for path, vm in zip(sources(config), _each(vms), strict=True) if _known(vm)]
    update = {"operations": tuple(plain), "vms": tuple(vm for vm in vms if _known(vm))}
    left = config.model_copy(update=update)
    spec = normalise(left, taken=host.machines, moment=datetime.now(UTC))
    return planning.Draft(actor, host).spec_problems(spec, paths)


def _each(vms: list[VmRequest]) -> list[VmRequest]:
    return [vm for vm in vms for _ in range(vm.count)]


def _known(vm: VmRequest) -> bool:
    return vm.template in TEMPLATES
