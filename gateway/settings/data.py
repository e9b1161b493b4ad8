"""The configuration, read and found good."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

from gateway.edge.secrets import Secret
from gateway.edge.state_address import StateAddress
from gateway.edge.transport import Link
from gateway.mapping.dialect import Dialect
from gateway.pipeline.brake import Brake
from gateway.scim.filter import Filter


class Address(Struct, frozen=True):
    """Where to listen. Port 0 lets the system choose."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Backend(Struct, frozen=True, kw_only=True):
    """One vendor's API: the mapping it speaks, and how it is reached.

    `drops`: the resource types whose list of `drop` its own overrides write; what stands there is given up knowingly.
    """

    name: str
    mapping: str
    dialect: Dialect
    link: Link
    drops: frozenset[str] = frozenset()


class Token(Struct, frozen=True):
    """A bearer token, known by the SHA-256 (hex) of the whole of it; `label` is for logs."""

    sha256: str
    label: str = ""


class Use(Struct, frozen=True):
    """A backend that a tenant uses, for the resources that match `when`; without one, for all."""

    backend: str
    when: Filter | None = None


class TenantSettings(Struct, frozen=True, kw_only=True):
    """What one client sees. `backend` is the primary, or the first branch of a split tenant.

    `deadline` is in seconds; `reconcile` too, the time between two sweeps, None for no sweeps of its own accord.
    """

    name: str
    tokens: tuple[Token, ...]
    backend: str
    followers: tuple[Use, ...] = ()
    split: tuple[Use, ...] = ()
    require: Literal["none", "all"] = "none"
    leaves: Literal["deactivate", "delete"] = "deactivate"
    absent_member: Literal["refuse", "keep"] = "refuse"
    reconcile: float | None = None
    client: str = "any"
    deadline: float = 25.0
    adopt: tuple[str, ...] = ()
    brake: Brake | None = None


class Settings(Struct, frozen=True, kw_only=True):
    """A whole configuration. `digest` changes with the file and with every mapping it uses."""

    file: str
    digest: str
    listen: Address
    admin: Address
    public_url: str
    state: StateAddress
    secret: tuple[Secret, ...]
    mappings: tuple[Path, ...]
    backends: Mapping[str, Backend]
    tenants: Mapping[str, TenantSettings]
