"""A tenant divided over several backends: made of its seats, each of which knows the guards of all."""

from collections.abc import Sequence

from msgspec.structs import replace

from gateway.mapping.prefixing import with_prefix
from gateway.pipeline.joint import join_types
from gateway.pipeline.request import Branch, Guard, Tenant
from gateway.pipeline.splitting import BETWEEN
from gateway.scim.filter import Filter


def divide(parts: Sequence[tuple[Tenant, Filter | None]]) -> Tenant:
    """The tenant whose resources live in the first of these seats whose filter matches; the last has none.

    The names of the backends are the keys of the branches. Guards mean the same before each of them: they are read over
    the types as all branches together take them.
    """
    guards = tuple(Guard(seat.backend, when) for seat, when in parts)
    common = join_types(seat.accepted.values() for seat, _ in parts)
    seats = [
        replace(
            seat,
            dialect=with_prefix(seat.dialect, seat.backend + BETWEEN),
            key=seat.backend,
            guards=guards,
            common=common,
        )
        for seat, _ in parts
    ]
    branches = tuple(
        Branch(seat.key, replace(seat, others=tuple(one for one in seats if one is not seat))) for seat in seats
    )
    return replace(branches[0].seat, branches=branches, key="", others=())
