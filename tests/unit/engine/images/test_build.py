"""The build's bookkeeping: cached, resumable, alone, and tidy. No package is installed here."""

import json
import tarfile
from io import BytesIO
from pathlib import Path

import filelock
import pytest

from fuyajo.engine.images import build as module
from fuyajo.engine.images import rootfs
from fuyajo.engine.images.build import build
from fuyajo.engine.images.catalogue import RECIPES, TEMPLATE_PACKAGES
from fuyajo.engine.images.errors import ImageError
from fuyajo.engine.images.mirror import Mirror
from fuyajo.engine.images.store import Image, ImageStore

MIRROR = Mirror()


class Steps:
    """Stands in for the three long steps and counts them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[str] = []
        self.fail_at = ""
        monkeypatch.setattr(module, "write_rootfs", self._rootfs)
        monkeypatch.setattr(module, "write_device_nodes", lambda _disk, _work: None)
        monkeypatch.setattr(module, "write_boot_area", self._boot)
        monkeypatch.setattr(module, "stream", self._convert)

    def _step(self, name: str) -> None:
        self.done.append(name)
        if name == self.fail_at:
            self.fail_at = ""
            raise KeyboardInterrupt

    def _rootfs(
        self, _recipe: object, _mirror: object, disk: Path, _step: object
    ) -> dict[str, str]:
        disk.write_bytes(b"half")
        self._step("rootfs")
        disk.write_bytes(b"whole")
        return {"bash": "5.2"}

    def _boot(self, disk: Path, _work: Path, _signature: int) -> None:
        assert disk.read_bytes() == b"whole"
        self._step("boot")

    def _convert(self, argv: list[object], *_rest: object, **_options: object) -> None:
        Path(str(argv[-1])).write_bytes(b"half")
        self._step("convert")
        Path(str(argv[-1])).write_bytes(b"qcow2")


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    return Steps(monkeypatch)


@pytest.fixture
def store(tmp_path: Path) -> ImageStore:
    return ImageStore(tmp_path / "images")


def run(store: ImageStore, **options: bool) -> Image:
    return build("debian-12", store, mirror=MIRROR, **options)


def test_a_build_ends_in_the_store_with_its_manifest(steps: Steps, store: ImageStore) -> None:
    seen: list[tuple[str, float]] = []
    image = build("debian-12", store, lambda text, part: seen.append((text, part)), mirror=MIRROR)
    assert store.get("debian-12") == image
    assert image.path.read_bytes() == b"qcow2"
    assert image.manifest["packages"] == {"bash": "5.2"}
    assert image.manifest["suite"] == "bookworm"
    assert image.manifest["template_packages"] == list(TEMPLATE_PACKAGES)
    assert [part for _, part in seen] == sorted(part for _, part in seen)
    assert seen[-1] == ("done", 1.0)
    assert list((store.directory / "build").iterdir()) == []


def test_a_second_build_does_nothing_unless_fresh(steps: Steps, store: ImageStore) -> None:
    assert run(store) == run(store)
    assert steps.done == ["rootfs", "boot", "convert"]
    run(store, fresh=True)
    assert steps.done == ["rootfs", "boot", "convert"] * 2


@pytest.mark.parametrize(
    ("fail_at", "again"),
    [
        ("rootfs", ["rootfs", "boot", "convert"]),
        ("boot", ["boot", "convert"]),
        ("convert", ["boot", "convert"]),
    ],
)
def test_an_interrupted_build_continues(
    fail_at: str, again: list[str], steps: Steps, store: ImageStore
) -> None:
    steps.fail_at = fail_at
    with pytest.raises(KeyboardInterrupt):
        run(store)
    assert store.get("debian-12") is None
    steps.done.clear()
    assert run(store).manifest["packages"] == {"bash": "5.2"}
    assert steps.done == again


def test_another_recipe_starts_over_and_sweeps_the_old_work(
    steps: Steps, store: ImageStore
) -> None:
    steps.fail_at = "convert"
    with pytest.raises(KeyboardInterrupt):
        run(store)
    steps.done.clear()
    build("debian-12", store, mirror=Mirror(main="http://m.example/debian"))
    assert steps.done == ["rootfs", "boot", "convert"]
    assert list((store.directory / "build").iterdir()) == []


def test_two_builds_do_not_collide(steps: Steps, store: ImageStore) -> None:
    store.prepare()
    with (
        filelock.FileLock(store.directory / ".debian-12.lock"),
        pytest.raises(ImageError, match="Another build"),
    ):
        build("debian-12", store, mirror=MIRROR, wait_seconds=0.05)
    assert steps.done == []


def test_an_unknown_name_lists_the_known_ones(store: ImageStore) -> None:
    with pytest.raises(ImageError) as caught:
        build("debian-1", store)
    assert "debian-12" in caught.value.hint


def test_a_full_disk_is_an_error_with_a_way_out(
    steps: Steps, store: ImageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device", "disk.raw")

    monkeypatch.setattr(module, "write_boot_area", full)
    with pytest.raises(ImageError, match="No space left") as caught:
        run(store)
    assert "4 GiB" in caught.value.hint


def test_the_recipe_digest_changes_with_everything_that_matters() -> None:
    twelve, thirteen = RECIPES["debian-12"], RECIPES["debian-13"]
    digests = {
        rootfs.recipe_digest(twelve, MIRROR),
        rootfs.recipe_digest(thirteen, MIRROR),
        rootfs.recipe_digest(twelve, Mirror(main="http://m.example/debian")),
    }
    assert len(digests) == 3
    assert rootfs.recipe_digest(twelve, MIRROR) in digests


def test_guest_files_are_packed_the_same_every_time() -> None:
    assert rootfs.guest_tar() == rootfs.guest_tar()
    with tarfile.open(fileobj=BytesIO(rootfs.guest_tar())) as archive:
        members = {member.name: member for member in archive}
    assert {member.uid for member in members.values()} == {0}
    assert members["etc/initramfs-tools/hooks/zz-fuyajo"].mode == 0o755
    assert members["boot/grub/grub.cfg"].mode == 0o644


def test_the_command_carries_values_quoted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(rootfs, "find_tool", lambda name, _package: name)
    overlay = tmp_path / "a b'c" / "guest.tar"
    argv = rootfs._command(RECIPES["debian-12"], MIRROR, overlay, 9)
    assert "--essential-hook=tar-in '" in "\n".join(argv)
    assert "image=/proc/self/fd/9\n" in next(a for a in argv if a.startswith("--customize-hook="))
    assert json.dumps(argv)
