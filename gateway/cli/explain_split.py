"""What `explain` says of a split tenant: which branch a request goes to, and why."""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from gateway.cli.explain_shared import Bases, explain_spread
from gateway.conversation.splitting import find_home, read_new
from gateway.lens.lens import Document
from gateway.pipeline.absent import added_absent
from gateway.pipeline.parse import parse
from gateway.pipeline.request import Request, Route, Tenant
from gateway.pipeline.splitting import find_branch, key_of, place
from gateway.pipeline.target import find_target
from gateway.pipeline.twins import Twin, possible_twins, twins_of_change
from gateway.scim.filter import format_filter
from gateway.scim.schema import ResourceType

Explain = Callable[[Request, Route, Tenant], Document]


def explain_split(request: Request, route: Route, tenant: Tenant, bases: Bases, explain_one: Explain) -> Document:
    """One request to one resource type, wherever its resources live."""
    kind = tenant.type_at(route.endpoint)
    if not tenant.branches or kind is None:
        return explain_one(request, route, tenant)
    if route.id:
        seat = find_home(route, tenant, kind)
        told = tell_branch(seat, "its id begins with the name", explain_one(request, route, seat))
        changed = twins_of_change(find_target(seat, kind.name), parse(request, route, seat))
        return tell_asked(tell_kept(told, request, route, seat), changed, "unless it stays the same, ")
    if route.operation == "create":
        document, resource = read_new(request, tenant, kind)
        request = replace(request, document=document)
        seat = place(tenant, tenant.accepted[kind.name], resource)
        why = tell_why(seat, tenant, kind, resource)
        told = tell_branch(seat, why, explain_one(request, route, seat))
        twins = possible_twins(find_target(seat, kind.name), resource)
        return tell_asked(tell_kept(told, request, route, seat), twins)
    if route.operation == "query":
        return tell_left_out(tenant, kind, explain_spread(request, route, tenant, bases))
    return explain_one(request, route, tenant)


def tell_asked(told: Document, twins: Iterable[Twin], when: str = "") -> Document:
    """What is told of a request, with the branches that might have somebody of the same name."""
    said = (f"{when}{target.backend} is asked first whether {wanted.path} is taken" for target, wanted in twins)
    return {**told, "plan": [*told["plan"], *dict.fromkeys(said)]} if "plan" in told else told


def tell_kept(told: Document, request: Request, route: Route, seat: Tenant) -> Document:
    """What is told of a request, with the members that the gateway keeps."""
    if "plan" not in told:
        return told
    added = added_absent(parse(request, route, seat), seat)
    said = (f"{one} is kept by the gateway; {key_of(one)} is asked first whether it has them" for one in added)
    return {**told, "plan": [*told["plan"], *said]}


def tell_branch(seat: Tenant, why: str, told: Document) -> Document:
    """What is told of a request, with the branch that it goes to."""
    return {"backend": seat.backend, "mapping": seat.dialect.name, "branch": f"{seat.key}: {why}", **told}


def tell_why(seat: Tenant, tenant: Tenant, kind: ResourceType, resource: Document) -> str:
    """Why a new resource lives there."""
    if find_branch(tenant.guards, tenant.accepted[kind.name], resource) is None:
        return f"no when tells one {kind.name} from another; it lives with those it names, else in the last branch"
    when = next((one.when for one in tenant.guards if one.key == seat.key), None)
    return "no other when holds" if when is None else f"{format_filter(when)} holds"


def tell_left_out(tenant: Tenant, kind: ResourceType, told: Document) -> Document:
    """What is told of a list, with the branches where nothing can match."""
    serving = [seat for seat in tenant.seats if kind.name in seat.dialect.resources]
    asked = [seat for seat in serving if any(line.startswith(f"{kind.name} in {seat.key}:") for line in told["intent"])]
    left = [
        f"{seat.key} is left out: who matches the filter does not live there" for seat in serving if seat not in asked
    ]
    names = ", ".join(dict.fromkeys(seat.backend for seat in asked)) or tenant.backend
    mappings = ", ".join(dict.fromkeys(seat.dialect.name for seat in asked or serving))
    told = {"backend": names, "mapping": mappings, **told}
    return {**told, "intent": [*told["intent"], *left]}
