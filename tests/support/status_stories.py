"""Calls that end well, or badly for a reason of their own: the other half of `statuses.py`."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fuyajo.domain.drift import Baseline
from fuyajo.domain.machine import Snapshot, Trashed
from fuyajo.domain.trash import trash_name
from fuyajo.domain.vault import Vault
from fuyajo.http import trip as trips
from fuyajo.http.first import First
from fuyajo.http.turnstile import Turnstile
from fuyajo.service import anonymous, elsewhere, submitting, turning
from fuyajo.store.objects import Owned
from fuyajo.store.people import PeopleStore
from fuyajo.store.runs import RunRecord
from tests.support import talks
from tests.support.command_line import FACTS, World, machine
from tests.support.issuer import Liar
from tests.support.listening import going
from tests.support.scripted_backend import CHAT, Dictated, stand_in
from tests.support.service import Service
from tests.support.statuses import KEY, Asker

API = "/api/v1"
PASSWORD = "four words in a row"
SETUP = "setup_of_the_tests"
DONE = "r-20261122-210000-aaaa"
FULL = Turnstile(1, -1)  # nobody gets in


@contextmanager
def full(holder: Any, name: str) -> Iterator[None]:
    """As if too many were signing in at this moment."""
    before = getattr(holder, name)
    setattr(holder, name, FULL)
    try:
        yield
    finally:
        setattr(holder, name, before)


@dataclass(frozen=True)
class Story:
    """`asker` is mika, who may everything; the parts are told in the order of `tell`."""

    asker: Asker
    world: World
    patch: pytest.MonkeyPatch
    liar: Liar

    @property
    def api(self) -> Service:
        return self.asker.api

    def tell(self) -> None:
        for part in (
            self.system,
            self.people,
            self.talking,
            self.asked_too_much,
            self.machines,
            self.plans,
            self.runs,
            self.trash_and_drift,
            self.rules,
            self.schedules,
            self.alerts,
            self.from_elsewhere,
            self.my_data,
        ):
            part()

    def get(self, *paths: str, **ids: str) -> None:
        for path in paths:
            self.asker.ask("GET", f"{API}/{path}", **ids)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.asker.ask("POST", f"{API}/{path}", body, **more)

    def plan(self) -> str:
        return str(self.api.call("POST", f"{API}/vms/web/stop", self.asker.token).json()["id"])

    def system(self) -> None:
        for path in ("/healthz", "/metrics", f"{API}/metrics/machines"):
            self.asker.ask("GET", path)

    def people(self) -> None:
        sign_in = {"user": "mika", "password": PASSWORD}
        self.post("sign-in", sign_in)
        self.post("sign-in", {**sign_in, "password": "another one"})
        self.post("sign-out", token=self.api.token("mika", "read"))
        self.get("me", "tokens", "users")
        self.post("users", {"name": "jun"})
        self.post("users", {"name": "jun"})
        for what in ("disable", "enable"):
            self.post(f"users/{{user}}/{what}", user="jun")
        password = {"password": PASSWORD}
        self.post("users/{user}/password", password, user="jun")
        with full(self.api.app.state, "signing"):
            self.post("sign-in", sign_in)
            self.post("users", {"name": "kei"})
            self.post("users/{user}/password", password, user="jun")
        made = self.post("tokens", {"scopes": ["read"]})
        self.post("tokens", {"scopes": ["read"], "user": "nobody-here"})
        self.asker.ask("DELETE", f"{API}/tokens/{{token_id}}", token_id=made.json()["id"])

    def talking(self) -> None:
        talk = self.post("conversations", {}).json()["id"]
        path = f"{API}/conversations/{{conversation_id}}"
        self.asker.ask("PATCH", path, {"title": "the shop"}, conversation_id=talk)
        planner = Dictated(CHAT)
        with self.patch.context() as patch:
            stand_in(patch, planner)
            body = {"words": "tell me", "backend": "claude"}
            turns = "conversations/{conversation_id}/turns"
            self.post(turns, body, conversation_id=talk)
            assert planner.began.wait(talks.WAIT)
            self.asker.ask("DELETE", f"{API}/me/data")
            self.post(f"{turns}/{{number}}/cancel", conversation_id=talk, number="1")
            self.get(f"{turns}/{{number}}/events", conversation_id=talk, number="1")
        self.get("conversations", "conversations/{conversation_id}", turns, conversation_id=talk)
        self.get(f"{turns}/{{number}}", conversation_id=talk, number="1")
        self.asker.ask("DELETE", path, conversation_id=talk)

    def asked_too_much(self) -> None:
        talk = self.post("conversations", {}).json()["id"]
        self.post("anonymous")
        with self.patch.context() as patch:
            patch.setattr(turning, "PER_USER", 0)
            patch.setattr(anonymous, "MOST", 0)
            patch.setattr(submitting, "MOST_QUEUED", 0)
            words = {"words": "hello"}
            self.post("conversations/{conversation_id}/turns", words, conversation_id=talk)
            self.post("anonymous")
            self.post("plans/{plan_id}/apply", {"yes": True}, plan_id=self.plan())

    def machines(self) -> None:
        self.get("vms", "vms/{name}", "vms/{name}/metrics", "hosts", "hosts/forecast", name="web")
        self.get("vms/{name}/logs", name="web")
        self.asker.ask("GET", f"{API}/vms/{{name}}/logs", query="?source=journal", name="web")
        self.get("vms/{name}/metrics.png", name="web")
        for op in ("start", "stop", "restart"):
            self.post(f"vms/{{name}}/{op}", name="web")
        self.post("vms/{name}/delete", {}, name="web")
        self.post("vms/{name}/resize", {"cpus": 2}, name="web")
        self.post("vms/{name}/snapshot", {}, name="web")
        self.post("operations", {"op": "stop", "names": ["web"]})
        self.post("vms/{name}/restart", {"force": True}, name="web")
        self.snapshots()
        self.backups()
        self.suggested()
        self.post("vms/{name}/shares", {"grantee": "jun"}, name="web")
        self.get("shares")
        path = f"{API}/vms/{{name}}/shares/{{grantee}}"
        self.asker.ask("DELETE", path, name="web", grantee="jun")

    def snapshots(self) -> None:
        web = self.world.found["web"]
        self.world.have(replace(web, snapshots=(Snapshot("a", "2020-01-01T00:00:00Z"),)))
        self.get("snapshots", "vms/{name}/snapshots", name="web")
        for op in ("revert", "delete-snapshot"):
            self.post(f"vms/{{name}}/{op}", {"snapshot": "a"}, name="web")
        self.post("snapshots", {"way": "create", "names": ["web"]})
        self.world.have(web)

    def backups(self) -> None:
        self.get("fleet", "backups", "backup-copies")
        with keeping_copies(self.api):
            self.get("backup-copies")
        self.post("backups", {"operations": [{"op": "backup", "vm": "web"}]})
        self.post("backups/verify", {})

    def suggested(self) -> None:
        web = self.world.found["web"]
        self.world.have(replace(web, snapshots=(Snapshot("a", "2020-01-01T00:00:00Z"),)))
        self.get("suggestions")
        self.post("vms/{name}/suggested", {"rule": "snapshot_old"}, name="web")
        self.post("vms/{name}/suggested/dismiss", {"rule": "snapshot_old"}, name="web")
        self.world.have(web)

    def plans(self) -> None:
        self.post("plans", {"words": "hello"})
        self.post("plans", {"words": "a web server called hello"})
        plan = self.plan()
        self.get("plans", plan_id=plan)
        for what in ("", "/needs", "/open"):
            self.get(f"plans/{{plan_id}}{what}", plan_id=plan)
        self.post("plans/{plan_id}/again", plan_id=plan)
        self.post("plans/{plan_id}/resolve", plan_id=plan)
        self.post("plans/{plan_id}/approve", {}, plan_id=plan)
        self.post("plans/{plan_id}/reject", {}, plan_id=self.plan())
        self.asker.ask("GET", f"{API}/policy/explain", query=f"?plan={plan}")

    def runs(self) -> None:
        """One is carried out by hand: its plan is used from then on, and the machine is off."""
        queued = self.post("plans/{plan_id}/apply", {"yes": True}, plan_id=self.plan())
        self.asker.ask("DELETE", f"{API}/me/data")
        self.post("runs/{run_id}/cancel", run_id=queued.json()["run"]["id"])
        with going(self.api) as run:  # of a command line that we cannot reach: it does not stop
            self.post("runs/{run_id}/cancel", run_id=run.id)
        mika, plan, now = self.api.actor("mika"), self.plan(), datetime.now(UTC)
        record = RunRecord(id=DONE, owner="mika", plan=plan, status="successful", started=now)
        mika.runs.save(record)
        mika.plans.take(mika.plans.load("mika", plan), DONE)
        self.post("runs/{run_id}/undo", run_id=DONE)
        self.world.have(machine("web", state="stopped"))
        self.post("runs/{run_id}/undo", run_id=DONE)
        self.post("plans/{plan_id}/apply", {}, plan_id=plan)
        self.get("plans/{plan_id}/open", plan_id=plan)
        self.get("runs", "runs/{run_id}", "runs/{run_id}/remains", run_id=DONE)
        self.asker.ask("GET", f"{API}/runs/{{run_id}}/events", query="?follow=false", run_id=DONE)

    def trash_and_drift(self) -> None:
        self.get("trash", "drift")
        self.post("trash/restore", {"names": ["old"]})
        self.post("trash/empty", {})
        self.post("drift/adopt", {"names": ["web"]})
        self.post("drift/revert", {"names": ["web"]})
        self.post("drift/forget", {"names": ["gone"]})

    def rules(self) -> None:
        self.get("templates", "templates/{name}", name="web-server")
        self.get("policy", "audit", "audit/verify")
        self.post("policy/check", {})

    def schedules(self) -> None:
        body = {"cron": "0 3 * * *", "config": {"operations": [{"op": "snapshot", "vm": "web"}]}}
        made = self.post("schedules", body).json()["id"]
        self.get("schedules", "schedules/{schedule_id}", schedule_id=made)
        for what in ("disable", "enable"):
            self.post(f"schedules/{{schedule_id}}/{what}", schedule_id=made)
        self.asker.ask("DELETE", f"{API}/schedules/{{schedule_id}}", schedule_id=made)

    def alerts(self) -> None:
        made = self.post("alerts", {"metric": "cpu", "threshold": 90}).json()["id"]
        self.get("alerts", "alerts/{alert_id}", "alert-channels", alert_id=made)
        for channel in ("log", "nobody", "away"):
            self.post("alert-channels/{name}/test", name=channel)
        for what in ("disable", "enable"):
            self.post(f"alerts/{{alert_id}}/{what}", alert_id=made)
        self.asker.ask("DELETE", f"{API}/alerts/{{alert_id}}", alert_id=made)

    def from_elsewhere(self) -> None:
        self._arrive("")
        self._back(self.api.client.get("/sign-in/elsewhere"))
        verifier = secrets.token_urlsafe(48)
        challenge = elsewhere.challenge_of(verifier)
        sent = self._arrive(f"?port=43210&challenge={challenge}").headers["location"]
        code = parse_qs(urlsplit(sent).query)["code"][0]
        self.post("sign-in/exchange", {"code": code, "verifier": verifier})
        self.post("sign-in/exchange", {"code": code, "verifier": verifier})  # once
        with full(self.api.app.state.issuer, "turnstile"):
            self.asker.ask("GET", f"{API}/sign-in/oidc")
            come_back(self.asker)

    def _arrive(self, query: str) -> Any:
        return self._back(self.asker.ask("GET", f"{API}/sign-in/oidc", query=query))

    def _back(self, away: Any) -> Any:
        said = parse_qs(urlsplit(away.headers["location"]).query)
        self.liar.token = self.liar.signed(said["nonce"][0], preferred_username="kiku")
        back = f"?code=x&state={said['state'][0]}"
        return self.asker.ask("GET", f"{API}/sign-in/oidc/callback", query=back)

    def my_data(self) -> None:
        self.get("me/export")
        self.asker.ask("DELETE", f"{API}/me/data")


def come_back(asker: Asker) -> None:
    """From an issuer that was never asked, with what a browser would bring."""
    trip = trips.begin(None, None)
    cookie = urlsafe_b64encode(trip.model_dump_json().encode()).decode().rstrip("=")
    asker.api.client.cookies.clear()
    asker.ask(
        "GET",
        f"{API}/sign-in/oidc/callback",
        query=f"?code=x&state={trip.state}",
        headers={"Cookie": f"fuyajo-oidc={cookie}"},
    )


@contextmanager
def keeping_copies(api: Service) -> Iterator[None]:
    """A place for copies that has none; nobody of these tests has a repository."""
    settings = api.app.state.settings
    api.app.state.settings = replace(settings, vault=Vault("/nowhere", Path("/nowhere")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fuyajo.engine.backups.read_copies", lambda *_: {})
        try:
            yield
        finally:
            api.app.state.settings = settings


def first_admin(asker: Asker, patch: pytest.MonkeyPatch) -> None:
    """While there is nobody. The command line may make the same user at the same moment."""
    state, root = asker.api.app.state, asker.api.actor("root")
    state.first = First(root, SETUP)
    path = f"{API}/first-admin"
    body = {"secret": SETUP, "name": "mika", "password": PASSWORD}
    asker.ask("POST", path, {**body, "secret": "another one"})
    with full(state, "signing"):
        asker.ask("POST", path, body)
    asker.ask("POST", path, body)

    def too_late(_store: PeopleStore) -> bool:
        return False

    with patch.context() as within:
        within.setattr(PeopleStore, "any", too_late)
        asker.ask("POST", path, body)


def furnish(api: Service, world: World) -> None:
    """Something of everything that a call of the story is about, for mika."""
    buried = machine("old", state="stopped")
    mark = Trashed("old", "2026-11-22T21:00:00Z", "2099-11-22T21:00:00Z")
    world.have(machine("web"), replace(buried, name=trash_name(buried.uuid), trashed=mark))
    mika, now = api.actor("mika"), datetime.now(UTC).isoformat()
    left = [Baseline(f"uuid-{n}", "mika", n, DONE, now, "running", {}) for n in ("web", "gone")]
    mika.baselines.note(left)
    mika.objects.note([Owned("uuid-gone", FACTS.uri, "gone", "mika", "there")])


def use_up(asker: Asker, key: str) -> None:
    """That key belongs to this call."""
    asker.ask("POST", f"{API}/conversations", {"title": "used"}, headers={KEY: key})


#: What is asked without a token, so that it gets as far as the database.
BODIES: dict[str, Any] = {
    f"{API}/sign-in": {"user": "mika", "password": PASSWORD},
    f"{API}/first-admin": {"secret": SETUP, "name": "mika", "password": PASSWORD},
    f"{API}/sign-in/exchange": {"code": "x", "verifier": "v" * 43},
}
