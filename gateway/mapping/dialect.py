"""A mapping, compiled: everything the pipeline and the conversations need to know of one vendor.

Immutable data plus pure functions. Nothing here names a vendor; everything comes from the mapping file.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

from msgspec import Struct

from gateway.lens.ability import FilterAbility, Modify, Replace
from gateway.lens.holes import Template
from gateway.lens.kinds import Field
from gateway.lens.lens import Lens
from gateway.lens.plans import Memory
from gateway.scim.filter import And, AttrPath, Compare, Filter, Literally, Or
from gateway.scim.schema import ResourceType

Operation = Literal["create", "retrieve", "query", "replace", "modify", "delete"]


class Param(Struct, frozen=True):
    """One hole of the base URL, filled by `params` of the backend in the settings."""

    type: Literal["host", "url", "string"]
    example: str = ""
    default: str | None = None


class Connect(Struct, frozen=True):
    """How the backend is reached. Secrets never stand here; `auth` names the scheme only.

    `base` is a URL with `{param}` holes. `timeout` is in seconds, `pace` in calls per second (None: unpaced).
    `shows_after`: seconds until lists show what was written.
    """

    base: str
    params: Mapping[str, Param] = {}
    auth: Literal["bearer", "basic", "oauth2", "header"] | None = "bearer"
    auth_header: str = "Authorization"
    auth_value: str = "Bearer {secret}"
    media: str = "application/scim+json"
    headers: tuple[tuple[str, str], ...] = ()
    timeout: float = 10.0
    pace: float | None = None
    concurrency: int = 32
    tries: int = 3
    shows_after: float = 0.0


class ErrorRule(Struct, frozen=True):
    """One row of the error table. `when` reads a document `{status, header, body}`."""

    when: Filter
    status: int
    scim_type: str | None = None
    detail: str | None = None


class Errors(Struct, frozen=True, dict=True):
    """The backend's way to say no. `detail` lists paths into the body, the first present one is shown.

    `on_success` are the rows that can hold of a 2xx: some backends say no with a 200, and most answers are a yes.
    """

    detail: tuple[tuple[str, ...], ...] = ()
    table: tuple[ErrorRule, ...] = ()

    @cached_property
    def on_success(self) -> tuple[ErrorRule, ...]:
        return tuple(rule for rule in self.table if _may_hold_of_success(rule.when))


def _may_hold_of_success(when: Filter) -> bool:
    """Can the row hold of a 2xx? What it says of the body is unknown here; what it says of `status` decides."""
    match when:
        case And(parts=parts):
            return all(_may_hold_of_success(part) for part in parts)
        case Or(parts=parts):
            return any(_may_hold_of_success(part) for part in parts)
        case Compare(path=AttrPath(attr="status"), op=op, value=value) if isinstance(value, int):
            return {"eq": 200 <= value < 300, "lt": value > 200, "le": value >= 200}.get(op, value < 300 or op == "ne")
        case _:
            return True


class Body(Struct, frozen=True):
    """What a call says.

    `record`: what was translated, below the keys of `wrap`. `none`: nothing. `table`: a document of the mapping's own,
    of tables, lists, constants and templates.
    """

    kind: Literal["record", "none", "table"] = "record"
    wrap: tuple[str, ...] = ()
    table: Any = None


class BackendCall(Struct, frozen=True):
    """One operation of the backend: `PATCH /Users/{id}`.

    Holes are attributes of the resource, or `id`. `result` is the place of the record inside the reply (empty: the
    reply is the record). `id_from` says where a create's answer holds the native id, `id_at` where in its body
    (empty: in the record). `then_retrieve`: the backend answers without the record, read it. `following` are the
    calls that complete the operation, in order.
    """

    verb: str
    path: Template
    query: tuple[tuple[str, Template], ...] = ()
    expect: tuple[int, ...] = ()
    result: tuple[str, ...] = ()
    id_from: Literal["body", "location"] = "body"
    id_at: tuple[str, ...] = ()
    then_retrieve: bool = False
    body: Body = Body()
    following: "tuple[BackendCall, ...]" = ()

    @property
    def text(self) -> str:
        """The call as the mapping writes it, without its query."""
        return f"{self.verb} {self.path.text}"


class Paging(Struct, frozen=True):
    """How lists are paged.

    index: `start` is 1-based; offset: 0-based; page: page number, `first` is the first one; cursor: `start` carries
    the token that the last reply held at `next`, and `begin` on the first page; link: a header links to the next page
    by `rel`; none: one answer, cut at `max`. `total` None: no total is told. `jump` False: reading begins at the first
    record, as nothing says that the backend heeds where a page begins. `ignore`: records that are none.
    """

    style: Literal["index", "offset", "page", "cursor", "link", "none"] = "index"
    start: str = "startIndex"
    size: str | None = "count"
    max: int = 100
    first: int = 1
    items: tuple[str, ...] = ("Resources",)
    total: tuple[str, ...] | None = ("totalResults",)
    next: tuple[str, ...] | None = None
    begin: str | None = None
    rel: str = "next"
    jump: bool = True
    ignore: Filter | None = None


class Batch(Struct, frozen=True):
    """A call for at most `size` values at once."""

    call: BackendCall
    size: int


class MemberCalls(Struct, frozen=True):
    """How the values of a list come and go, and who lists them.

    `add` and `remove` None: they come and go with the record. `read` None: the record shows them; else `paging` pages
    its answers, which are asked for where a record shows none, or as many as it ever does. Holes are `id` of the
    record, `member` (one value) and `members` (those of a batch).
    """

    add: BackendCall | None = None
    remove: BackendCall | None = None
    add_many: Batch | None = None
    remove_many: Batch | None = None
    read: BackendCall | None = None
    paging: Paging = Paging()


class Can(Struct, frozen=True):
    """The backend's abilities, per resource type."""

    replace: Replace | None = None
    modify: Modify | None = None
    paging: Paging = Paging()
    filter: FilterAbility = FilterAbility()
    sort: frozenset[str] = frozenset()
    project: Literal["both", "excluded"] | None = None


