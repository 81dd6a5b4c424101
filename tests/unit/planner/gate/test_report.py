"""The figures of a report, and its page: what undid a backend on top, untrusted words inert."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.texts import Lang
from fuyajo.planner.gate.cases import DataSet, shipped
from fuyajo.planner.gate.report import Report, report, report_json
from fuyajo.planner.gate.run import Measured, Wanted, measure
from fuyajo.views import gate
from fuyajo.views.gate_html import page, policy
from tests.support.gate import SLIP, Errs, Knowing, errs_on

FEW = shipped().only(("greeting", "question", "create"), 4)
EVIL = '</pre><script>alert(1)</script><img src=x onerror="alert(2)">\x1b[2J\u202e{{ 7*7 }}'


def _report(errs: Errs | None = None, dataset: DataSet = FEW, k: int = 5) -> Report:
    backend, measured = Knowing(errs) if errs else Knowing(), Measured(k)
    wanted = Wanted(Path("/nonexistent"), k)
    asyncio.run(measure(backend, dataset.cases, wanted, measured, lambda _r, _m: None))
    identity = asyncio.run(backend.identity())
    return report("openai", dataset, measured, identity, "f" * 64, datetime.now(UTC))


@pytest.fixture(scope="module")
def slipped() -> Report:
    return _report(errs_on("en-greeting-002", at=4))


def test_one_slip_in_five_is_seen_in_pass_k_more_than_in_pass_1(slipped: Report) -> None:
    greeting = slipped.classes["greeting"]
    assert (greeting.n, greeting.pass_at_1, greeting.pass_k) == (4, pytest.approx(0.95), 0.75)
    assert greeting.wilson[0] < 0.75 < greeting.wilson[1]
    assert [one.kind for one in slipped.shortfalls] == ["greeting"]
    assert not slipped.passed and [run.case.id for run in slipped.slips] == ["en-greeting-002"]


def test_knowing_the_answers_passes_the_whole_data_set() -> None:
    found = _report(dataset=shipped(), k=1)
    assert [case.id for case in found.cases if case.passes < case.runs] == []


def test_a_perfect_one_passes_what_was_measured() -> None:
    found = _report()
    assert found.passed and found.slips == () and found.overall is not None
    assert found.overall.pass_k == found.overall.pass_at_1 == 1.0
    assert found.usage.input_tokens == 10 * 5 * 12
    assert found.p50 is not None and found.p95 is not None and 0 < found.p50 <= found.p95


def test_the_data_has_what_is_promised(slipped: Report) -> None:
    data = report_json(slipped)
    assert {"backend", "k", "classes", "overall", "cases", "model", "fingerprint"} <= data.keys()
    assert set(data["classes"]["greeting"]) == {"n", "pass_at_1", "pass_k", "wilson"}
    case = data["cases"][0]
    assert {"id", "passes", "replies"} <= case.keys() and len(case["replies"]) == 5
    assert data["dataset"]["sha256"] == FEW.digest
    # What undid it stands before the figures.
    assert list(data).index("slips") < list(data).index("classes")
    assert data["slips"][0]["words"] and "web-server" in data["slips"][0]["replies"][0]


def test_interrupted_it_says_what_there_is() -> None:
    measured = Measured(5, interrupted=True)
    run = next(iter(_runs(_report(dataset=FEW.only((), 1), k=1))))
    measured.runs.append(run)
    found = report("openai", FEW, measured, {}, "f", datetime.now(UTC))
    assert not found.passed and found.overall is not None
    assert found.overall.pass_k is None and found.overall.pass_at_1 == 1.0
    assert report_json(found)["classes"]["greeting"]["pass_k"] is None
    assert "not measured" in str(gate.score_rows(found, "en"))


def _runs(found: Report) -> list[Any]:
    backend, measured = Knowing(), Measured(1)
    wanted = Wanted(Path("/nonexistent"), 1)
    asyncio.run(measure(backend, found.dataset.cases, wanted, measured, lambda _r, _m: None))
    return measured.runs


def test_of_an_unseen_set_there_are_figures_only() -> None:
    unseen = replace(FEW, unseen=True)
    found = _report(errs_on("en-greeting-002", said={**SLIP, "message": "SECRET"}), unseen)
    shown = str(report_json(found)) + page(found, "en")
    shown += str(gate.slip_lines(found, "en") + gate.failing_lines(found, "en"))
    words = next(case.words for case in FEW.cases if case.id == "en-greeting-002")
    assert "SECRET" not in shown and f"{words}'" not in shown
    assert found.classes["greeting"].pass_k == 0.75


# --- lines -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_lines_tell_what_undid_it(slipped: Report, lang: Lang) -> None:
    slips = "\n".join(gate.slip_lines(slipped, lang))
    assert "en-greeting-002" in slips and "web-server" in slips
    assert any("greeting" in line for line in gate.verdict_lines(slipped, lang))
    assert dict(gate.fact_rows(slipped, lang))


def test_lines_are_inert() -> None:
    found = _report(errs_on("en-greeting-002", said={**SLIP, "message": EVIL}))
    lines = [*gate.slip_lines(found, "en"), *gate.failing_lines(found, "en")]
    assert all(line.isprintable() for line in lines)


def test_many_slips_are_counted() -> None:
    found = _report(lambda case, _n: SLIP if case.kind == "greeting" else None)
    assert len(found.slips) == 4
    assert "1 more" in gate.slip_lines(found, "en")[-2]


# --- the page ----------------------------------------------------------------------------------------


class _Page(HTMLParser):
    """Elements, attributes and text, as a browser would find them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def _parsed(shown: str) -> _Page:
    parser = _Page()
    parser.feed(shown)
    parser.close()
    return parser


def test_the_page_is_whole_by_itself(slipped: Report) -> None:
    shown = _parsed(page(slipped, "en"))
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(shown.tags)
    names = {name for name, _ in shown.attributes}
    assert not {"src", "href", "style", "action"} & names
    assert not any(name.startswith("on") for name in names)
    assert "color-scheme" in page(slipped, "en") and "prefers-color-scheme: dark" in shown.text
    assert shown.tags.count("rect") == len(slipped.classes)
    assert shown.text.index("en-greeting-002") < shown.text.index("pass^5")


def test_the_policy_allows_its_own_style_and_nothing_else(slipped: Report) -> None:
    shown = page(slipped, "ja")
    (style,) = re.findall(r"<style>(.*?)</style>", shown, re.DOTALL)
    (said,) = (v for n, v in _parsed(shown).attributes if n == "content" and v and "default" in v)
    assert said == policy(style) and said.startswith("default-src 'none'; style-src 'sha256-")


def test_replies_are_inert_on_the_page() -> None:
    found = _report(errs_on("en-greeting-002", said={**SLIP, "message": EVIL}))
    shown = page(found, "en")
    assert "<script" not in shown and "<img" not in shown
    assert "\x1b" not in shown and "\u202e" not in shown
    assert "{{ 7*7 }}" in _parsed(shown).text
