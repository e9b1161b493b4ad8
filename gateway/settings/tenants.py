"""Tenants of `gateway.yaml`: tokens, backend, and what is particular to the client."""

import re
from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256
from typing import Any

from msgspec import UNSET

from gateway.mapping.diagnose import did_you_mean
from gateway.mapping.rows import read_row
from gateway.mapping.source import Path
from gateway.pipeline.brake import Brake
from gateway.scim.lenience import CLIENTS
from gateway.settings.data import Backend, TenantSettings, Token
from gateway.settings.grammar import BrakeRow, FollowersRow, TenantRow, TokenRow
from gateway.settings.uses import read_uses, refuse_idle_keys
from gateway.settings.values import Desk

_HEX = re.compile(r"[0-9a-f]{64}")
_WORDS = (
    "", "token", "secret", "password", "changeme", "change-me", "test", "admin", "example", "bearer", "scim", "demo",
    "letmein", "default", "dummy", "foo", "hello", "123456", "12345678", "null", "none", "string", "your-token",
)  # fmt: skip
WELL_KNOWN = frozenset(sha256(word.encode()).hexdigest() for word in _WORDS) | {"0" * 64, "f" * 64}
_TOKEN_HINT = "scim-gateway token new prints a token and its sha256 line"  # noqa: S105  # a hint, not a token


class Tokens:
    """Tokens of all tenants: each belongs to one."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.owners: dict[str, str] = {}

    def read(self, tenant: str, rows: list[Any], path: Path) -> tuple[Token, ...]:
        if not rows:
            self.desk.complain("E821", f"the tenant {tenant} has no tokens", path[:-1], _TOKEN_HINT)
        found = [self.read_one(tenant, row, (*path, index)) for index, row in enumerate(rows)]
        return tuple(token for token in found if token is not None)

    def read_one(self, tenant: str, data: Any, path: Path) -> Token | None:
        row = read_row(self.desk.source, path, data, TokenRow, self.desk.diagnosis)
        if row is None:
            return None
        where = (*path, "sha256")
        if not _HEX.fullmatch(row.sha256):
            self.desk.complain("E812", "sha256 is 64 lower-case hexadecimal digits", where, _TOKEN_HINT)
            return None
        if row.sha256 in WELL_KNOWN:
            self.desk.complain("E811", "that is the hash of a well-known word", where, _TOKEN_HINT)
        if row.sha256 in self.owners:
            message = f"the token belongs to the tenant {self.owners[row.sha256]} already"
            self.desk.complain("E810", message, where, "give every tenant tokens of its own")
        self.owners[row.sha256] = tenant
        return Token(row.sha256, row.label)


def read_tenant(desk: Desk, name: str, data: Any, backends: Collection[str], tokens: Tokens) -> TenantSettings | None:
    """One tenant; None after complaints that leave nothing to use. `backends` are the names that exist."""
    path: Path = ("tenants", name)
    desk.name(name, path, "tenant")
    row = read_row(desk.source, path, data, TenantRow, desk.diagnosis, instead={})
    if row is None:
        return None
    if row.client not in CLIENTS:
        desk.complain("E802", f"no client is called {row.client}", (*path, "client"), did_you_mean(row.client, CLIENTS))
    refuse_idle_keys(desk, row, path)
    used, split = read_uses(desk, row, path, backends)
    return TenantSettings(
        name=name,
        tokens=tokens.read(name, row.tokens, (*path, "tokens")),
        backend=next((use.backend for use in (*used, *split)), ""),
        followers=used[1:],
        split=split,
        require=read_followers(desk, row.followers, (*path, "followers")).require,
        leaves=row.leaves or "deactivate",
        absent_member=row.absent_member or "refuse",
        reconcile=read_interval(desk, row.reconcile, (*path, "reconcile")),
        client=row.client,
        deadline=desk.duration(row.deadline, (*path, "deadline"), least=1.0, most=300.0),
        adopt=tuple(row.adopt),
        brake=read_brake(desk, row.brake, (*path, "brake")),
    )


def read_followers(desk: Desk, data: Any, path: Path) -> FollowersRow:
    """What is asked of all followers."""
    row = None if data is UNSET else read_row(desk.source, path, data, FollowersRow, desk.diagnosis)
    return row or FollowersRow()


def read_interval(desk: Desk, text: str | None, path: Path) -> float | None:
    """Seconds from one sweep to the next; None where none is asked for."""
    return None if text is None else desk.duration(text, path, least=60.0, most=7 * 86_400.0)


def read_brake(desk: Desk, data: Any, path: Path) -> Brake | None:
    """The bound on removals; None where the tenant has none."""
    row = None if data is UNSET else read_row(desk.source, path, data, BrakeRow, desk.diagnosis)
    return desk.brake(row.removals, (*path, "removals")) if row is not None else None


def advise_brake(desk: Desk, tenants: Iterable[TenantSettings]) -> None:
    """Worth knowing of a good file: whose client may remove everybody at once."""
    for tenant in tenants:
        if tenant.brake is None:
            message = f"nothing bounds how many the client of {tenant.name} removes at once"
            desk.complain("N824", message, ("tenants", tenant.name), "add brake: { removals: 100/h }")


def check_adopted(desk: Desk, tenant: TenantSettings, backends: Mapping[str, Backend]) -> None:
    """Who is taken over is found first: each attribute is one by which the mapping finds records, at the backend."""
    used = [use.backend for use in tenant.split] or [tenant.backend]
    for dialect in (backends[name].dialect for name in used if name in backends):
        resources = dialect.resources.values()
        found = {str(path) for one in resources for path in one.correlate if path not in one.lens.kept}
        for number, name in enumerate(tenant.adopt):
            if name not in found:
                known = ", ".join(sorted(found))
                message = f"nobody can be found by {name}: the mapping {dialect.name} finds records by {known}"
                desk.complain("E823", message, ("tenants", tenant.name, "adopt", number), did_you_mean(name, found))
