"""The grammar of a mapping file, second part: which calls the backend has, and what it is able to do."""

from typing import Any, ClassVar, Literal

from msgspec import UNSET, Struct, UnsetType

from gateway.mapping.rows import LATER

Table = dict[str, Any]


class OpRow(Struct, forbid_unknown_fields=True):
    """A call with its particulars; the short form is the text of `call` alone."""

    LATER: ClassVar[frozenset[str]] = LATER
    call: str
    expect: int | list[int] = []
    result: str = ""
    id: str = "body"
    then: Literal["retrieve"] | None = None
    body: Any = UNSET
    gone: str = ""


class SoftDeleteRow(Struct, forbid_unknown_fields=True):
    """A delete that is a change of the record."""

    set: Table


class CallRow(Struct, forbid_unknown_fields=True):
    """A call beside the operations; the short form is the text of `call` alone."""

    call: str
    expect: int | list[int] = []
    body: Any = UNSET


class MembersRow(Struct, forbid_unknown_fields=True):
    """The calls by which a list comes and goes, and which lists its values."""

    add: Any = None
    remove: Any = None
    read: Any = None
    many: Table = {}


class ManyRow(Struct, forbid_unknown_fields=True):
    """A call that brings or takes several values at once."""

    call: str
    size: int
    expect: int | list[int] = []
    body: Any = UNSET


class ReadRow(Struct, forbid_unknown_fields=True):
    """The call that lists the values, where the record does not hold them."""

    call: str
    page: Table = {}
    expect: int | list[int] = []


class PageRow(Struct, forbid_unknown_fields=True):
    """How lists are paged."""

    style: Literal["index", "offset", "page", "cursor", "link", "none"]
    start: str = "startIndex"
    size: str | None = "count"
    max: int = 100
    first: int = 1
    items: str = "Resources"
    total: str | None = "totalResults"
    next: str | None = None
    begin: str | None = None
    rel: str = "next"
    jump: bool = True
    ignore: str = ""


class FilterRow(Struct, forbid_unknown_fields=True, rename={"connect_and": "and", "connect_or": "or", "negate": "not"}):
    """What the backend can filter."""

    language: Literal["scim", "params", "none"]
    param: str = "filter"
    scan: int = 1000
    connect_and: bool = False
    connect_or: bool = False
    negate: bool = False
    required: bool = False
    clauses: int | None = None
    quote: Literal["double", "none"] = "double"
    unknown: Literal["rejected", "ignored", "empty"] = "rejected"
    allow: Table = {}


class AskRow(Struct, forbid_unknown_fields=True):
    """How one operator of one field is asked; the short form is the text of `query` alone."""

    query: str = ""
    gives: Literal["exact", "superset"] = "exact"


class ReplaceRow(Struct, forbid_unknown_fields=True):
    """What PUT does with what is left out."""

    omitted: Literal["cleared", "kept"]
    clear: Literal["null"] | None = None


class ModifyRow(Struct, forbid_unknown_fields=True):
    """What the backend's PATCH takes."""

    style: Literal["scim-patch", "merge"]
    values: int | None = None
    paths: Literal["filtered", "plain"] = "filtered"
    remove: Literal["filter", "values"] = "filter"
    whole: list[str] | UnsetType = UNSET
    fields: list[str] | UnsetType = UNSET


class CanRow(Struct, forbid_unknown_fields=True):
    """The backend's abilities."""

    page: Table = {}
    filter: Table = {}
    replace: ReplaceRow | Literal["none"] = "none"
    modify: ModifyRow | Literal["scim-patch", "merge", "none"] = "none"
    sort: list[str] | Literal["none"] = "none"
    project: bool | Literal["excluded"] = False
