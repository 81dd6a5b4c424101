"""Whatever is asked and said comes back the same, and a secret never gets into the file."""

from __future__ import annotations

import itertools
import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.context import Quota, Turn, VmBrief
from fuyajo.domain.errors import Problem
from fuyajo.planner.backend import Completion, Partial, PlannerRequest, Repair
from fuyajo.planner.recording import Recorder, Redactor, ReplayBackend
from tests.support.scripted_backend import ScriptedBackend

TEXTS = st.text(max_size=30) | st.text(st.characters(), max_size=10)  # lone surrogates too
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
VMS = st.builds(VmBrief, TEXTS, st.sampled_from(["running", "stopped"]), *[st.just(1)] * 4)
TURNS = st.builds(Turn, TEXTS, TEXTS, st.tuples(TEXTS), st.tuples(TEXTS))
REQUESTS = st.builds(
    PlannerRequest,
    TEXTS,
    st.sampled_from(["en", "ja"]),
    st.just(Path("/nonexistent")),
    st.lists(VMS, max_size=2).map(tuple),
    st.lists(TURNS, max_size=2).map(tuple),
    st.builds(Quota, st.none() | st.integers(0, 9)),
    st.none() | st.builds(Repair, TEXTS, st.just((Problem("a", "empty"),))),
)


def heard(backend: Any, request: PlannerRequest) -> list[Partial | Completion]:
    """Everything that a backend yields; one that never waits needs no loop."""

    async def all_of_it() -> list[Partial | Completion]:
        return [item async for item in backend.complete(request)]

    try:
        all_of_it().send(None)
    except StopIteration as done:
        found: list[Partial | Completion] = done.value
        return found
    raise AssertionError("it waited")


@given(REQUESTS, DATA, st.lists(TEXTS, max_size=4))
def test_round_trip(request: PlannerRequest, said: Any, pieces: list[str]) -> None:
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "tape"
        backend = Recorder(ScriptedBackend(said, pieces=pieces), file, Redactor())
        assert heard(backend, request) == heard(ReplayBackend(file), request)


@given(
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=6, max_size=40),
    st.lists(st.integers(0, 40), max_size=3),
    TEXTS,
)
def test_no_credential_survives_wherever_a_stream_is_cut(
    secret: str, cuts: list[int], around: str
) -> None:
    whole = f"{around} {secret} {around}"
    places = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    pieces = [whole[a:b] for a, b in itertools.pairwise(places)]
    request = PlannerRequest(whole, "en", Path("/nonexistent"), turns=(Turn(whole, whole),))
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "tape"
        said = {"a": whole, secret: [whole]}
        heard(Recorder(ScriptedBackend(said, pieces=pieces), file, Redactor([secret])), request)
        line = json.loads(file.read_text())
    fixed = {"key", "backend", "model", "usage"}
    kept = [text for key, value in line.items() if key not in fixed for text in strings(value)]
    assert not [text for text in kept if secret in text and secret not in NAMES]
    assert secret not in "".join(line["pieces"])


# Our own keys, which a secret of a test may happen to spell.
NAMES = (
    "text lang vms turns quota repair user reply made touched unmade gone memory_mib disk_gib cpus"
)


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in (key, *strings(item))]
    return [text for item in value for text in strings(item)] if isinstance(value, list) else []
