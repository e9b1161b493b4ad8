"""Tenants whose resources are divided over several backends, and the same before sandbox-like worlds in memory."""

from hashlib import sha256

from acme_stage import BASE, SEAL, TOKEN, load
from msgspec.structs import replace

from gateway.mapping.prefixing import with_prefix
from gateway.pipeline.request import Branch, Caller, Gateway, Guard, Tenant
from gateway.pipeline.splitting import BETWEEN
from gateway.scim.filter import parse_filter
from gateway.scim.lenience import LENIENCES

EUROPE = 'userName ew "@eu.acme.example"'
TWO = (("eu", "scim2", EUROPE), ("us", "scim2", None))
URL = "https://scim.example.com/acme/scim/v2"


def split_gateway(branches=TWO, *, client="any", dialects=None, **said):
    """A tenant `acme` divided over (key, mapping, guard) branches; `dialects` replaces those of single keys."""
    guards = tuple(Guard(key, None if when is None else parse_filter(when)) for key, _, when in branches)
    seats = []
    for key, mapping, _ in branches:
        dialect = (dialects or {}).get(key) or load(mapping)
        dialect = replace(dialect, connect=replace(dialect.connect, tries=1))
        seat = Tenant(name="acme", backend=key, dialect=with_prefix(dialect, key + BETWEEN), base=f"{BASE}/{key}",
                      lenience=LENIENCES[client], seal=SEAL, guards=guards, key=key, **said)  # fmt: skip
        seats.append(Branch(key, seat))
    whole = replace(seats[0].seat, branches=tuple(seats), key="")
    return Gateway(tenants={"acme": whole}, callers={sha256(TOKEN.encode()).hexdigest(): Caller("acme", "okta-2026")})


def backends(played):
    return [call.backend for call in played.calls]
