"""The front page: one request, from door to door."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from gateway.conversation.create import create
from gateway.conversation.delete import delete
from gateway.conversation.effects import Conversation, note
from gateway.conversation.membership import complete_outcome
from gateway.conversation.modify import modify_by_comparison, modify_directly
from gateway.conversation.query import query
from gateway.conversation.replace import replace
from gateway.conversation.retrieve import retrieve
from gateway.conversation.root import answer_root
from gateway.lens.lens import LensError
from gateway.observations import NOBODY, AuthenticationFailed, RequestFinished, TranslationFailed, ValueNarrowed
from gateway.pipeline.authenticate import authenticate
from gateway.pipeline.outcome import Described, Outcome
from gateway.pipeline.parse import parse
from gateway.pipeline.plan import make_plan
from gateway.pipeline.plans import (
    CreatePlan,
    DeletePlan,
    DescribePlan,
    ModifyByComparison,
    ModifyDirectly,
    Plan,
    QueryPlan,
    ReplacePlan,
    RetrievePlan,
)
from gateway.pipeline.problems import Problem, as_problem
from gateway.pipeline.request import Caller, Gateway, Request, Response, Route, Tenant
from gateway.pipeline.respond import respond, respond_to_problem
from gateway.pipeline.route import find_route
from gateway.pipeline.spelling import place_flag
from gateway.pipeline.target import Target, find_target
from gateway.scim.errors import ScimError


def fulfil(request: Request, gateway: Gateway) -> Conversation[Response]:
    """One request, from door to door."""
    label = UNKNOWN
    try:
        caller = authenticate(request.headers, gateway.callers)
        request = place_flag(request, gateway.tenants[caller.tenant].lenience)
        route = find_route(request.method, request.path, caller)
        tenant = gateway.tenant(route)
        label = label_route(route, tenant, caller)
        response = yield from ANSWERS.get(route.shape, answer)(request, route, tenant)
    except (Problem, ScimError, LensError) as error:
        problem = as_problem(error)
        yield from note_problem(problem, label)
        response = respond_to_problem(problem)
        yield from note(label.finished(response.status, problem))
        return response
    yield from note(label.finished(response.status))
    return response


def answer(request: Request, route: Route, tenant: Tenant) -> Conversation[Response]:
    """One request to one resource type, or for a discovery document."""
    intent = parse(request, route, tenant)
    plan = make_plan(intent, tenant)
    outcome = yield from carry_out(plan, tenant)
    return respond(intent, outcome, tenant)


def carry_out(plan: Plan, tenant: Tenant) -> Conversation[Outcome]:
    """Every kind of plan has its conversation; lists that are read apart are added in the end."""
    if isinstance(plan, DescribePlan):
        return Described()
    target = find_target(tenant, plan.type)
    for attribute, how in plan.narrowed:
        yield from note(ValueNarrowed(tenant.name, plan.type, attribute, how))
    return (yield from complete_outcome(plan, target, (yield from converse(plan, target))))


def converse(plan: Plan, target: Target) -> Conversation[Outcome]:
    """The conversation of a plan."""
    match plan:
        case CreatePlan():
            return (yield from create(plan, target))
        case RetrievePlan():
            return (yield from retrieve(plan, target))
        case QueryPlan():
            return (yield from query(plan, target))
        case ReplacePlan():
            return (yield from replace(plan, target))
        case ModifyDirectly():
            return (yield from modify_directly(plan, target))
        case ModifyByComparison():
            return (yield from modify_by_comparison(plan, target))
        case DeletePlan():
            return (yield from delete(plan, target))
    raise AssertionError(f"no conversation for {type(plan).__name__}")


Answer = Callable[[Request, Route, Tenant], Conversation[Response]]
ANSWERS: Mapping[str, Answer] = {"root": answer_root, "root-search": answer_root}


class Label(Struct, frozen=True):
    """How metrics and logs name a request: words of the configuration, never of the client."""

    tenant: str = NOBODY
    resource: str = NOBODY
    operation: str = NOBODY
    mapping: str = NOBODY
    caller: str = ""

    def finished(self, status: int, problem: Problem | None = None) -> RequestFinished:
        code, blame = (problem.code, problem.blame) if problem else ("", None)
        return RequestFinished(self.tenant, self.resource, self.operation, status, code, blame, self.caller)


UNKNOWN = Label()
SHARED = {"root": "Root", "root-search": "Root"}  # what serves all resource types


def label_route(route: Route, tenant: Tenant, caller: Caller) -> Label:
    """The words for a route; discovery documents name themselves, and what serves all types has a name of its own."""
    resource = tenant.dialect.resource_at(route.endpoint)
    served = route.endpoint if route.shape == "discovery" else resource.name if resource else NOBODY
    name = SHARED.get(route.shape, served)
    return Label(tenant.name, name, route.operation or NOBODY, tenant.dialect.name, caller.label)


def note_problem(problem: Problem, label: Label) -> Conversation[None]:
    """Problems that are facts of their own."""
    if problem.code in REFUSED_TOKENS:
        yield from note(AuthenticationFailed(problem.reason))  # type: ignore[arg-type]  # one of its words
    if problem.code in UNTRANSLATED:
        yield from note(TranslationFailed(label.tenant, label.mapping, UNTRANSLATED[problem.code]))


REFUSED_TOKENS = frozenset({"SG101", "SG102", "SG103"})
UNTRANSLATED: dict[str, Any] = {"SG205": "out", "SG507": "in"}
