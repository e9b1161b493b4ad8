"""A tenant's followers beside its primary: which resources follow, and whether they can."""

from collections.abc import Mapping

from gateway.mapping.source import Path
from gateway.settings.data import Backend, TenantSettings, Use
from gateway.settings.guards import Guard, check_guard, lacking, refuse_unknown
from gateway.settings.pairs import Pair, check_leaving, check_pair
from gateway.settings.values import Desk


def check_followers(desk: Desk, tenant: TenantSettings, backends: Mapping[str, Backend]) -> None:
    """All there is to say of a tenant's followers.

    Complaints: those of `check_pair`, E701, E827, E832, E836, W834, N825, N826.
    """
    primary = backends.get(tenant.backend)
    for number, use in enumerate(tenant.followers, 1):
        follower = backends.get(use.backend)
        if primary is not None and follower is not None:
            check_follower(desk, tenant, use, ("tenants", tenant.name, "backends", number), primary, follower)
    if primary is not None and tenant.followers:
        warn_of_unlisted(desk, ("tenants", tenant.name, "backends", 0), primary)


def warn_of_unlisted(desk: Desk, path: Path, primary: Backend) -> None:
    """Followers are compared with all that the primary has, which it then has to list (W834)."""
    unlisted = [name for name, one in primary.dialect.resources.items() if one.can.filter.required]
    if unlisted:
        message = f"{primary.name} lists no {' and no '.join(unlisted)} without a filter: reconcile cannot compare them"
        hint = "begin with a backend that lists what it has; else what is lost with the state store stays lost"
        desk.complain("W834", message, path, hint)


def check_follower(
    desk: Desk, tenant: TenantSettings, use: Use, path: Path, primary: Backend, follower: Backend
) -> None:
    """One follower."""
    theirs = follower.dialect.resources
    pairs = {
        name: Pair(desk, path, primary, follower, leader, theirs[name])
        for name, leader in primary.dialect.resources.items()
        if name in theirs
    }
    missing = [name for name in primary.dialect.resources if name not in theirs]
    if not pairs:
        message = (
            f"{follower.name} has {' and '.join(theirs)}, and the primary {' and '.join(missing)}: it follows nothing"
        )
        desk.complain("E832", message, path, "remove it, or use a mapping that has what the primary has")
        return
    for name in missing:
        desk.complain("N826", f"{follower.name} has no {name}: of the primary's it gets none", path)
    leaving = find_leaving(desk, use, path, primary, pairs)
    for name, pair in pairs.items():
        check_pair(pair)
        if name in leaving:
            check_leaving(pair, tenant)


def find_leaving(desk: Desk, use: Use, path: Path, primary: Backend, pairs: Mapping[str, Pair]) -> tuple[str, ...]:
    """The resource types that `when` divides; those that lack what it reads follow whole (N825)."""
    if use.when is None:
        return ()
    guard = Guard(use.when, (*path, "when"))
    leaders = [pair.leader for pair in pairs.values()]
    if refuse_unknown(desk, guard, primary, leaders):
        return ()
    lacks = {one.name: lacking(guard, one.type) for one in leaders}
    if all(lacks.values()):
        names = " and ".join(map(str, guard.reads))
        message = f"no resource has {names} together: when divides nobody"
        desk.complain("E701", message, guard.path, "read attributes of one resource type")
        return ()
    for name, paths in lacks.items():
        if paths:
            message = f"a {name} has no {' and no '.join(map(str, paths))}: every {name} follows"
            desk.complain("N825", message, guard.path)
    divided = [one for one in leaders if not lacks[one.name]]
    return tuple(one.name for one in divided if check_guard(desk, guard, primary, one))


def advise_several(desk: Desk, tenant: TenantSettings, *, shared: bool) -> None:
    """Worth knowing of a good file: what is remembered of several backends may be forgotten (N838, N839)."""
    path: Path = ("tenants", tenant.name)
    hint = "state: redis://redis:6379/0 keeps it"
    if tenant.followers and not shared:
        message = f"what followers of {tenant.name} do not have yet is forgotten when the process ends"
        desk.complain("N838", message, path, hint)
    if tenant.split and tenant.absent_member == "keep" and not shared:
        message = f"members of {tenant.name} who live in another branch are forgotten when the process ends"
        desk.complain("N838", message, path, hint)
    if tenant.followers and tenant.reconcile is None:
        message = f"nothing compares the followers of {tenant.name} with the primary by itself"
        desk.complain("N839", message, path, "add reconcile: 6h")
