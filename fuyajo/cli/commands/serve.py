"""`fuyajo serve`: the same for many users, over HTTP."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fuyajo.cli.group import examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import say
from fuyajo.domain.errors import InvalidInput, Problem
from fuyajo.domain.texts import Lang, text

if TYPE_CHECKING:
    from fastapi import FastAPI

    from fuyajo.http.first import First
    from fuyajo.http.server import Tls
    from fuyajo.service.context import Settings

PORT = 8765


@click.command(
    epilog=examples(
        "fuyajo serve",
        "fuyajo serve --name fuyajo.example.org        (behind a reverse proxy)",
        "fuyajo serve --anonymous",
        "fuyajo serve --host 0.0.0.0 --name fuyajo.example.org --cert cert.pem --key key.pem",
    )
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where it listens."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="0 takes any that is free.",
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="HOST",
    help="A name that it is called by; others are refused. May be repeated.",
)
@click.option("--no-worker", is_flag=True, help="Answer only; `fuyajo worker` carries out.")
@click.option(
    "--anonymous", is_flag=True, help="People without an account may talk, and do nothing else."
)
@click.option("--cert", type=click.Path(dir_okay=False), help="TLS: the certificate chain (PEM).")
@click.option("--key", type=click.Path(dir_okay=False), help="TLS: its key (PEM).")
@click.option("--otel", is_flag=True, help="Traces, to where OTEL_EXPORTER_OTLP_ENDPOINT says.")
@common
def command(
    call: Call,
    host: str,
    port: int,
    names: tuple[str, ...],
    no_worker: bool,
    anonymous: bool,
    cert: str | None,
    key: str | None,
    otel: bool,
) -> int:
    """Serve plans, runs and machines to many users over HTTP. Logs are lines of JSON on stderr."""
    from fuyajo.http import logs, server
    from fuyajo.http.app import guarded
    from fuyajo.http.limits import Limits, hosts_for
    from fuyajo.service import tracing
    from fuyajo.service.working import Worker
    from fuyajo.store import alone

    gc.enable()  # switched off for short commands
    tls = _tls(cert, key)
    hosts = hosts_for(host, names)
    if not hosts or (not names and host in ("0.0.0.0", "::")):  # noqa: S104 - to refuse it
        raise InvalidInput(Problem("--name", "serve_name", {"value": host}))
    settings = call.actor.settings
    call.actor.home.plans(call.actor.user)  # the home is there, private
    logs.to()
    with alone.service(settings.home), tracing.on(otel, os.environ):
        first = _first(call)
        listener = server.listening(host, port)
        url = f"{'https' if tls else 'http'}://{_authority(listener.getsockname())}"
        made = _made(settings, first, anonymous=anonymous)
        worker = None if no_worker else Worker(settings, made.state.database)
        if worker is not None:
            made.state.wake = worker.wake
        config = server.config_for(listener, tls)
        if first is not None:
            say(_first_lines(url, first.secret, call.lang))
        logs.say("listening", url=url, names=sorted(hosts), worker=worker is not None)
        return server.Process(made, guarded(made, Limits(hosts)), config, worker).run()


def _made(settings: Settings, first: First | None, *, anonymous: bool) -> FastAPI:
    """Raises `Unavailable` now, not at the first sign-in, where what settings ask for is missing."""
    from fuyajo.http import app

    made = app.application(settings, first=first, anonymous=anonymous, indexed=True, measures=True)
    if settings.elsewhere is not None:
        made.state.issuer.provider().secret()
    return made


def _first(call: Call) -> First | None:
    """Only while there is nobody. The database is brought to its newest schema by this look."""
    from fuyajo.http.first import First

    return None if call.actor.people.any() else First(call.actor)


def _tls(cert: str | None, key: str | None) -> Tls | None:
    from fuyajo.http.server import Tls

    if cert is None and key is None:
        return None
    if cert is None or key is None:
        raise click.UsageError("--cert and --key go together")
    for file in (cert, key):
        if not Path(file).is_file():
            raise InvalidInput(Problem("", "not_a_file", {"value": file}))
    return Tls(Path(cert), Path(key))


def _authority(address: tuple[str, int]) -> str:
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _first_lines(url: str, secret: str, lang: Lang) -> list[str]:
    page, curl = text("ui.first_admin", lang, url=url), text("ui.first_admin_curl", lang)
    return [page, f"  {secret}", curl, f"  {_curl(url, secret)}"]


def _curl(url: str, secret: str) -> str:
    body = f'{{"secret": "{secret}", "name": "NAME", "password": "PASSWORD"}}'
    return f"curl -H 'Content-Type: application/json' -d '{body}' {url}/api/v1/first-admin"
