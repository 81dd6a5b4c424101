"""Base images: what there is, and for administrators builds, with how far each is."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from fuyajo.domain.texts import Lang, known, text
from fuyajo.http.pages.render import HEADERS, language, page
from fuyajo.http.pages.visitor import OURS, AdminActor, Visitor
from fuyajo.service import building
from fuyajo.service.images import list_images, recipes
from fuyajo.service.templates import all_templates

routes = APIRouter(include_in_schema=False)
WHERE = "/images"
MIB = 1024 * 1024


@routes.get(WHERE)
def images(caller: Visitor, request: Request) -> Response:
    actor, lang = caller.actor, language(request)
    found = list_images(actor)
    names = {image.name for image in found}
    missing = [recipe for recipe in recipes(actor) if recipe.name not in names]
    may = caller.admin and building.available(actor)
    builds = building.builds(actor) if may and missing else {}
    uses: dict[str, list[str]] = {}
    for template in all_templates(actor):
        uses.setdefault(template.image, []).append(template.name)
    return page(
        request, "images.html", caller,
        images=found, missing=missing, uses=uses, mib=MIB, days=_days, may_build=may,
        builds=builds, going=[name for name, one in builds.items() if not one.over],
        doing=lambda step: doing(step, lang),
    )  # fmt: skip


@routes.post("/images/{name}/build", dependencies=[OURS])
def build(name: str, actor: AdminActor, request: Request) -> Response:
    building.submit(actor, name)
    request.app.state.wake()
    return RedirectResponse(f"{WHERE}#build", 303, HEADERS)


def doing(step: str, lang: Lang) -> str:
    """A step of a build as a person reads it."""
    key = f"page.images.step.{step.replace(' ', '_')}"
    return text(key, lang) if known(key) else step


def _days(created: str) -> int:
    """Since then, whole ones."""
    return (datetime.now(UTC) - datetime.fromisoformat(created)).days
