"""A split tenant before its mappings: whether its guards can be judged in every branch, and who lives where."""

from collections.abc import Mapping, Sequence

from gateway.mapping.dialect import Resource
from gateway.scim.filter import walk
from gateway.settings.data import Backend, TenantSettings
from gateway.settings.guards import Guard, check_guard, complain_of, refuse_unknown
from gateway.settings.values import Desk


def check_split(desk: Desk, tenant: TenantSettings, backends: Mapping[str, Backend]) -> None:
    """All there is to say of its branches. Complaints: E701, E827, W837."""
    branches = [backends[use.backend] for use in tenant.split if use.backend in backends]
    if len(branches) < len(tenant.split):
        return
    served = dict.fromkeys(name for branch in branches for name in branch.dialect.resources)
    at = {
        name: [(one, one.dialect.resources[name]) for one in branches if name in one.dialect.resources]
        for name in served
    }
    for number, use in enumerate(tenant.split):
        if use.when is not None:
            guard = Guard(use.when, ("tenants", tenant.name, "split", number, "when"))
            every = [resource for pairs in at.values() for _, resource in pairs]
            if not refuse_unknown(desk, guard, branches[number], every):
                for pairs in at.values():
                    check_alike(desk, guard, pairs)
    warn_of_partial_types(desk, tenant, branches, at)


def check_alike(desk: Desk, guard: Guard, pairs: Sequence[tuple[Backend, Resource]]) -> None:
    """Every branch that has the type carries what the guard reads of it, or none has it."""
    known = [path for path in guard.reads if any(resource.type.find(path) for _, resource in pairs)]
    for backend, resource in pairs:
        for path in known:
            if resource.type.find(path) is None:
                message = f"the guard reads {path} of {resource.name}, which {backend.name} does not carry"
                complain_of(desk, guard, path, message, "guards read what every branch carries, such as userName")
        check_guard(desk, guard, backend, resource)


def warn_of_partial_types(
    desk: Desk,
    tenant: TenantSettings,
    branches: Sequence[Backend],
    at: Mapping[str, Sequence[tuple[Backend, Resource]]],
) -> None:
    """A resource type that some branches do not have: it lives where it exists, or is refused (W837)."""
    reads = [path for use in tenant.split if use.when is not None for path in walk(use.when)]
    for name, pairs in at.items():
        having = [backend.name for backend, _ in pairs]
        without = [backend.name for backend in branches if backend.name not in having]
        if without:
            is_told = any(resource.type.find(path) for _, resource in pairs for path in reads)
            where = "one that belongs there is refused" if is_told else f"each lives in {' or '.join(having)}"
            message = f"there is no {name} in {' and '.join(without)}: {where}"
            hint = f"nothing to do if that is meant; else use a mapping that has {name}"
            desk.complain("W837", message, ("tenants", tenant.name, "split"), hint)
