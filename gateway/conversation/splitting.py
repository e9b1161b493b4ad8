"""One request to one resource type, whichever backend its resources live in."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from msgspec.structs import replace

from gateway.conversation.absent import answer_keeping
from gateway.conversation.answering import answer_before
from gateway.conversation.effects import Conversation, Key
from gateway.conversation.labels import tell_mapping
from gateway.conversation.query import find_listed
from gateway.conversation.spread import answer_spread
from gateway.conversation.writing import hold
from gateway.lens.lens import Document
from gateway.pipeline.absent import kept_lists
from gateway.pipeline.documents import read_attribute
from gateway.pipeline.intent import Query
from gateway.pipeline.parse import read_body
from gateway.pipeline.problems import Problem
from gateway.pipeline.querying import plan_query
from gateway.pipeline.request import Request, Response, Route, Tenant
from gateway.pipeline.spelling import check_path
from gateway.pipeline.splitting import find_seat, may_live, place
from gateway.pipeline.target import Target
from gateway.scim.filter import Compare
from gateway.scim.resource import read_resource
from gateway.scim.schema import ResourceType

T = TypeVar("T")


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
    return (yield from answer_at(request, route, find_home(route, tenant, kind), kind))


def find_home(route: Route, tenant: Tenant, kind: ResourceType) -> Tenant:
    """The seat that an id leads to; a 404 Problem where it can be nobody's."""
    seat = find_seat(tenant, route.id)
    if kind.name not in seat.dialect.resources:
        raise Problem("SG110")
    return seat


def answer_create(request: Request, route: Route, tenant: Tenant, kind: ResourceType) -> Conversation[Response]:
    """A create: what the resource shall be says where it belongs, and that backend what it may be."""
    document, resource = read_new(request, tenant, kind)
    seat = place(tenant, tenant.accepted[kind.name], resource)

    def work() -> Conversation[Response]:
        yield from refuse_twin(resource, kind, seat, tenant)
        return (yield from answer_at(replace(request, document=document), route, seat, kind))

    names = {f"{one.path}={str(one.value).lower()}" for _, one in possible_twins(resource, kind, seat, tenant)}
    keys = [Key("lock", tenant.name, "", kind.name, name) for name in sorted(names)]
    return (yield from hold_all(keys, work))


def hold_all(keys: Sequence[Key], work: Callable[[], Conversation[T]]) -> Conversation[T]:
    """Do the work while no create in another branch is under way with one of the same unique values."""
    if not keys:
        return (yield from work())
    return (yield from hold(keys[0], lambda: hold_all(keys[1:], work)))


def answer_at(request: Request, route: Route, seat: Tenant, kind: ResourceType) -> Conversation[Response]:
    """The answer of one backend, and of the gateway where it keeps members."""
    keeping = kept_lists(Target(seat, seat.dialect.resources[kind.name]))
    answering = answer_keeping if keeping else answer_before
    return (yield from tell_mapping(seat, answering(request, route, seat)))


def read_new(request: Request, tenant: Tenant, kind: ResourceType) -> tuple[object, Document]:
    """The body of a create, and the resource that it describes."""
    check_path(request, tenant.lenience)
    document = read_body(request, tenant.lenience)
    admission = read_resource(document, tenant.accepted[kind.name], partial=True, lenience=tenant.lenience)
    return document, admission.resource


def refuse_twin(resource: Document, kind: ResourceType, seat: Tenant, tenant: Tenant) -> Conversation[None]:
    """A 409 Problem where another branch has a resource with a value that is unique there: each would take its own."""
    for target, wanted in possible_twins(resource, kind, seat, tenant):
        if (yield from is_taken(wanted, target)):
            raise Problem("SG204", f"A {kind.name} with this {wanted.path} lives in another backend, {target.backend}")


def possible_twins(
    resource: Document, kind: ResourceType, seat: Tenant, tenant: Tenant
) -> Iterator[tuple[Target, Compare]]:
    """Where another branch may have the same resource, and by what it is asked.

    A branch whose guards say that it cannot have it is not asked, and none by what it cannot be asked for.
    """
    for other in tenant.seats:
        if other is seat or kind.name not in other.dialect.resources:
            continue
        target = Target(other, other.dialect.resources[kind.name])
        for wanted in unique_values(resource, target):
            if may_live(tenant.guards, other.key, wanted, other.common[kind.name]):
                yield target, wanted


def unique_values(resource: Document, target: Target) -> list[Compare]:
    """One `eq` for each attribute whose values are unique at the backend."""
    paths = [path for path in target.resource.unique if path not in target.lens.kept]
    values = [(path, read_attribute(resource, path)) for path in paths]
    return [Compare(path, "eq", value) for path, value in values if isinstance(value, str)]


def is_taken(wanted: Compare, target: Target) -> Conversation[bool]:
    """Does a resource with this value exist? No, where the backend cannot be asked."""
    try:
        plan = plan_query(Query(url="", type=target.resource.name, filter=wanted, count=1), target)
    except Problem:
        return False
    return (yield from find_listed(plan, target)).total > 0
