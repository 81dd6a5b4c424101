"""Build a bootable cloud image from Debian packages alone.

Three steps, each kept when done, so that an interrupted build continues: the root file system in
a raw disk (minutes), its boot area (instant), the compressed qcow2 (seconds).
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import filelock

from fuyajo.engine.images.catalogue import BUILD_TOOLS, Recipe, find_recipe
from fuyajo.engine.images.disk import write_boot_area, write_device_nodes
from fuyajo.engine.images.errors import ImageError
from fuyajo.engine.images.mirror import Mirror, host_mirror
from fuyajo.engine.images.process import find_tool, stream
from fuyajo.engine.images.rootfs import recipe_digest, write_rootfs
from fuyajo.engine.images.store import Image, ImageStore

Progress = Callable[[str, float], None]
"""Called with what is being done (English) and how much is done, from 0.0 to 1.0."""

_CONVERT_DEADLINE_SECONDS = 900.0


def build(
    name: str,
    store: ImageStore,
    progress: Progress | None = None,
    *,
    mirror: Mirror | None = None,
    fresh: bool = False,
    wait_seconds: float = 3600.0,
) -> Image:
    """Build the image `name` of the catalogue into `store`, or return it when it is there.

    Args:
        progress: told about every step.
        mirror: where packages come from; this host's own mirror when not given.
        fresh: build again (newer packages) although the image is there or half done.
        wait_seconds: how long to wait for another build of the same image to end.

    Raises:
        ImageError: unknown name, missing tool, failed step, or another build took too long.
        KeyboardInterrupt: passed on once every child is gone; finished steps are kept.
    """
    recipe = find_recipe(name)
    chosen = mirror or host_mirror()
    step: Progress = progress or (lambda _text, _fraction: None)
    digest = recipe_digest(recipe, chosen)
    store.prepare()
    try:
        with filelock.FileLock(store.directory / f".{name}.lock", timeout=wait_seconds):
            if (found := _current(store, name, digest)) is not None and not fresh:
                step("already built", 1.0)
                return found
            return _build(recipe, chosen, store, digest, fresh, step)
    except filelock.Timeout as error:
        raise _busy(name, wait_seconds) from error
    except OSError as error:
        raise ImageError(
            f"The build could not write {error.filename or store.directory}: {error.strerror}.",
            "About 4 GiB are needed: make room or move FUYAJO_HOME, then run it again.",
        ) from error


def _busy(name: str, seconds: float) -> ImageError:
    return ImageError(
        f"Another build of {name} has been running for more than {seconds:.0f} s.",
        "Wait for it to end, or stop it, and run the same command again.",
    )


def _current(store: ImageStore, name: str, digest: str) -> Image | None:
    """The image as this recipe would make it, when it is there."""
    found = store.get(name)
    return found if found is not None and found.manifest.get("recipe") == digest else None


def _build(
    recipe: Recipe, mirror: Mirror, store: ImageStore, digest: str, fresh: bool, step: Progress
) -> Image:
    work = store.directory / "build" / f"{recipe.name}-{digest[:16]}"
    _sweep(work, fresh)
    started = time.monotonic()
    stage = _rootfs_stage(recipe, mirror, work, step)
    step("making it bootable", 0.88)
    write_device_nodes(work / "disk.raw", work)
    write_boot_area(work / "disk.raw", work, int(digest[:8], 16))
    part = work / "image.qcow2.part"
    _compress(work / "disk.raw", part, step)
    manifest = {
        "name": recipe.name,
        "suite": recipe.suite,
        "mirror": mirror.model_dump(),
        "recipe": digest,
        "template_packages": list(recipe.templates),
        "packages": stage["packages"],
        "build_seconds": round(stage["seconds"] + time.monotonic() - started, 1),
        "virtual_size": recipe.disk_mib * 2**20,
    }
    step("storing it", 0.98)
    image = store.add(
        part,
        recipe.name,
        source="built",
        virtual_size=recipe.disk_mib * 2**20,
        manifest=manifest,
    )
    shutil.rmtree(work)
    step("done", 1.0)
    return image


def _sweep(work: Path, fresh: bool) -> None:
    """Drop unfinished files and the work of other recipes; keep the finished steps of this one."""
    prefix = work.name.rsplit("-", 1)[0]
    if work.parent.is_dir():
        for other in work.parent.glob(f"{prefix}-*"):
            if other != work or fresh:
                shutil.rmtree(other)
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    for stale in work.glob("*.part"):
        stale.unlink()


def _rootfs_stage(recipe: Recipe, mirror: Mirror, work: Path, step: Progress) -> dict[str, Any]:
    """The raw disk with its file system, from an earlier attempt if that got so far."""
    disk, record = work / "disk.raw", work / "stage.json"
    if disk.is_file() and record.is_file():
        step("continuing an earlier attempt", 0.85)
        stage: dict[str, Any] = json.loads(record.read_text())
        return stage | {"seconds": 0.0}
    started = time.monotonic()
    part = work / "disk.raw.part"
    step("starting", 0.0)
    packages = write_rootfs(recipe, mirror, part, step)
    stage = {"packages": packages, "seconds": time.monotonic() - started}
    # The record first: the renamed disk is what says that the step is done.
    record_part = work / "stage.json.part"
    record_part.write_text(json.dumps(stage))
    record_part.replace(record)
    part.replace(disk)
    return stage | {"seconds": 0.0}


def _compress(disk: Path, target: Path, step: Progress) -> None:
    """Raw to qcow2 with zstd: about as small as zlib and several times faster to read."""

    def on_line(line: str) -> None:
        if match := re.search(r"\((\d+\.\d+)/100%\)", line):
            step("compressing", 0.89 + 0.09 * float(match.group(1)) / 100)

    argv = [find_tool("qemu-img", BUILD_TOOLS["qemu-img"]), "convert", "-p", "-m", "4", "-W"]
    argv += ["-f", "raw", "-O", "qcow2", "-c", "-o", "compression_type=zstd"]
    stream([*argv, disk, target], on_line, deadline_seconds=_CONVERT_DEADLINE_SECONDS)
