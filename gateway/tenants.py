"""From the settings to the tenants that the core serves: whom each stands before, and with which part of itself."""

from msgspec.structs import replace

from gateway.pipeline.dividing import divide
from gateway.pipeline.request import Caller, Follower, Gateway, Tenant
from gateway.pipeline.sealing import Seal
from gateway.scim.lenience import LENIENCES
from gateway.settings import Backend, Settings, TenantSettings


def make_gateway(settings: Settings, keys: tuple[bytes, ...]) -> Gateway:
    """What the core needs to know of a configuration. `keys` close the cursors that clients are given."""
    tenants = {one.name: make_tenant(one, settings, Seal(keys)) for one in settings.tenants.values()}
    callers = {token.sha256: Caller(one.name, token.label) for one in settings.tenants.values() for token in one.tokens}
    return Gateway(tenants=tenants, callers=callers)


def make_tenant(one: TenantSettings, settings: Settings, seal: Seal) -> Tenant:
    """A tenant with its followers, or with its branches."""
    if one.split:
        return make_split(one, settings, seal)
    seats = {use.backend: make_seat(one, settings.backends[use.backend], seal) for use in one.followers}
    return replace(
        make_seat(one, settings.backends[one.backend], seal),
        adopt=one.adopt,
        brake=one.brake,
        followers=tuple(Follower(seat=seats[use.backend], when=use.when) for use in one.followers),
        require=one.require,
        leaves=one.leaves,
        reconcile=one.reconcile,
    )


def make_split(one: TenantSettings, settings: Settings, seal: Seal) -> Tenant:
    """A tenant whose resources are divided over several backends."""
    parts = []
    for use in one.split:
        seat = make_seat(one, settings.backends[use.backend], seal)
        seat = replace(seat, adopt=one.adopt, brake=one.brake, absent_member=one.absent_member)
        parts.append((seat, use.when))
    return divide(parts)


def make_seat(one: TenantSettings, backend: Backend, seal: Seal) -> Tenant:
    """A tenant as it stands before one backend."""
    return Tenant(
        name=one.name,
        backend=backend.name,
        dialect=backend.dialect,
        base=backend.link.base,
        deadline=one.deadline,
        lenience=LENIENCES[one.client],
        seal=seal,
    )
