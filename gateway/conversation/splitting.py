"""One request to one resource type, whichever backend its resources live in."""

from msgspec.structs import replace

from gateway.conversation.absent import fulfil_keeping
from gateway.conversation.answering import answer_before, carry_out
from gateway.conversation.effects import Conversation
from gateway.conversation.labels import tell_mapping
from gateway.conversation.spread import answer_spread
from gateway.conversation.twins import hold_names
from gateway.lens.lens import Document
from gateway.pipeline.absent import kept_lists
from gateway.pipeline.intent import Intent
from gateway.pipeline.outcome import Outcome
from gateway.pipeline.parse import parse, read_body
from gateway.pipeline.plan import make_plan
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Request, Response, Route, Tenant
from gateway.pipeline.respond import respond
from gateway.pipeline.spelling import check_path
from gateway.pipeline.splitting import find_seat, place
from gateway.pipeline.target import Target, find_target
from gateway.pipeline.twins import possible_twins, twins_of_change
from gateway.scim.resource import read_resource
from gateway.scim.schema import ResourceType


def answer(request: Request, route: Route, tenant: Tenant) -> Conversation[Response]:
    """One request to one resource type, or for a discovery document."""
    kind = tenant.type_at(route.endpoint)
    if not tenant.branches or kind is None:
        return (yield from answer_before(request, route, tenant))
    if route.id:
        seat = find_home(route, tenant, kind)
        return (yield from tell_mapping(seat, answer_item(request, route, seat)))
    if route.operation == "query":
        return (yield from answer_spread(request, route, tenant))
    if route.operation == "create":
        document, resource = read_new(request, tenant, kind)
        seat = place(tenant, tenant.accepted[kind.name], resource)
        request = replace(request, document=document)
        return (yield from tell_mapping(seat, answer_create(request, route, find_target(seat, kind.name), resource)))
    return (yield from answer_before(request, route, tenant))


def find_home(route: Route, tenant: Tenant, kind: ResourceType) -> Tenant:
    """The seat that an id leads to; a 404 Problem where it can be nobody's."""
    seat = find_seat(tenant, route.id)
    if kind.name not in seat.dialect.resources:
        raise Problem("SG110")
    return seat


def answer_item(request: Request, route: Route, seat: Tenant) -> Conversation[Response]:
    """A request for one resource, where it lives."""
    intent = parse(request, route, seat)
    target = find_target(seat, intent.type)
    outcome = yield from hold_names(target, twins_of_change(target, intent), lambda: fulfil_intent(intent, target))
    return respond(intent, outcome, seat)


def answer_create(request: Request, route: Route, target: Target, resource: Document) -> Conversation[Response]:
    """A create: what the resource shall be says where it belongs, and that backend what it may be."""

    def work() -> Conversation[Response]:
        intent = parse(request, route, target.tenant)
        return respond(intent, (yield from fulfil_intent(intent, target)), target.tenant)

    return (yield from hold_names(target, possible_twins(target, resource), work))


def fulfil_intent(intent: Intent, target: Target) -> Conversation[Outcome]:
    """What one backend makes of it, and the gateway where it keeps members."""
    if kept_lists(target):
        return (yield from fulfil_keeping(intent, target))
    return (yield from carry_out(make_plan(intent, target.tenant), target.tenant))


def read_new(request: Request, tenant: Tenant, kind: ResourceType) -> tuple[object, Document]:
    """The body of a create, and the resource that it describes."""
    check_path(request, tenant.lenience)
    document = read_body(request, tenant.lenience)
    admission = read_resource(document, tenant.accepted[kind.name], partial=True, lenience=tenant.lenience)
    return document, admission.resource
