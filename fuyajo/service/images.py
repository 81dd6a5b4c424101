"""Base images: list, build, import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from fuyajo.domain.errors import Failed, Problem, shown
from fuyajo.service.context import Actor

if TYPE_CHECKING:
    from fuyajo.engine.images.catalogue import Recipe
    from fuyajo.engine.images.store import Image

Progress = Callable[[str, float], None]


def image_names(actor: Actor) -> frozenset[str]:
    """Names of the images at hand, without opening any of them."""
    return frozenset(path.stem for path in actor.home.images().glob("*.json"))


def list_images(actor: Actor) -> list[Image]:
    from fuyajo.engine.images.store import ImageStore

    return ImageStore(actor.home.images()).list()


def recipes(_actor: Actor) -> list[Recipe]:
    """What can be built, by name."""
    from fuyajo.engine.images.catalogue import RECIPES

    return [RECIPES[name] for name in sorted(RECIPES)]


def get_image(actor: Actor, name: str) -> Image | None:
    from fuyajo.engine.images.store import ImageStore

    return ImageStore(actor.home.images()).get(name)


def build_image(actor: Actor, name: str, progress: Progress | None = None) -> Image:
    """Build a base image from distribution packages. Takes minutes; an interrupted build continues."""
    from fuyajo.engine.images.build import build
    from fuyajo.engine.images.errors import ImageError
    from fuyajo.engine.images.store import ImageStore

    try:
        return build(name, ImageStore(actor.home.images()), progress)
    except ImageError as error:
        raise _failed(error.message, error.hint) from error


def import_image(
    actor: Actor,
    path: Path,
    name: str,
    sha256: str,
    image_format: str = "qcow2",
    *,
    replace: bool = False,
) -> Image:
    """Take in a foreign image file after every check."""
    from fuyajo.engine.images.errors import ImageError
    from fuyajo.engine.images.importer import import_image as run
    from fuyajo.engine.images.store import ImageStore

    try:
        store = ImageStore(actor.home.images())
        return run(path, name, sha256, store, image_format=image_format, replace=replace)
    except ImageError as error:
        raise _failed(error.message, error.hint) from error


def remove_image(actor: Actor, name: str) -> None:
    """Remove an image from this user's store; copies in a pool are another matter."""
    from fuyajo.engine.images.store import ImageStore

    ImageStore(actor.home.images()).remove(name)


def _failed(message: str, hint: str) -> Failed:
    params = {"detail": shown(message, 600), "hint": shown(hint, 600)}
    return Failed(Problem("", "image", dict(params)))
