"""A resource type's lens: the rules, and the functions compiled from them.

The rules are the contract (see `kinds`); everything else is derived: two translations, what crosses of a filter or a
PATCH, what is lost. The functions are pure and hold no state.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Literal

from msgspec import Struct

from gateway.lens.footprints import attributes_remaking, attributes_told, made_of
from gateway.lens.kinds import (
    ChooseRule,
    Field,
    KeepRule,
    LeafRule,
    ListRule,
    Rule,
    SendRule,
    ShowRule,
    SlotsRule,
    TextRule,
    Urns,
    attributes_of,
    keys_of,
)
from gateway.lens.shapes import ObjectShape
from gateway.lens.spoken import name_fields
from gateway.scim.filter import AttrPath, Filter
from gateway.scim.schema import ResourceType

Document = dict[str, Any]


class LensError(Exception):
    """A value cannot cross. `attribute` is SCIM's name on the way out, the field's name on the way in.

    `scim_type` is RFC 7644's word for a client's fault (out); on the way in the fault is the backend's.
    The sentence never holds the value itself.
    """

    def __init__(self, attribute: str, reason: str, scim_type: str = "invalidValue", hint: str = "") -> None:
        super().__init__(f"{attribute} {reason}")
        self.attribute = attribute
        self.reason = reason
        self.scim_type = scim_type
        self.hint = hint


class Lens(Struct, frozen=True, kw_only=True, dict=True):
    """What is known of one resource type of one backend.

    `anchor`: where a record holds the id that it is shown by, when the field of its id is a name that may change.
    `called` are the attributes that the call of a create is made of.
    `out(resource, record)` -> the record to send: a new one when `record` is None, else the wanted values
    written onto a copy of the record just read (what the mapping does not know survives). `into(record)` -> the
    canonical resource without `schemas`, with `id` and `meta` dates where the record has them. `convert` holds, by
    field, what turns one value (or one item of a list) outward, for operations that cross whole.
    """

    type: ResourceType
    shape: ObjectShape
    rules: tuple[Rule, ...]
    urns: Urns
    id_field: tuple[str, ...]
    id_prefix: str
    out: Callable[[Document, Document | None], Document]
    into: Callable[[Document], Document]
    anchor: Field | None = None
    called: frozenset[AttrPath] = frozenset()
    convert: Mapping[Field, Callable[[Any], Any]] = {}
    kept: tuple[AttrPath, ...] = ()
    shown: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()

    @cached_property
    def rules_by_keys(self) -> Mapping[Field, Rule]:
        """The rule for each attribute that has one."""
        return {keys_of(path): rule for rule in reversed(self.rules) for path in attributes_of(rule)}

    @cached_property
    def spoken(self) -> Mapping[str, str]:
        """What the backend's words call attributes."""
        return name_fields(self.rules)

    @cached_property
    def keys_above(self) -> frozenset[Field]:
        """The attributes with a rule, and everything that they are parts of."""
        return frozenset(keys[:depth] for keys in self.rules_by_keys for depth in range(1, len(keys) + 1))

    @cached_property
    def through(self) -> frozenset[Field]:
        """The fields that calls of their own bring about, and no body holds."""
        return frozenset(rule.v for rule in self.rules if isinstance(rule, LeafRule | ListRule) and rule.through)

    @cached_property
    def carried_keys(self) -> frozenset[Field]:
        """The attributes that a rule of their own carries or keeps."""
        own = (rule for rule in self.rules if isinstance(rule, LeafRule | KeepRule | TextRule | ChooseRule))
        return frozenset(keys_of(path) for rule in own for path in attributes_of(rule))

    @cached_property
    def telling(self) -> tuple[SendRule, ...]:
        """The rules that put attributes into texts."""
        return tuple(rule for rule in self.rules if isinstance(rule, SendRule) and made_of(rule))

    @cached_property
    def told_once(self) -> frozenset[str]:
        """The attributes, by name, that a create brings to the backend, and no later change."""
        once = {path for rule in self.telling if rule.on == "create" for path in attributes_told(rule)} | self.called
        own = self.carried_keys | self.list_rules.keys() | self.slots_rules.keys() | self.remaking
        return frozenset(str(path) for path in once if keys_of(path) not in own)

    @cached_property
    def guarding(self) -> frozenset[AttrPath]:
        """The attributes that decide which field another one goes to."""
        choices = (rule for rule in self.rules if isinstance(rule, ChooseRule))
        return frozenset(read.s for rule in choices for read in rule.reads)

    @cached_property
    def remaking(self) -> frozenset[Field]:
        """The attributes of which a change makes what is sent another."""
        return attributes_remaking(self.rules)

    @cached_property
    def shown_keys(self) -> frozenset[Field]:
        """The attributes that are functions of the record."""
        return frozenset(keys_of(rule.s) for rule in self.rules if isinstance(rule, ShowRule))

    @cached_property
    def parts(self) -> dict[frozenset[AttrPath], Callable[[Document], Document]]:
        """What the room `partial` has compiled, by the attributes that it shows."""
        return {}

    @cached_property
    def by_name(self) -> tuple[LeafRule | ListRule, ...]:
        """The references that the backend keeps as names, where ids are first names."""
        leaves = [rule for rule in self.rules if isinstance(rule, LeafRule) and rule.by_name]
        lists = [rule for rule in self.rules if isinstance(rule, ListRule) and any(one.by_name for one in rule.items)]
        return (*leaves, *lists)

    @cached_property
    def cutting(self) -> tuple[LeafRule, ...]:
        """What cuts a text to the length that the backend takes."""
        return tuple(rule for rule in self.rules if isinstance(rule, LeafRule) and rule.over == "truncate")

    @cached_property
    def unechoed(self) -> tuple[AttrPath, ...]:
        """The attributes whose fields the backend accepts and does not return."""
        leaves = [one.s for one in self.rules if isinstance(one, LeafRule) and one.leaf.unechoed and one.writable]
        return (*leaves, *(one.s for one in self.rules if isinstance(one, ListRule) and one.unechoed))

    @cached_property
    def switches(self) -> frozenset[AttrPath]:
        """The attributes that calls of their own bring about, and no body holds."""
        return frozenset(rule.s for rule in self.rules if isinstance(rule, LeafRule) and rule.through)

    @cached_property
    def referred(self) -> Mapping[str, tuple[str, ...]]:
        """By attribute, the resource types that its values are ids of."""
        lists = (rule for rule in self.rules if isinstance(rule, ListRule))
        found = {rule.s.attr or "": tuple(name for item in rule.items for name in item.ref) for rule in lists}
        return {name: refs for name, refs in found.items() if refs}

    @cached_property
    def list_rules(self) -> Mapping[Field, ListRule]:
        """The multi-valued attributes and what carries them."""
        return {keys_of(rule.s): rule for rule in self.rules if isinstance(rule, ListRule)}

    @cached_property
    def slots_rules(self) -> Mapping[Field, SlotsRule]:
        """The multi-valued attributes whose values have fields of their own."""
        return {keys_of(rule.s): rule for rule in self.rules if isinstance(rule, SlotsRule)}


class Pushdown(Struct, frozen=True):
    """How a filter is answered.

    `pushed` is in the backend's own terms (None: nothing is pushed, every record is a candidate). `exact`: what the
    backend returns for it is the answer. `residual` (over resources) is what is still to be checked here, None when
    exact. `id`: the filter can only match this one SCIM id (then read it, and check the residual). `kept`: it can
    only match the resource whose kept attribute has this value.
    """

    pushed: Filter | None
    exact: bool
    residual: Filter | None
    id: str | None = None
    kept: tuple[AttrPath, str] | None = None


class FieldChange(Struct, frozen=True):
    """One operation of a PATCH in the backend's terms. `path` is printed the way the backend spells it.

    A removal with a value takes these items out of a list; without one it clears the field.
    """

    op: Literal["add", "remove", "replace"]
    path: str
    value: Any = None
