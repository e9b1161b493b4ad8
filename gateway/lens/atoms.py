"""One comparison of a filter, asked of one field: in the backend's spelling, and never so that a match is lost."""

from collections.abc import Callable
from typing import Any

from msgspec import UNSET

from gateway.lens.ability import FilterAbility
from gateway.lens.addresses import field_path
from gateway.lens.asked import Carried, any_of
from gateway.lens.codecs import Codec, same
from gateway.lens.ids import native_id
from gateway.lens.kinds import Field, LeafRule, Slot
from gateway.lens.slots import fold
from gateway.scim.dates import parse_instant
from gateway.scim.filter import AttrPath, Compare, CompareOp, Present
from gateway.scim.schema import ResourceType

_ORDER = ("gt", "ge", "lt", "le")
_AFFIX = ("co", "sw", "ew")


class Atoms:
    """What can be asked of the fields of one resource type."""

    def __init__(self, rt: ResourceType, ability: FilterAbility) -> None:
        self.type = rt
        self.ability = ability

    def ask(
        self, field: Field, op: CompareOp, value: Any, *, exact: bool = True, unique: bool = False
    ) -> Carried | None:
        """A comparison in the backend's own terms, if it has the operator and the value can be written."""
        path = field_path(field)
        question = self.ability.question(str(path), op)
        if question is None or not self.ability.can_write(question, value):
            return None
        return Carried(Compare(path, op, value), exact and question.exact, unique and op == "eq")

    def present(self, field: Field, rule: LeafRule) -> Carried | None:
        """Is there a value? What is assumed is there without a field."""
        path = field_path(field)
        question = self.ability.question(str(path), "pr")
        if question is None or rule.assume is not UNSET:
            return None
        return Carried(Present(path), question.exact)

    def compare(self, f: Compare, field: Field, rule: LeafRule) -> Carried | None:
        """One comparison; the field may stand in a list, which makes no difference here."""
        if rule.by_name or not self.keeps_case(f.path, rule):
            return None
        if rule.assume is not UNSET and (fold(f.value) == fold(rule.assume) or f.op != "eq"):
            return None
        exact = not self.is_wider(f.path, rule)
        if not exact and f.op not in ("eq", *_AFFIX):
            return None  # an order or an inequality that ignores case would lose matches
        if rule.table is not None:
            return self.spellings(f, field, rule)
        value: Any = f.value
        if rule.ref:
            value = native_id(str(f.value), rule.ref_prefix) if f.op == "eq" else None
        elif rule.codec is not None:
            value, same_point = encode(f, rule.codec)
            exact = exact and same_point
        if value is None:
            return None
        return self.ask(field, f.op, value, exact=exact, unique=rule.leaf.unique)

    def spellings(self, f: Compare, field: Field, rule: LeafRule) -> Carried | None:
        """Several values of the backend can mean one value of SCIM."""
        if f.op != "eq" or rule.table is None:
            return None
        meant = [value for value, shown in rule.table.back.items() if shown == f.value]
        return any_of([self.ask(field, "eq", value) for value in meant], self.ability)

    def presence(self, slot: Slot) -> Carried | None:
        """Is there such a value? The backend can be asked where one field says so and nothing else does."""
        rule = slot.presence
        if rule is None or slot.parts:
            return None
        yes = Compare(rule.s, "eq", True)
        return self.spellings(yes, rule.v, rule) if rule.table else self.ask(rule.v, "eq", True)

    def is_wider(self, path: AttrPath, rule: LeafRule) -> bool:
        """A backend that ignores case answers more than a caseExact attribute asks."""
        attribute = self.type.find(path)
        exact_here = attribute is not None and attribute.case_exact and attribute.type == "string"
        return exact_here and rule.leaf.case_exact is False

    def keeps_case(self, path: AttrPath, rule: LeafRule) -> bool:
        """A backend that is strict about case answers too little for an attribute that is not caseExact."""
        attribute = self.type.find(path)
        return (
            rule.leaf.case_exact is not True or attribute is None or attribute.case_exact or attribute.type != "string"
        )


def encode(f: Compare, codec: Codec) -> tuple[Any, bool]:
    """The literal in the backend's spelling, None when it has none that serves; and whether it means the very same.

    A point in time that the backend would round is another point: what was before it can then be after it.
    """
    if codec.s_type == "boolean":
        return None, False  # a record may spell it in any letter case
    if (f.op in _ORDER and not codec.order) or (f.op in _AFFIX and not codec.affix):
        return None, False
    if codec.law == "canon" and codec.decode is same:
        return f.value, True  # it is shown as the backend keeps it
    try:
        value = codec.encode(f.value)
        back = codec.decode(value)
    except (ValueError, TypeError, AttributeError):
        return None, False
    read: Callable[[str], Any] = parse_instant if codec.s_type == "dateTime" else same
    unchanged = read(back) == read(str(f.value))
    if f.op in _ORDER and not unchanged:
        return None, False
    return value, unchanged and codec.law == "iso"
