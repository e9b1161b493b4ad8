"""A query on the root, carried out type by type. The total is the sum of true totals, or the request is refused."""

from msgspec.structs import replace

from gateway.conversation.effects import Conversation
from gateway.conversation.membership import complete_outcome, show_lists
from gateway.conversation.query import find_listed
from gateway.lens.lens import Document
from gateway.pipeline.outcome import Listed
from gateway.pipeline.plans import QueryPlan
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Request, Response, Route, Tenant
from gateway.pipeline.root import RootPlan, name_type, parse_root, plan_root, respond_root
from gateway.pipeline.target import find_target
from gateway.scim.filter import AttrPath
from gateway.scim.sort import sort_resources


def answer_root(request: Request, route: Route, tenant: Tenant) -> Conversation[Response]:
    """One query over all resource types, from its intent to its answer."""
    intent = parse_root(request, route, tenant)
    listed = yield from query_root(plan_root(intent, tenant), tenant)
    return respond_root(intent, listed, tenant)


def query_root(plan: RootPlan, tenant: Tenant) -> Conversation[Listed]:
    """The page the client asked for."""
    if plan.sort_by is not None:
        return (yield from sort_all(plan, plan.sort_by, tenant))
    shown: list[Document] = []
    total = 0
    for part in plan.parts:
        begin, rest = max(1, plan.start - total), plan.count - len(shown)
        listed = yield from query_part(replace(part, start=begin, count=rest), tenant)
        shown += listed.resources
        total += listed.total
    return Listed(tuple(shown), total, plan.start)


def query_part(plan: QueryPlan, tenant: Tenant) -> Conversation[Listed]:
    """The page of one type; a refusal names it."""
    target = find_target(tenant, plan.type)
    try:
        listed = yield from find_listed(plan, target)
        completed = yield from complete_outcome(plan, target, listed)
    except Problem as problem:
        raise name_type(problem, plan.type) from problem
    return completed if isinstance(completed, Listed) else listed


def sort_all(plan: RootPlan, by: AttrPath, tenant: Tenant) -> Conversation[Listed]:
    """Read every type whole, then sort; lists that are read apart are read for the page alone."""
    found: list[Document] = []
    for part in plan.parts:
        whole = replace(part, start=1, count=tenant.max_results, lists=())
        listed = yield from query_part(whole, tenant)
        if len(listed.resources) < listed.total:
            raise refuse_sort(part.type, listed.total)
        found += listed.resources
    kind = next(one.type for one in tenant.dialect.resources.values() if one.type.find(by) is not None)
    begin = plan.start - 1
    page = sort_resources(found, by, plan.descending, kind)[begin : begin + plan.count]
    lists = {part.type: part.lists for part in plan.parts}
    shown: list[Document] = []
    for one in page:
        name = one["meta"]["resourceType"]
        shown.append((yield from show_lists(find_target(tenant, name), one, lists[name])))
    return Listed(tuple(shown), len(found), plan.start)


def refuse_sort(name: str, total: int) -> Problem:
    """Only what was read whole can be sorted here."""
    sentence = f"To sort over all resource types every {name} would have to be read, and there are {total}"
    return Problem("SG303", sentence, "Narrow the filter, query one resource type, or leave sortBy out.")
