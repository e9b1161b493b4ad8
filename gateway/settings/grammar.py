"""The grammar of `gateway.yaml`, as Structs: which keys exist, and of what kind their values are."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType


class FileRow(Struct, forbid_unknown_fields=True, kw_only=True):
    """The file itself."""

    listen: str = "127.0.0.1:8080"
    admin: str = "127.0.0.1:9090"
    public_url: str = ""
    state: Any = "memory://"
    secret: Any = UNSET
    mappings: list[str] = []
    backends: dict[str, Any] = {}
    tenants: dict[str, Any] = {}


class StateRow(Struct, forbid_unknown_fields=True):
    """The long form of `state`."""

    url: str
    username: str | None = None
    password: Any = UNSET


class BackendRow(Struct, forbid_unknown_fields=True, kw_only=True):
    """A backend."""

    mapping: str
    params: dict[str, Any] = {}
    url: str | None = None
    auth: Any = UNSET
    timeout: str | None = None
    pace: str | None = None
    concurrency: int | None = None
    overrides: dict[str, Any] | UnsetType = UNSET


class BasicRow(Struct, forbid_unknown_fields=True):
    """`auth: { basic: ... }`."""

    user: str
    password: Any


class HeaderAuthRow(Struct, forbid_unknown_fields=True):
    """`auth: { header: ... }`; without a name, header and template are the mapping's."""

    value: Any
    name: str | None = None


class OAuth2Row(Struct, forbid_unknown_fields=True):
    """`auth: { oauth2: ... }`: client credentials."""

    token_url: str
    client_id: str
    client_secret: Any
    scope: str = ""


class TokenRow(Struct, forbid_unknown_fields=True):
    """One token of a tenant."""

    sha256: str
    label: str = ""


class BrakeRow(Struct, forbid_unknown_fields=True):
    """`brake: { removals: 100/h }`."""

    removals: str


class TenantRow(Struct, forbid_unknown_fields=True, kw_only=True):
    """A tenant. The keys of later releases are known by name, so that they are refused with the reason."""

    tokens: list[Any] = []
    backends: list[Any] = []
    client: str = "any"
    adopt: list[str] = []
    deadline: str = "25s"
    split: Any = UNSET
    followers: Any = UNSET
    leaves: Any = UNSET
    absent_member: Any = UNSET
    brake: Any = UNSET
    reconcile: Any = UNSET


LATER = {
    "split": "resources divided over several backends; it serves one backend per tenant",
    "followers": "following backends; it serves one backend per tenant",
    "leaves": "following backends; it serves one backend per tenant",
    "absent_member": "members that a following backend lacks; it serves one backend per tenant",
    "reconcile": "following backends; it serves one backend per tenant",
}
