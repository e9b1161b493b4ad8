"""What enters and leaves the core, and whom it serves: plain frozen data."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

from msgspec import UNSET, Struct

from gateway.mapping.dialect import Dialect
from gateway.pipeline.accepting import accept_type
from gateway.pipeline.brake import Brake
from gateway.pipeline.joint import join_types
from gateway.pipeline.present import View, make_view
from gateway.pipeline.sealing import Seal
from gateway.scim.filter import Filter
from gateway.scim.lenience import ANY, Lenience
from gateway.scim.schema import ResourceType


class Request(Struct, frozen=True, kw_only=True):
    """One HTTP request as it came in.

    `path` is the raw, still percent-encoded path; `query` the raw query string. Header names are lower case.
    `origin` is the scheme and host the client used (or the configured public URL), without a trailing slash. `now` is
    when it came in, in Unix seconds. `document` is the body where it was decoded already, because it is large.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = {}
    body: bytes = b""
    document: Any = UNSET
    id: str = ""
    origin: str = ""
    now: float = 0.0


class Response(Struct, frozen=True, kw_only=True):
    """One HTTP response. `body` is encoded JSON, empty for 204 and 304."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class Follower(Struct, frozen=True, kw_only=True):
    """A further backend that is kept equal to the primary. `seat` is the tenant as it stands there: its own backend,
    dialect and base, without followers and without a brake.

    `when` is a filter over the primary's resources; a resource type that lacks one of its attributes follows whole.
    """

    seat: "Tenant"
    when: Filter | None = None


class Guard(Struct, frozen=True):
    """Which resources live in the branch with this key: of several that match, the first; without `when`, all others.

    The key begins the ids of its resources.
    """

    key: str
    when: Filter | None = None


class Branch(Struct, frozen=True):
    """One of the backends that a split tenant's resources are divided over. `seat` is the tenant as it stands there,
    whose dialect shows ids with the branch's key.
    """

    key: str
    seat: "Tenant"


class Tenant(Struct, frozen=True, kw_only=True, dict=True):
    """What one client sees: one isolated service provider. `backend` is the primary's name, `base` its base URL.

    `deadline` is how many seconds a request may last. `seal` closes the cursors it is given. `adopt` are the
    attributes by which a create may take over who is there.
    `brake` bounds what is removed; None lets all of it pass. `require`: must every follower have a change before the
    client is told that it was made? `leaves` is what becomes of a resource that stops matching a follower's `when`.
    `reconcile`: seconds between two comparisons of a follower with the primary, None for none of their own accord.
    `branches`: a split tenant, whose backend and dialect are those of the first; `guards` are theirs, which each seat
    knows beside its own `key` and the seats of the `others`; they are read over the types in `common`.
    `absent_member`: what becomes of a group's members that live in another branch.
    """

    name: str
    backend: str
    dialect: Dialect
    base: str = ""
    lenience: Lenience = ANY
    correlation_seconds: int = 86_400
    deadline: float = 25.0
    max_results: int = 1_000
    seal: Seal = Seal()
    adopt: tuple[str, ...] = ()
    brake: Brake | None = None
    followers: tuple[Follower, ...] = ()
    require: Literal["none", "all"] = "none"
    leaves: Literal["deactivate", "delete"] = "deactivate"
    reconcile: float | None = None
    branches: tuple[Branch, ...] = ()
    guards: tuple[Guard, ...] = ()
    common: Mapping[str, ResourceType] = {}
    key: str = ""
    others: "tuple[Tenant, ...]" = ()
    absent_member: Literal["refuse", "keep"] = "refuse"

    @property
    def seats(self) -> "tuple[Tenant, ...]":
        """The tenant before each of the backends that resources of it live in."""
        return tuple(one.seat for one in self.branches) or (self,)

    @cached_property
    def types(self) -> dict[str, ResourceType]:
        """By name, the resource types as they are advertised."""
        return join_types([one.type for one in seat.dialect.resources.values()] for seat in self.seats)

    @cached_property
    def accepted(self) -> dict[str, ResourceType]:
        """By name of the resource type, what a client may write."""
        if self.branches:
            return join_types(seat.accepted.values() for seat in self.seats)
        return {name: accept_type(resource) for name, resource in self.dialect.resources.items()}

    def type_at(self, endpoint: str) -> ResourceType | None:
        """The resource type served below an endpoint such as `Users` (no slash), or None."""
        return next((one for one in self.types.values() if one.endpoint.strip("/") == endpoint), None)

    @cached_property
    def views(self) -> dict[str, View]:
        """By name of the resource type, how its resources are shown."""
        served = self.dialect.resources
        return {name: make_view(resource, served) for name, resource in served.items()}


class Caller(Struct, frozen=True):
    """Who holds a token. `label` is the operator's name for the token and may be logged; the token never is."""

    tenant: str
    label: str = ""


Shape = Literal["collection", "item", "search", "discovery", "root", "root-search", "bulk"]


class Route(Struct, frozen=True, kw_only=True):
    """Where a request goes. `base` is the SCIM prefix the client used: `/acme/scim/v2` or `/scim/v2`.

    `endpoint` is the segment below it (`Users`, `Schemas`), empty for the root; `id` the decoded segment after that,
    empty without one.
    `operation` is None when the path exists but not with this method; `allowed` lists the methods that do.
    """

    tenant: str
    base: str
    endpoint: str
    shape: Shape
    operation: str | None
    allowed: tuple[str, ...]
    id: str = ""


class Gateway(Struct, frozen=True, kw_only=True):
    """The configuration as the core sees it. `callers` maps the SHA-256 (hex) of a token to its holder."""

    tenants: Mapping[str, Tenant]
    callers: Mapping[str, Caller]

    def tenant(self, route: Route) -> Tenant:
        """The tenant a route leads to. A route comes from `find_route`, so its caller was authenticated."""
        return self.tenants[route.tenant]
