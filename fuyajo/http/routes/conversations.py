"""Conversations: what was said to a planner, and what it answers, as it is written."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from fuyajo.domain.talks import MOST_TALKS, MOST_TURNS, TITLE_CHARS
from fuyajo.domain.texts import Lang
from fuyajo.http import telling
from fuyajo.http.answers import Statuses, ends, shows
from fuyajo.http.problems import language
from fuyajo.http.routes.plans import MOST_WORDS
from fuyajo.http.stream import heard
from fuyajo.http.strict import Body, router
from fuyajo.http.talk_shapes import TalkView, TurnView
from fuyajo.http.who import Hearer, Known, Planner, Talker
from fuyajo.service import talks
from fuyajo.service.tending import Question
from fuyajo.service.turning import Desk
from fuyajo.views.talk import talk_json, turn_json

routes = router("conversations")
Id = Annotated[str, Path(max_length=64, examples=["c-1a2b3c4d5e6f7a8b"])]
Number = Annotated[int, Path(ge=1, le=MOST_TURNS, description="of the turn, from 1 on")]
Title = Annotated[str, Field(max_length=TITLE_CHARS, examples=["the new shop"])]
_STREAM: Statuses = {
    200: {
        "description": (
            "server-sent events. `delta`: the next piece of the message; `again`: what was shown so far"
            " means nothing; `end`, the last: the whole turn"
        ),
        "content": {
            "text/event-stream": {
                "schema": {
                    "title": "TurnEvent",
                    "type": "object",
                    "properties": {key: {"type": "string"} for key in ("id", "event", "data")},
                    "required": ["event", "data"],
                },
                "example": 'id: 1\nevent: delta\ndata: {"text": "A web server "}\n\n',
            }
        },
    }
}


class NewTalk(Body):
    """Without a title it is called after its first words."""

    title: Title = ""


class Named(Body):
    title: Title


class Words(Body):
    words: Annotated[str, Field(min_length=1, max_length=MOST_WORDS)] = Field(
        examples=["a web server called hello with 1 GB of memory"]
    )
    lang: Lang | None = Field(default=None, description="default: by Accept-Language")
    backend: Annotated[str, Field(max_length=20)] | None = Field(
        default=None, description="which planner answers", examples=["auto", "rules"]
    )


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


@routes.post(
    "/conversations",
    status_code=201,
    summary="A new conversation",
    response_model=TalkView,
    responses=ends(409),
)
def new(body: NewTalk, actor: Talker) -> JSONResponse:
    talk = talks.new(actor, body.title)
    return shows(talk_json(talk), 201, f"/api/v1/conversations/{talk.id}")


@routes.get(
    "/conversations",
    summary="Your conversations, the newest first",
    response_model=list[TalkView],
)
def some(
    actor: Hearer,
    q: Annotated[
        str, Query(max_length=200, description="only those in which all of these words were said")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=MOST_TALKS)] = 50,
) -> JSONResponse:
    return shows([talk_json(talk) for talk in talks.some(actor, q, limit)])


@routes.get("/conversations/{conversation_id}", summary="One conversation", response_model=TalkView)
def one(conversation_id: Id, actor: Hearer) -> JSONResponse:
    return shows(talk_json(talks.get(actor, conversation_id)))


@routes.patch(
    "/conversations/{conversation_id}", summary="Give it another title", response_model=TalkView
)
def rename(conversation_id: Id, body: Named, actor: Talker) -> JSONResponse:
    return shows(talk_json(talks.rename(actor, conversation_id, body.title)))


@routes.delete(
    "/conversations/{conversation_id}",
    status_code=204,
    summary="Forget it; what is being answered there ends",
)
def remove(conversation_id: Id, actor: Planner, request: Request) -> None:
    _desk(request).leave(talks.remove(actor, conversation_id))


@routes.get(
    "/conversations/{conversation_id}/turns",
    summary="What was said, in its order",
    response_model=list[TurnView],
)
def turns(
    conversation_id: Id,
    actor: Hearer,
    after: Annotated[int, Query(ge=0, le=MOST_TURNS, description="turns behind this one")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_TURNS)] = 50,
) -> JSONResponse:
    return shows([turn_json(turn) for turn in talks.turns(actor, conversation_id, after, limit)])


@routes.post(
    "/conversations/{conversation_id}/turns",
    status_code=202,
    summary="Ask; the answer is written from now on, one at a time in a conversation",
    response_model=TurnView,
    responses=ends(409, 429),
)
def ask(conversation_id: Id, body: Words, actor: Talker, request: Request) -> JSONResponse:
    question = Question(body.words, body.lang or language(request), body.backend)
    asked = _desk(request).ask(actor, conversation_id, question)
    where = f"/api/v1/conversations/{asked.talk}/turns/{asked.n}"
    return shows(turn_json(asked), 202, where)


@routes.get(
    "/conversations/{conversation_id}/turns/{number}", summary="One turn", response_model=TurnView
)
def turn(conversation_id: Id, number: Number, actor: Hearer) -> JSONResponse:
    return shows(turn_json(talks.turn(actor, conversation_id, number)))


@routes.get(
    "/conversations/{conversation_id}/turns/{number}/events",
    summary="Its answer as it is written, from the event after `Last-Event-ID` on",
    response_class=Response,
    responses=_STREAM,
)
async def events(
    conversation_id: Id,
    number: Number,
    _actor: Hearer,
    caller: Known,
    request: Request,
    last_event_id: Annotated[
        str | None, Header(max_length=20, description="what a listener had last")
    ] = None,
) -> Response:
    state, after = request.app.state, heard(last_event_id)
    return await telling.follow(caller, conversation_id, number, after, state.desk, state.streams)


@routes.post(
    "/conversations/{conversation_id}/turns/{number}/cancel",
    status_code=202,
    summary="Ask for its end: the planner is stopped within seconds",
    response_model=TurnView,
    responses=ends(409),
)
def cancel(conversation_id: Id, number: Number, actor: Talker, request: Request) -> JSONResponse:
    return shows(turn_json(_desk(request).cancel(actor, conversation_id, number)), 202)
