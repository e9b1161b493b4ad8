"""One request before one backend: from what the client wants to the answer, by way of a plan."""

from gateway.conversation.create import create
from gateway.conversation.delete import delete
from gateway.conversation.effects import Conversation, note
from gateway.conversation.followers.leading import lead
from gateway.conversation.membership import complete_outcome
from gateway.conversation.modify import modify_by_comparison, modify_directly
from gateway.conversation.query import query
from gateway.conversation.replace import replace
from gateway.conversation.retrieve import retrieve
from gateway.observations import ValueNarrowed
from gateway.pipeline.outcome import Described, Outcome
from gateway.pipeline.parse import parse
from gateway.pipeline.plan import make_plan
from gateway.pipeline.plans import (
    ChangePlan,
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
from gateway.pipeline.request import Request, Response, Route, Tenant
from gateway.pipeline.respond import respond
from gateway.pipeline.target import Target, find_target


def answer_before(request: Request, route: Route, tenant: Tenant) -> Conversation[Response]:
    """One request to one resource type before one backend, or for a discovery document."""
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
    outcome = (
        yield from lead(plan, target, converse) if isinstance(plan, CreatePlan | ChangePlan) else converse(plan, target)
    )
    return (yield from complete_outcome(plan, target, outcome))


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
