"""One request to one resource type, whichever backend its resources live in."""

from msgspec.structs import replace

from gateway.conversation.answering import answer_before
from gateway.conversation.effects import Conversation
from gateway.conversation.spread import answer_spread
from gateway.pipeline.parse import read_body
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Request, Response, Route, Tenant
from gateway.pipeline.spelling import check_path
from gateway.pipeline.splitting import find_seat, place
from gateway.scim.resource import read_resource
from gateway.scim.schema import ResourceType


def answer(request: Request, route: Route, tenant: Tenant) -> Conversation[Response]:
    """One request to one resource type, or for a discovery document."""
    kind = tenant.type_at(route.endpoint)
    if not tenant.branches or kind is None:
        return (yield from answer_before(request, route, tenant))
    if route.id:
        return (yield from answer_item(request, route, tenant, kind))
    if route.operation == "query":
        return (yield from answer_spread(request, route, tenant))
    if route.operation == "create":
        return (yield from answer_create(request, route, tenant, kind))
    return (yield from answer_before(request, route, tenant))


def answer_item(request: Request, route: Route, tenant: Tenant, kind: ResourceType) -> Conversation[Response]:
    """A request for one resource: its id says where it lives."""
    seat = find_seat(tenant, route.id)
    if kind.name not in seat.dialect.resources:
        raise Problem("SG110")
    return (yield from answer_before(request, route, seat))


def answer_create(request: Request, route: Route, tenant: Tenant, kind: ResourceType) -> Conversation[Response]:
    """A create: what the resource shall be says where it belongs, and that backend what it may be."""
    check_path(request, tenant.lenience)
    document = read_body(request, tenant.lenience)
    accepted = tenant.accepted[kind.name]
    admission = read_resource(document, accepted, partial=True, lenience=tenant.lenience)
    seat = place(tenant, accepted, admission.resource)
    return (yield from answer_before(replace(request, document=document), route, seat))
