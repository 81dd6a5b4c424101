# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where images may come from, and where publishers keep their current cloud images. Pure.

The content behind these addresses changes with every point release, so a name alone is not enough:
the digest of the image that is meant has to come with it.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Mapping
from urllib.parse import urlsplit

SCHEMES = ("https", "http", "file")
_DEBIAN = "https://cloud.debian.org/images/cloud"
_UBUNTU = "https://cloud-images.ubuntu.com/releases"

URLS: Mapping[str, str] = MappingProxyType(
    {
        "debian-11": f"{_DEBIAN}/bullseye/latest/debian-11-genericcloud-amd64.qcow2",
        "debian-12": f"{_DEBIAN}/bookworm/latest/debian-12-genericcloud-amd64.qcow2",
        "debian-13": f"{_DEBIAN}/trixie/latest/debian-13-genericcloud-amd64.qcow2",
        "ubuntu-22.04": f"{_UBUNTU}/22.04/release/ubuntu-22.04-server-cloudimg-amd64.img",
        "ubuntu-24.04": f"{_UBUNTU}/24.04/release/ubuntu-24.04-server-cloudimg-amd64.img",
        "almalinux-9": "https://repo.almalinux.org/almalinux/9/cloud/x86_64/images/"
        "AlmaLinux-9-GenericCloud-latest.x86_64.qcow2",
        "rockylinux-9": "https://dl.rockylinux.org/pub/rocky/9/images/x86_64/"
        "Rocky-9-GenericCloud-Base.latest.x86_64.qcow2",
        "centos-stream-9": "https://cloud.centos.org/centos/9-stream/x86_64/images/"
        "CentOS-Stream-GenericCloud-9-latest.x86_64.qcow2",
    }
)


def url_of(name: str) -> str | None:
    """Return the address of an image of the catalogue, or None."""
    return URLS.get(name)


def check_url(url: str) -> str:
    """Return an address that may be fetched; raises ValueError that says why it may not."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise ValueError(f"only {', '.join(SCHEMES)} addresses are fetched")
    if parts.scheme == "file":
        if parts.netloc not in ("", "localhost") or not parts.path.startswith("/"):
            raise ValueError("a file address is file:///absolute/path")
    elif not parts.hostname:
        raise ValueError("the address names no host")
    if "@" in parts.netloc:
        raise ValueError("an address with a password would end up in logs")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("an address is printable ASCII without spaces")
    return url
