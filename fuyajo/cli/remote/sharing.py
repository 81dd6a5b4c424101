"""Sharing: `fuyajo.service.sharing`."""

from __future__ import annotations

from urllib.parse import quote

from fuyajo.cli.remote.address import segment
from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.server import Server
from fuyajo.domain.access import Right, grantee
from fuyajo.domain.errors import InvalidInput, Problem, shown
from fuyajo.service import sharing
from fuyajo.service.sharing import Shown


@like(sharing.share)
def share(server: Server, vm: str, with_whom: str, rights: Right) -> Shown:
    body = {"grantee": with_whom, "rights": rights}
    return server.parsed(Shown, server.post(f"{_path(vm)}/shares", body))


@like(sharing.unshare)
def unshare(server: Server, vm: str, with_whom: str) -> None:
    if grantee(with_whom) is None:
        raise InvalidInput(Problem("", "grantee", {"value": shown(with_whom)}))
    server.delete(f"{_path(vm)}/shares/{quote(with_whom, safe='')}")


@like(sharing.list_shares)
def list_shares(server: Server) -> list[Shown]:
    return server.parsed(list[Shown], server.get("/shares"))


def _path(vm: str) -> str:
    return f"/vms/{segment(vm, 'vm_not_found')}"
