"""One browser for the tests of a module; each test has a service, a host and windows of its own."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.support.browser import PASSWORD, Visit, chromium, visiting
from tests.support.served import api as api
from tests.support.served import world as world
from tests.support.service import Service

Visitors = Callable[..., Visit]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """No longer than its module: while Playwright goes on, no other test of this process could run a loop."""
    with chromium() as running:
        yield running
    gc.collect()  # its pipes: tests that count what is open come after this


@pytest.fixture
def served(api: Service) -> Service:
    return api


@pytest.fixture
def window(browser: Browser, served: Service) -> Iterator[Visitors]:
    """`window()` is a new one; `window("mika")` with that user made and signed in. All end calm."""
    with ExitStack() as stack:
        visits: list[Visit] = []

        def opened(user: str | None = None, *, admin: bool = False, **options: Any) -> Visit:
            base = f"http://127.0.0.1:{served.port}"
            visit = stack.enter_context(visiting(browser, base, **options))
            visits.append(visit)
            if user is not None:
                if served.actor("root").people.user(user) is None:
                    served.user(user, password=PASSWORD, admin=admin)
                visit.sign_in(user)
            return visit

        yield opened
        for visit in visits:
            visit.calm()
