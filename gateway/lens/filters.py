"""A filter carried across the lens: what the backend can answer, and what is left to check here.

What is pushed is always a superset of the answer, and `exact` says it is no larger (the law FilterSound). Polarity
is the trap: only an exact part may be negated, or results would be lost. A clause is never left out: it is pushed,
checked here, or the filter is refused.
"""

from collections.abc import Iterable

from msgspec import UNSET, Struct

from gateway.lens.ability import FilterAbility
from gateway.lens.codecs import same
from gateway.lens.ids import native_id
from gateway.lens.kinds import Field, KeepRule, LeafRule, ListRule, Rule, SendRule, ShowRule, Slot, SlotsRule, keys_of
from gateway.lens.lens import Lens, Pushdown
from gateway.lens.slots import fold, split_where
from gateway.scim.bind import bind_filter
from gateway.scim.errors import ScimError
from gateway.scim.filter import And, AttrPath, Compare, Filter, Not, Or, Present, Within, format_filter, walk

_ID = AttrPath(None, "id")


class Carried(Struct, frozen=True):
    """A part of a filter in the backend's terms."""

    f: Filter
    exact: bool


def carry_filter(lens: Lens, f: Filter, ability: FilterAbility) -> Pushdown:
    """Plan one filter. ScimError `invalidFilter` for an attribute that this backend does not show."""
    f = bind_filter(f, lens.type)
    for path in walk(f):
        _refuse_hidden(lens, path)
    by_id = _single(f, _ID)
    kept = next(((path, value) for path in lens.kept if (value := _single(f, path)) is not None), None)
    carried = None if ability.language == "none" else _Carrier(lens, ability).carry(f)
    exact = carried is not None and carried.exact and ability.unknown != "ignored"
    return Pushdown(
        pushed=carried.f if carried else None, exact=exact, residual=None if exact else f, id=by_id, kept=kept
    )


def render_filter(pushed: Filter, ability: FilterAbility) -> tuple[tuple[str, str], ...]:
    """The query parameters that ask the backend."""
    return ((ability.param, format_filter(pushed)),)


def field_path(field: Field) -> AttrPath:
    """A field's address in the notation of filters and PATCH paths."""
    if ":" in field[0]:
        return AttrPath(field[0], ".".join(field[1:]) or None)
    return AttrPath(None, field[0], ".".join(field[1:]) or None)


def find_rule(lens: Lens, path: AttrPath) -> Rule | None:
    """The rule that carries an attribute, or the list that an attribute's items belong to."""
    keys = keys_of(path)
    for rule in lens.rules:
        if isinstance(rule, LeafRule | KeepRule | ShowRule) and keys_of(rule.s) == keys:
            return rule
        if isinstance(rule, ListRule | SlotsRule) and keys[: len(keys_of(rule.s))] == keys_of(rule.s):
            return rule
    return None


def _refuse_hidden(lens: Lens, path: AttrPath) -> None:
    if path.attr in ("id", "meta", "schemas") and path.urn is None:
        return
    rule = find_rule(lens, path)
    below = any(
        keys_of(one.s)[: len(keys_of(path))] == keys_of(path) for one in lens.rules if not isinstance(one, SendRule)
    )
    hidden = isinstance(rule, LeafRule) and rule.v and not rule.readable
    if hidden or (rule is None and not below):
        hint = "Filter by an attribute that /Schemas lists."
        raise ScimError("invalidFilter", f"`{path}` is not offered for filters here.", hint)


def _single(f: Filter, path: AttrPath) -> str | None:
    """The one value that an attribute must have for the filter to hold, if the filter says so."""
    parts = f.parts if isinstance(f, And) else (f,)
    for part in parts:
        if isinstance(part, Compare) and part.path == path and part.op == "eq" and isinstance(part.value, str):
            return part.value
    return None


