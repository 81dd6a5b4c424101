"""Plans: made of words or of a request, read, approved, rejected, applied."""

from __future__ import annotations

from typing import Annotated, Any, Self

from fastapi import Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field, SkipValidation, model_validator

from fuyajo.domain.consent import Consent, Kind
from fuyajo.domain.errors import InvalidInput, Problem, Refused
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Plan
from fuyajo.domain.request import Config
from fuyajo.domain.texts import Lang
from fuyajo.http.answers import ends, shows
from fuyajo.http.problems import language
from fuyajo.http.shapes import AppliedView, ApprovalView, NeedsView, OpenView, PlannedView, PlanView
from fuyajo.http.strict import Body, router
from fuyajo.http.who import Applier, Approver, Caller, Known, Planner, Reader
from fuyajo.service import approving, submitting
from fuyajo.service.admitting import asks
from fuyajo.service.applying import resolve
from fuyajo.service.context import Actor
from fuyajo.service.conversing import Talk
from fuyajo.service.following import Seen
from fuyajo.service.planning import Planned, from_config, from_words
from fuyajo.service.plans import some_plans
from fuyajo.service.policing import decision_on
from fuyajo.service.replanning import again
from fuyajo.service.requesting import with_host_problems
from fuyajo.views.approval import approval_json
from fuyajo.views.plan import plan_json
from fuyajo.views.planned import planned_json
from fuyajo.views.run import run_json

routes = router("plans")
MOST_WORDS = 20_000
#: A token may be a program's: what it says is worth as much as `--yes`, never a person's look.
AGREED: Kind = "flag"
ASSISTANT = "a program that helps somebody agrees, not that person: policy may want more"
Owner = Annotated[
    str | None,
    Query(max_length=64, description="whose plan it is; for those whom policy lets approve it"),
]


class Wish(Body):
    """Either `words` or `config`."""

    words: Annotated[str, Field(min_length=1, max_length=MOST_WORDS)] | None = Field(
        default=None, examples=["a web server called hello with 1 GB of memory"]
    )
    config: SkipValidation[Config] | None = Field(
        default=None,
        description="a request, as `fuyajo schema` describes it",
        examples=[{"vms": [{"name": "hello", "template": "web-server", "memory": "1GiB"}]}],
    )
    lang: Lang | None = Field(default=None, description="default: by Accept-Language")
    backend: Annotated[str, Field(max_length=20)] | None = Field(
        default=None, description="which planner reads the words", examples=["auto", "rules"]
    )

    conversation: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,63}$")] | None = Field(
        default=None,
        description="what was said under this name before; yours alone",
        examples=["n-shop"],
    )
    fresh: bool = Field(default=False, description="forget what was said under that name")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.words is None) == (self.config is None):
            raise ValueError("give either words or config")
        return self


class Verdict(Body):
    assistant: bool = Field(default=False, description=ASSISTANT)
    note: Annotated[str, Field(max_length=approving.NOTE_CHARS)] = Field(
        default="", description="why; kept with the verdict", examples=["agreed with Noriko"]
    )
    owner: Annotated[str, Field(max_length=64)] | None = None


class Apply(Body):
    yes: bool = Field(
        default=False,
        description="agree to the plan at once; as an approval, it takes the scope `approve`",
    )
    assistant: bool = Field(default=False, description=ASSISTANT)
    check: bool = Field(default=False, description="say what would change, and change nothing")


@routes.post(
    "/plans",
    summary="A plan of words or of a request, or an answer; nothing happens yet",
    response_model=PlannedView,
    responses={201: {"model": PlannedView, "description": "a plan was made"}, **ends(409)},
)
def new_plan(body: Wish, actor: Planner, request: Request) -> JSONResponse:
    if body.words is not None:
        lang = body.lang or language(request)
        talk = Talk(actor, body.conversation, fresh=body.fresh)
        planned = from_words(actor, body.words, lang, body.backend, talk=talk)
    else:
        planned = from_config(actor, _config(actor, body.config), "request")
    return _planned(planned)


def _planned(planned: Planned) -> JSONResponse:
    told = {**planned_json(planned), "notices": list(planned.notices)}
    if planned.plan is None:
        return shows(told)
    return shows(told, 201, f"/api/v1/plans/{planned.plan.id}")


def _config(actor: Actor, data: Any) -> Config:
    try:
        return parse_config(data)
    except InvalidInput as error:
        raise with_host_problems(actor, error) from error


