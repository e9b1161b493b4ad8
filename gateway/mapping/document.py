"""The grammar of a mapping file, as Structs: which keys exist, and of what kind their values are.

An unknown key is an error with the nearest known one; what a text inside means is read by the room that owns it. The
rows of calls and abilities stand in `document_calls.py`.
"""

from typing import Any, ClassVar, Literal

from msgspec import UNSET, Struct, UnsetType

from gateway.mapping.rows import LATER
from gateway.mapping.rows import read_row as read_row  # the door to these Structs

Table = dict[str, Any]


class File(Struct, forbid_unknown_fields=True, kw_only=True):
    """A mapping file. `scimap` is the version of the language."""

    LATER: ClassVar[frozenset[str]] = LATER
    scimap: Literal[1]
    name: str
    title: str = ""
    extends: str | None = None
    abstract: bool = False
    dialect: Literal["scim", "json"] = "scim"
    params: Table = {}
    connect: Table = {}
    errors: Table = {}
    resources: dict[str, Table | None] = {}
    examples: dict[str, list[Table]] = {}


class ParamRow(Struct, forbid_unknown_fields=True):
    """A hole of the base URL."""

    type: Literal["host", "url", "string"]
    example: str = ""
    default: str | None = None


class HeaderRow(Struct, forbid_unknown_fields=True):
    """A credential in a header of its own: `{ name: Authorization, value: "SSWS {secret}" }`."""

    name: str
    value: str = "{secret}"


class AuthRow(Struct, forbid_unknown_fields=True):
    """`{ header: { ... } }`; the other schemes are plain words."""

    header: HeaderRow


class ConnectRow(Struct, forbid_unknown_fields=True):
    """How the backend is reached."""

    base: str = ""
    auth: Literal["bearer", "basic", "oauth2"] | AuthRow = "bearer"
    media: str | None = None
    headers: dict[str, str] = {}
    timeout: str = "10s"
    pace: str | None = None
    concurrency: int = 32
    tries: int = 3
    shows_after: str | None = None


class ErrorsRow(Struct, forbid_unknown_fields=True):
    """How the backend says no."""

    detail: list[str] = []
    table: list[Table] = []


class ErrorAnswer(Struct, forbid_unknown_fields=True):
    """What the client gets."""

    status: int
    scimType: str | None = None  # RFC 7644's own spelling
    detail: str | None = None


class ErrorCase(Struct, forbid_unknown_fields=True, rename={"becomes": "as"}):
    """A condition over status, header and body, and the answer that it becomes."""

    when: str
    becomes: ErrorAnswer


class ResourceRow(Struct, forbid_unknown_fields=True, kw_only=True):
    """One resource type of the backend."""

    LATER: ClassVar[frozenset[str]] = LATER
    schema: str = ""
    at: str = ""
    id: Table = {}
    ops: Table = {}
    calls: Table = {}
    can: Table = {}
    shape: Table = {}
    urns: Table = {}
    scim: Table = {}
    correlate: list[str] = []
    unique: list[str] = []
    map: Table = {}
    send: Table = {}
    show: Table = {}
    drop: list[str] = []
    once: list[str] = []
    deactivate: Literal["delete", "refuse", "none"] | None = None


class IdRow(Struct, forbid_unknown_fields=True):
    """Where the id stands in the record. `natural`: it is a name that clients give, and change where there is an
    `anchor`, a field that holds the first one. `prefix` keeps two types apart whose ids can collide.
    """

    path: str = "id"
    kind: Literal["native", "natural"] = "native"
    anchor: str = ""
    prefix: str = ""


class UrnRow(Struct, forbid_unknown_fields=True):
    """An alias for a schema: its URN towards clients and its URN at the backend."""

    scim: str | None = None
    vendor: str | None = None


class LimitRow(Struct, forbid_unknown_fields=True):
    """What happens to more than the backend takes."""

    over: Literal["reject", "truncate"]
    max: int | None = None
    keep: Literal["primary"] = "primary"


class RuleRow(Struct, forbid_unknown_fields=True, kw_only=True):
    """One rule of `map`."""

    LATER: ClassVar[frozenset[str]] = LATER
    to: str | UnsetType = UNSET
    values: Table | UnsetType = UNSET
    also: Table = {}
    via: str | list[str] | UnsetType = UNSET
    fill: Any = UNSET
    assume: Any = UNSET
    of: Literal["all", "primary"] | UnsetType = UNSET
    each: Any = UNSET
    types: Table | UnsetType = UNSET
    limit: LimitRow | UnsetType = UNSET
    key: str = "value"
    pick: list[Literal["match", "primary", "first"]] | UnsetType = UNSET
    keep: Literal["gateway"] | UnsetType = UNSET
    when_false: Literal["delete"] | UnsetType = UNSET
    absent: Any = UNSET
    through: Any = UNSET
    adds: str | UnsetType = UNSET
    choose: list[Table] | UnsetType = UNSET


class BranchRow(Struct, forbid_unknown_fields=True, kw_only=True):
    """One of several rules for an attribute: the keys of a rule for one value, under a condition."""

    when: str | None = None
    to: str
    values: Table | UnsetType = UNSET
    also: Table = {}
    via: str | list[str] | UnsetType = UNSET
    fill: Any = UNSET
    assume: Any = UNSET
    limit: LimitRow | UnsetType = UNSET


class SendRow(Struct, forbid_unknown_fields=True, rename={"companion": "with"}):
    """One rule of `send` in its long form."""

    LATER: ClassVar[frozenset[str]] = LATER
    value: Any
    on: Literal["create", "replace", "always"] = "always"
    when: str | None = None
    companion: str | None = None
    via: str | list[str] | UnsetType = UNSET


class ShowRow(Struct, forbid_unknown_fields=True):
    """One rule of `show` in its long form."""

    LATER: ClassVar[frozenset[str]] = LATER
    value: Any
    when: str | None = None


class ExampleRow(Struct, forbid_unknown_fields=True, kw_only=True):
    """A pair that the mapping must reproduce: `out` from resource to record, `in` back. `of` says where it is from."""

    of: str
    resource: Table
    record: Table | UnsetType = UNSET
    answer: Table | UnsetType = UNSET
    shown: Table | UnsetType = UNSET