class _Carrier:
    """Carries the parts of one filter; None is a part that the backend cannot be asked."""

    def __init__(self, lens: Lens, ability: FilterAbility) -> None:
        self.lens = lens
        self.ability = ability

    def carry(self, f: Filter) -> Carried | None:
        match f:
            case And(parts=parts):
                return self._and([self.carry(part) for part in parts])
            case Or(parts=parts):
                return self._or([self.carry(part) for part in parts])
            case Not(part=part):
                return self._not(self.carry(part))
            case Within(path=path, where=where):
                return self._within(path, where)
            case Compare(op="ne"):
                return self._compare(f) or self._not(self._compare(Compare(f.path, "eq", f.value)))
            case Compare():
                return self._compare(f)
            case Present(path=path):
                return self._present(path)

    def _and(self, parts: list[Carried | None]) -> Carried | None:
        carried = [part for part in parts if part is not None]
        whole = len(carried) == len(parts)
        if not carried:
            return None
        if len(carried) == 1:
            return Carried(carried[0].f, carried[0].exact and whole)
        if not self.ability.connect_and:
            return Carried(_most_selective(carried).f, False)
        return Carried(And(tuple(part.f for part in carried)), whole and all(part.exact for part in carried))

    def _or(self, parts: list[Carried | None]) -> Carried | None:
        carried = [part for part in parts if part is not None]
        if len(carried) < len(parts) or not carried or (len(carried) > 1 and not self.ability.connect_or):
            return None
        exact = all(part.exact for part in carried)
        return carried[0] if len(carried) == 1 else Carried(Or(tuple(part.f for part in carried)), exact)

    def _not(self, part: Carried | None) -> Carried | None:
        return Carried(Not(part.f), True) if part is not None and part.exact and self.ability.negate else None

    def _takes(self, field: Field, op: str) -> bool:
        return op in self.ability.allow.get(str(field_path(field)), ())

    def _present(self, path: AttrPath) -> Carried | None:
        found = self._field(path)
        if found is None:
            return None
        field, rule = found
        return Carried(Present(field_path(field)), True) if rule.assume is UNSET and self._takes(field, "pr") else None

    def _compare(self, f: Compare) -> Carried | None:
        rule = find_rule(self.lens, f.path)
        if isinstance(rule, SlotsRule):
            return self._any_slot(f, rule)
        found = self._field(f.path)
        return None if found is None else self._compare_field(f, *found)

    def _compare_field(self, f: Compare, field: Field, rule: LeafRule) -> Carried | None:
        if not self._takes(field, f.op):
            return None
        if rule.assume is not UNSET and (f.value == rule.assume or f.op != "eq"):
            return None
        exact = not self._is_wider(f, rule)
        if not exact and f.op not in ("eq", "co", "sw", "ew"):
            return None  # an order or an inequality that ignores case would lose matches
        if rule.table is not None:
            return self._table(f, field, rule)
        if rule.ref:
            native = native_id(str(f.value), rule.ref_prefix)
            return None if native is None or f.op != "eq" else Carried(Compare(field_path(field), "eq", native), exact)
        if rule.codec is not None:
            return self._coded(f, field, rule)
        return Carried(Compare(field_path(field), f.op, f.value), exact)

    def _is_wider(self, f: Compare, rule: LeafRule) -> bool:
        """A backend that ignores case answers more than a caseExact attribute asks."""
        attribute = self.lens.type.find(f.path)
        exact_here = attribute is not None and attribute.case_exact and attribute.type == "string"
        return exact_here and rule.leaf.case_exact is False

    def _table(self, f: Compare, field: Field, rule: LeafRule) -> Carried | None:
        """Several spellings of the backend's can mean one value of SCIM's."""
        if f.op != "eq" or rule.table is None:
            return None
        meant = [value for value, shown in rule.table.back.items() if shown == f.value]
        atoms = [Carried(Compare(field_path(field), "eq", value), True) for value in meant]
        return self._or(list(atoms))

    def _coded(self, f: Compare, field: Field, rule: LeafRule) -> Carried | None:
        codec = rule.codec
        if codec is None or (f.op in ("gt", "ge", "lt", "le") and not codec.order):
            return None
        if f.op in ("co", "sw", "ew") and not codec.affix:
            return None
        if codec.law == "canon" and codec.decode is same:
            return Carried(Compare(field_path(field), f.op, f.value), True)  # it is shown as the backend keeps it
        try:
            return Carried(Compare(field_path(field), f.op, codec.encode(f.value)), codec.law == "iso")
        except (ValueError, TypeError, AttributeError):
            return None

    def _field(self, path: AttrPath) -> tuple[Field, LeafRule] | None:
        """The field behind an attribute and the rule that converts its values."""
        rule = find_rule(self.lens, path)
        if isinstance(rule, LeafRule) and rule.v and rule.readable:
            return (rule.v, rule) if self._keeps_case(path, rule) else None
        if isinstance(rule, ListRule) and not rule.unechoed and path.sub is not None:
            item = next((one for one in rule.items if one.s.attr == path.sub), None)
            typed = rule.types is not None and path.sub == rule.type_field
            found = item is not None and item.v and item.readable and not typed and self._keeps_case(path, item)
            return ((*rule.v, *item.v), item) if found and item is not None else None
        return None

    def _keeps_case(self, path: AttrPath, rule: LeafRule) -> bool:
        """A backend that is strict about case answers too little for an attribute that is not caseExact."""
        attribute = self.lens.type.find(path)
        return (
            rule.leaf.case_exact is not True or attribute is None or attribute.case_exact or attribute.type != "string"
        )

    def _any_slot(self, f: Compare, rule: SlotsRule) -> Carried | None:
        """A sub-attribute of any value: each slot that could answer is asked, and all of them can be."""
        if f.op == "ne":
            return None  # of a list it is the opposite of `eq`
        asked: list[Carried | None] = []
        for slot in rule.slots:
            part = next((one for one in slot.parts if one.s.sub == f.path.sub), None)
            named = next((value for name, value in slot.select if name == f.path.sub), None)
            if part is not None:
                asked.append(self._slot_part(f, part))
            elif named is not None and (f.op != "eq" or fold(named) == fold(f.value)):
                asked.append(self._presence(slot) if f.op == "eq" else None)
        return self._or(asked)

    def _in_slot(self, rule: SlotsRule, where: Filter) -> Carried | None:
        """The brackets name one slot; what else they ask, they ask of its fields."""
        slot, rest = split_where(rule, where)
        if slot is None:
            return None
        if not rest:
            return self._presence(slot)
        asked = [self._slot_condition(one, slot) for one in rest]
        return self._and(asked)

    def _slot_condition(self, f: Filter, slot: Slot) -> Carried | None:
        if not isinstance(f, Compare | Present) or (isinstance(f, Compare) and f.op == "ne"):
            return None
        part = next((one for one in slot.parts if one.s.sub == f.path.attr), None)
        if part is None:
            return None
        if isinstance(f, Compare):
            return self._slot_part(Compare(part.s, f.op, f.value), part)
        usable = part.readable and self._takes(part.v, "pr")
        return Carried(Present(field_path(part.v)), True) if usable else None

    def _slot_part(self, f: Compare, part: LeafRule) -> Carried | None:
        usable = part.readable and self._keeps_case(part.s, part)
        return self._compare_field(f, part.v, part) if usable else None

    def _presence(self, slot: Slot) -> Carried | None:
        """Is there such a value? The backend can be asked where one field says so and nothing else does."""
        rule = slot.presence
        if rule is None or slot.parts or not self._takes(rule.v, "eq"):
            return None
        yes = Compare(rule.s, "eq", True)
        return self._table(yes, rule.v, rule) if rule.table else Carried(Compare(field_path(rule.v), "eq", True), True)

    def _within(self, path: AttrPath, where: Filter) -> Carried | None:
        """One conjunct of the brackets is asked; exact when it is the only one, as two could hold of two items."""
        rule = find_rule(self.lens, path)
        if isinstance(rule, SlotsRule):
            return self._in_slot(rule, where)
        if not isinstance(rule, ListRule):
            return None
        parts = list(where.parts) if isinstance(where, And) else [where]
        left = [part for part in parts if not _always_holds(part, rule)]
        # `ne` of a list is the opposite of `eq`, of one of its values it is not.
        plain = (part for part in left if isinstance(part, Present) or (isinstance(part, Compare) and part.op != "ne"))
        asked = [self.carry(_lift(part, path)) for part in plain]
        carried = [part for part in asked if part is not None]
        if not carried:
            return None
        best = _most_selective(carried)
        return Carried(best.f, best.exact and len(left) == 1)


def _lift(part: Compare | Present, path: AttrPath) -> Filter:
    full = AttrPath(path.urn, path.attr, part.path.attr)
    return Compare(full, part.op, part.value) if isinstance(part, Compare) else Present(full)


def _always_holds(part: Filter, rule: ListRule) -> bool:
    """Does every item that is shown satisfy this, because the mapping assumes it?"""
    if not isinstance(part, Compare) or part.op != "eq":
        return False
    everywhere = (item for item in rule.items if not item.v and item.of == "all")
    return any(item.s.attr == part.path.attr and item.assume == part.value for item in everywhere)


def _most_selective(parts: Iterable[Carried]) -> Carried:
    """An equality before anything else."""
    return min(parts, key=lambda part: not (isinstance(part.f, Compare) and part.f.op == "eq"))
