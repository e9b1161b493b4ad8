"""`scim-gateway explain`: the vendor calls a request would become, made of the gateway's own steps; nothing is sent."""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from gateway.app import read_keys
from gateway.cli import UsageError
from gateway.cli.explain_followers import explain_followers
from gateway.cli.explain_shared import Bases, describe_refusal, explain_bulk, explain_spread
from gateway.cli.explain_split import explain_split
from gateway.cli.explanation import (
    describe_calls,
    describe_losses,
    find_rule,
    print_explanation,
    show_place,
    tell_intent,
    tell_plan,
    tell_query,
)
from gateway.conversation.effects import Call
from gateway.conversation.membership import compared_lists
from gateway.conversation.planned import UNKNOWN_ID, awaited_calls, planned_calls
from gateway.lens.addresses import print_field
from gateway.lens.lens import Document, LensError
from gateway.mapping.diagnose import did_you_mean
from gateway.mapping.load import known_mappings, read_mapping
from gateway.mapping.source import Source, read_yaml
from gateway.pipeline.absent import own_intent
from gateway.pipeline.intent import Intent
from gateway.pipeline.parse import parse
from gateway.pipeline.plan import make_plan
from gateway.pipeline.plans import (
    ChangePlan,
    CreatePlan,
    DeletePlan,
    ModifyByComparison,
    Plan,
    QueryPlan,
    ReplacePlan,
    RetrievePlan,
)
from gateway.pipeline.problems import Problem, as_problem
from gateway.pipeline.request import Caller, Request, Route, Tenant
from gateway.pipeline.route import find_route
from gateway.pipeline.spelling import place_flag
from gateway.pipeline.target import Target, find_target
from gateway.scim.errors import ScimError
from gateway.settings import Settings, default_config, load_settings
from gateway.settings.backends import cut_source
from gateway.tenants import make_gateway

EXAMPLE = """examples:
  scim-gateway explain acme GET '/Users?filter=userName eq "bjensen@example.com"'
  scim-gateway explain acme POST /Users --body user.json
  scim-gateway explain acme PATCH /Users/42 --body patch.json --record record.json

The URL is relative to the tenant's base. A plan that compares begins with a read; with the record that this read
would return, the write that follows is shown too, and whether the resource comes in at a follower, stays or leaves."""


def add_parser(commands: Any) -> None:
    parser = commands.add_parser(
        "explain",
        help="the vendor calls a request would become, without making them",
        epilog=EXAMPLE,
    )
    parser.add_argument("--config", metavar="FILE", help="the configuration (default: gateway.yaml)")
    parser.add_argument("tenant", metavar="TENANT", help="a tenant of the configuration")
    parser.add_argument("method", metavar="METHOD", help="GET, POST, PUT, PATCH or DELETE")
    parser.add_argument("url", metavar="URL", help="relative to the tenant's base: /Users?filter=...")
    parser.add_argument(
        "--header", metavar="LINE", action="append", default=[], help="such as 'If-Match: *', any number"
    )
    parser.add_argument("--body", metavar="FILE", help="the request's JSON body (- reads standard input)")
    parser.add_argument("--record", metavar="FILE", help="the backend's record, for plans that compare")
    parser.add_argument("--json", action="store_true", help="for machines")


