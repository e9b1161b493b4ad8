"""From a method and a raw path to a Route: a table, and one strict decoding of every segment (RFC 7644 3.2)."""

import re
from urllib.parse import unquote

from gateway.observations import NOBODY
from gateway.pipeline.authenticate import refuse_token
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Caller, Route, Shape

Methods = dict[str, str]

# RFC 9110 9.3.2: HEAD is a GET whose answer has no body; the edge leaves it out.
METHODS: dict[Shape, Methods] = {
    "collection": {"GET": "query", "HEAD": "query", "POST": "create"},
    "item": {"GET": "retrieve", "HEAD": "retrieve", "PUT": "replace", "PATCH": "modify", "DELETE": "delete"},
    "search": {"POST": "query"},
    "discovery": {"GET": "describe", "HEAD": "describe"},
    "root": {"GET": "query", "HEAD": "query"},
    "root-search": {"POST": "query"},
    "bulk": {"POST": "bulk"},
}
DISCOVERY = {
    "ServiceProviderConfig": "ServiceProviderConfig",
    "ServiceProviderConfigs": "ServiceProviderConfig",  # SCIM 1.1's spelling, which older clients still ask for
    "ResourceTypes": "ResourceTypes",
    "Schemas": "Schemas",
}
ME = "Me"
BULK = "Bulk"
SEARCH = ".search"
ID = re.compile(r"[A-Za-z0-9._~-]{1,1024}")
VERSION = re.compile(r"v[0-9]+(?:\.[0-9]+)?", re.IGNORECASE)
_ROOT, _VERSION = "scim", "v2"


def find_route(method: str, path: str, caller: Caller) -> Route:
    """Where the request goes. `path` is raw and percent-encoded. Raises 401, 404, 405 and 501 Problems."""
    segments = [segment for segment in path.split("/") if segment]
    tenant, below = split_base(segments)
    if tenant is not None and tenant != caller.tenant:
        raise refuse_token("foreign")
    base = "/".join(("", *((tenant,) if tenant else ()), _ROOT, _VERSION))
    return route_below(method, [decode_segment(segment) for segment in below], caller.tenant, base)


def name_operation(method: str, path: str) -> str:
    """The operation that a request asks for, whoever asks and whether it is offered or not; for counting alone."""
    try:
        _, below = split_base([segment for segment in path.split("/") if segment])
        return route_below(method, [decode_segment(segment) for segment in below], "", "").operation or NOBODY
    except Problem:
        return NOBODY


def split_base(segments: list[str]) -> tuple[str | None, list[str]]:
    """The tenant that the path names, if any, and the segments below `scim/v2`.

    RFC 7644 3.13: another version than named is refused; without one the newest is meant.
    """
    at = next((place for place in (1, 0) if segments[place : place + 1] == [_ROOT]), None)
    if at is None:
        raise Problem("SG104")
    below = segments[at + 1 :]
    if below and VERSION.fullmatch(below[0]):
        if below[0] != _VERSION:
            raise Problem("SG207")
        below = below[1:]
    return (segments[0] if at else None), below


def decode_segment(segment: str) -> str:
    """Percent-decode once, as UTF-8; what cannot be decoded names nothing."""
    try:
        return unquote(segment, encoding="utf-8", errors="strict")
    except UnicodeDecodeError:
        raise Problem("SG104") from None


def route_below(method: str, segments: list[str], tenant: str, base: str) -> Route:
    """The route of the segments below the base."""
    if segments in ([], [SEARCH]):
        return make_route(method, "", "root-search" if segments else "root", "", tenant, base)
    endpoint, rest = segments[0], segments[1:]
    if endpoint == ME:  # RFC 7644 3.11: below it too, and by any method
        raise Problem("SG107")
    if endpoint == BULK and not rest:
        return make_route(method, "", "bulk", "", tenant, base)
    if endpoint in DISCOVERY:
        return discovery_route(method, DISCOVERY[endpoint], rest, tenant, base)
    if len(rest) > 1:
        raise Problem("SG104")
    shape: Shape = "collection" if not rest else "search" if rest[0] == SEARCH else "item"
    if shape == "item" and not is_possible_id(rest[0]):
        raise Problem("SG110")
    named = rest[0] if shape == "item" else ""
    return make_route(method, endpoint, shape, named, tenant, base)


def discovery_route(method: str, endpoint: str, rest: list[str], tenant: str, base: str) -> Route:
    """Discovery documents, alone or by id; `ServiceProviderConfig` has no parts."""
    if len(rest) > (0 if endpoint == "ServiceProviderConfig" else 1):
        raise Problem("SG104")
    route = make_route(method, endpoint, "discovery", rest[0] if rest else "", tenant, base)
    require_operation(route)
    return route


def make_route(method: str, endpoint: str, shape: Shape, named: str, tenant: str, base: str) -> Route:
    methods = METHODS[shape]
    return Route(
        tenant=tenant,
        base=base,
        endpoint=endpoint,
        shape=shape,
        operation=methods.get(method),
        allowed=tuple(methods),
        id=named,
    )


def require_operation(route: Route) -> str:
    """The operation, or a 405 Problem; asked once it is known that the path exists."""
    if route.operation is None:
        raise Problem("SG105", headers=(("Allow", ", ".join(route.allowed)),))
    return route.operation


def is_possible_id(text: str) -> bool:
    """Could this be an id of ours? Anything else never reaches a backend's URL."""
    return bool(ID.fullmatch(text)) and text not in (".", "..")
