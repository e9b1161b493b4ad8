"""Tenants whose resources are divided over several backends, and the same before sandbox-like worlds in memory."""

from hashlib import sha256
from json import loads

from acme_stage import BASE, SEAL, TOKEN, load
from msgspec.structs import replace
from sweep_stage import World, ask

from gateway.conversation.effects import Note, Reply
from gateway.observations import KeptValueLost
from gateway.pipeline.dividing import divide
from gateway.pipeline.request import Caller, Gateway, Tenant
from gateway.scim.filter import parse_filter
from gateway.scim.lenience import LENIENCES
from gateway.scim.match import compile_match
from gateway.scim.schema import standard

EUROPE = 'userName ew "@eu.acme.example"'
TWO = (("eu", "scim2", EUROPE), ("us", "scim2", None))
URL = "https://scim.example.com/acme/scim/v2"


def split_gateway(branches=TWO, *, client="any", dialects=None, **said):
    """A tenant `acme` divided over (key, mapping, guard) branches; `dialects` replaces those of single keys."""
    parts = []
    for key, mapping, when in branches:
        dialect = (dialects or {}).get(key) or load(mapping)
        dialect = replace(dialect, connect=replace(dialect.connect, tries=1))
        seat = Tenant(name="acme", backend=key, dialect=dialect, base=f"{BASE}/{key}", lenience=LENIENCES[client],
                      **{"seal": SEAL, **said})  # fmt: skip
        parts.append((seat, None if when is None else parse_filter(when)))
    whole = divide(parts)
    return Gateway(tenants={"acme": whole}, callers={sha256(TOKEN.encode()).hexdigest(): Caller("acme", "okta-2026")})


def backends(played):
    return [call.backend for call in played.calls]


class SplitWorld(World):
    """Several backends that speak SCIM, each with its own people and groups and with native ids counted from 1."""

    def __init__(self, at=None, fault=None):
        super().__init__(at, fault)
        self.shelves, self.sent, self.lost, self.away = {}, [], [], set()

    def answer(self, effect):
        if isinstance(effect, Note) and isinstance(effect.observation, KeptValueLost):
            self.lost.append(effect.observation.attribute)
        return super().answer(effect)

    def call(self, call, strikes):
        self.sent.append((call.backend, call.method, call.path))
        return Reply(503) if call.backend in self.away else super().call(call, strikes)

    def serve(self, call):
        self.kind, self.key = ("User", "userName") if call.path.startswith("/Users") else ("Group", "displayName")
        self.records = self.shelves.setdefault((call.backend, self.kind), {})
        reply = super().serve(call)
        if call.method == "GET" and call.path.strip("/") == f"{self.kind}s":
            return self.list_matches(dict(call.query))
        return reply

    def list_matches(self, query):
        matches = list(self.records.values())
        if "filter" in query:
            matches = [*filter(compile_match(parse_filter(query["filter"]), standard(self.kind)), matches)]
        begin, count = int(query["startIndex"]) - 1, int(query["count"])
        return Reply(200, {}, {"Resources": matches[begin : begin + count], "totalResults": len(matches)})

    def names(self, key, kind="User"):
        name = "userName" if kind == "User" else "displayName"
        return [one[name] for one in self.shelves.get((key, kind), {}).values()]


def told(world, gateway, line, body=None, **headers):
    """The status and the document of a request."""
    method, _, where = line.partition(" ")
    path, _, query = where.partition("?")
    response = ask(world, gateway, (method, path, query.replace(" ", "%20"), body), **headers)
    return response.status, loads(response.body) if response.body else None
