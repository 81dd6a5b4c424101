"""Servers with the OpenAI API differ: in what they take, in what they tell, and in what they have."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from fuyajo.planner.backend import BackendError
from fuyajo.planner.backends.openai_compatible.backend import OpenAiBackend
from fuyajo.planner.backends.openai_compatible.identity import sampled
from tests.support.claude_planner import Script
from tests.support.messages_api import Call, MessagesApi
from tests.support.servers import CHAT, MESSAGE, WRONG, ask, backend, failure, request

NO_FORM = {"status": 400, "message": "response_format type must be text or json_object"}


def forms_of(api: MessagesApi) -> list[str]:
    asked = (call.json.get("response_format") or {} for call in api.messages)
    return [form.get("type", "plain") for form in asked]


def refusing(*refused: str, answer: Any = CHAT, status: int = 400) -> Any:
    def reply(call: Call) -> Any:
        form = (call.json.get("response_format") or {}).get("type", "plain")
        return {**NO_FORM, "status": status} if form in refused else answer

    return reply


@pytest.mark.parametrize("status", [400, 422, 500, 501])
def test_a_looser_form_is_asked_for_and_remembered(
    status: int, scripted: Script, tmp_path: Path
) -> None:
    api = scripted(refusing("json_schema", status=status))
    planner = backend("openai", api)
    for _ in range(2):
        assert ask(planner, request(tmp_path)).reply.message == MESSAGE
    assert forms_of(api) == ["json_schema", "json_object", "json_object"]
    # Older llama.cpp makes its grammar of this.
    assert api.messages[1].json["response_format"]["schema"]["type"] == "object"


def test_a_server_with_nothing_but_the_prompt(scripted: Script, tmp_path: Path) -> None:
    api = scripted(refusing("json_schema", "json_object"))
    assert ask(backend("openai", api), request(tmp_path)).reply.message == MESSAGE
    assert forms_of(api) == ["json_schema", "json_object", "plain"]


def test_the_form_that_works_is_kept_in_the_repair_round(scripted: Script, tmp_path: Path) -> None:
    api = scripted(refusing("json_schema", answer=WRONG))
    assert failure(backend("openai", api), request(tmp_path)).kind == "invalid_reply"
    assert forms_of(api) == ["json_schema", "json_object", "json_object"]


def test_what_is_not_about_the_form_is_told_at_once(scripted: Script, tmp_path: Path) -> None:
    api = scripted({"status": 404, "message": "model not found"})
    error = failure(backend("openai", api), request(tmp_path))
    assert "model not found" in str(error)
    assert len(api.messages) == 1


def test_nobody_there(tmp_path: Path) -> None:
    with MessagesApi(CHAT) as api:
        planner = backend("openai", api)
    error = failure(planner, request(tmp_path))
    assert error.kind == "api"
    assert "openai_base_url" in error.problems[0].hint("en")


def planner_of(api: MessagesApi, model: str | None = None) -> OpenAiBackend:
    return OpenAiBackend(f"{api.url}/v1/", model, None, deadline_s=10.0)


def models(*names: str, **more: Any) -> dict[str, Any]:
    return {"/v1/models": {"data": [{"id": name, "created": 1, **more} for name in names]}}


def test_the_only_model_is_taken(scripted: Script, tmp_path: Path) -> None:
    api = scripted(CHAT, pages=models("qwen"))
    assert ask(planner_of(api), request(tmp_path)).model == "qwen"


@pytest.mark.parametrize("names", [(), ("qwen", "gemma")])
def test_a_model_has_to_be_named(names: tuple[str, ...], scripted: Script, tmp_path: Path) -> None:
    api = scripted(CHAT, pages=models(*names))
    error = failure(planner_of(api), request(tmp_path))
    assert error.kind == "usage"
    assert all(name in str(error) for name in names)
    assert "openai_model" in error.problems[0].hint("en")


def identity(api: MessagesApi, model: str | None = None) -> dict[str, str]:
    return asyncio.run(planner_of(api, model).identity())


def weights(path: Path, filler: bytes) -> dict[str, Any]:
    path.write_bytes(b"GGUF" + filler * 300_000)
    return {"model_path": str(path), "build_info": "b1-x", "chat_template": "{{ x }}"}


def test_other_weights_are_another_planner(scripted: Script, tmp_path: Path) -> None:
    file = tmp_path / "m.gguf"
    api = scripted(CHAT, pages={**models("m"), "/props": weights(file, b"a")})
    one = identity(api)
    assert one == identity(api)
    assert {"adapter", "model", "weights", "build", "template"} <= one.keys()
    weights(file, b"b")
    assert identity(api)["weights"] != one["weights"]


def test_ollama_tells_a_digest(scripted: Script) -> None:
    tags = {"models": [{"name": "qwen3:4b", "digest": "abc"}, {"name": "other", "digest": "x"}]}
    api = scripted(CHAT, pages={**models("qwen3:4b", "other"), "/api/tags": tags})
    assert identity(api, "qwen3:4b")["weights"] == "abc"


def test_when_a_model_was_loaded_does_not_matter(scripted: Script) -> None:
    one = identity(scripted(CHAT, pages=models("m", meta={"n_params": 5}, created=1)))
    other = identity(scripted(CHAT, pages=models("m", meta={"n_params": 5}, created=2)))
    assert one == other
    third = identity(scripted(CHAT, pages=models("m", meta={"n_params": 6})))
    assert third["told"] != one["told"]


def test_a_model_that_is_not_in_the_list(scripted: Script) -> None:
    """llama-server takes any name for the one model it runs; another list is another planner all the same."""
    one, other = (identity(scripted(CHAT, pages=models(name)), "n") for name in ("m", "k"))
    assert one["model"] == other["model"] == "n"
    assert one["told"] != other["told"]


@pytest.mark.parametrize("pages", [{}, {"/v1/models": [1]}, {"/v1/models": {"data": "x"}}])
def test_a_server_that_lists_nothing(pages: Any, scripted: Script) -> None:
    assert identity(scripted(CHAT, pages=pages), "m")["model"] == "m"


def test_a_server_that_is_not_there_has_no_identity() -> None:
    with pytest.raises(BackendError) as caught:
        asyncio.run(OpenAiBackend("http://127.0.0.1:9", "m", None, deadline_s=5).identity())
    assert caught.value.kind == "api"


def test_only_weights_are_looked_into(tmp_path: Path) -> None:
    """The server names the path: nothing else than a GGUF file may tell anything about itself."""
    (tmp_path / "secret").write_text("no weights", encoding="utf-8")
    os.mkfifo(tmp_path / "pipe")
    for path in ("secret", "pipe", "missing", "."):
        assert sampled(tmp_path / path) is None
    assert sampled(Path("relative.gguf")) is None
    assert sampled(Path("/nul\0")) is None
