"""The framing that keeps a wish data, and the schema that every model gets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.catalogue import TEMPLATES
from fuyajo.domain.errors import InvalidInput
from fuyajo.domain.request import Config, NetworkRequest, OperationRequest, VmRequest
from fuyajo.planner.backend import PlannerRequest, VmBrief
from fuyajo.planner.prompt import MAX_PROMPT_BYTES, frame, schema_json, system_prompt

HOME = Path("/nonexistent")


def _body(text: str, *vms: VmBrief) -> dict[str, Any]:
    framed = frame(PlannerRequest(text, "ja", HOME, vms))
    return dict(json.loads(framed.split(b"\n", 1)[1]))


@given(st.text(st.characters()))
def test_any_text_is_framed_inertly(text: str) -> None:
    framed = frame(PlannerRequest(text, "en", HOME))
    assert b"@" not in framed
    assert b"\0" not in framed
    assert framed.startswith(b"Plan for this request (JSON):\n{")
    assert framed.count(b"\n") == 1
    assert _body(text)["user_message"] == text.replace("\0", "")


@pytest.mark.parametrize("text", ["@/etc/passwd", "、@~/.ssh/id", "/help", "\n@x", "!ls", "#note"])
def test_what_the_cli_would_take_for_its_own(text: str) -> None:
    framed = frame(PlannerRequest(text, "en", HOME))
    assert b"@" not in framed
    assert not framed.startswith((b"/", b"!", b"#"))
    assert _body(text)["user_message"] == text


def test_a_lone_surrogate_is_carried_as_its_escape() -> None:
    assert _body("a\udc80b")["user_message"] == "a\udc80b"


def test_context_is_the_users_own_vms_and_the_language() -> None:
    vm = VmBrief("web@1", "running", "web-server", 1, 1024, 10)
    assert _body("止めて", vm)["context"] == {
        "language": "ja",
        "vms": [
            {
                "name": "web@1",
                "state": "running",
                "template": "web-server",
                "cpus": 1,
                "memory_mib": 1024,
                "disk_gib": 10,
            }
        ],
    }


def test_a_wish_that_is_too_long() -> None:
    with pytest.raises(InvalidInput) as caught:
        frame(PlannerRequest("x" * MAX_PROMPT_BYTES, "en", HOME))
    assert [problem.code for problem in caught.value.problems] == ["too_large"]


def test_system_prompt_names_every_template_and_option() -> None:
    prompt = system_prompt()
    for template in TEMPLATES.values():
        assert f"- {template.name}: " in prompt
        assert all(name in prompt for name in template.variables)
    assert len(prompt.encode()) < 2500


def test_schema_is_one_flat_small_object() -> None:
    schema = json.loads(schema_json())
    assert schema["type"] == "object"
    assert not schema.keys() & {"oneOf", "anyOf", "allOf", "$ref", "$defs"}
    assert "$ref" not in schema_json()
    assert len(schema_json()) < 2500


def test_schema_offers_every_key_that_parsing_accepts() -> None:
    config = json.loads(schema_json())["properties"]["config"]["anyOf"][0]["properties"]
    assert config.keys() == Config.model_fields.keys()
    for key, model in (
        ("vms", VmRequest),
        ("networks", NetworkRequest),
        ("operations", OperationRequest),
    ):
        assert config[key]["items"]["properties"].keys() == model.model_fields.keys()


def test_schema_takes_sizes_as_number_or_text() -> None:
    config = json.loads(schema_json())["properties"]["config"]["anyOf"][0]["properties"]
    vm = config["vms"]["items"]["properties"]
    assert vm["memory"] == vm["disk"] == {"type": ["integer", "string"]}
    assert vm["template"] == {"enum": list(TEMPLATES)}
