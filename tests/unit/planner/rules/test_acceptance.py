"""What must hold exactly: the two sentences of the main job, languages, inertness, speed."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path
from string import Formatter

import pytest

import fuyajo.planner.backends.rules as package
from fuyajo.domain.context import VmBrief
from fuyajo.domain.request import Reply
from fuyajo.planner.backends.rules import RulesBackend
from fuyajo.planner.backends.rules.normalise import normalise
from fuyajo.planner.backends.rules.plan import language
from fuyajo.planner.backends.rules.scan import scan
from fuyajo.planner.backends.rules.texts import EN, JA
from tests.support.rules import plan

WEB = VmBrief("web", "running", "web-server", 1, 1024, 10)
DB = VmBrief("db", "stopped", "basic-server", 1, 2048, 20)


def said(reply: Reply) -> dict[str, object]:
    assert reply.config is not None, reply.message
    return reply.config.model_dump(exclude_unset=True)


@pytest.mark.parametrize(
    "text",
    ["a web server called hello with 1 GB of memory", "メモリ1GBのウェブサーバーhelloを作って"],
)
def test_the_two_sentences(text: str) -> None:
    config = said(plan(text, "en", ()))
    assert config["vms"] == ({"name": "hello", "template": "web-server", "memory": 1024},)
    assert config["operations"] == ()


def test_the_backend_is_always_there() -> None:
    assert RulesBackend.name == "rules"
    assert not RulesBackend.waits


@pytest.mark.parametrize(
    ("text", "lang", "spoken"),
    [
        ("stop web", "ja", "en"),
        ("hello", "ja", "ja"),
        ("hello", "en", "en"),
        ("webを止めて", "en", "ja"),
        ("asdf qwer", "ja", "ja"),
        ("🎉", "ja", "ja"),
    ],
)
def test_language(text: str, lang: str, spoken: str) -> None:
    assert language(text, lang) == spoken  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("stop shop", "shop"),
        ("stop shop", "web, db"),
        ("list my vms", "2 GiB"),
        ("create a web server called Hello", "“hello”"),
        ("create a web server called x with 900 TB of memory", "1048576"),
        ("create 500 web servers", "50"),
        ("create a web server called x with 128 MB", "256"),
        ("create a web server called x with sauna", "sauna"),
        ("don't stop web", "don't"),
        ("create a web server with 100 GB", "disk"),
        ("メモリ2GBのサウナを作って", "サウナ"),
        ("create a vm hello", "called hello"),
    ],
)
def test_a_question_says_what_it_is_about(text: str, part: str) -> None:
    reply = plan(text, "en", (WEB, DB))
    assert reply.type == "chat"
    assert part in reply.message


@pytest.mark.parametrize("name", ["start", "stop", "list", "please", "with", "server", "a"])
def test_a_name_may_be_any_word(name: str) -> None:
    config = said(plan(f"create a vm called {name}", "en", ()))
    assert config["vms"] == ({"name": name, "template": "basic-server"},)


@pytest.mark.parametrize("name", ["start", "a", "server", "hello", "now", "backup", "list", "web"])
def test_an_existing_vm_may_have_any_name(name: str) -> None:
    vm = VmBrief(name, "running", None, 1, 1024, 10)
    config = said(plan(f"stop {name}", "en", (vm, DB)))
    assert config["operations"] == ({"op": "stop", "vm": name},)


def test_the_example_in_a_chat_can_be_typed() -> None:
    for lang in ("en", "ja"):
        reply = plan("hello" if lang == "en" else "こんにちは", lang, ())
        found = re.search("“(.+)”|「(.+)」", reply.message)
        assert found
        assert plan(next(g for g in found.groups() if g), lang, ()).type == "config"


def test_echoed_words_are_inert() -> None:
    reply = plan('stop "<img src=x>[a](b)`"', "en", (WEB,))
    assert not set("<>[]`") & set(reply.message)


def test_tables_have_the_same_keys_and_fields() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    assert EN.keys() == JA.keys()
    optional = {"example", "yours", "among"}
    for key, text in EN.items():
        assert fields(text) - optional == fields(JA[key]) - optional, key


def test_every_key_that_is_asked_exists() -> None:
    source = "".join(p.read_text("utf-8") for p in Path(package.__file__).parent.glob("*.py"))
    keys = set(re.findall(r'Ask\(\s*"([a-z_]+)"', source))
    assert keys
    assert keys <= EN.keys()


@pytest.mark.parametrize(
    ("raw", "flat"),
    [
        ("二十五台", "25台"),
        ("一覧", "一覧"),
        ("ｗｅｂ　４ＧＢ", "web 4GB"),
        ("サーバー", "サーバ"),
        ("『x』", "「x」"),
        ("百台", "100台"),
        ("四ギガ", "4ギガ"),
    ],
)
def test_normalise(raw: str, flat: str) -> None:
    assert normalise(raw) == flat


@pytest.mark.parametrize("piece", ["a ", '"', "「", "'", "9", "の", "and ", "{", " ", "1GB、", "ﷺ"])
@pytest.mark.parametrize("length", [4000, 100_000])
def test_no_text_is_slow(piece: str, length: int) -> None:
    text = (piece * length)[:length]
    # Of this thread alone, whatever else the machine does: what grows without bound takes minutes.
    begin = time.thread_time()
    plan(text, "en", (WEB,))
    scan(text[:8000], japanese=True)
    assert time.thread_time() - begin < 1.5


def test_importing_the_backend_is_light() -> None:
    code = (
        "import sys, fuyajo.planner.backends.rules as r;"
        "assert 'fuyajo.planner.backends.rules.plan' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize(
    "text",
    [
        "create a debian 11 server called x",  # not eleven servers
        "restart web's nginx",  # a program in a VM is not the VM
        "webのnginxを再起動して",
        "webのdbを止めて",  # not both
        "webでdbを起動して",
        "全部それを再起動して",
        "webを止めてくれない",  # a complaint; only with a question mark a request
        "helloサーバーを作って",  # a word must not vanish as a greeting
        "hello server with 2 GB",
        "ホームページという名前のを作って",
        "1. delete web",
        "Subject: delete web",
        "The log says. delete web.",
        "create a web server called x for db",
        "delete web, db and everything",
    ],
)
def test_found_while_probing(text: str) -> None:
    assert plan(text, "en", (WEB, DB)).type == "chat"


@pytest.mark.parametrize(
    ("text", "vms"),
    [
        ("create a debian 12 web server", ({"template": "web-server"},)),
        ("CPU2、メモリ2GBのVMを作って", ({"template": "basic-server", "memory": 2048, "cpus": 2},)),
        ("create a vm called a, thanks", ({"name": "a", "template": "basic-server"},)),
        ("bigというVMを作って", ({"name": "big", "template": "basic-server"},)),
        ("create a vm called q and start it", ({"name": "q", "template": "basic-server"},)),
    ],
)
def test_planned_while_probing(text: str, vms: object) -> None:
    assert said(plan(text, "en", (WEB, DB)))["vms"] == vms
