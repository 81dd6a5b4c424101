"""Planning asks the gate: real records, in one place."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuyajo.domain.errors import Unavailable
from fuyajo.planner.backend import Answer, Completion
from fuyajo.planner.backends.rules import RulesBackend
from fuyajo.planner.registry import NAMES
from fuyajo.service.context import Actor, Settings
from fuyajo.service.serving import Serving
from tests.support.scripted_backend import ScriptedBackend, config


@pytest.fixture
def actor(tmp_path: Path) -> Actor:
    return Actor("mika", Settings(tmp_path / "home", "test:///default", "p", tmp_path))


def test_standings_are_looked_up_when_somebody_asks(actor: Actor) -> None:
    standings = Serving(actor).standings
    assert standings["rules"].admitted and standings["rules"].scores["greeting"] == 1.0
    assert standings["claude"].admitted and not standings["claude"].scores
    assert not standings["openai"].admitted
    assert (list(standings), len(standings)) == (list(NAMES), len(NAMES))


def test_rules_may_plan_and_a_stranger_may_not(actor: Actor) -> None:
    Serving(actor).require(RulesBackend())
    stranger = ScriptedBackend()
    stranger.name = "openai"
    with pytest.raises(Unavailable) as caught:
        Serving(actor).require(stranger)
    assert "fuyajo eval admit openai" in caught.value.problems[0].hint()


def test_a_slip_demotes_at_once(actor: Actor) -> None:
    from fuyajo.domain.parse import parse_reply

    said = config(vms=[{"template": "web-server"}])
    answer = Answer(parse_reply(said), "claude", attempts=(said,))
    greeting = Completion(None, kind="greeting", confidence=1.0)
    Serving(actor).refuse_slip("hi", Completion(None, kind="create"), answer)
    with pytest.raises(Unavailable):
        Serving(actor).refuse_slip("hi", greeting, answer)
    assert not Serving(actor).standings["claude"].admitted
