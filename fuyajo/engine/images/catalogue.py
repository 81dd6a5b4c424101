"""What can be built: suites, packages, and the tools of the host that building needs."""

from __future__ import annotations

from dataclasses import dataclass

from fuyajo.engine.images.errors import ImageError

BUILD_TOOLS: dict[str, str] = {
    "mmdebstrap": "mmdebstrap",
    "mke2fs": "e2fsprogs",
    "debugfs": "e2fsprogs",
    "grub-mkimage": "grub-common",
    "qemu-img": "qemu-utils",
    "unshare": "util-linux",
}
"""Command -> Debian package, all needed by `build`. See also `BUILD_FILES`."""

BUILD_FILES: dict[str, str] = {
    "/usr/lib/grub/i386-pc/boot.img": "grub-pc-bin",
    "/usr/share/keyrings/debian-archive-keyring.gpg": "debian-archive-keyring",
}
"""File -> Debian package: data that building needs."""

USER_BUILD_TOOLS: dict[str, str] = {"newuidmap": "uidmap"}
"""Command -> Debian package, needed only when a normal user builds (user namespaces)."""

IMPORT_TOOLS: dict[str, str] = {
    "bwrap": "bubblewrap",
    "qemu-img": "qemu-utils",
    "prlimit": "util-linux",
}
"""Command -> Debian package, needed by `import_image`."""

TEMPLATE_PACKAGES: tuple[str, ...] = ("nginx",)
"""Fetched into the image's apt cache, so that a first template run needs no network."""

GUEST_PACKAGES: tuple[str, ...] = (
    "ca-certificates",
    "cloud-guest-utils",
    "cloud-init",
    "dbus",
    "e2fsprogs",
    "fdisk",
    "init",
    "initramfs-tools",
    "iproute2",
    "linux-image-cloud-amd64",
    "lz4",
    "netbase",
    "openssh-server",
    "procps",
    "python3",
    "python3-apt",
    "qemu-guest-agent",
    "sudo",
    "systemd",
    "systemd-resolved",
    "systemd-sysv",
    "udev",
    "zstd",
)


@dataclass(frozen=True)
class Recipe:
    """One image that can be built.

    Attributes:
        name: catalogue name, also the image's name in the store.
        suite: Debian suite.
        packages: installed in the guest, without their recommendations.
        templates: packages only fetched into the apt cache.
        disk_mib: virtual size of the disk in MiB.
    """

    name: str
    suite: str
    packages: tuple[str, ...] = GUEST_PACKAGES
    templates: tuple[str, ...] = TEMPLATE_PACKAGES
    disk_mib: int = 3072


RECIPES: dict[str, Recipe] = {
    "debian-12": Recipe("debian-12", "bookworm"),
    "debian-13": Recipe("debian-13", "trixie"),
}


def find_recipe(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        ImageError: there is none.
    """
    recipe = RECIPES.get(name)
    if recipe is None:
        raise ImageError(
            f"There is no recipe for an image named {name!r}.",
            f"Build one of: {', '.join(sorted(RECIPES))}; or bring your own with: "
            "fuyajo image import",
        )
    return recipe
