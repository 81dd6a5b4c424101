"""A site per test, and both containments where this machine has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuyajo.engine.box.contain import Containment
from fuyajo.engine.runner import containment
from tests.integration.runner.support import Site, make_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path)


@pytest.fixture(params=["bubblewrap", "subreaper"])
def kind(request: pytest.FixtureRequest) -> Containment:
    wanted: Containment = request.param
    if wanted == "bubblewrap" and containment() != "bubblewrap":
        pytest.skip("bubblewrap does not work here")
    return wanted
