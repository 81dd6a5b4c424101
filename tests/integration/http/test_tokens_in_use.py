"""A token that is taken back, expires, or whose user is out ends what it holds open, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.support.listening import Listener, going
from tests.support.pace import within
from tests.support.service import Service

SECONDS, WAIT = 5.0, 60.0
VALID = 4.0  # long enough to be listened with


def taken_back(api: Service) -> None:
    (token,) = [one for one in api.actor("mika").people.tokens("mika") if one.label == "doomed"]
    assert api.actor("mika").people.take_back("mika", token.id)


def disabled(api: Service) -> None:
    api.app.state.people.change("mika", disabled=1)


def new_password(api: Service) -> None:
    api.app.state.people.take_back_all("mika")


@pytest.mark.parametrize("end", [taken_back, disabled, new_password])
def test_streams_end_with_their_token(api: Service, end: Callable[[Service], None]) -> None:
    api.user("mika")
    doomed = api.token("mika", "read", label="doomed")
    with going(api) as run:
        run.write(3)
        listeners = [Listener(api, doomed, enough=3).start() for _ in range(3)]
        assert all(listener.some.wait(WAIT) for listener in listeners)
        with within(SECONDS):
            end(api)
            assert all(listener.ends.wait(WAIT) for listener in listeners)
        assert "end" not in listeners[0].kinds  # the run goes on, without them
        path = f"/api/v1/runs/{run.id}/events"
        assert api.call("GET", path, doomed).status_code == 401


def test_a_stream_ends_when_its_token_expires(api: Service) -> None:
    api.user("mika")
    short = api.token("mika", "read", valid=timedelta(seconds=VALID))
    with going(api) as run:
        run.write(1)
        listener = Listener(api, short).start()
        assert listener.some.wait(WAIT)
        with within(VALID + SECONDS):
            assert listener.ends.wait(WAIT)


def test_other_tokens_of_the_same_user_go_on(api: Service) -> None:
    api.user("mika")
    doomed, other = api.token("mika", "read", label="doomed"), api.token("mika", "read")
    with going(api) as run:
        run.write(1)
        goes, stays = Listener(api, doomed).start(), Listener(api, other, enough=2).start()
        assert goes.some.wait(WAIT)
        with within(SECONDS):
            taken_back(api)
            assert goes.ends.wait(WAIT)
        run.write(1)
        assert stays.some.wait(WAIT)
        assert not stays.ends.is_set()
    assert stays.ends.wait(WAIT)
    assert stays.kinds[-1] == "end"