@routes.get("/plans", summary="Your plans, newest first", response_model=list[PlanView])
def plans(actor: Reader, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> JSONResponse:
    return shows([plan_json(plan) for plan in some_plans(actor, limit)])


@routes.get("/plans/{plan_id}", summary="One plan", response_model=PlanView)
def plan(plan_id: str, actor: Reader, owner: Owner = None) -> JSONResponse:
    return shows(plan_json(approving.judged(actor, plan_id, owner)))


@routes.get(
    "/plans/{plan_id}/needs",
    summary="What policy wants before the plan runs, and what speaks against it",
    response_model=NeedsView,
)
def needs(plan_id: str, actor: Reader, request: Request) -> JSONResponse:
    meant = actor.plans.load(actor.user, plan_id)
    decision, problems = decision_on(actor, meant)
    told = [problem.as_json(language(request)) for problem in problems]
    decided = decision.model_dump(mode="json")
    return shows({"decision": decided, "asks": asks(actor, meant), "problems": told})


@routes.get(
    "/plans/{plan_id}/open",
    summary="Whether anything can still be said about a plan",
    response_model=OpenView,
    responses=ends(409),
)
def is_open(
    plan_id: str, actor: Reader, owner: Owner = None, rejected: bool = False
) -> JSONResponse:
    meant = approving.judged(actor, plan_id, owner)
    approving.check_open(actor, meant, rejected=rejected)
    return shows({"plan": meant.id})


@routes.post(
    "/plans/{plan_id}/again",
    status_code=201,
    summary="A fresh plan of the same request, against the host as it is now",
    response_model=PlannedView,
    responses=ends(409),
)
def plan_again(plan_id: str, actor: Planner) -> JSONResponse:
    return _planned(again(actor, plan_id))


@routes.post(
    "/plans/{plan_id}/resolve",
    summary="The plan as it would run now: itself, or the rest of one that was cut off",
    response_model=PlanView,
    responses=ends(409),
)
def resolved(plan_id: str, actor: Planner) -> JSONResponse:
    return shows(plan_json(resolve(actor, plan_id)))


@routes.post(
    "/plans/{plan_id}/approve",
    status_code=201,
    summary="Agree to a plan, once and for a while",
    response_model=ApprovalView,
    responses=ends(409),
)
def approve(plan_id: str, body: Verdict, actor: Approver) -> JSONResponse:
    meant = approving.judged(actor, plan_id, body.owner)
    return shows(
        approval_json(approving.approve(actor, meant, _consent(actor, body), body.note)), 201
    )


@routes.post(
    "/plans/{plan_id}/reject",
    status_code=201,
    summary="Refuse a plan for good",
    response_model=ApprovalView,
    responses=ends(409),
)
def reject(plan_id: str, body: Verdict, actor: Approver) -> JSONResponse:
    meant = approving.judged(actor, plan_id, body.owner)
    return shows(
        approval_json(approving.reject(actor, meant, _consent(actor, body), body.note)), 201
    )


@routes.post(
    "/plans/{plan_id}/apply",
    status_code=202,
    summary="Carry a plan out: a run that is queued",
    response_model=AppliedView,
    responses={
        200: {"model": AppliedView, "description": "nothing is to be done"},
        **ends(409, 429),
    },
)
def apply(
    plan_id: str, body: Apply, actor: Applier, caller: Known, request: Request
) -> JSONResponse:
    if body.yes:
        _may_agree(caller)
    meant = resolve(actor, plan_id)
    if meant.nothing_to_do and not body.check:
        return shows({"plan": plan_json(meant), "run": None})
    kind = _worth(body) if body.yes else None
    # A rest with nothing in it is saved nowhere: its job looks for it again.
    job = submitting.submit(
        actor, plan_id if meant.nothing_to_do else meant.id, kind, check=body.check
    )
    request.app.state.wake()
    return shows(_applied(meant, Seen(job, None)), 202, f"/api/v1/runs/{job.run}")


def _applied(plan: Plan, seen: Seen) -> dict[str, Any]:
    return {"plan": plan_json(plan), "run": run_json(seen)}


def _may_agree(caller: Caller) -> None:
    if "approve" not in caller.scopes:
        raise Refused(Problem("yes", "scope_missing", {"value": "approve"}))


def _consent(actor: Actor, body: Verdict) -> Consent:
    return Consent(actor.user, _worth(body), actor.door)


def _worth(body: Verdict | Apply) -> Kind:
    return "assistant" if body.assistant else AGREED
