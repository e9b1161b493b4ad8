"""From a request and its route to an Intent, checked against the standard (RFC 7644 sections 3.3 to 3.6)."""

from collections.abc import Callable

from msgspec import UNSET

from gateway.mapping.dialect import Resource
from gateway.pipeline.cursors import bind_query, read_cursor
from gateway.pipeline.intent import Create, Delete, Describe, Intent, Modify, Query, Replace, Retrieve
from gateway.pipeline.pointing import by_value, check_operations, check_types
from gateway.pipeline.preconditions import ANY, read_preconditions, read_tags
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Request, Route, Tenant
from gateway.pipeline.route import require_operation
from gateway.pipeline.spelling import check_path, read_parameters
from gateway.scim.errors import ScimError
from gateway.scim.filter import AttrPath
from gateway.scim.forms import read_filter
from gateway.scim.lenience import Lenience
from gateway.scim.messages import SearchRequest, decode_json, parse_query, parse_search
from gateway.scim.patch import read_patch
from gateway.scim.project import Projection, parse_projection
from gateway.scim.resource import read_resource
from gateway.scim.schema import ResourceType
from gateway.scim.sort import sort_resources

JSON_TYPES = frozenset({"application/scim+json", "application/json"})
Parse = Callable[[Request, Route, Tenant, Resource], Intent]


def parse(request: Request, route: Route, tenant: Tenant) -> Intent:
    """What the client wants. Raises Problem and, for what the standard refuses, ScimError."""
    check_path(request, tenant.lenience)
    if route.shape == "discovery":
        return parse_discovery(request, route)
    resource = tenant.dialect.resource_at(route.endpoint)
    if resource is None:
        raise Problem("SG106")
    return PARSERS[require_operation(route)](request, route, tenant, resource)


def parse_discovery(request: Request, route: Route) -> Describe:
    """Discovery documents ignore parameters, but refuse a filter (RFC 7644 section 4)."""
    if any(name.lower() == "filter" for name, _ in read_parameters(request.query)):
        raise Problem("SG111")
    return Describe(url=base_url(request, route), document=route.endpoint, id=route.id)  # type: ignore[arg-type]


def parse_create(request: Request, route: Route, tenant: Tenant, resource: Resource) -> Create:
    refuse_match(request)
    admission = read_resource(
        read_body(request, tenant.lenience), tenant.accepted[resource.name], lenience=tenant.lenience
    )
    check_types(admission.resource, resource)
    return Create(
        url=base_url(request, route),
        type=resource.name,
        projection=read_projection(request, resource.type, tenant.lenience),
        resource=admission.resource,
        ignored=admission.ignored,
    )


def parse_retrieve(request: Request, route: Route, tenant: Tenant, resource: Resource) -> Retrieve:
    return Retrieve(
        url=base_url(request, route),
        type=resource.name,
        projection=read_projection(request, resource.type, tenant.lenience),
        preconditions=read_preconditions(request.headers),
        id=route.id,
    )


def parse_search_or_query(request: Request, route: Route, tenant: Tenant, resource: Resource) -> Query:
    search = read_search(request, route, tenant.lenience)
    rt = resource.type
    reading = None
    if search.filter is not None:
        reading = read_filter(search.filter, rt, lenience=tenant.lenience)
    wanted = by_value(reading.filter, resource.lens.referred) if reading else None
    sort_by = read_sort(search, rt)
    bound = b"" if search.cursor is None else bind_query(tenant, rt.name, wanted, sort_by, search.sort_order)
    return Query(
        url=base_url(request, route),
        type=resource.name,
        projection=parse_projection(search.attributes, search.excluded, rt, tenant.lenience),
        filter=wanted,
        form=reading.form if reading and wanted == reading.filter else None,
        start=search.start_index,
        count=search.count,
        sort_by=sort_by,
        descending=search.sort_order == "descending",
        cursor=None if search.cursor is None else read_cursor(search, search.cursor, tenant, bound, request.now),
    )


def parse_replace(request: Request, route: Route, tenant: Tenant, resource: Resource) -> Replace:
    admission = read_resource(
        read_body(request, tenant.lenience), tenant.accepted[resource.name], lenience=tenant.lenience
    )
    check_types(admission.resource, resource)
    return Replace(
        url=base_url(request, route),
        type=resource.name,
        projection=read_projection(request, resource.type, tenant.lenience),
        preconditions=read_preconditions(request.headers),
        id=route.id,
        resource=admission.resource,
        ignored=admission.ignored,
    )


def parse_modify(request: Request, route: Route, tenant: Tenant, resource: Resource) -> Modify:
    admission = read_patch(read_body(request, tenant.lenience), tenant.accepted[resource.name], tenant.lenience)
    return Modify(
        url=base_url(request, route),
        type=resource.name,
        projection=read_projection(request, resource.type, tenant.lenience),
        preconditions=read_preconditions(request.headers),
        id=route.id,
        operations=check_operations(admission.operations, resource),
        ignored=admission.ignored,
    )


def parse_delete(request: Request, route: Route, tenant: Tenant, resource: Resource) -> Delete:
    return Delete(
        url=base_url(request, route),
        type=resource.name,
        preconditions=read_preconditions(request.headers),
        id=route.id,
    )


PARSERS: dict[str, Parse] = {
    "create": parse_create,
    "retrieve": parse_retrieve,
    "query": parse_search_or_query,
    "replace": parse_replace,
    "modify": parse_modify,
    "delete": parse_delete,
}


def refuse_match(request: Request) -> None:
    """A 412 Problem for a create that asks for a version: the list it is POSTed to has none (RFC 9110 13.1.1)."""
    tags = read_tags(request.headers, "If-Match")
    if tags is not None and ANY not in tags:
        raise Problem("SG511", "A resource that is yet to be created has no version", "Leave If-Match out.")


def base_url(request: Request, route: Route) -> str:
    """The absolute base of every location in the answer."""
    return request.origin + route.base


def read_search(request: Request, route: Route, lenience: Lenience) -> SearchRequest:
    """The query in the body of a search, else in the parameters."""
    if route.shape in ("search", "root-search"):
        return parse_search(read_body(request, lenience))
    return parse_query(read_parameters(request.query, lenience))


def read_body(request: Request, lenience: Lenience) -> object:
    """The decoded JSON body."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not media:
        lenience.require("no-content-type")
    if media and media not in JSON_TYPES:
        raise Problem("SG113")
    document = decode_json(request.body) if request.document is UNSET else request.document
    if not isinstance(document, dict):
        raise ScimError("invalidSyntax", "The body must be a JSON object.")
    return document


def read_projection(request: Request, rt: ResourceType, lenience: Lenience) -> Projection | None:
    """`attributes` and `excludedAttributes` of any request that answers with a resource (RFC 7644 3.9)."""
    if not request.query:
        return None
    search = parse_query(read_parameters(request.query, lenience))
    return parse_projection(search.attributes, search.excluded, rt, lenience)


def read_sort(search: SearchRequest, rt: ResourceType) -> AttrPath | None:
    """The attribute to sort by; a name nobody knows is ignored, one that has no order is ScimError `invalidPath`."""
    path = rt.parse_name(search.sort_by) if search.sort_by else None
    if path is not None:
        sort_resources([], path, descending=False, rt=rt)
    return path