def run(args: argparse.Namespace) -> int:
    """0; 1 when the request is refused, with the refusal; 2 on usage."""
    settings = load_settings(args.config or default_config())
    told = explain(settings, args)
    if args.json:
        print(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
    else:
        print("\n".join(print_explanation(told)).rstrip())
    return 1 if "refused" in told else 0


def explain(settings: Settings, args: argparse.Namespace) -> Document:
    """Everything there is to say about one request, as plain data."""
    gateway = make_gateway(settings, read_keys(settings))
    if args.tenant not in gateway.tenants:
        raise UsageError(f"there is no tenant {args.tenant}; {did_you_mean(args.tenant, gateway.tenants)}")
    tenant = gateway.tenants[args.tenant]
    told: Document = {
        "request": f"{args.method.upper()} {args.url}",
        "tenant": tenant.name,
        "backend": ", ".join(seat.backend for seat in tenant.seats),
        "mapping": ", ".join(dict.fromkeys(seat.dialect.name for seat in tenant.seats)),
    }
    request = make_request(args, tenant)
    record = read_record(args.record) if args.record else None
    try:
        return {**told, **explain_request(request, tenant, settings, record)}
    except (Problem, ScimError, LensError) as error:
        return {**told, "refused": describe_refusal(as_problem(error))}


def explain_request(request: Request, tenant: Tenant, settings: Settings, record: Document | None) -> Document:
    """The same steps as a request that is served, up to the first call."""
    request = place_flag(request, tenant.lenience)
    route = find_route(request.method, request.path, Caller(tenant.name))
    bases = bases_of(settings)
    if route.shape in ("root", "root-search"):
        return explain_spread(request, route, tenant, bases)

    def explain_one(inner: Request, at: Route, record: Document | None = None) -> Document:
        return explain_split(
            inner, at, tenant, bases, lambda *words: explain_routed(*words, settings=settings, record=record)
        )

    if route.shape == "bulk":
        return explain_bulk(request, route, tenant, explain_one)
    return explain_one(request, route, record)


def explain_routed(
    request: Request, route: Route, tenant: Tenant, *, settings: Settings, record: Document | None
) -> Document:
    """A request for one resource type, or for a discovery document."""
    intent = parse(request, route, tenant)
    told: Document = {"intent": tell_intent(intent)}
    try:
        intent = own_intent(intent, tenant)
        plan = make_plan(intent, tenant)
        calls = planned_calls(plan, tenant, record)
    except (Problem, ScimError, LensError) as error:
        return {
            **told,
            "refused": {**describe_refusal(as_problem(error)), **decided_at(error, intent, tenant, settings)},
        }
    resource = tenant.dialect.resources.get(plan.type)
    sources = read_sources(settings, tenant)
    told["plan"] = tell_plan(plan, sources[-1], plan.type)
    told |= {"query": tell_query(plan)} if isinstance(plan, QueryPlan) else {}
    told["narrowed"] = describe_losses(plan, intent, resource, sources) if resource else []
    told["calls"] = describe_calls(calls, bases_of(settings))
    note = " ".join(what_follows(plan, tenant, record, calls))
    told |= {"note": note} if note else {}
    followers = explain_followers(intent, tenant, record, partial(read_sources, settings), bases_of(settings))
    return {**told, "followers": followers} if followers else told


def what_follows(plan: Plan, tenant: Tenant, record: Document | None, calls: Sequence[Call]) -> Iterator[str]:
    """What cannot be known yet, in sentences."""
    if not plan.type:
        return
    target = find_target(tenant, plan.type)
    if isinstance(plan, CreatePlan):
        yield from tell_rest(plan, target, calls)
    if isinstance(plan, ChangePlan) and plan.preconditions is not None:
        yield "Nothing is written unless the resource read has a version that the request allows."
    if isinstance(plan, ChangePlan | RetrievePlan) and target.lens.anchor is not None and record is None:
        yield "The id is a first name: calls go by the name that the record has now."
    if isinstance(plan, DeletePlan) and target.resource.delete_sets and record is None:
        yield "The change that follows depends on the record: give it with --record FILE."
    if isinstance(plan, ReplacePlan | ModifyByComparison):
        yield from tell_comparison(plan, target, record, calls)
    if isinstance(plan, QueryPlan) and plan.how in FOLLOWS:
        yield FOLLOWS[plan.how]
    listed = [call for call in calls if UNKNOWN_ID in call.path]
    if isinstance(plan, QueryPlan) and listed:
        yield f"{UNKNOWN_ID} stands for each record that is {'read' if plan.matched else 'shown'}."


def tell_rest(plan: CreatePlan, target: Target, calls: Sequence[Call]) -> Iterator[str]:
    """What of a create its answers decide."""
    awaited = awaited_calls(plan, target)
    if any(UNKNOWN_ID in call.path for call in (*calls, *awaited)):
        yield f"The answer to the first call tells {UNKNOWN_ID}."
    if target.op("create").body.kind != "record":
        yield "What the new record lacks is written onto it."
    if awaited:
        told = ", ".join(f"{call.method} {call.path}" for call in awaited)
        yield f"Unless the new record shows it already, there follows: {told}."


def tell_comparison(
    plan: ReplacePlan | ModifyByComparison, target: Target, record: Document | None, calls: Sequence[Call]
) -> Iterator[str]:
    """What a comparison needs, or came to."""
    lists = ", ".join(print_field(rule.v) for rule in compared_lists(plan, target))
    if record is None:
        also = f", with what those calls list as its {lists}" if lists else ""
        yield f"The write that follows depends on the record: give it with --record FILE{also}."
        return
    if lists:
        yield f"What is read apart is taken from --record: {lists}."
    if all(call.safe for call in calls):
        yield "Nothing would change: no write follows."


FOLLOWS = {
    "pages": "Further pages follow as far as they are needed.",
    "scan": "Every further page follows.",
    "recall": "The state store tells the id; one read of that record follows.",
}


def decided_at(error: Exception, intent: Intent, tenant: Tenant, settings: Settings) -> Document:
    """The line of the mapping whose rule refuses a value."""
    if not isinstance(error, LensError):
        return {}
    found = find_rule(error.attribute, intent.type, read_sources(settings, tenant))
    return {"decided_at": show_place(found[0].place(found[1]))} if found else {}


def make_request(args: argparse.Namespace, tenant: Tenant) -> Request:
    """The request as the client would send it; the URL may be typed without percent-encoding."""
    path, _, query = args.url.partition("?")
    body = read_file(args.body) if args.body else b""
    below = path if path.startswith("/") else f"/{path}"
    return Request(
        method=args.method.upper(),
        path=f"/{tenant.name}/scim/v2{below}",
        query=query,
        headers=dict(map(read_header, args.header)),
        body=body,
        now=time.time(),
    )


def read_header(line: str) -> tuple[str, str]:
    """The name in small letters, and the value."""
    name, colon, value = line.partition(":")
    if not colon or not name.strip():
        raise UsageError(f"--header {line} has no colon; write it as 'If-Match: *'")
    return name.strip().lower(), value.strip()


def read_record(file: str) -> Document:
    try:
        record = msgspec.json.decode(read_file(file))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{file} is not JSON: {error}") from None
    if not isinstance(record, dict):
        raise UsageError(f"{file} holds no JSON object; give the record as the backend returns it")
    return record


def read_file(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None


def bases_of(settings: Settings) -> Bases:
    """What the URLs of each backend begin with."""
    return {name: backend.link.base for name, backend in settings.backends.items()}


def read_sources(settings: Settings, tenant: Tenant) -> Sequence[Source]:
    """The texts that made the tenant's dialect, the backend's own overrides first, for places in them."""
    mapping = read_mapping(settings.backends[tenant.backend].mapping, known_mappings(settings.mappings))
    config = read_yaml(Path(settings.file).read_text("utf-8"), settings.file)
    overrides = config.data["backends"][tenant.backend].get("overrides")
    at = ("backends", tenant.backend, "overrides")
    return (mapping,) if overrides is None else (cut_source(config, at, overrides), mapping)
