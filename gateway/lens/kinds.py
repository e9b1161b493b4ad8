"""The closed set of lenses. One rule of a mapping is one of these; every other reading is derived from them.

Addresses: SCIM's are `AttrPath` (urn, attr, sub), the backend's are tuples of keys (`Field`). The S side is the
resource, the V side is the record.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from gateway.lens.codecs import Codec
from gateway.lens.holes import Source, Template, holes
from gateway.lens.shapes import Leaf
from gateway.scim.filter import AttrPath, Filter

Field = tuple[str, ...]


class Urns(Struct, frozen=True):
    """The backend's own URNs: `core` is what it lists in `schemas`, `extensions` the ones a record may carry.

    Without a `core` its bodies are plain JSON, and `schemas` is a field like any other.
    """

    core: str | None = None
    extensions: tuple[str, ...] = ()


class Table(Struct, frozen=True):
    """`values` with `also`: `out` maps SCIM's value to the backend's, `back` every backend value to SCIM's."""

    out: Mapping[Any, Any]
    back: Mapping[Any, Any]


class LeafRule(Struct, frozen=True, kw_only=True, tag="leaf"):
    """One attribute, one field.

    `of`: which items of a list show what is assumed: all, or the primary one alone (the first where none is).
    `absent`: what the backend makes of a field that is taken away, where that is a value.
    `through`: calls of their own bring the value about, and no body holds it. `by_name`: a reference by the name that
    somebody has now, where ids are first names.
    """

    s: AttrPath
    v: Field
    leaf: Leaf
    s_type: str
    line: int = 0
    codec: Codec | None = None
    table: Table | None = None
    fill: tuple[Source, ...] = ()
    assume: Any = UNSET
    of: Literal["all", "primary"] = "all"
    absent: Any = UNSET
    ref: tuple[str, ...] = ()
    ref_prefix: str = ""
    by_name: bool = False
    over: Literal["reject", "truncate"] = "reject"
    s_required: bool = False
    through: bool = False

    @property
    def readable(self) -> bool:
        """The backend shows it."""
        return not (self.leaf.write_only or self.leaf.unechoed)

    @property
    def writable(self) -> bool:
        """The backend takes it."""
        return not self.leaf.read_only


class Types(Struct, frozen=True):
    """`types`: SCIM's type -> the backend's; `back` the canonical inverse; `other` what happens to all the rest."""

    out: Mapping[str, str | None]
    back: Mapping[str, str]
    other: str | UnsetType | None = UNSET
    known: tuple[str, ...] = ()


class ListRule(Struct, frozen=True, kw_only=True, tag="list"):
    """A multi-valued attribute and a list of objects, aligned by key; `items` are rules relative to one element.

    `cap` is the most the backend takes; `over` says what happens beyond it (`truncate` keeps the primary first).
    `shows` is the most items that a record ever shows: one with as many may have more. `asked`: a record shows none,
    and the backend can be asked which records hold one. `through`: the items come and go by calls of their own.
    `scalar`: the record's items are plain values; `plain`: SCIM's are, and worked on as objects with a `value`.
    `adds`: the backend puts in an item of this attribute's value by itself.
    """

    s: AttrPath
    v: Field
    items: tuple[LeafRule, ...]
    line: int = 0
    key: Field = ("value",)
    types: Types | None = None
    type_field: str = "type"
    fill: tuple[Mapping[str, Source], ...] = ()
    least: int = 0
    cap: int | None = None
    over: Literal["reject", "truncate"] = "reject"
    scalar: bool = False
    required: bool = False
    read_only: bool = False
    write_only: bool = False
    unechoed: bool = False
    shows: int | None = None
    asked: bool = False
    through: bool = False
    plain: bool = False
    adds: AttrPath | None = None

    @property
    def readable(self) -> bool:
        """The backend shows it."""
        return not (self.write_only or self.unechoed)

    @property
    def immutable(self) -> bool:
        """The backend takes the list once: none of its parts can be changed."""
        return all(one.leaf.immutable for one in self.items if one.v)

    @property
    def uncarried(self) -> Mapping[str, Any]:
        """The parts that are assumed and have no field, with what is assumed."""
        return {str(one.s.attr): one.assume for one in self.items if not one.v}

    @property
    def of_one(self) -> Mapping[str, Any]:
        """Those of them that a single item shows."""
        return {str(one.s.attr): one.assume for one in self.items if one.of == "primary"}


Pick = Literal["match", "primary", "first"]


