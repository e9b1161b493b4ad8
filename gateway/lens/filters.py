"""A filter carried across the lens: what the backend can answer, and what is left to check here.

What is pushed is always a superset of the answer, and `exact` says it is no larger (the law FilterSound). A clause is
never left out: it is pushed, checked here, or the filter is refused.
"""

from gateway.lens.ability import FilterAbility
from gateway.lens.addresses import find_rule, part_of, print_field, read_as_field
from gateway.lens.asked import Carried, all_of, any_of, cut_to_size, most_selective, opposite
from gateway.lens.asked_slots import ask_any, ask_present, ask_within
from gateway.lens.atoms import Atoms
from gateway.lens.ids import native_id
from gateway.lens.kinds import (
    ChooseRule,
    Field,
    LeafRule,
    ListRule,
    ShowRule,
    SlotsRule,
    TextRule,
    flatten,
    keys_of,
)
from gateway.lens.lens import Lens, Pushdown
from gateway.lens.texts import is_bare, only_pieces
from gateway.scim.bind import bind_filter
from gateway.scim.errors import ScimError
from gateway.scim.filter import And, AttrPath, Compare, Filter, Not, Or, Present, Within, walk

_ID = AttrPath(None, "id")


def carry_filter(lens: Lens, f: Filter, ability: FilterAbility) -> Pushdown:
    """Plan one filter. ScimError `invalidFilter` for an attribute that this backend does not show."""
    f = bind_filter(f, lens.type)
    for path in walk(f):
        _refuse_hidden(lens, path)
    blind = any(_is_unseen(lens, path) for path in walk(f))
    by_id = None if blind else _single(f, _ID)
    kept = next(((path, value) for path in lens.kept if (value := _single(f, path)) is not None), None)
    carried = None if ability.language == "none" else cut_to_size(_Carrier(lens, ability, blind).carry(f), ability)
    exact = carried is not None and carried.exact and ability.unknown != "ignored"
    if blind and not exact:
        hint = "Ask for it alone, or along with an attribute that the backend filters by."
        raise ScimError("invalidFilter", "The backend does not show what this filter reads, nor answers it.", hint)
    return Pushdown(
        pushed=carried.f if carried else None, exact=exact, residual=None if exact else f, id=by_id, kept=kept
    )


def offered(lens: Lens, ability: FilterAbility) -> tuple[str, ...]:
    """What the backend can be asked, in SCIM's terms: `userName eq`."""
    whole = (rule for rule in lens.rules if not isinstance(rule, TextRule))
    leaves = [(rule.s, rule.v) for rule in flatten(whole) if isinstance(rule, LeafRule) and rule.readable]
    for rule in lens.list_rules.values():
        items = (item for item in rule.items if item.v and item.readable)
        leaves += [(part_of(rule, item), rule.v if rule.scalar else (*rule.v, *item.v)) for item in items]
    return tuple(
        f"{path} {op}"
        for path, field in leaves
        for op in ("eq", "sw", "co", "ew", "gt", "ge", "lt", "le", "ne", "pr")
        if field and ability.question(print_field(field), op)
    )


def _refuse_hidden(lens: Lens, path: AttrPath) -> None:
    if path.attr in ("id", "meta", "schemas") and path.urn is None:
        return
    rule = find_rule(lens, path)
    hidden = isinstance(rule, LeafRule) and rule.v and not rule.readable
    if hidden or (rule is None and keys_of(path) not in lens.keys_above):
        hint = "Filter by an attribute that /Schemas lists."
        raise ScimError("invalidFilter", f"`{path}` is not offered for filters here.", hint)


def _is_unseen(lens: Lens, path: AttrPath) -> bool:
    """Is it a list that no record shows? Then only the backend can say what it holds."""
    rule = find_rule(lens, path)
    return isinstance(rule, ListRule) and not rule.readable


def _single(f: Filter, path: AttrPath) -> str | None:
    """The one value that an attribute must have for the filter to hold, if the filter says so."""
    parts = f.parts if isinstance(f, And) else (f,)
    for part in parts:
        if isinstance(part, Compare) and part.path == path and part.op == "eq" and isinstance(part.value, str):
            return part.value
    return None


