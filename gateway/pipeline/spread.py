"""A query that is spread over several places, one list in the end: the resource types of a query on the root
(RFC 7644 3.4.2.1), and the branches of a split tenant.

An attribute that a type does not define has no value there. Types follow each other in the mapping's order, branches in
the tenant's, so that a page by index is the same page whenever it is asked for.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from gateway.pipeline.abroad import without_abroad
from gateway.pipeline.absent import kept_lists, looks_for_kept
from gateway.pipeline.cursors import ByCursor, bind_query, next_cursor, read_cursor
from gateway.pipeline.intent import Query
from gateway.pipeline.outcome import Listed
from gateway.pipeline.paging import page_count, place_beyond
from gateway.pipeline.parse import base_url, read_search, read_sort
from gateway.pipeline.plans import QueryPlan
from gateway.pipeline.pointing import by_value
from gateway.pipeline.present import present
from gateway.pipeline.problems import Problem
from gateway.pipeline.querying import plan_query
from gateway.pipeline.request import Request, Response, Route, Tenant
from gateway.pipeline.respond import CONTENT
from gateway.pipeline.route import require_operation
from gateway.pipeline.spelling import check_path
from gateway.pipeline.splitting import key_of, may_live
from gateway.pipeline.target import Target
from gateway.scim.bind import bind_filter
from gateway.scim.errors import ScimError
from gateway.scim.filter import And, AttrPath, Filter, parse_filter
from gateway.scim.messages import SearchRequest, cursor_response, encode_json, list_response
from gateway.scim.project import Projection, parse_projection
from gateway.scim.reduce import reduce_filter
from gateway.scim.schema import ResourceType

Where = tuple[str, str]  # the key of a branch, empty without branches, and the name of a resource type


class Ask(Struct, frozen=True):
    """What is asked in one of the places, and what of it is shown.

    `checked`: the query finds too many, and this is to be checked when they are whole.
    """

    target: Target
    query: Query
    projection: Projection | None
    checked: Filter | None = None


class Part(Struct, frozen=True):
    """The plan for one of the places, which is told its own part of the page when it is known what came before it."""

    target: Target
    plan: QueryPlan
    checked: Filter | None = None


class SpreadQuery(Struct, frozen=True, kw_only=True):
    """What the client asks in each place. `start` is 1-based, `count` None leaves the page size to us.

    `sort_by` is None where no type has the attribute; a type that lacks it sorts as resources without a value do.
    """

    url: str
    asks: tuple[Ask, ...]
    start: int
    count: int | None
    sort_by: AttrPath | None
    descending: bool
    cursor: ByCursor | None = None


class SpreadPlan(Struct, frozen=True, kw_only=True):
    """The parts of a list, one after another."""

    parts: tuple[Part, ...]
    start: int
    count: int
    sort_by: AttrPath | None
    descending: bool


def parse_spread(request: Request, route: Route, tenant: Tenant) -> SpreadQuery:
    """What the client wants. Raises Problem and, for what the standard refuses, ScimError."""
    require_operation(route)
    check_path(request, tenant.lenience)
    search = read_search(request, route, tenant.lenience)
    one = tenant.type_at(route.endpoint)
    kinds = [one] if one is not None else [*tenant.types.values()]
    wanted = None if search.filter is None else read_filter(search.filter, kinds, tenant)
    sorts = (read_sort(search, kind) for kind in kinds)
    sort_by = next((path for path in sorts if path is not None), None)
    name = "" if one is None else one.name
    bound = b"" if search.cursor is None else bind_query(tenant, name, wanted, sort_by, search.sort_order)
    return SpreadQuery(
        url=base_url(request, route),
        asks=tuple(ask_places(search, wanted, places_of(kinds, tenant), base_url(request, route))),
        start=search.start_index,
        count=search.count,
        sort_by=sort_by,
        descending=search.sort_order == "descending",
        cursor=None if search.cursor is None else read_cursor(search, search.cursor, tenant, bound, request.now),
    )


def places_of(kinds: list[ResourceType], tenant: Tenant) -> Iterator[Target]:
    """Where resources of these types live."""
    for kind in kinds:
        for seat in tenant.seats:
            if kind.name in seat.dialect.resources:
                yield Target(seat, seat.dialect.resources[kind.name])


def read_filter(text: str, kinds: list[ResourceType], tenant: Tenant) -> Filter:
    """The filter as it was written, with the names of all types; a single type knows each of them."""
    urns = tuple(dict.fromkeys(urn for kind in kinds for urn in kind.urns))
    wanted = parse_filter(text, urns, lenience=tenant.lenience)
    return bind_filter(wanted, kinds[0], lenience=tenant.lenience) if len(kinds) == 1 else wanted


def ask_places(search: SearchRequest, wanted: Filter | None, places: Iterator[Target], url: str) -> Iterator[Ask]:
    """The query in each place where something may match."""
    for target in places:
        rest = True if wanted is None else settle_filter(wanted, target)
        if rest is not False:
            query = Query(
                url=url,
                type=target.resource.name,
                projection=parse_projection(search.attributes, search.excluded, target.type, target.tenant.lenience),
                filter=None if rest is True else rest,
                sort_by=read_sort(search, target.type),
                descending=search.sort_order == "descending",
            )
            yield ask_whole(Ask(target, query, query.projection))


def ask_whole(ask: Ask) -> Ask:
    """Where the filter looks for values that the gateway keeps, the backend is asked for the rest of it alone, and what
    it finds is checked when it is whole.
    """
    names = kept_lists(ask.target)
    if ask.query.sort_by is not None and ask.query.sort_by.attr in names:
        raise ScimError("invalidPath", f"`{ask.query.sort_by}` has no order here.", "Sort by another attribute.")
    wanted = ask.query.filter
    if wanted is None or not looks_for_kept(wanted, ask.target):
        return ask
    parts = wanted.parts if isinstance(wanted, And) else (wanted,)
    asked = tuple(one for one in parts if not looks_for_kept(one, ask.target))
    query = replace(ask.query, filter=And(asked) if len(asked) > 1 else next(iter(asked), None), projection=None)
    return Ask(ask.target, query, ask.projection, wanted)


def settle_filter(wanted: Filter, target: Target) -> Filter | bool:
    """What is left of the filter in one place; False where nothing there can match."""
    rt, tenant = target.type, target.tenant
    bound = bind_filter(wanted, rt, unknown_is_absent=True, lenience=tenant.lenience)
    here = without_abroad(by_value(bound, target.resource.lens.referred), target, kept_lists(target))
    rest = reduce_filter(here, rt)
    if isinstance(rest, bool) or not tenant.guards:
        return rest
    return rest if may_live(tenant.guards, tenant.key, rest, tenant.common[rt.name]) else False


def plan_spread(intent: SpreadQuery, tenant: Tenant) -> SpreadPlan:
    """Decide. A refusal names the place whose backend cannot do it."""
    page = intent.cursor
    return SpreadPlan(
        parts=tuple(plan_part(one) for one in intent.asks),
        start=intent.start if page is None else page.place.at + 1,
        count=page_count(intent.count, tenant.max_results) if page is None else page.count,
        sort_by=intent.sort_by,
        descending=intent.descending,
    )


def is_read_at_once(plan: SpreadPlan) -> bool:
    """May every place be asked for the page without a call more than one after another would take?

    What comes before a later page only the totals say; a first one every place might fill.
    """
    return plan.count == 0 or (plan.start == 1 and all(is_one_call(part, plan.count) for part in plan.parts[1:]))


def is_one_call(part: Part, count: int) -> bool:
    """Does a page of so many take no more calls than the total alone?"""
    paging = part.target.resource.can.paging
    return part.checked is not None or part.plan.how != "pages" or paging.style == "none" or count <= paging.max


def plan_part(ask: Ask) -> Part:
    try:
        return Part(ask.target, plan_query(ask.query, ask.target), ask.checked)
    except Problem as problem:
        raise name_place(problem, ask.target) from problem


def name_place(problem: Problem, target: Target) -> Problem:
    """The problem, told with the place that it is about; a fault of a backend is not about a place."""
    if problem.blame != "client":
        return problem
    name, key = target.resource.name, target.tenant.key
    if key:
        return problem.after(f"The answer takes every {name} of the backend {key} too")
    return problem.after(
        f'The query on the root asks for every {name} too; meta.resourceType eq "..." leaves types out'
    )


def respond_spread(intent: SpreadQuery, listed: Listed, tenant: Tenant) -> Response:
    """The page: each resource is shown as it is where it lives, with what was asked for of its type."""
    asked: Mapping[Where, Ask] = {(one.target.tenant.key, one.query.type): one for one in intent.asks}
    shown = []
    for resource in listed.resources:
        name, key = resource["meta"]["resourceType"], key_of(resource["id"]) if tenant.branches else ""
        one = asked[key, name]
        shown.append(present(resource, one.target.tenant.views[name], intent.url, one.projection))
    if intent.cursor is None:
        document = list_response(shown, listed.total, listed.start, len(shown))
    else:
        place = place_beyond(listed.start, len(shown), listed.total)
        following = None if place is None else next_cursor(intent.cursor, place, tenant)
        document = cursor_response(shown, listed.total, following)
    return Response(status=200, body=encode_json(document), headers=(CONTENT,))
