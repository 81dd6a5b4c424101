"""`fuyajo image`: base images."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fuyajo.cli import complete
from fuyajo.cli.group import Group, examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import note, say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text
from fuyajo.service.images import build_image, import_image, list_images
from fuyajo.views.machine import columns

if TYPE_CHECKING:
    from fuyajo.engine.images.store import Image

MIB = 1024 * 1024


@click.group(
    cls=Group,
    epilog="""\b
Examples:
  fuyajo image build debian-12
  fuyajo image list
  fuyajo image import ./disk.qcow2 --name my-base --sha256 0123…
""",
)
def command() -> None:
    """Base images."""


def _json(image: Image) -> dict[str, Any]:
    return image.model_dump(mode="json", exclude={"manifest"})


@command.command("list", epilog=examples("fuyajo image list"))
@common
def list_command(call: Call) -> int:
    """List the images at hand."""
    images = list_images(call.actor)
    if call.as_json:
        say_json([_json(image) for image in images])
    elif images:
        head = ["NAME", "SIZE", "DISK", "SOURCE", "CREATED", "SHA256"]
        rows = [
            [
                image.name,
                f"{image.size // MIB} MiB",
                f"{image.virtual_size // MIB} MiB",
                image.source,
                image.created,
                image.sha256[:16],
            ]
            for image in images
        ]
        say(columns([head, *rows]))
    else:
        say(text("ui.no_images", call.lang))
    return Exit.DONE


@command.command("build", epilog=examples("fuyajo image build debian-12"))
@click.argument("name", shell_complete=complete.images)
@common
def build_command(call: Call, name: str) -> int:
    """Build an image from distribution packages (a few minutes, once)."""
    with build_progress(call) as on_step:
        image = build_image(call.actor, name, on_step)
    _ready(call, image)
    return Exit.DONE


@command.command(
    "import",
    epilog=examples(
        "fuyajo image import ./my-base.qcow2 --sha256 0123…",
        "fuyajo image import ./disk.img --format raw --name my-base --sha256 0123…",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--name", default=None, help="The name it gets; default: the file's, without its ending."
)
@click.option("--sha256", required=True, help="The checksum its publisher gives.")
@click.option(
    "--format",
    "image_format",
    type=click.Choice(["qcow2", "raw", "vdi", "vhd", "vhdx", "vmdk"]),
    default="qcow2",
    help="What the file is; it is checked, never guessed. Default: qcow2.",
)
@click.option("--replace", is_flag=True, help="An image of that name may be replaced.")
@common
def import_command(
    call: Call, file: Path, name: str | None, sha256: str, image_format: str, replace: bool
) -> int:
    """Take in an image file after every check."""
    chosen = name or file.stem.lower()
    image = import_image(call.actor, file, chosen, sha256, image_format, replace=replace)
    _ready(call, image)
    return Exit.DONE


def _ready(call: Call, image: Image) -> None:
    if call.as_json:
        say_json(_json(image))
    else:
        size = image.size // MIB
        say(text("ui.image_ready", call.lang, name=image.name, size=size, path=image.path))


@contextmanager
def build_progress(call: Call) -> Iterator[Callable[[str, float], None]]:
    """(step, share from 0 to 1) as a bar on a terminal, as lines elsewhere."""
    if call.as_json:
        yield lambda _step, _share: None
        return
    if not sys.stderr.isatty():
        last: list[str] = []

        def plain(step: str, share: float) -> None:
            line = f"{round(share * 100 / 5) * 5:3d} %  {step}"
            if last != [line]:
                last[:] = [line]
                note(line)

        yield plain
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=1.0)
        yield lambda step, share: progress.update(task, description=step, completed=share)