class Slot(Struct, frozen=True, kw_only=True):
    """One value of a list with fields of its own: `phoneNumbers[type eq "work"].value: workPhone`.

    `select` are the sub-attributes that name it. `parts` carry its other sub-attributes; `presence` is a field that
    says whether there is such a value. `pick` are the values that serve when none is of that name.
    """

    select: tuple[tuple[str, str | bool], ...]
    parts: tuple[LeafRule, ...] = ()
    presence: LeafRule | None = None
    pick: tuple[Pick, ...] = ()


class SlotsRule(Struct, frozen=True, kw_only=True, tag="slots"):
    """A multi-valued attribute, value by value. `over`: what happens to a value that no slot takes."""

    s: AttrPath
    slots: tuple[Slot, ...]
    line: int = 0
    over: Literal["reject", "truncate"] = "truncate"


class TextRule(Struct, frozen=True, kw_only=True, tag="text"):
    """One text, made of attributes on the left and of fields on the right: a join, a split, or both.

    `"{name.givenName|word} {name.familyName}": fullName`; a path alone is a template of one hole. `ends` are the
    fields of the right side, hole by hole. `fill` gives the text where none of the attributes is there.
    """

    left: Template
    right: Template
    ends: tuple[LeafRule, ...]
    line: int = 0
    fill: tuple[Source, ...] = ()

    @property
    def writable(self) -> bool:
        """The backend takes it."""
        return self.ends[0].writable


class Branch(Struct, frozen=True):
    """One of several rules for an attribute: `when` reads the resource; without it the branch is all the rest's."""

    rule: LeafRule
    when: Filter | None = None


class ChooseRule(Struct, frozen=True, kw_only=True, tag="choose"):
    """An attribute with a field for each of several conditions; the first that holds decides.

    `reads` are the rules of the attributes that the conditions look at. Conditions are judged by what a record shows
    of these, in both directions, so that the branch that was written is the branch that is read.
    """

    s: AttrPath
    branches: tuple[Branch, ...]
    reads: tuple[LeafRule, ...] = ()
    line: int = 0


class KeepRule(Struct, frozen=True, kw_only=True, tag="keep"):
    """An attribute that the backend lacks and the gateway keeps."""

    s: AttrPath
    line: int = 0


class SendRule(Struct, frozen=True, kw_only=True, tag="send"):
    """A field that is a function of the resource: the first complete template, or a constant.

    `when` reads the resource; `companion` names an attribute sent. `codec` converts a template's text; where nothing
    is left of it, nothing is sent. `rejects`: it is meant that who has none of the texts is refused.
    """

    v: Field
    values: tuple[Source, ...]
    leaf: Leaf = Leaf()
    line: int = 0
    on: Literal["create", "replace", "always"] = "always"
    when: Filter | None = None
    companion: AttrPath | None = None
    codec: Codec | None = None
    rejects: bool = False


class ShowRule(Struct, frozen=True, kw_only=True, tag="show"):
    """An attribute that is a function of the record: the first complete template, or a constant."""

    s: AttrPath
    values: tuple[Source, ...]
    line: int = 0
    when: Filter | None = None


def keys_of(path: AttrPath) -> Field:
    """The keys under which a resource holds an attribute: extension URN, name, sub-attribute."""
    return tuple(key for key in (path.urn, path.attr, path.sub) if key is not None)


Rule = LeafRule | ListRule | SlotsRule | TextRule | ChooseRule | KeepRule | SendRule | ShowRule


def attributes_of(rule: Rule) -> tuple[AttrPath, ...]:
    """The attributes that a rule is for; none where it only sends."""
    if isinstance(rule, SendRule):
        return ()
    return tuple(hole.path for hole in holes(rule.left)) if isinstance(rule, TextRule) else (rule.s,)  # type: ignore[misc]  # the holes of the left side are attributes


def parts_of(slots: SlotsRule) -> tuple[LeafRule, ...]:
    """Every field that the slots of an attribute have."""
    return tuple(part for slot in slots.slots for part in (*slot.parts, *([slot.presence] if slot.presence else [])))


def flatten(rules: Iterable[Rule]) -> Iterator[LeafRule | ListRule | SendRule]:
    """The rules that write or read one field each: slots come as their parts, texts and choices as their fields."""
    for rule in rules:
        if isinstance(rule, SlotsRule):
            yield from parts_of(rule)
        elif isinstance(rule, TextRule):
            yield from rule.ends
        elif isinstance(rule, ChooseRule):
            yield from (branch.rule for branch in rule.branches)
        elif isinstance(rule, LeafRule | ListRule | SendRule):
            yield rule