class _Carrier:
    """Carries the parts of one filter; None is a part that the backend cannot be asked."""

    def __init__(self, lens: Lens, ability: FilterAbility, blind: bool) -> None:
        self.lens = lens
        self.blind = blind
        self.ability = ability
        self.atoms = Atoms(lens.type, ability)

    def carry(self, f: Filter) -> Carried | None:
        match f:
            case And(parts=parts):
                return all_of([self.carry(part) for part in parts], self.ability)
            case Or(parts=parts):
                return any_of([self.carry(part) for part in parts], self.ability)
            case Not(part=part):
                return opposite(self.carry(part), self.ability)
            case Within(path=path, where=where):
                return self._within(path, where)
            case Compare(op="ne"):
                return self._compare(f) or opposite(self._compare(Compare(f.path, "eq", f.value)), self.ability)
            case Compare():
                return self._compare(f)
            case Present(path=path):
                return self._present(path)

    def _present(self, path: AttrPath) -> Carried | None:
        rule = find_rule(self.lens, path)
        if isinstance(rule, SlotsRule):
            return ask_present(path, rule, self.atoms)
        found = self._field(path)
        return None if found is None else self.atoms.present(*found)

    def _compare(self, f: Compare) -> Carried | None:
        if f.path == _ID:
            return self._id(f) if self.blind else None  # else the record is read and looked at
        rule = find_rule(self.lens, f.path)
        if isinstance(rule, SlotsRule):
            return ask_any(f, rule, self.atoms)
        if isinstance(rule, TextRule):
            return self._text(f, rule)
        if isinstance(rule, ChooseRule):
            return self._choice(f, rule)
        found = self._field(f.path)
        return None if found is None else self.atoms.compare(f, *found)

    def _id(self, f: Compare) -> Carried | None:
        native = native_id(str(f.value), self.lens.id_prefix)
        asked = native is not None and f.op == "eq" and self.lens.anchor is None
        return self.atoms.ask(self.lens.id_field, "eq", native, unique=True) if asked else None

    def _field(self, path: AttrPath) -> tuple[Field, LeafRule] | None:
        """The field behind an attribute and the rule that converts its values."""
        rule = find_rule(self.lens, path)
        if isinstance(rule, ShowRule):
            rule = read_as_field(rule, self.lens.shape)
        if isinstance(rule, LeafRule) and rule.v and rule.readable:
            return rule.v, rule
        sub = "value" if isinstance(rule, ListRule) and rule.plain else path.sub
        if isinstance(rule, ListRule) and sub is not None:
            item = next((one for one in rule.items if one.s.attr == sub), None)
            typed = rule.types is not None and sub == rule.type_field
            if item is not None and item.v and (item.readable or not rule.readable) and not typed:
                return rule.v if rule.scalar else (*rule.v, *item.v), item
        return None

    def _text(self, f: Compare, rule: TextRule) -> Carried | None:
        """The fields that a text is split into are asked for its pieces, where no other values make the same text."""
        pieces = only_pieces(rule, f.value) if f.op == "eq" and isinstance(f.value, str) else None
        if pieces is None:
            return None
        pairs = zip(rule.ends, pieces, strict=True)
        asked = [self.atoms.compare(Compare(f.path, "eq", piece), end.v, end) for end, piece in pairs]
        found = all_of(asked, self.ability)
        return None if found is None else Carried(found.f, found.exact and is_bare(rule.left))

    def _choice(self, f: Compare, rule: ChooseRule) -> Carried | None:
        """Each branch is asked for its field, along with the conditions under which it is the branch."""
        if f.op == "ne":
            return None  # a branch that is not there is not unequal
        asked: list[Carried | None] = []
        before: list[Carried | None] = []
        for branch in rule.branches:
            own = [] if branch.when is None else [self._guard(branch.when)]
            field = self.atoms.compare(f, branch.rule.v, branch.rule)
            asked.append(None if field is None else all_of([field, *own, *before], self.ability))
            before += [opposite(one, self.ability) for one in own]
        return any_of(asked, self.ability)

    def _guard(self, when: Filter) -> Carried | None:
        """A condition ignores case; of an attribute that does not, the backend would find too little."""
        found = [self.lens.type.find(path) for path in walk(when)]
        strict = any(one is not None and one.case_exact and one.type == "string" for one in found)
        return None if strict else self.carry(when)

    def _within(self, path: AttrPath, where: Filter) -> Carried | None:
        """One conjunct of the brackets is asked; exact when it is the only one, as two could hold of two items."""
        rule = find_rule(self.lens, path)
        attribute = self.lens.type.find(path)
        if isinstance(rule, SlotsRule) and attribute is not None:
            return ask_within(rule, where, attribute, self.atoms)
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
        best = most_selective(carried)
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
