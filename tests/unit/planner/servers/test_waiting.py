"""How long a server may ask us to wait, and what its status means."""

from __future__ import annotations

import email.utils
import time

import httpx2
import pytest

from fuyajo.planner.backends.failing import kind_of
from fuyajo.planner.backends.http import PATIENCE_S, asked_to_wait
from fuyajo.planner.backends.openai_compatible import forms
from fuyajo.planner.backends.openai_compatible.call import HttpFailure, _may_pass


def told(value: str | None) -> float | None:
    return asked_to_wait(httpx2.Headers({} if value is None else {"retry-after": value}))


def test_numbers_and_dates() -> None:
    assert told(None) is told("") is told("soon") is None
    assert told("2") == 2
    assert told("0.5") == 0.5
    assert told("-3") == 0
    later = told(email.utils.formatdate(time.time() + 60, usegmt=True))
    assert later is not None
    assert 50 < later < 61


@pytest.mark.parametrize("wait", ["inf", "1e9", str(PATIENCE_S + 1)])
def test_nobody_waits_for_ever(wait: str) -> None:
    assert not _may_pass(HttpFailure(429, b"", told(wait)))


@pytest.mark.parametrize("status", [429, 503, 529])
def test_what_may_pass(status: int) -> None:
    assert _may_pass(HttpFailure(status, b"", None))
    assert _may_pass(HttpFailure(status, b"", PATIENCE_S))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 502])
def test_what_does_not_pass(status: int) -> None:
    assert not _may_pass(HttpFailure(status, b""))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"error": {"message": "no", "type": "x"}}', "no"),
        (b'{"error": "no"}', "no"),
        (b'{"detail": "no"}', "no"),
        (b'{"message": "no"}', "no"),
        (b'[["no"]]', "[['no']]"),
        (b"no", "no"),
        (b"<html>no</html>", ""),
        (b"", ""),
        (b"\xff", "\ufffd"),
        (b"[" * 100_000, "[" * 100_000),
    ],
)
def test_words_of_an_error(body: bytes, said: str) -> None:
    assert HttpFailure(500, body).said == said


@pytest.mark.parametrize(
    ("status", "type_", "said", "kind"),
    [
        (401, None, "", "auth"),
        (403, None, "", "auth"),
        (402, None, "", "quota"),
        (429, None, "", "quota"),
        (400, "invalid_request_error", "Your credit balance is too low", "quota"),
        (200, "overloaded_error", "", "overloaded"),
        (529, None, "", "overloaded"),
        (503, "x", "", "overloaded"),
        (404, ["x"], "", "api"),
        (500, None, "", "api"),
    ],
)
def test_kinds(status: int, type_: object, said: str, kind: str) -> None:
    assert kind_of(status, type_, said) == kind


def test_which_refusals_are_about_the_form() -> None:
    assert all(forms.refuses_form(status, "") for status in (400, 422, 501))
    assert forms.refuses_form(500, "response_format is not supported")
    assert not any(forms.refuses_form(status, "json_schema") for status in (401, 404, 429))
    assert not forms.refuses_form(500, "out of memory")


def test_forms_are_tried_in_order_and_remembered() -> None:
    key = ("http://test", "m")
    assert tuple(forms.to_try(key)) == forms.FORMS
    forms.remember(key, "json_object")
    assert tuple(forms.to_try(key)) == ("json_object", "plain")
    assert tuple(forms.to_try(("http://test", "other"))) == forms.FORMS
    forms.forget()
