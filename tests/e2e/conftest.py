"""Shared by the tests that go the whole way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.images import ready_store
from tests.support.installation import Installation, install, remove


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = install(tmp_path_factory.mktemp("e2e"), ready_store())
    try:
        yield made
    finally:
        remove(made)
