"""A query over several places. The total is the sum of true totals, or it is refused; so is a list of which one place
does not answer.

They are asked side by side where that takes no more calls: for totals, for a first page that every backend gives with
one call, and where all is read. Else each is asked for what those before it left of the page.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from gateway.conversation.abreast import abreast
from gateway.conversation.absent import show_absent
from gateway.conversation.effects import Conversation
from gateway.conversation.labels import tell_mapping
from gateway.conversation.matching import match_resources
from gateway.conversation.membership import complete_outcome
from gateway.conversation.query import find_listed
from gateway.lens.lens import Document
from gateway.pipeline.outcome import Listed
from gateway.pipeline.plans import QueryPlan
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Request, Response, Route, Tenant
from gateway.pipeline.spread import (
    Part,
    SpreadPlan,
    is_read_at_once,
    name_place,
    parse_spread,
    plan_spread,
    respond_spread,
)
from gateway.pipeline.target import Target
from gateway.scim.filter import AttrPath
from gateway.scim.sort import sort_resources

Found = tuple[Part, Document]  # a resource, and where it was found


def answer_spread(request: Request, route: Route, tenant: Tenant) -> Conversation[Response]:
    """One query over all resource types or branches, from its intent to its answer."""
    intent = parse_spread(request, route, tenant)
    listed = yield from query_spread(plan_spread(intent, tenant), tenant)
    return respond_spread(intent, listed, tenant)


def query_spread(plan: SpreadPlan, tenant: Tenant) -> Conversation[Listed]:
    """The page the client asked for."""
    if plan.sort_by is not None and len(plan.parts) > 1:
        found, total = yield from sort_all(plan, plan.sort_by, tenant)
    elif is_read_at_once(plan):
        found, total = yield from find_at_once(plan)
    else:
        found, total = yield from find_in_turn(plan)
    return Listed(tuple((yield from show_page(plan, found))), total, plan.start)


def find_at_once(plan: SpreadPlan) -> Conversation[tuple[list[Found], int]]:
    """The first page, of which every place might have all; and the total."""
    lists = yield from abreast(find_part(one, replace(one.plan, start=1, count=plan.count)) for one in plan.parts)
    found = [(part, one) for part, listed in zip(plan.parts, lists, strict=True) for one in listed.resources]
    return found[: plan.count], sum(listed.total for listed in lists)


def find_in_turn(plan: SpreadPlan) -> Conversation[tuple[list[Found], int]]:
    """Any page, and the total. Where the page is full the places that are left tell their totals side by side."""
    found: list[Found] = []
    total, asked = 0, 0
    for part in plan.parts:
        if len(found) == plan.count:
            break
        begin, rest = max(1, plan.start - total), plan.count - len(found)
        listed = yield from find_part(part, replace(part.plan, start=begin, count=rest))
        found += [(part, one) for one in listed.resources]
        total, asked = total + listed.total, asked + 1
    left = yield from abreast(find_part(one, replace(one.plan, start=1, count=0)) for one in plan.parts[asked:])
    return found, total + sum(listed.total for listed in left)


def sort_all(plan: SpreadPlan, by: AttrPath, tenant: Tenant) -> Conversation[tuple[list[Found], int]]:
    """Read every place whole, then sort; and the total."""
    lists = yield from abreast(read_whole(part, tenant) for part in plan.parts)
    found = [(part, one) for part, listed in zip(plan.parts, lists, strict=True) for one in listed.resources]
    kind = next(one for one in tenant.types.values() if one.find(by) is not None)
    parts = {id(one): part for part, one in found}
    ordered = sort_resources([one for _, one in found], by, plan.descending, kind)
    page = ordered[plan.start - 1 :][: plan.count]
    return [(parts[id(one)], one) for one in page], len(found)


def read_whole(part: Part, tenant: Tenant) -> Conversation[Listed]:
    """All that one place has."""
    listed = yield from find_part(part, replace(part.plan, start=1, count=tenant.max_results))
    if len(listed.resources) < listed.total:
        raise refuse_sort(part, listed.total)
    return listed


def find_part(part: Part, plan: QueryPlan) -> Conversation[Listed]:
    """The page of one place, without lists that are read apart and without what the gateway keeps of it; with both
    where the filter looks at what is kept.
    """
    if part.checked is None:
        return (yield from find_place(part.target, plan))
    if plan.lists and plan.how != "read":
        raise name_place(Problem("SG352"), part.target)
    listed = yield from find_place(part.target, replace(plan, start=1, count=part.target.tenant.max_results))
    if len(listed.resources) < listed.total:
        raise name_place(Problem("SG352"), part.target)
    whole = yield from show_place(part, listed.resources, needed=True)
    found = match_resources(part.checked, part.target, whole)
    return Listed(tuple(found[plan.start - 1 :][: plan.count]), len(found), plan.start)


def find_place(target: Target, plan: QueryPlan) -> Conversation[Listed]:
    """The page that the backend has; a refusal names the place."""
    try:
        return (yield from tell_mapping(target.tenant, find_listed(plan, target)))
    except Problem as problem:
        raise name_place(problem, target) from problem


def show_page(plan: SpreadPlan, found: Sequence[Found]) -> Conversation[list[Document]]:
    """What the page shows, each resource with its lists, its version and what the gateway keeps of it."""
    shown = [one for _, one in found]
    bare = [part for part in plan.parts if part.checked is None]
    places = [[at for at, (part, _) in enumerate(found) if part is one] for one in bare]
    told = yield from abreast(show_place(one, [shown[n] for n in at]) for one, at in zip(bare, places, strict=True))
    for at, whole in zip(places, told, strict=True):
        for number, resource in zip(at, whole, strict=True):
            shown[number] = resource
    return shown


def show_place(part: Part, resources: Sequence[Document], *, needed: bool = False) -> Conversation[Sequence[Document]]:
    """Resources of one place as they are shown. `needed`: a Problem instead of resources without what is kept."""
    listed = Listed(tuple(resources), len(resources), 1)
    try:
        completed = yield from tell_mapping(part.target.tenant, complete_outcome(part.plan, part.target, listed))
    except Problem as problem:
        raise name_place(problem, part.target) from problem
    assert isinstance(completed, Listed)  # noqa: S101  # what a list is completed to
    return (yield from show_absent(part.target, completed.resources, needed=needed))


def refuse_sort(part: Part, total: int) -> Problem:
    """Only what was read whole can be sorted here."""
    name = part.target.resource.name
    sentence = f"To sort them every {name} would have to be read, and there are {total}"
    return Problem("SG303", sentence, "Narrow the filter, query one resource type, or leave sortBy out.")
