"""A tenant `acme` with the primary `hr` and the follower `desk`, for tests that answer its conversations themselves."""

from functools import cache
from hashlib import sha256
from typing import Any, Literal

from msgspec.structs import replace

from gateway.mapping.dialect import Dialect, Resource
from gateway.mapping.load import load_dialect
from gateway.mapping.source import read_yaml
from gateway.pipeline.request import Caller, Follower, Gateway, Tenant
from gateway.pipeline.sealing import Seal
from gateway.scim.filter import parse_filter

TOKEN = "secret-token-of-acme"
SEAL = Seal((b"a secret of thirty-two bytes, 32",))


@cache
def load(mapping: str, *, unique: bool = True, shows_after: float = 0.0, overrides: str = "") -> Dialect:
    """A dialect whose lists always hold all, so that a filter is checked by the gateway; but what no record shows is
    asked for.
    """
    dialect = load_dialect(mapping, overrides=read_yaml(overrides, "overrides") if overrides else None)
    resources = {name: one if asks(one) else replace(one, can=scan(one.can)) for name, one in dialect.resources.items()}
    if not unique:
        resources = {name: replace(one, unique=()) for name, one in resources.items()}
    connect = replace(dialect.connect, shows_after=shows_after)
    return replace(dialect, resources=resources, connect=connect)


def asks(resource: Resource) -> bool:
    return any(rule.asked for rule in resource.lens.list_rules.values())


def scan(can: Any) -> Any:
    return replace(can, filter=replace(can.filter, allow={}, language="none"))


def make_followed(
    primary: Dialect | None = None,
    follower: Dialect | None = None,
    *,
    when: str = "",
    require: Literal["none", "all"] = "none",
    leaves: Literal["deactivate", "delete"] = "deactivate",
) -> Gateway:
    """The gateway; `when` is who belongs to the follower, everybody where it is empty."""
    seat = Tenant(name="acme", backend="desk", dialect=follower or load("scim2"), seal=SEAL)
    tenant = Tenant(
        name="acme",
        backend="hr",
        dialect=primary or load("scim2"),
        seal=SEAL,
        followers=(Follower(seat=seat, when=parse_filter(when) if when else None),),
        require=require,
        leaves=leaves,
    )
    return Gateway(tenants={"acme": tenant}, callers={sha256(TOKEN.encode()).hexdigest(): Caller("acme")})
