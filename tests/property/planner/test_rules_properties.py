"""For all texts: no exception, no foreign VM, no plan out of nothing, the same answer twice."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from fuyajo.domain.context import Turn, VmBrief
from fuyajo.domain.request import Reply
from fuyajo.planner.backends.rules import words_en, words_ja
from fuyajo.planner.backends.rules.tokens import HEADS, VERBS, K
from tests.support.rules import answer, plan

VMS = tuple(
    VmBrief(name, "running", template, 1, 1024, 10)
    for name, template in (("web", "web-server"), ("db", None), ("start", "basic-server"))
)
NAMES = {vm.name for vm in VMS}
TURNS = (Turn("stop web and db", "…", touched=("web", "db")), Turn("restart it", "Which one?"))
#: What alone may make a plan: verbs, kinds, and what stands for one of them.
ACTING = VERBS | HEADS | {K.WANT, K.SNAPSHOT, K.SHOULD, K.SAME, K.LIKE, K.GERUND}
PARTS = [" ".join(p) for p in words_en.PHRASES] + list(words_ja.PHRASES)
PARTS += ["web", "db", "foo", "4 GB", "2", "2台", "「x」", '"y"', ",", ".", "?", "、", "。", "::"]
IDLE = [" ".join(p) for p, (kind, _) in words_en.PHRASES.items() if kind not in ACTING]
IDLE += [p for p, (kind, _) in words_ja.PHRASES.items() if kind not in ACTING]
IDLE += ["4 GB", "2", "foo", "web", "db", "called x", ","]
LANGS = st.sampled_from(["en", "ja"])
#: Sentences of real parts reach far deeper than random characters.
SENTENCES = st.lists(st.sampled_from(PARTS), max_size=10).map(" ".join)
GLUED = st.lists(st.sampled_from(PARTS), max_size=10).map("".join)
TEXTS = st.one_of(st.text(max_size=200), SENTENCES, GLUED)
SAID_BEFORE = st.sampled_from([(), TURNS, TURNS[:1]])


@settings(max_examples=400, deadline=None)
@given(TEXTS, LANGS, SAID_BEFORE)
def test_any_text_gives_a_valid_reply_about_own_vms(
    text: str, lang: str, turns: tuple[Turn, ...]
) -> None:
    reply = plan(text, lang, VMS, turns)  # type: ignore[arg-type]
    assert Reply.model_validate(json.loads(reply.model_dump_json()))
    assert (reply.type == "config") == (reply.config is not None)
    if reply.config is not None:
        for operation in reply.config.operations:
            assert (operation.vm is None) != (operation.select is None)
            assert operation.vm in {*NAMES, None}
        assert not {vm.name for vm in reply.config.vms} & NAMES
        assert reply.config.vms or reply.config.operations
    judged = answer(text, lang, VMS, turns).reply  # type: ignore[arg-type]
    if judged.config is not None:
        assert {operation.vm for operation in judged.config.operations} <= NAMES


@settings(max_examples=200, deadline=None)
@given(TEXTS, LANGS)
def test_without_vms_there_are_no_operations(text: str, lang: str) -> None:
    reply = plan(text, lang, ())  # type: ignore[arg-type]
    assert reply.config is None or not reply.config.operations


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(IDLE), max_size=10).map(" ".join), LANGS)
def test_no_plan_without_a_verb_or_a_kind(text: str, lang: str) -> None:
    # Joined parts may form an acting phrase ("power" + "on" would); those are not what is meant.
    reply = plan(text, lang, VMS)  # type: ignore[arg-type]
    assert reply.type == "chat" or _acts(text) or _asks_for_a_size(text)


def _acts(text: str) -> bool:
    words = text.lower().split()
    return any(
        words_en.PHRASES[phrase][0] in ACTING and " ".join(phrase) in " ".join(words)
        for phrase in words_en.PHRASES
    ) or any(words_ja.PHRASES[p][0] in ACTING and p in text for p in words_ja.PHRASES)


def _asks_for_a_size(text: str) -> bool:
    """ "4 GB for web please" has no verb, and wants it all the same."""
    reply = plan(text, "en", VMS)
    operations = reply.config.operations if reply.config else ()
    return {operation.op for operation in operations} == {"resize"} and "4 GB" in text


@settings(max_examples=150, deadline=None)
@given(TEXTS, LANGS)
def test_deterministic(text: str, lang: str) -> None:
    assert plan(text, lang, VMS) == plan(text, lang, VMS)  # type: ignore[arg-type]


VERB = st.sampled_from(["stop", "delete", "start", "restart"])
NAME = st.sampled_from(["web", "db"])
NOT_NOW = st.sampled_from(["don't", "never", "tomorrow", "if", "why", "ignore", "backup", "maybe"])


@settings(max_examples=150, deadline=None)
@given(NOT_NOW, VERB, NAME)
def test_an_objection_anywhere_stops_the_plan(word: str, verb: str, name: str) -> None:
    for text in (f"{word} {verb} {name}", f"{verb} {name} {word}", f"{verb} {word} {name}"):
        assert plan(text, "en", VMS).type == "chat"


REFUSED = ("don't {0} {1}", "do not {0} {1}", "never {0} {1}", "please don't {0} {1}")
ORDERS = ("{0}, {1}", "{0}, but {1}", "{0}. {1}", "{1}, {0}", "{1}, but {0}", "{1} and {0}")


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ORDERS), st.sampled_from(REFUSED), VERB, NAME, VERB, NAME)
def test_a_refusal_takes_away_and_never_adds(
    order: str, refused: str, verb: str, name: str, wanted: str, other: str
) -> None:
    """What was refused is not planned; what was wanted beside it is, or is asked about."""
    no, yes = refused.format(verb, name), f"{wanted} {other}"
    reply = plan(order.format(no, yes), "en", VMS)
    if (verb, name) == (wanted, other):
        assert reply.type == "chat"
        return
    assert reply.config is not None, reply.message
    assert [(o.op, o.vm) for o in reply.config.operations] == [(wanted, other)]


@settings(max_examples=150, deadline=None)
@given(VERB, st.sampled_from(["web", "db"]), st.sampled_from(["except", "but not", "but"]))
def test_all_but_one_leaves_that_one(verb: str, name: str, word: str) -> None:
    reply = answer(f"{verb} all VMs {word} {name}", "en", VMS).reply
    assert reply.config is not None
    assert {o.vm for o in reply.config.operations} == NAMES - {name}
