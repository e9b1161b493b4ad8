"""GET of a list. `totalResults` is true or the request is refused; an empty list is proven, never guessed."""

from collections.abc import Sequence

from gateway.conversation.by_name import settle
from gateway.conversation.effects import Conversation, note
from gateway.conversation.keeping import find_kept
from gateway.conversation.listing import read_everything, read_window
from gateway.conversation.matching import (
    complete_resources,
    find_records,
    is_live,
    match_resources,
    needs_kept,
    query_pairs,
    residual_of,
)
from gateway.conversation.membership import show_lists
from gateway.conversation.onward import cut_page, query_onward
from gateway.conversation.reading import (
    find_record,
    read_resource,
    read_resources,
)
from gateway.conversation.remember import recall_resource, remember_resource
from gateway.lens.ids import native_id
from gateway.lens.lens import Document
from gateway.observations import FilterScanned
from gateway.pipeline.outcome import Listed, Paged
from gateway.pipeline.plans import QueryPlan
from gateway.pipeline.problems import Problem
from gateway.pipeline.querying import require_filter
from gateway.pipeline.target import Target
from gateway.scim.filter import And, Compare, Filter
from gateway.scim.sort import sort_resources


def query(plan: QueryPlan, target: Target) -> Conversation[Listed | Paged]:
    """The page the client asked for."""
    if plan.how == "onward":
        return (yield from query_onward(plan, target))
    listed = yield from find_listed(plan, target)
    return listed if plan.place is None else cut_page(plan, listed)


def find_listed(plan: QueryPlan, target: Target) -> Conversation[Listed]:
    """The page out of a list whose total is known."""
    if plan.how == "read":
        return (yield from query_by_id(plan, target))
    if plan.how == "recall":
        return (yield from query_by_kept(plan, target))
    if plan.how == "pages":
        return (yield from query_pages(plan, target))
    if plan.how == "sort":
        return (yield from query_sorted(plan, target))
    return (yield from query_by_scan(plan, target))


def query_by_id(plan: QueryPlan, target: Target) -> Conversation[Listed]:
    """The filter names one id: read it and check the rest."""
    native = native_id(plan.pushdown.id or "", target.lens.id_prefix)
    record = None if native is None else (yield from find_record(target, native))
    if record is None:
        return list_resources(plan, target, ())
    resource = yield from show_lists(target, (yield from read_resource(target, record)), plan.matched)
    same = [resource] if resource["id"] == plan.pushdown.id else []  # ids are caseExact, a backend's may not be
    return list_resources(plan, target, match_resources(plan.filter, target, same))


def query_by_kept(plan: QueryPlan, target: Target) -> Conversation[Listed]:
    """The filter names a kept value. The index is ours and whole, so no entry means no such resource."""
    path, value = plan.pushdown.kept or (target.lens.kept[0], "")
    native = yield from find_kept(target, path, value)
    if native is None:
        return list_resources(plan, target, ())
    record = (yield from find_record(target, native)) if native else None
    wanted: Filter = Compare(path, "eq", value)
    if record is not None:
        found = yield from read_resources(target, [record], kept_needed=True)
        if match_resources(wanted, target, found):
            whole = yield from show_lists(target, found[0], plan.matched)
            return list_resources(plan, target, match_resources(plan.pushdown.residual, target, [whole]))
    require_filter(plan.pushdown, target.resource)
    wanted = wanted if plan.pushdown.residual is None else And((wanted, plan.pushdown.residual))
    return (yield from scan(plan, target, wanted))


def query_pages(plan: QueryPlan, target: Target) -> Conversation[Listed]:
    """The backend's answer is exact, its order too: its pages and its total are ours."""
    window = yield from read_window(target, query_pairs(plan, target), plan.start - 1, plan.count, plan.scan)
    resources = yield from read_resources(target, (yield from settle(target, window.records)))
    return Listed(tuple(resources), window.total, plan.start)


def query_sorted(plan: QueryPlan, target: Target) -> Conversation[Listed]:
    """The backend's answer is exact and its order is not: all of it is read, or the query refused."""
    try:
        return (yield from scan(plan, target, None))
    except Problem as problem:
        if problem.code == "SG303":
            raise Problem("SG303", hint="Narrow the filter, or leave sortBy out.") from problem
        raise


def query_by_scan(plan: QueryPlan, target: Target) -> Conversation[Listed]:
    """The backend's answer is a superset: what was found before is tried first, then everything is read."""
    value = plan.filter.value if isinstance(plan.filter, Compare) else None
    if plan.correlation is None or not isinstance(value, str):
        return (yield from scan(plan, target, residual_of(plan)))
    remembered = yield from recall_resource(target, plan.correlation, value)
    if remembered is not None:
        return list_resources(plan, target, [remembered])
    listed = yield from scan(plan, target, residual_of(plan))
    if listed.total == 1 and listed.resources:
        yield from remember_resource(target, plan.correlation, value, listed.resources[0])
    return listed


def scan(plan: QueryPlan, target: Target, wanted: Filter | None) -> Conversation[Listed]:
    """Read every candidate and match here; what the page shows is translated whole."""
    records = yield from read_everything(target, query_pairs(plan, target), plan.scan)
    yield from note(FilterScanned(target.tenant.name, target.resource.name, len(records)))
    live = yield from settle(target, [record for record in records if is_live(target, record)])
    if plan.matched or needs_kept(plan, target, wanted):
        resources = yield from complete_resources(plan, target, wanted, live)
        return list_resources(plan, target, match_resources(wanted, target, resources))
    found = find_records(plan, target, wanted, live)
    begin = plan.start - 1
    page = yield from read_resources(target, found[begin : begin + plan.count])
    return Listed(tuple(page), len(found), plan.start)


def list_resources(plan: QueryPlan, target: Target, resources: Sequence[Document]) -> Listed:
    """Sort all matches and cut the page out of them."""
    found = list(resources)
    if plan.sort is not None:
        found = sort_resources(found, plan.sort.by, plan.sort.descending, target.type)
    begin = plan.start - 1
    return Listed(tuple(found[begin : begin + plan.count]), len(found), plan.start)
