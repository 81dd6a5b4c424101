"""Sizes, from the collection's own parser: one meaning of "4GB" in every door."""

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.units import (
    parse_bytes,
    parse_disk_gib,
    parse_memory_mib,
)

__all__ = ["parse_bytes", "parse_disk_gib", "parse_memory_mib"]
