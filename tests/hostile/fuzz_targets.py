"""What is fuzzed: each target takes bytes of any kind, and raises nothing where the code keeps to what it declares.

A target is a plain function, driven by Hypothesis (`test_fuzz.py`) and by hand, guided by coverage (`fuzz.py`).
"""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from itertools import chain, repeat
from typing import Any

from gateway.conversation.effects import Call, Claim, Effect, Hold, Keep, Recall, Reply, Together, Wait
from gateway.conversation.fulfil import fulfil
from gateway.edge.transport import MAX_TEXT, decode_answer
from gateway.lens.lens import LensError
from gateway.mapping.dialect import Dialect, Resource
from gateway.mapping.load import load_dialect
from gateway.pipeline.interpret import is_refused, read_problem, read_record
from gateway.pipeline.paging import read_page
from gateway.pipeline.preconditions import read_preconditions
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Caller, Gateway, Request, Response, Tenant
from gateway.pipeline.sealing import Seal
from gateway.scim.amend import apply_patch
from gateway.scim.bulk import read_bulk
from gateway.scim.errors import ScimError
from gateway.scim.filter import parse_filter
from gateway.scim.match import compile_match
from gateway.scim.messages import parse_search
from gateway.scim.names import ENTERPRISE
from gateway.scim.patch import parse_patch
from gateway.scim.path import format_path, parse_path
from gateway.scim.resource import read_resource
from gateway.scim.schema import standard
from gateway.scim.terms import format_filter
from gateway.scim.wire import decode_json, encode_json

USER, GROUP = standard("User"), standard("Group")
PERSON: dict[str, Any] = {
    "id": "2819c223",
    "userName": "bjensen",
    "name": {"givenName": "Barbara", "familyName": "Jensen"},
    "active": True,
    "emails": [{"value": "b@example.com", "type": "work", "primary": True}, {"value": "b@home.example"}],
    "meta": {"created": "2026-01-05T09:00:00Z"},
    ENTERPRISE: {"department": "Ops", "manager": {"value": "u-1"}},
}
TEAM: dict[str, Any] = {"id": "g-1", "displayName": "Tours", "members": [{"value": "u-1"}, {"value": "u-2"}]}
MAPPINGS = ("scim2", "huawei-identity-center", "google-cloud-identity", "gitlab-group")
TOKEN = "a-token-of-the-fuzzed-tenant"
PATIENCE = 5_000  # effects of one request; no conversation of a small one takes as many


def fuzz_json(data: bytes) -> None:
    """The guard of bodies: what it lets in is written and read again as the same."""
    try:
        document = decode_json(data)
    except ScimError:
        return
    assert decode_json(encode_json(document)) == document


def fuzz_filter(data: bytes) -> None:
    """The filter parser: what it reads is written and read again as the same, and can be asked of a person."""
    text = data.decode("utf-8", "replace")
    try:
        found = parse_filter(text, USER.urns)
    except ScimError:
        return
    assert parse_filter(format_filter(found), USER.urns) == found
    try:
        compile_match(found, USER)(PERSON)
    except ScimError:
        return


def fuzz_path(data: bytes) -> None:
    """The path parser, in the same way."""
    try:
        found = parse_path(data.decode("utf-8", "replace"), USER.urns)
    except ScimError:
        return
    assert parse_path(format_path(found), USER.urns) == found


def fuzz_patch(data: bytes) -> None:
    """A PATCH message, read and applied; the resource that it is applied to stays as it was."""
    for kind, resource in ((USER, PERSON), (GROUP, TEAM)):
        before = copy.deepcopy(resource)
        with suppress(ScimError):
            apply_patch(resource, parse_patch(decode_json(data), kind), kind)
        assert resource == before


def fuzz_messages(data: bytes) -> None:
    """Every other message that a body can be, and the headers of conditions."""
    for read in (
        lambda: read_resource(decode_json(data), USER),
        lambda: read_bulk(decode_json(data)),
        lambda: parse_search(decode_json(data)),
        lambda: read_preconditions({"if-match": data.decode("latin-1")}),
    ):
        try:
            read()
        except (ScimError, Problem):
            continue


