"""Plans for the tests of pages: made by the service as the API makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx2

from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Plan, plan_digest
from fuyajo.http.pages.visitor import COOKIE
from fuyajo.service.planning import from_config
from tests.support.service import Service

TWO_EYES = """
[roles.junior.approvals]
accept = ["terminal", "web"]
by_other = true
[roles.junior.needs]
start = "approval"
change = "approval"
destroy = "approval"
[roles.senior]
approves = ["mika"]
[users]
mika = "junior"
noriko = "senior"
"""


def planned(served: Service, user: str, data: dict[str, Any]) -> Plan:
    """A saved plan of that request."""
    plan = from_config(served.actor(user), parse_config(data), "request").plan
    assert plan is not None
    return plan


def deleting(*names: str) -> dict[str, Any]:
    return {"operations": [{"op": "delete", "vm": name} for name in names]}


def policy(served: Service, text: str) -> None:
    path = served.app.state.settings.home / "policy.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)


@dataclass(frozen=True)
class Desk:
    """One person's calls as a browser makes them, without a browser."""

    served: Service
    secret: str

    def get(self, path: str) -> httpx2.Response:
        return self._call("GET", path, {})

    def post(self, path: str, **fields: str) -> httpx2.Response:
        return self._call("POST", path, fields)

    def _call(self, method: str, path: str, fields: dict[str, str]) -> httpx2.Response:
        headers = {"Cookie": f"{COOKIE}={self.secret}"}
        if method == "POST":
            headers |= {
                "Origin": f"http://127.0.0.1:{self.served.port}",
                "Sec-Fetch-Site": "same-origin",
                "Content-Type": "application/x-www-form-urlencoded",
            }
        body = urlencode(fields).encode() if fields else None
        return self.served.client.request(method, path, headers=headers, content=body)


def desk(served: Service, user: str, *scopes: str) -> Desk:
    """Signed in as that user, with these scopes alone where any are named."""
    if served.actor("root").people.user(user) is None:
        served.user(user)
    given = served.token(user, *(scopes or ("apply", "approve")))
    return Desk(served, given["Authorization"].removeprefix("Bearer "))


def spoiled(served: Service, plan: Plan, **update: Any) -> Plan:
    """The same with values that no request could have brought there, saved as it was."""
    made = plan.model_copy(update={**update, "digest": ""})
    made = made.model_copy(update={"digest": plan_digest(made)})
    served.actor(plan.owner).plans.save(made)
    return made
