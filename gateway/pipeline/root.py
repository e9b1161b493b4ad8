"""A query on the root: one query per resource type that its filter leaves, one list in the end (RFC 7644 3.4.2.1).

An attribute that a type does not define has no value there. Types follow each other in the mapping's order.
"""

from collections.abc import Iterator

from msgspec import Struct

from gateway.mapping.dialect import Resource
from gateway.pipeline.cursors import ByCursor, bind_query, next_cursor, read_cursor
from gateway.pipeline.intent import Query
from gateway.pipeline.outcome import Listed
from gateway.pipeline.paging import page_count, place_beyond
from gateway.pipeline.parse import base_url, read_search, read_sort
from gateway.pipeline.plans import QueryPlan
from gateway.pipeline.present import present
from gateway.pipeline.problems import Problem
from gateway.pipeline.querying import plan_query
from gateway.pipeline.request import Request, Response, Route, Tenant
from gateway.pipeline.respond import CONTENT
from gateway.pipeline.route import require_operation
from gateway.pipeline.spelling import check_path
from gateway.pipeline.target import find_target
from gateway.scim.bind import bind_filter
from gateway.scim.filter import AttrPath, Filter, parse_filter
from gateway.scim.messages import SearchRequest, cursor_response, encode_json, list_response
from gateway.scim.project import parse_projection
from gateway.scim.reduce import reduce_filter


class RootQuery(Struct, frozen=True, kw_only=True):
    """What the client asks of each type. `start` is 1-based, `count` None leaves the page size to us.

    `sort_by` is None where no type has the attribute; a type that lacks it sorts as resources without a value do.
    """

    url: str
    queries: tuple[Query, ...]
    start: int
    count: int | None
    sort_by: AttrPath | None
    descending: bool
    cursor: ByCursor | None = None


class RootPlan(Struct, frozen=True, kw_only=True):
    """A plan per type, each of which is told its own part of the page when it is known what came before it."""

    parts: tuple[QueryPlan, ...]
    start: int
    count: int
    sort_by: AttrPath | None
    descending: bool


def parse_root(request: Request, route: Route, tenant: Tenant) -> RootQuery:
    """What the client wants. Raises Problem and, for what the standard refuses, ScimError."""
    require_operation(route)
    check_path(request, tenant.lenience)
    search = read_search(request, route, tenant.lenience)
    resources = tuple(tenant.dialect.resources.values())
    wanted = None if search.filter is None else read_filter(search.filter, resources, tenant)
    sorts = (read_sort(search, resource.type) for resource in resources)
    sort_by = next((path for path in sorts if path is not None), None)
    bound = b"" if search.cursor is None else bind_query(tenant, "", wanted, sort_by, search.sort_order)
    return RootQuery(
        url=base_url(request, route),
        queries=tuple(ask_types(search, wanted, tenant, base_url(request, route))),
        start=search.start_index,
        count=search.count,
        sort_by=sort_by,
        descending=search.sort_order == "descending",
        cursor=None if search.cursor is None else read_cursor(search, search.cursor, tenant, bound, request.now),
    )


def read_filter(text: str, resources: tuple[Resource, ...], tenant: Tenant) -> Filter:
    """The filter as it was written, with the names of all types."""
    urns = tuple(dict.fromkeys(urn for resource in resources for urn in resource.type.urns))
    return parse_filter(text, urns, lenience=tenant.lenience)


def ask_types(search: SearchRequest, wanted: Filter | None, tenant: Tenant, url: str) -> Iterator[Query]:
    """The query of each type of which the filter can hold."""
    lenience = tenant.lenience
    for resource in tenant.dialect.resources.values():
        rt = resource.type
        rest: Filter | bool = True
        if wanted is not None:
            rest = reduce_filter(bind_filter(wanted, rt, unknown_is_absent=True, lenience=lenience), rt)
        if rest is not False:
            yield Query(
                url=url,
                type=resource.name,
                projection=parse_projection(search.attributes, search.excluded, rt, lenience),
                filter=None if rest is True else rest,
                sort_by=read_sort(search, rt),
                descending=search.sort_order == "descending",
            )


def plan_root(intent: RootQuery, tenant: Tenant) -> RootPlan:
    """Decide. A refusal names the type whose backend cannot do it."""
    page = intent.cursor
    return RootPlan(
        parts=tuple(plan_part(one, tenant) for one in intent.queries),
        start=intent.start if page is None else page.place.at + 1,
        count=page_count(intent.count, tenant.max_results) if page is None else page.count,
        sort_by=intent.sort_by,
        descending=intent.descending,
    )


def plan_part(intent: Query, tenant: Tenant) -> QueryPlan:
    try:
        return plan_query(intent, find_target(tenant, intent.type))
    except Problem as problem:
        raise name_type(problem, intent.type) from problem


def name_type(problem: Problem, name: str) -> Problem:
    """The problem, told with the type that it is about; a fault of the backend is not about a type."""
    if problem.blame != "client":
        return problem
    return problem.after(
        f'The query on the root asks for every {name} too; meta.resourceType eq "..." leaves types out'
    )


def respond_root(intent: RootQuery, listed: Listed, tenant: Tenant) -> Response:
    """The page: each resource is shown as its type is, with what was asked for of that type."""
    asked = {one.type: one.projection for one in intent.queries}
    shown = []
    for resource in listed.resources:
        name = resource["meta"]["resourceType"]
        shown.append(present(resource, tenant.views[name], intent.url, asked[name]))
    if intent.cursor is None:
        document = list_response(shown, listed.total, listed.start, len(shown))
    else:
        place = place_beyond(listed.start, len(shown), listed.total)
        following = None if place is None else next_cursor(intent.cursor, place, tenant)
        document = cursor_response(shown, listed.total, following)
    return Response(status=200, body=encode_json(document), headers=(CONTENT,))