def reply_of(data: bytes) -> Reply:
    """An answer of a vendor: two bytes are its status, a line its headers' value, the rest its body."""
    status = 100 + int.from_bytes(data[:2], "big") % 500
    header, _, body = data[2:].partition(b"\n") if data[2:3] == b"#" else (b"", b"", data[2:])
    document, readable = decode_answer(body)
    text = header[1:].decode("latin-1")
    headers = {"retry-after": text, "link": text, "location": text, "etag": text} if text else {}
    return Reply(status, headers, document, readable, "" if readable else body[:MAX_TEXT].decode("utf-8", "replace"))


def fuzz_answer(data: bytes) -> None:
    """A vendor's answer: judged, or read as a record and as a page, and translated in."""
    reply = reply_of(data)
    for mapping in MAPPINGS:
        dialect = load_once(mapping)
        for resource in dialect.resources.values():
            for call in resource.ops.values():
                if is_refused(reply, call, dialect.errors):
                    assert isinstance(read_problem(reply, dialect.errors, on_id=True, sent=["bjensen"]), Problem)
            for record in records_of(reply, resource):
                try:
                    resource.lens.into(record)
                except LensError:
                    continue


def records_of(reply: Reply, resource: Resource) -> Iterator[dict[str, Any]]:
    """Everything in an answer that could be taken for a record."""
    with suppress(Problem, KeyError):
        yield read_record(reply, resource.ops["retrieve"]) or {}
    with suppress(Problem):
        yield from read_page(reply, resource.can.paging).records


def fuzz_request(data: bytes) -> None:
    """A whole request before a vendor that answers anything: no answer is the gateway's own failure."""
    lines = data.split(b"\n", 4)
    mapping, target, condition, answer, body = (*lines, b"", b"", b"", b"", b"")[:5]
    method, _, where = target.decode("latin-1").partition(" ")
    path, _, query = where.partition("?")
    request = Request(
        method=method,
        path=f"/acme/scim/v2/{path}",
        query=query,
        headers={
            "authorization": f"Bearer {TOKEN}",
            "content-type": "application/scim+json",
            **({"if-match": condition.decode("latin-1")} if condition else {}),
        },
        body=body,
        origin="https://scim.example.com",
        now=1_800_000_000.0,
    )
    replies = chain(map(reply_of, answer.split(b"\t")), repeat(reply_of(answer)))
    response = carry_out(request, MAPPINGS[sum(mapping) % len(MAPPINGS)], replies)
    assert 200 <= response.status < 600
    if response.body:
        document = json.loads(response.body)
        assert "(SG602)" not in str(document.get("detail", ""))


def carry_out(request: Request, mapping: str, replies: Iterator[Reply]) -> Response:
    """The answer to a request, of a gateway whose state store knows nothing."""
    conversation = fulfil(request, gateway_of(mapping))
    answer: Any = None
    for _ in range(PATIENCE):
        try:
            effect = conversation.send(answer)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        answer = answer_effect(effect, replies)
    raise AssertionError("the conversation does not end")


def answer_effect(effect: Effect[Any], replies: Iterator[Reply]) -> Any:
    match effect:
        case Call():
            return next(replies)
        case Together(calls=calls):
            return tuple(next(replies) for _ in calls)
        case Recall(keys=keys) | Claim(keys=keys):
            return (None,) * len(keys)
        case Keep() | Hold():
            return True
        case Wait():
            return False
    return None


@cache
def load_once(name: str) -> Dialect:
    return load_dialect(name)


@cache
def gateway_of(mapping: str) -> Gateway:
    tenant = Tenant(
        name="acme", backend="acme-prod", dialect=load_once(mapping), seal=Seal((b"a secret of thirty-two bytes, 32",))
    )
    return Gateway(tenants={"acme": tenant}, callers={sha256(TOKEN.encode()).hexdigest(): Caller("acme")})


TARGETS: dict[str, Callable[[bytes], None]] = {
    "json": fuzz_json,
    "filter": fuzz_filter,
    "path": fuzz_path,
    "patch": fuzz_patch,
    "messages": fuzz_messages,
    "answer": fuzz_answer,
    "request": fuzz_request,
}
