"""Conversations: a list of them, one of them, and its answers as they are written."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Form, Header, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from fuyajo.domain.errors import Conflict, FuyajoError, Problem
from fuyajo.domain.talks import MOST_TALKS, MOST_TURNS, TITLE_CHARS
from fuyajo.http import problems, telling
from fuyajo.http.pages import answers
from fuyajo.http.pages.render import HEADERS, fragment, is_piece, language, page
from fuyajo.http.pages.visitor import OURS, PlanActor, ReadActor, Visitor
from fuyajo.http.routes.plans import MOST_WORDS
from fuyajo.http.stream import heard
from fuyajo.http.who import Caller
from fuyajo.service import talks
from fuyajo.service.planning import BACKENDS
from fuyajo.service.tending import Question
from fuyajo.service.turning import Desk

routes = APIRouter(include_in_schema=False)
PAGE = 50  # conversations, or turns, on one page
Id = Annotated[str, Path(max_length=64)]
Number = Annotated[int, Path(ge=1, le=MOST_TURNS)]


def _lines(said: object) -> object:
    """A form sends two characters for the end of a line, and counts one."""
    return said.replace("\r\n", "\n") if isinstance(said, str) else said


class Words(BaseModel):
    model_config = ConfigDict(extra="forbid")

    words: Annotated[str, BeforeValidator(_lines), Field(min_length=1, max_length=MOST_WORDS)]
    backend: Annotated[str, Field(max_length=20)] = ""


class Title(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(max_length=1000)] = ""


@routes.get("/talk")
def some(
    caller: Visitor,
    _actor: ReadActor,
    request: Request,
    q: Annotated[str, Query(max_length=200)] = "",
    skip: Annotated[int, Query(ge=0, le=MOST_TALKS)] = 0,
) -> Response:
    return _list(request, caller, q, skip)


@routes.post("/talk", dependencies=[OURS])
def begin(
    given: Annotated[Words, Form()], caller: Visitor, actor: PlanActor, request: Request
) -> Response:
    """A new conversation, and the first question in it."""
    try:
        asked = _desk(request).begin(actor, _question(given, request))
    except FuyajoError as error:
        return _list(request, caller, words=given.words, error=error)
    return _to(asked.talk, asked.n)


@routes.get("/talk/{talk_id}")
def one(
    talk_id: Id,
    caller: Visitor,
    _actor: ReadActor,
    request: Request,
    after: Annotated[int | None, Query(ge=0, le=MOST_TURNS)] = None,
) -> Response:
    return _talk(request, caller, talk_id, after)


@routes.post("/talk/{talk_id}", dependencies=[OURS])
def ask(
    talk_id: Id,
    given: Annotated[Words, Form()],
    caller: Visitor,
    actor: PlanActor,
    request: Request,
) -> Response:
    """The next question; htmx gets its turn to put behind the others."""
    try:
        asked = _desk(request).ask(actor, talk_id, _question(given, request))
    except FuyajoError as error:
        if is_piece(request):
            raise
        return _talk(request, caller, talk_id, words=given.words, error=error)
    if is_piece(request):
        turn = answers.seen(actor, asked, language(request))
        return page(request, "talk/_turn.html", caller, turn=turn)
    return _to(talk_id, asked.n)


@routes.post("/talk/{talk_id}/title", dependencies=[OURS])
def rename(
    talk_id: Id,
    given: Annotated[Title, Form()],
    caller: Visitor,
    actor: PlanActor,
    request: Request,
) -> Response:
    try:
        talks.rename(actor, talk_id, given.title)
    except FuyajoError as error:
        return _talk(request, caller, talk_id, error=error)
    return _to(talk_id)


@routes.get("/talk/{talk_id}/delete")
def sure(talk_id: Id, caller: Visitor, actor: ReadActor, request: Request) -> Response:
    return page(request, "talk/delete.html", caller, talk=talks.get(actor, talk_id))


@routes.post("/talk/{talk_id}/delete", dependencies=[OURS])
def remove(talk_id: Id, actor: PlanActor, request: Request) -> Response:
    _desk(request).leave(talks.remove(actor, talk_id))
    return RedirectResponse("/talk", 303, HEADERS)


@routes.post("/talk/{talk_id}/turns/{number}/stop", dependencies=[OURS])
def stop(talk_id: Id, number: Number, actor: PlanActor, request: Request) -> Response:
    """With htmx the stream tells the end."""
    with suppress(Conflict):  # it came to its end meanwhile: the page shows which
        _desk(request).cancel(actor, talk_id, number)
    if is_piece(request):
        return Response(status_code=204, headers=HEADERS)
    return _to(talk_id, number)


@routes.get("/talk/{talk_id}/turns/{number}/stream")
async def stream(
    talk_id: Id,
    number: Number,
    caller: Visitor,
    actor: ReadActor,
    request: Request,
    after: Annotated[int, Query(ge=0)] = 0,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> Response:
    """The answer so far, again and again, behind the event that a listener had last."""
    state, lang = request.app.state, language(request)

    def over() -> str:
        try:
            turn = answers.seen(actor, talks.turn(actor, talk_id, number), lang)
        except FuyajoError as error:  # deleted while it was written
            return fragment(request, "_problems.html", problems=error.problems)
        return fragment(request, "talk/_answer.html", turn=turn, me=caller)

    batches = await telling.told(
        caller, talk_id, number, 0, state.desk, state.streams, answers.SECONDS
    )
    sent: Response = state.streams.send(
        answers.pieces(batches, heard(last_event_id, after), lang, over)
    )
    sent.headers.update(HEADERS)
    return sent


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _question(given: Words, request: Request) -> Question:
    return Question(given.words, language(request), given.backend or None)


def _to(talk_id: str, number: int | None = None) -> Response:
    where = f"/talk/{talk_id}" + (f"#turn-{number}" if number else "")
    return RedirectResponse(where, 303, HEADERS)


def _told(error: FuyajoError | None) -> tuple[int, tuple[Problem, ...]]:
    return (problems.status_of(error), error.problems) if error else (200, ())


def _list(
    request: Request,
    caller: Caller,
    q: str = "",
    skip: int = 0,
    words: str = "",
    error: FuyajoError | None = None,
) -> Response:
    found = talks.some(caller.actor, q, PAGE + 1, skip)
    status, why = _told(error)
    return page(
        request, "talk/list.html", caller, status,
        talks=found[:PAGE], q=q, skip=skip, more=len(found) > PAGE, size=PAGE,
        words=words, problems=why, backends=BACKENDS, most=MOST_WORDS,
    )  # fmt: skip


def _talk(
    request: Request,
    caller: Caller,
    talk_id: str,
    after: int | None = None,
    words: str = "",
    error: FuyajoError | None = None,
) -> Response:
    """The last turns, or those behind `after`. Raises `NotFound`."""
    talk, lang = talks.get(caller.actor, talk_id), language(request)
    newest = max(0, talk.turns - PAGE)
    begin_at = newest if after is None else min(after, newest)
    turns = talks.turns(caller.actor, talk_id, begin_at, PAGE)
    status, why = _told(error)
    return page(
        request, "talk/one.html", caller, status,
        talk=talk, turns=answers.several(caller.actor, turns, lang),
        before=begin_at, size=PAGE, latest=begin_at == newest, title_chars=TITLE_CHARS,
        words=words, problems=why, backends=BACKENDS, most=MOST_WORDS,
    )  # fmt: skip
