"""The grammar of `gateway.yaml`, as Structs: which keys exist, and of what kind their values are."""

from typing import Any, Literal

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


class UseRow(Struct, forbid_unknown_fields=True):
    """The long form of a backend that a tenant uses."""

    use: str
    when: str | UnsetType = UNSET


class FollowersRow(Struct, forbid_unknown_fields=True):
    """`followers: { require: all }`."""

    require: Literal["none", "all"] = "none"


class TenantRow(Struct, forbid_unknown_fields=True, kw_only=True):
    """A tenant."""

    tokens: list[Any] = []
    backends: list[Any] | None = None
    split: list[Any] | None = None
    followers: Any = UNSET
    leaves: Literal["deactivate", "delete"] | None = None
    absent_member: Literal["refuse", "keep"] | None = None
    reconcile: str | None = None
    client: str = "any"
    adopt: list[str] = []
    brake: Any = UNSET
    deadline: str = "25s"
