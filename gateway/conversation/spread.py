"""A query over several places, carried out one after another. The total is the sum of true totals, or it is refused."""

from msgspec.structs import replace

from gateway.conversation.absent import show_absent
from gateway.conversation.effects import Conversation
from gateway.conversation.labels import tell_mapping
from gateway.conversation.matching import match_resources
from gateway.conversation.membership import complete_outcome, show_lists
from gateway.conversation.query import find_listed
from gateway.lens.lens import Document
from gateway.pipeline.outcome import Listed
from gateway.pipeline.plans import QueryPlan
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Request, Response, Route, Tenant
from gateway.pipeline.spread import Part, SpreadPlan, name_place, parse_spread, plan_spread, respond_spread
from gateway.pipeline.target import Target
from gateway.scim.filter import AttrPath
from gateway.scim.sort import sort_resources


def answer_spread(request: Request, route: Route, tenant: Tenant) -> Conversation[Response]:
    """One query over all resource types or branches, from its intent to its answer."""
    intent = parse_spread(request, route, tenant)
    listed = yield from query_spread(plan_spread(intent, tenant), tenant)
    return respond_spread(intent, listed, tenant)


def query_spread(plan: SpreadPlan, tenant: Tenant) -> Conversation[Listed]:
    """The page the client asked for."""
    if plan.sort_by is not None and len(plan.parts) > 1:
        return (yield from sort_all(plan, plan.sort_by, tenant))
    shown: list[Document] = []
    total = 0
    for part in plan.parts:
        begin, rest = max(1, plan.start - total), plan.count - len(shown)
        listed = yield from query_part(part, replace(part.plan, start=begin, count=rest))
        shown += listed.resources
        total += listed.total
    return Listed(tuple(shown), total, plan.start)


def query_part(part: Part, plan: QueryPlan) -> Conversation[Listed]:
    """The page of one place, with what the gateway keeps of it."""
    if part.checked is None:
        listed = yield from query_place(part.target, plan)
        return replace(listed, resources=(yield from show_absent(part.target, listed.resources)))
    if plan.lists and plan.how != "read":
        raise name_place(Problem("SG352"), part.target)
    listed = yield from query_place(part.target, replace(plan, start=1, count=part.target.tenant.max_results))
    if len(listed.resources) < listed.total:
        raise name_place(Problem("SG352"), part.target)
    whole = yield from show_absent(part.target, listed.resources, needed=True)
    found = match_resources(part.checked, part.target, whole)
    return Listed(tuple(found[plan.start - 1 :][: plan.count]), len(found), plan.start)


def query_place(target: Target, plan: QueryPlan) -> Conversation[Listed]:
    """The page that the backend has; a refusal names the place."""
    try:
        listed = yield from tell_mapping(target.tenant, find_listed(plan, target))
        completed = yield from complete_outcome(plan, target, listed)
    except Problem as problem:
        raise name_place(problem, target) from problem
    return completed if isinstance(completed, Listed) else listed


def sort_all(plan: SpreadPlan, by: AttrPath, tenant: Tenant) -> Conversation[Listed]:
    """Read every place whole, then sort; lists that are read apart are read for the page alone."""
    found: list[tuple[Document, Part]] = []
    for part in plan.parts:
        listed = yield from query_place(part.target, replace(part.plan, start=1, count=tenant.max_results, lists=()))
        if len(listed.resources) < listed.total:
            raise refuse_sort(part, listed.total)
        found += [(one, part) for one in listed.resources]
    kind = next(one for one in tenant.types.values() if one.find(by) is not None)
    places = {id(one): part for one, part in found}
    begin = plan.start - 1
    page = sort_resources([one for one, _ in found], by, plan.descending, kind)[begin : begin + plan.count]
    shown: list[Document] = []
    for one in page:
        part = places[id(one)]
        whole = yield from show_lists(part.target, one, part.plan.lists)
        shown += yield from show_absent(part.target, [whole])
    return Listed(tuple(shown), len(found), plan.start)


def refuse_sort(part: Part, total: int) -> Problem:
    """Only what was read whole can be sorted here."""
    name = part.target.resource.name
    sentence = f"To sort them every {name} would have to be read, and there are {total}"
    return Problem("SG303", sentence, "Narrow the filter, query one resource type, or leave sortBy out.")
