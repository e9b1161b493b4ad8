"""How a list is going to be found: what the backend is asked for, what is checked here, and how far reading may go."""

from gateway.lens.filters import offered
from gateway.lens.lens import Pushdown
from gateway.lens.plans import plan_filter
from gateway.mapping.dialect import Resource
from gateway.pipeline.intent import Query
from gateway.pipeline.paging import can_jump, page_count
from gateway.pipeline.plans import QueryPlan, Sort, Way
from gateway.pipeline.problems import Problem
from gateway.pipeline.projecting import field_pairs, looked_at
from gateway.pipeline.sorting import sorted_field
from gateway.pipeline.target import Target
from gateway.pipeline.through import looked_lists, shown_lists
from gateway.scim.filter import AttrPath, Compare, Filter

OFFERED = 12
# They are shown, and stand in no record: where a filter names them, an empty list would prove nothing.
OURS = frozenset({AttrPath(None, "meta", "version"), AttrPath(None, "meta", "location")})


def plan_query(intent: Query, target: Target) -> QueryPlan:
    """A clause of the filter is pushed down, checked here, or the filter is refused; it is never dropped."""
    target.op("query")
    refuse_ours(intent)
    resource, most = target.resource, target.tenant.max_results
    pushdown = Pushdown(None, True, None)
    if intent.filter is not None:
        pushdown = plan_filter(target.lens, intent.filter, intent.form, resource.can.filter, resource.plans)
    page = intent.cursor
    count = page_count(intent.count, most) if page is None else page.count
    sort = None
    if intent.sort_by is not None and count:
        sort = Sort(intent.sort_by, intent.descending, sorted_field(resource, intent.sort_by))
    how = choose_way(pushdown, resource, sort)
    if how not in ("read", "recall"):
        require_filter(pushdown, resource)
    is_superset = how == "scan"
    if is_superset and resource.can.filter.scan == 0:
        raise Problem("SG302")
    if page is not None and count and is_read_on(how, resource, sort):
        how = "onward"
    looked = looked_at(intent.filter, intent.sort_by)
    matched = looked_lists(target, looked)
    return QueryPlan(
        type=intent.type,
        lists=tuple(one for one in shown_lists(target, intent.projection) if one not in matched),
        matched=matched,
        how=how,
        filter=intent.filter,
        pushdown=pushdown,
        start=max(1, intent.start) if page is None else page.place.at + 1,
        count=count,
        scan=resource.can.filter.scan if is_superset else max(resource.can.filter.scan, most),
        sort=sort,
        place=None if page is None else page.place,
        correlation=find_correlation(intent.filter, resource) if is_superset else None,
        fields=field_pairs(resource, intent.projection, looked),
    )


def is_read_on(how: Way, resource: Resource, sort: Sort | None) -> bool:
    """Is a page by cursor read on from where the last one ended? Else it is cut out of a list whose total is known."""
    paging = resource.can.paging
    if how == "scan":
        return sort is None or sort.field is not None
    return how == "pages" and not can_jump(paging) and paging.style != "none"


def refuse_ours(intent: Query) -> None:
    """A 400 Problem for a filter or an order by what the gateway makes for each answer."""
    for path in looked_at(intent.filter, None):
        if path in OURS:
            raise Problem("SG141", f"{path} is made for each answer, and no backend can be asked for it")
    if intent.sort_by in OURS:
        raise Problem("SG141", f"{intent.sort_by} has no order", status=400, scim_type="invalidPath")


def require_filter(pushdown: Pushdown, resource: Resource) -> None:
    """A Problem where the backend would be asked for everything and lists nothing without a filter."""
    ability = resource.can.filter
    if ability.required and pushdown.pushed is None:
        names = ", ".join(offered(resource.lens, ability)[:OFFERED])
        raise Problem("SG305", hint=f"It can be asked for: {names}." if names else None)


def choose_way(pushdown: Pushdown, resource: Resource, sort: Sort | None) -> Way:
    """How the candidates are found."""
    if pushdown.id is not None and "retrieve" in resource.ops:
        return "read"
    if pushdown.kept is not None and "retrieve" in resource.ops:
        return "recall"
    if not counts_alike(pushdown, resource):
        return "scan"
    return "sort" if sort is not None and sort.field is None else "pages"


def counts_alike(pushdown: Pushdown, resource: Resource) -> bool:
    """Are the backend's answer and its total exact? One that shows what is no record counts too many."""
    return pushdown.exact and resource.gone is None and resource.can.paging.ignore is None


def find_correlation(wanted: Filter | None, resource: Resource) -> AttrPath | None:
    """The attribute of a lone `eq` that names at most one resource: what identity providers match by."""
    if not isinstance(wanted, Compare) or wanted.op != "eq" or not isinstance(wanted.value, str):
        return None
    known = wanted.path in resource.correlate and wanted.path in resource.unique and "retrieve" in resource.ops
    return wanted.path if known else None
