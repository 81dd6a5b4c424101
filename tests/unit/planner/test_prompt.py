"""The framing that keeps a wish data, and the schema that every model gets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.catalogue import TEMPLATES
from fuyajo.domain.context import Quota, Turn, VmBrief
from fuyajo.domain.errors import InvalidInput, Problem
from fuyajo.domain.request import Config, NetworkRequest, OperationRequest, VmRequest
from fuyajo.planner.backend import PlannerRequest, Repair
from fuyajo.planner.prompt import (
    MAX_PROMPT_BYTES,
    TURN_CHARS,
    frame,
    plain,
    schema_json,
    system_prompt,
)

HOME = Path("/nonexistent")
FENCE = "DATA-0123456789abcdef"


def _body(text: str, *vms: VmBrief, **more: Any) -> dict[str, Any]:
    framed = frame(PlannerRequest(text, "ja", HOME, vms, **more), FENCE)
    return dict(json.loads(framed.splitlines()[2]))


@given(st.text(st.characters()))
def test_any_text_is_framed_inertly(text: str) -> None:
    framed = frame(PlannerRequest(text, "en", HOME), FENCE)
    assert b"@" not in framed
    assert framed.startswith(b"Plan for this request. The JSON between the ")
    assert framed.count(b"\n") == 3
    assert _body(text)["user_message"] == plain(text, len(text))


@pytest.mark.parametrize("text", ["@/etc/passwd", "、@~/.ssh/id", "/help", "\n@x", "!ls", "#note"])
def test_what_the_cli_would_take_for_its_own(text: str) -> None:
    framed = frame(PlannerRequest(text, "en", HOME))
    assert b"@" not in framed
    assert not framed.startswith((b"/", b"!", b"#"))
    assert _body(text)["user_message"] == text


@pytest.mark.parametrize("odd", ["\0", "\x1b[31m", "\u202e", "\u200b", "\udc80", "\x85"])
def test_what_nobody_sees_is_taken_out(odd: str) -> None:
    vm = VmBrief(f"we{odd}b", "running", None, 1, 1, 1)
    body = _body(f"a{odd}b", vm, turns=(Turn(f"c{odd}", f"{odd}d"),))
    assert odd not in json.dumps(body, ensure_ascii=False)
    assert odd[0] not in body["user_message"]


def test_the_fence_is_new_each_time_and_said_in_no_data() -> None:
    framed = [frame(PlannerRequest("hello", "en", HOME)).splitlines() for _ in range(2)]
    assert framed[0][1] != framed[1][1]
    assert framed[0][1] == framed[0][3]
    assert len(framed[0][1]) == len("DATA-") + 16


def test_context_is_names_and_states_and_what_is_left_only() -> None:
    vm = VmBrief("web@1", "running", "web-server", 3, 1024, 10, uuid="u-1", created="2026")
    turns = (Turn("make a web server", "Planned.", made=("web",)),)
    body = _body("止めて", vm, turns=turns, quota=Quota(vms=2))
    assert body["context"] == {
        "language": "ja",
        "vms": [{"name": "web@1", "state": "running"}],
        "quota_left": {"vms": 2},
        "earlier_turns": [{"user": "make a web server", "reply": "Planned."}],
    }


def test_only_the_end_of_a_conversation_is_sent() -> None:
    turns = tuple(Turn(f"wish {n} " + "x" * 5000) for n in range(20))
    sent = _body("and now?", turns=turns)["context"]["earlier_turns"]
    assert [turn["user"].split()[1] for turn in sent] == [str(n) for n in range(12, 20)]
    assert all(len(turn["user"]) == TURN_CHARS for turn in sent)


def test_a_repair_shows_the_reply_and_its_problems_as_data() -> None:
    problem = Problem("config.vms[0].memory", "size", {"value": "lots"})
    request = PlannerRequest("hello", "en", HOME, repair=Repair('{"type": "@x"}', (problem,)))
    framed = frame(request, FENCE)
    assert b"@" not in framed
    refused = json.loads(framed.splitlines()[6])
    assert refused["your_refused_reply"] == '{"type": "@x"}'
    assert refused["problems"][0]["path"] == "config.vms[0].memory"


def test_a_wish_that_is_too_long() -> None:
    with pytest.raises(InvalidInput) as caught:
        frame(PlannerRequest("x" * MAX_PROMPT_BYTES, "en", HOME))
    assert [problem.code for problem in caught.value.problems] == ["too_large"]


def test_system_prompt_names_every_template_and_option() -> None:
    prompt = system_prompt()
    for template in TEMPLATES.values():
        assert f"- {template.name}: " in prompt
        assert all(name in prompt for name in template.variables)
    assert len(prompt.encode()) < 3200


def test_schema_is_one_flat_small_object() -> None:
    schema = json.loads(schema_json())
    assert schema["type"] == "object"
    assert not schema.keys() & {"oneOf", "anyOf", "allOf", "$ref", "$defs"}
    assert "$ref" not in schema_json()
    assert len(schema_json()) < 3200


WRITTEN = {
    "after",
    "ready",
    "host",
    "labels",
    "expires",
}  # of env.yml: nobody says them in a sentence


def test_schema_offers_every_key_that_parsing_accepts() -> None:
    config = json.loads(schema_json())["properties"]["config"]["anyOf"][0]["properties"]
    assert config.keys() == Config.model_fields.keys() - {"host", "labels"}
    for key, model in (
        ("vms", VmRequest),
        ("networks", NetworkRequest),
        ("operations", OperationRequest),
    ):
        written = {"vms": WRITTEN, "operations": {"expires", "keep"}}.get(key, set())
        assert config[key]["items"]["properties"].keys() | written == model.model_fields.keys()
    assert "expire" not in config["operations"]["items"]["properties"]["op"]["enum"]


def test_schema_takes_sizes_as_number_or_text() -> None:
    config = json.loads(schema_json())["properties"]["config"]["anyOf"][0]["properties"]
    vm = config["vms"]["items"]["properties"]
    assert vm["memory"] == vm["disk"] == {"type": ["integer", "string"]}
    assert vm["template"] == {"enum": list(TEMPLATES)}