class Resource(Struct, frozen=True, kw_only=True, dict=True):
    """One resource type of one vendor.

    `type` is what a tenant advertises and accepts; `lens` translates both ways. `correlate` names the attributes by
    which a record is found again, `unique` what the backend itself refuses twice. `gone` is a filter over a record.
    `delete_sets`: a soft delete, as attributes and the values they get; none for a real one. `deactivation` is what
    `active: false` comes to: `carried` by a rule, or without one a `delete`, a refusal, or `none`: nothing.
    `natural`: the id is a name that clients give. `dropped` is what goes nowhere by intent, `once` what stays.
    `aliases` are the mapping's short names of schemas, by their URN towards clients. `members` are the calls of lists;
    `switches`, of fields that no body holds, those that bring about each value of SCIM's. `compared` is the lens of
    records that hold what they never show, because it was asked for; None where there is no such list.
    """

    type: ResourceType
    lens: Lens
    ops: Mapping[str, BackendCall]
    can: Can
    correlate: tuple[AttrPath, ...] = ()
    unique: tuple[AttrPath, ...] = ()
    gone: Filter | None = None
    delete_sets: tuple[tuple[AttrPath, Any], ...] = ()
    deactivation: Literal["carried", "delete", "refuse", "none"] = "carried"
    natural: bool = False
    dropped: tuple[AttrPath, ...] = ()
    once: tuple[AttrPath, ...] = ()
    aliases: Mapping[str, str] = {}
    members: Mapping[Field, MemberCalls] = {}
    switches: Mapping[Field, Mapping[Literally, BackendCall]] = {}
    compared: Lens | None = None

    @property
    def name(self) -> str:
        return self.type.name

    @cached_property
    def plans(self) -> Memory:
        """What is remembered of the plans of filters."""
        return {}


class Dialect(Struct, frozen=True, kw_only=True):
    """A vendor, compiled. `digest` identifies the text it came from (parents included)."""

    name: str
    title: str
    connect: Connect
    errors: Errors
    resources: Mapping[str, Resource]
    digest: str

    def resource_at(self, endpoint: str) -> Resource | None:
        """The resource type served below an endpoint such as `Users` (no slash), or None."""
        for resource in self.resources.values():
            if resource.type.endpoint.strip("/") == endpoint:
                return resource
        return None
