"""What settings ask for and is not installed, or not there, is said when the service starts."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fuyajo.cli.commands.serve import _made
from fuyajo.domain.elsewhere import Elsewhere
from fuyajo.domain.errors import Unavailable
from fuyajo.oidc.provider import Provider
from fuyajo.service import tracing
from fuyajo.service.context import load_settings
from tests.support.issuer import CLIENT, lying
from tests.support.service import settings_at

ISSUER = "https://login.example.org"


def test_without_the_extra_a_service_with_an_issuer_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fuyajo.oidc.provider", None)
    settings = replace(settings_at(tmp_path), elsewhere=Elsewhere(ISSUER, CLIENT))
    with pytest.raises(Unavailable) as told:
        _made(settings, None, anonymous=False)
    assert told.value.problems[0].code == "oidc_extra"
    assert _made(settings_at(tmp_path), None, anonymous=False)


def test_without_the_extra_traces_are_refused_or_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(Unavailable) as told, tracing.on(True, os.environ):
        pass
    assert told.value.problems[0].code == "otel_extra"
    with tracing.on(False, {tracing.ENDPOINTS[0]: "http://127.0.0.1:9"}):
        assert tracing.carried() is None


def test_a_secret_that_is_not_there(tmp_path: Path) -> None:
    with lying() as liar:
        elsewhere = Elsewhere(liar.url, CLIENT, tmp_path / "nowhere")
        with pytest.raises(Unavailable) as told:
            Provider(elsewhere).address("x", "s", "n", "v" * 43)
        with pytest.raises(Unavailable):
            _made(replace(settings_at(tmp_path), elsewhere=elsewhere), None, anonymous=False)
    assert told.value.problems[0].path == "oidc_client_secret_file"
    assert str(tmp_path) not in told.value.problems[0].message()  # anybody may ask


def test_settings_come_from_the_file_and_the_environment(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f'oidc_issuer = "{ISSUER}"\noidc_client_id = "x"\n')
    environ = {"FUYAJO_HOME": str(tmp_path), "FUYAJO_OIDC_CLIENT_ID": "y"}
    assert load_settings(environ).elsewhere == Elsewhere(ISSUER, "y")
