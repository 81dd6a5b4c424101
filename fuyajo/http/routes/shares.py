"""Sharing: what others may see or operate of yours, and you of theirs."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path
from fastapi.responses import JSONResponse
from pydantic import Field

from fuyajo.http.answers import ends, shows
from fuyajo.http.shapes_people import ShareView
from fuyajo.http.strict import Body, router
from fuyajo.http.who import Applier, Reader
from fuyajo.service import sharing
from fuyajo.views.sharing import share_json

routes = router("shares")
Name = Annotated[str, Path(max_length=255, examples=["hello"])]


class NewShare(Body):
    """`grantee` is a user, or `@GROUP` of the operating system."""

    grantee: Annotated[str, Field(max_length=65)] = Field(examples=["noriko", "@staff"])
    rights: Literal["read", "operate"] = Field(
        default="read",
        description="`operate`: also start, stop, restart, resize and take snapshots",
    )


@routes.get(
    "/shares", summary="What you share, and what is shared with you", response_model=list[ShareView]
)
def shares(actor: Reader) -> JSONResponse:
    return shows([share_json(one) for one in sharing.list_shares(actor)])


@routes.post(
    "/vms/{name}/shares",
    status_code=201,
    summary="Share a machine of yours, or change what was shared",
    response_model=ShareView,
)
def share(name: Name, body: NewShare, actor: Applier) -> JSONResponse:
    return shows(share_json(sharing.share(actor, name, body.grantee, body.rights)), 201)


@routes.delete(
    "/vms/{name}/shares/{grantee}",
    status_code=204,
    summary="Take it back; plans that rest on it are refused from now on",
    responses=ends(404),
)
def unshare(
    name: Name, grantee: Annotated[str, Path(max_length=65, examples=["noriko"])], actor: Applier
) -> None:
    sharing.unshare(actor, name, grantee)
