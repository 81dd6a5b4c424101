"""A report of the gate for a person. What undid a backend comes first; everything quoted is made inert."""

from __future__ import annotations

from collections.abc import Iterable

from fuyajo.domain.admission import ClassScore
from fuyajo.domain.texts import Lang, text
from fuyajo.planner.gate.admission import RESTRAINT, RESTRAINT_BAR, SAFETY, SAFETY_BAR, WISHES_BAR
from fuyajo.planner.gate.report import CaseResult, Report
from fuyajo.planner.gate.run import Run
from fuyajo.service.evaluating import Held
from fuyajo.views.inert import inert

SLIPS = 3
FAILING = 10
QUOTE_CHARS = 300


def percent(share: float | None, lang: Lang) -> str:
    return text("ui.gate.not_measured", lang) if share is None else f"{100 * share:.1f} %"


def quoted(words: str, limit: int = QUOTE_CHARS) -> str:
    """Untrusted text on one line."""
    line = " ".join(inert(words).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def bar_of(kind: str) -> float | None:
    """pass^k that a class needs for an admission."""
    if kind in RESTRAINT:
        return RESTRAINT_BAR
    return SAFETY_BAR if kind in SAFETY else None


def slip_lines(report: Report, lang: Lang) -> list[str]:
    """The greeting that undid it: what was asked and what was replied."""
    if not report.slips:
        return []
    lines = [text("ui.gate.undone", lang)]
    if report.dataset.unseen:
        return [*lines, f"  {len(report.slips)}   {text('ui.gate.unseen', lang)}", ""]
    for run in report.slips[:SLIPS]:
        lines += run_lines(run, lang)
    more = len(report.slips) - SLIPS
    if more > 0:
        lines.append(f"  {text('ui.gate.more_slips', lang, count=more)}")
    return [*lines, ""]


def run_lines(run: Run, lang: Lang) -> list[str]:
    """One failed run: what was wrong, what was asked and what was replied."""
    replies = [quoted(reply) for reply in run.replies] or [text("ui.gate.no_reply", lang)]
    return [
        f"  {run.case.id}: {quoted(run.score.why)}",
        f"    {text('ui.gate.asked', lang)}: {quoted(run.case.words)}",
        *(f"    {text('ui.gate.replied', lang)}: {reply}" for reply in replies),
    ]


def score_rows(report: Report, lang: Lang) -> list[list[str]]:
    """A head, a row for each class, and the sums."""
    keys = ("class", "cases")
    head = [text(f"ui.gate.{key}", lang) for key in keys]
    head += [
        "pass@1",
        f"pass^{report.k}",
        text("ui.gate.interval", lang),
        text("ui.gate.bar", lang),
    ]
    rows = [head]
    for kind, score in report.classes.items():
        bar = bar_of(kind)
        rows.append(_row(kind, score, lang, "" if bar is None else f"{100 * bar:.0f} %"))
    for key, total in (("wishes", report.wishes), ("overall", report.overall)):
        if total is not None:
            bar_text = f"{100 * WISHES_BAR:.0f} % pass@1" if key == "wishes" else ""
            rows.append(_row(text(f"ui.gate.{key}", lang), total, lang, bar_text))
    return rows


def _row(name: str, score: ClassScore, lang: Lang, bar: str) -> list[str]:
    low, high = score.wilson
    return [
        name,
        str(score.n),
        percent(score.pass_at_1, lang),
        percent(score.pass_k, lang),
        f"{100 * low:.1f}–{100 * high:.1f} %",
        bar,
    ]


def verdict_lines(report: Report, lang: Lang) -> list[str]:
    """Whether it passed, and each bar that it missed."""
    if report.interrupted:
        return [text("ui.gate.interrupted", lang)]
    lines = [
        text(f"ui.gate.{'passed' if report.passed else 'failed'}", lang, backend=report.backend)
    ]
    for one in report.shortfalls:
        kind = text("ui.gate.wishes", lang) if one.kind == "wishes" else one.kind
        measure = one.measure.replace("^k", f"^{report.k}")
        value, bar = percent(one.value, lang), f"{100 * one.bar:.0f} %"
        short = text("ui.gate.short", lang, kind=kind, measure=measure, value=value, bar=bar)
        lines.append(f"  {short}")
    if report.stopped:
        lines.append(f"  {text('ui.gate.stopped', lang)}")
    return lines


def fact_rows(report: Report, lang: Lang) -> list[tuple[str, str]]:
    """What was measured, and what it took."""
    facts = {
        "model": quoted(report.model or "", 80),
        "dataset": f"{quoted(report.dataset.name, 80)} ({report.dataset.digest[:12]})",
        "fingerprint": report.fingerprint[:12],
        "time": _times(report, lang),
        "tokens": _tokens(report, lang),
        "cost": f"${report.usage.cost_usd:.4f}" if report.usage.cost_usd else "",
        "language": percent(report.language.pass_at_1, lang) if report.language else "",
        "errors": ", ".join(f"{kind} {count}" for kind, count in sorted(report.errors.items())),
    }
    return [(text(f"ui.gate.{key}", lang), value) for key, value in facts.items() if value]


def _times(report: Report, lang: Lang) -> str:
    if report.p50 is None or report.p95 is None:
        return ""
    spans = {"p50": report.p50, "p95": report.p95, "total": report.seconds}
    return text("ui.gate.seconds", lang, **{key: span(value) for key, value in spans.items()})


def span(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _tokens(report: Report, lang: Lang) -> str:
    usage = report.usage
    if not usage.input_tokens + usage.output_tokens:
        return ""
    return text("ui.gate.token_count", lang, input=usage.input_tokens, output=usage.output_tokens)


def failing(report: Report) -> list[CaseResult]:
    """Cases that did not pass every time; none of an unseen data set."""
    if report.dataset.unseen:
        return []
    return [case for case in report.cases if case.passes < case.runs]


def failing_lines(report: Report, lang: Lang, everything: bool = False) -> list[str]:
    """The cases that did not pass every time, the first ones or all."""
    if report.dataset.unseen:
        return [text("ui.gate.unseen", lang)]
    found = failing(report)
    if not found:
        return [text("ui.gate.none_failed", lang)]
    lines = [text("ui.gate.failing", lang)]
    for case in found if everything else found[:FAILING]:
        why = next(filter(None, case.why), "")
        lines.append(f"  {case.id}  {case.passes}/{case.runs}  {quoted(case.words, 60)}")
        lines.append(f"    {quoted(why, 200)}")
    more = len(found) - FAILING
    if more > 0 and not everything:
        lines.append(f"  {text('ui.gate.more_cases', lang, count=more)}")
    return lines


def held_lines(held: Held, lang: Lang) -> list[str]:
    """One planner: whether it may plan, until when, or what to type."""
    stands, record = held.standing, held.record
    if stands is None:
        lines = [f"{held.backend}: {text('ui.gate.not_set_up', lang)}"]
        return lines + [f"  {problem.message(lang)}" for problem in held.problems]
    if stands.why is not None:
        head = f"{held.backend}: {text('ui.gate.stands_not', lang)}"
        return [head, f"  {stands.why.message(lang)}", f"  {stands.why.hint(lang)}"]
    how = text("ui.gate.trusted", lang)
    if stands.scores and record.admission is not None:
        how = text("ui.gate.shipped", lang)
        if record.admission.expires is not None:
            when = f"{record.admission.expires.astimezone():%Y-%m-%d %H:%M}"
            how = text("ui.gate.until", lang, when=when)
    lines = [f"{held.backend}: {text('ui.gate.stands', lang)} ({how})"]
    scores = [f"{kind} {percent(share, lang)}" for kind, share in stands.scores.items()]
    return [*lines, *([f"  {', '.join(scores)}"] if scores else [])]


def labelled(rows: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{label}: {value}" for label, value in rows]
