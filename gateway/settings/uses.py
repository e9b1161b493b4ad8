"""Which backends a tenant uses: a primary with its followers, or branches, each with the filter that it has."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import UNSET

from gateway.edge.credentials import Auth
from gateway.mapping.diagnose import did_you_mean
from gateway.mapping.names import plain
from gateway.mapping.rows import read_row
from gateway.mapping.source import Path
from gateway.scim.errors import ScimError
from gateway.scim.filter import Filter, Or, parse_filter
from gateway.settings.data import Backend, TenantSettings, Use
from gateway.settings.grammar import TenantRow, UseRow
from gateway.settings.values import Desk

Uses = tuple[Use, ...]
_SAMPLE = "when: 'userName ew \"@example.com\"' # a SCIM filter"


def read_uses(desk: Desk, row: TenantRow, path: Path, backends: Collection[str]) -> tuple[Uses, Uses]:
    """The primary with its followers, and the branches; one of the two is empty. `backends` are the names there are."""
    used = read_list(desk, row.backends or [], (*path, "backends"), backends)
    split = read_list(desk, row.split or [], (*path, "split"), backends)
    if used and split:
        hint = "keep one: with backends the others follow the first, with split each holds a part"
        desk.complain("E829", "the tenant has backends and split", (*path, "split"), hint)
    elif not used and not split:
        hint = "add backends: [name of a backend]"
        desk.complain("E821", "the tenant has no backend", path, hint)
    if used and used[0].when is not None:
        hint = "remove it, or begin with the backend that has everybody"
        message = f"{used[0].backend} is the primary, which has everybody: it takes no when"
        desk.complain("E826", message, (*path, "backends", 0, "when"), hint)
    check_total(desk, split, (*path, "split"))
    return used, split


def read_list(desk: Desk, listed: Sequence[Any], path: Path, backends: Collection[str]) -> Uses:
    """Each of them, those included that are complained of, so that numbers are those of the file."""
    found = [read_use(desk, one, (*path, number), backends) for number, one in enumerate(listed)]
    for number, use in enumerate(found):
        if use.backend and use.backend in [one.backend for one in found[:number]]:
            message = f"the tenant uses {use.backend} twice"
            desk.complain("E825", message, (*path, number), "remove one of them, or name another backend")
    return tuple(found)


def check_apart(desk: Desk, tenant: TenantSettings, backends: Mapping[str, Backend]) -> None:
    """Two names for one account: what is done at one of them would be done at the other (E825)."""
    key, uses = ("split", tenant.split) if tenant.split else ("backends", (Use(tenant.backend), *tenant.followers))
    seen: dict[tuple[str, Auth], str] = {}
    for number, use in enumerate(uses):
        backend = backends.get(use.backend)
        if backend is None or not backend.link.base:
            continue
        account = (backend.link.base, backend.link.auth)
        first = seen.setdefault(account, use.backend)
        if first != use.backend:
            message = f"{use.backend} is {first} by another name: one url, and one credential"
            hint = "remove one of them, or correct its url or its auth"
            desk.complain("E825", message, ("tenants", tenant.name, key, number), hint)


def read_use(desk: Desk, data: Any, path: Path, backends: Collection[str]) -> Use:
    """A name, or a table with a filter."""
    if isinstance(data, str):
        return Use(read_name(desk, data, path, backends))
    if not isinstance(data, dict):
        desk.complain("E802", "a tenant's backend is a name", path, "backends: [name of a backend]")
        return Use("")
    row = read_row(desk.source, path, data, UseRow, desk.diagnosis, instead={"use": ""})
    if row is None or not row.use:
        return Use("")
    when = None if row.when is UNSET else read_when(desk, row.when, (*path, "when"))
    return Use(read_name(desk, row.use, path, backends), when)


def read_name(desk: Desk, name: str, path: Path, backends: Collection[str]) -> str:
    if name not in backends:
        hint = did_you_mean(name, backends) if backends else "add it under backends:"
        desk.complain("E813", f"there is no backend {name}", path, hint)
    return name


def read_when(desk: Desk, text: str, path: Path) -> Filter:
    """The filter; after a complaint, which tells the column, one that reads nothing."""
    try:
        return parse_filter(text)
    except ScimError as error:
        why = error.detail if error.at is None else error.detail.partition(": ")[2]
        desk.complain_in("E827", f"when is no filter: {plain(why)}", path, text, error.at or 0, _SAMPLE)
    return Or(())


def check_total(desk: Desk, split: Uses, path: Path) -> None:
    """Everybody has a place: the last branch takes the rest, and no branch before it takes everybody."""
    if split and split[-1].when is not None:
        last = (*path, len(split) - 1, "when")
        message = "split is not total: the last branch has a when, so that some would have no place"
        desk.complain("E702", message, last, "remove it, or add a branch without when: behind it")
    first = next((number for number, use in enumerate(split[:-1]) if use.when is None), None)
    if first is not None:
        message = f"{split[first].backend} takes everybody: no branch behind it is ever reached"
        desk.complain("E831", message, (*path, first), f"{_SAMPLE}, or put it last")


def refuse_idle_keys(desk: Desk, row: TenantRow, path: Path) -> None:
    """Keys that say something of followers or of branches where there are none."""
    is_followed = len(row.backends or ()) > 1
    given = {"leaves": row.leaves is not None, "reconcile": row.reconcile is not None}
    given["followers"] = row.followers is not UNSET
    for name in [name for name, is_given in given.items() if is_given and not is_followed]:
        hint = f"remove {name}, or add a follower: backends: [primary, follower]"
        desk.complain("E828", f"{name} is for tenants with followers, and this one has none", (*path, name), hint)
    if row.absent_member is not None and not row.split:
        message = "absent_member is for split tenants, and this one is not split"
        desk.complain("E828", message, (*path, "absent_member"), "remove absent_member, or divide it with split:")
