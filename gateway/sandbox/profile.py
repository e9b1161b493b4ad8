"""What a pretend vendor is made of: a frozen set of facts, and the few functions in which it is unlike the others."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from gateway.sandbox.records import Record
from gateway.scim.schema import Resource, ResourceType

Method = Literal["POST", "PUT", "PATCH"]


class Complaint(Struct, frozen=True):
    """One thing wrong with a document. `fault` keys the vendor's table of sentences."""

    fault: str
    path: str
    given: str = ""
    allowed: str = ""


class Refused(Exception):
    """The vendor will not do it. `sentences` are in the vendor's words; none where its document prints none."""

    def __init__(
        self, status: int, *sentences: str, scim_type: str = "", extra: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(f"{status} {', '.join(sentences)}")
        self.status = status
        self.sentences = sentences
        self.scim_type = scim_type
        self.extra = extra or {}


class Setting(Struct, frozen=True):
    """The circumstances of one call: where the vendor is reached (no slash at the end), when, with which options.

    `groups` are the ids of all groups there are, by which a member is told to be one.
    """

    base_url: str
    now: datetime
    options: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


class Submission(Struct, frozen=True):
    """A document that was sent: as it came, as it was read, how, and which record it is for (none on create)."""

    method: Method
    raw: Resource
    read: Resource
    kind: ResourceType
    native_id: str | None = None


class Strictness(Struct, frozen=True):
    """How closely a vendor looks. `lengths` bound every text; `caps` bound lists by the name of their attribute.

    `forbidden` names what a method's body may not carry, beside what the attribute table leaves out. With
    `overlooks_unknown` the table leaves it out without a word.
    """

    folds_names: bool = False
    overlooks_unknown: bool = False
    nulls_clear: bool = False
    checks_types: bool = False
    schemas_mandatory: bool = False
    extensions_declared: bool = False
    lengths: tuple[int, int] | None = None
    caps: Mapping[str, int] = {}
    forbidden: Mapping[str, frozenset[str]] = {}


class Question(Struct, frozen=True):
    """A query of one collection: its parameters by name, and every record there is in order of creation."""

    kind: ResourceType
    params: Mapping[str, str]
    records: Sequence[Record]


class Part(Struct, frozen=True):
    """A list below one record, asked for by itself: the record's kind, the record, and the parameters by name."""

    kind: ResourceType
    record: Record
    params: Mapping[str, str]
    setting: Setting


class Page(Struct, frozen=True):
    """What a query found: the records to show, and the list document to put their resources into."""

    records: Sequence[Record]
    envelope: Callable[[list[Resource]], Resource]


def complain_never(submission: Submission, setting: Setting) -> list[str]:
    """The further check of a vendor that has none."""
    return []


def mint_as_ever(document: Resource) -> str | None:
    """The native id of a new record, of a vendor that makes one up."""
    return None


def settle_as_sent(document: Resource, kind: ResourceType, before: Resource) -> Resource:
    """What is kept of a checked document, of a vendor that changes nothing about it; `before` is empty on create."""
    return document


def edit_as_sent(body: Resource, kind: ResourceType, setting: Setting) -> Resource:
    """The reading of PATCH operations of a vendor that has no rules of its own."""
    return body


def project_nothing(resource: Resource, params: Mapping[str, str]) -> Resource:
    """The projection of a vendor that documents none: parameters it does not know are overlooked."""
    return resource


class Profile(Struct, frozen=True, kw_only=True):
    """One pretend vendor.

    `base` is the path it serves under; a segment in braces takes any value and is `sample_base`'s by default.
    `kinds` are its collections by endpoint, `unique` the attribute that no two resources of a kind may share.
    `wording` turns complaints into the vendor's sentences; `options` are its other documented readings. `closed` are
    the methods that an endpoint does not offer, `terse` what a method (`PATCH Users`) answers in place of the record,
    `name_record` the native id of a new record where the vendor makes none up.
    `demands` are headers that every request must have; `settle` is what the vendor makes of a whole document before it
    keeps it; a DELETE of a kind in `deactivates` only sets `active` to false; `below` are lists of one record
    (`Groups/{id}/Members`) by their names.
    """

    name: str
    title: str
    base: str
    sample_base: str = ""
    accepts: frozenset[str]
    answers: str
    kinds: Mapping[str, ResourceType]
    unique: Mapping[str, str]
    strictness: Strictness
    wording: Mapping[str, str]
    options: Mapping[str, str] = {}
    tells_location: bool = True
    refuse: Callable[[Refused, Setting], Resource | str | None]
    show: Callable[[Record, ResourceType, Setting, bool], Resource]
    find: Callable[[Question, Setting], Page]
    check: Callable[[Submission, Setting], list[str]] = complain_never
    read_edits: Callable[[Resource, ResourceType, Setting], Resource] = edit_as_sent
    project: Callable[[Resource, Mapping[str, str]], Resource] = project_nothing
    complete: Callable[[Resource], Resource] = dict
    merges: Callable[[frozenset[str]], bool] = lambda options: False
    searches_by_post: bool = False
    frozen_source: str = ""
    closed: Mapping[str, frozenset[str]] = {}
    terse: Mapping[str, tuple[int, Resource | None]] = {}
    name_record: Callable[[Resource], str | None] = mint_as_ever
    demands: tuple[str, ...] = ()
    settle: Callable[[Resource, ResourceType, Resource], Resource] = settle_as_sent
    deactivates: frozenset[str] = frozenset()
    below: Mapping[str, Callable[[Part], Resource]] = {}
    documents: Mapping[str, Callable[[Setting], Resource]] = {}

    def __repr__(self) -> str:
        return f"Profile({self.name})"
