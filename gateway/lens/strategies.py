"""Hypothesis strategies that follow from a lens: values of its attributes, and resources with a handful of them."""

from functools import partial
from typing import Any

from gateway.lens.absence import write_at
from gateway.lens.addresses import find_rule
from gateway.lens.footprints import attributes_sent
from gateway.lens.ids import show_id
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
    attributes_of,
    flatten,
    keys_of,
)
from gateway.lens.lens import Document, Lens
from gateway.lens.shapes import Leaf, find_field
from gateway.lens.strategies_choose import favour_conditions
from gateway.lens.strategies_plain import DAY, EMAIL, FOREIGN, INSTANT, NATIVE, TEXT, Values, rarely, st, text_of
from gateway.lens.strategies_sent import favour_sent
from gateway.lens.strategies_texts import partners, text_attribute_values
from gateway.scim.filter import AttrPath
from gateway.scim.schema import Attribute

MOST = 7  # attributes of an example, beside the required ones


def attribute_values(attribute: Attribute, rule: Rule | None, name: str, path: AttrPath | None = None) -> Values:
    """Values of one SCIM attribute: what the backend takes, and seldom what it must refuse."""
    if isinstance(rule, ChooseRule):
        return st.one_of(*(attribute_values(attribute, branch.rule, name) for branch in rule.branches))
    if isinstance(rule, TextRule) and path is not None:
        return text_attribute_values(rule, path)
    if isinstance(rule, LeafRule):
        if rule.table is not None:
            known = st.sampled_from(list(rule.table.out))
            return known if attribute.type == "boolean" else rarely(known, st.just(FOREIGN))
        if rule.ref:
            return NATIVE.map(lambda native: show_id(native, rule.ref_prefix))
        if rule.leaf.values:
            return rarely(st.sampled_from(rule.leaf.values), st.just(FOREIGN))
        if rule.codec is not None and rule.codec.v_type == "int" and attribute.type == "string":
            return st.integers(0, 10**9).map(str)
        if rule.codec is not None and rule.codec.s_type == "date":
            return rarely(DAY, st.just(FOREIGN))
    base = EMAIL | TEXT if name in ("userName", "emails") else TEXT
    return _plain_values(attribute, rule.leaf if isinstance(rule, LeafRule) else Leaf(), base)


def _plain_values(attribute: Attribute, leaf: Leaf, base: Values) -> Values:
    match attribute.type:
        case "boolean":
            return st.booleans()
        case "integer" | "decimal":
            return st.integers(0, 10**9)
        case "dateTime":
            return INSTANT
        case _ if leaf.type == "datetime":
            return INSTANT
        case _:
            beyond = st.just("z" * (leaf.high + 1)) if leaf.high is not None else base
            return rarely(text_of(leaf, base), beyond)


def items_of(attribute: Attribute, rule: Rule | None) -> Values:
    """Lists of values of a multi-valued attribute, at most one of them primary."""
    listed = rule if isinstance(rule, ListRule) else None
    value = attribute.find("value")
    if attribute.type != "complex" and value is not None:
        one = attribute_values(value, listed.items[0] if listed else None, attribute.name)
        return st.lists(one, min_size=1, max_size=3, unique_by=str)
    subs = {
        sub.name: _slot_values(sub, rule) if isinstance(rule, SlotsRule) else _sub_values(sub, listed, attribute.name)
        for sub in attribute.sub_attributes
        if sub.name not in ("$ref", "primary") and sub.mutability != "readOnly"
    }
    primary = attribute.find("primary") is not None
    must = {"value": subs.pop("value")} if "value" in subs else {}
    item = st.fixed_dictionaries(must, optional=subs).filter(bool)
    if must and subs and (attribute.name != "members" or _is_value_required(listed)):
        item = rarely(item, st.fixed_dictionaries({}, optional=subs).filter(bool))
    several = st.lists(item, min_size=1, max_size=3, unique_by=lambda one: str(one.get("value", one)))
    listed_ones = several.map(_twice) if listed is not None and listed.uncarried else several
    marked = st.tuples(listed_ones, st.integers(-1, 2))
    return marked.map(lambda pair: mark_primary(pair[0], pair[1] if primary else -1))


def _is_value_required(rule: ListRule | None) -> bool:
    return rule is not None and any(one.leaf.required and one.s.attr == "value" for one in rule.items)


def _twice(items: list[Document]) -> list[Document]:
    """Now and then the first item once more with another type, which a backend without types cannot tell from it."""
    known = {str(one.get("type")) for one in items}
    return [*items, {**items[0], "type": "home"}] if len(items) == 2 and "home" not in known else items


def _slot_values(sub: Attribute, rule: SlotsRule) -> Values:
    """What the slots know as a name or as a part, and seldom something else."""
    names = [value for slot in rule.slots for name, value in slot.select if name == sub.name]
    parts = [
        attribute_values(sub, part, sub.name) for slot in rule.slots for part in slot.parts if part.s.sub == sub.name
    ]
    known = [*parts, *([st.sampled_from(names)] if names else [])]
    other = st.sampled_from(sub.canonical_values) if sub.canonical_values else attribute_values(sub, None, sub.name)
    return rarely(st.one_of(*known), other) if known else other


def _sub_values(sub: Attribute, rule: ListRule | None, name: str) -> Values:
    item = next((one for one in rule.items if one.s.attr == sub.name), None) if rule else None
    if rule is not None and rule.types is not None and sub.name == rule.type_field:
        known = [*rule.types.out, *rule.types.known, *sub.canonical_values]
        return rarely(st.sampled_from(known), st.just(FOREIGN)) if known else TEXT
    if item is not None and (item.table is not None or item.codec is not None):
        return attribute_values(sub, item, sub.name)
    if sub.canonical_values and (item is None or not item.leaf.values):
        return rarely(st.sampled_from(sub.canonical_values), st.just(FOREIGN))
    return attribute_values(sub, item, name if sub.name == "value" else sub.name)


def mark_primary(items: list[Any], at: int) -> list[Any]:
    """The same items, the one at a position primary; at most one can be."""
    marked = [{**one, "primary": True} if number == at else one for number, one in enumerate(items)]
    return [{**one, "primary": False} if at == 2 and "primary" not in one else one for one in marked]


def attribute_strategies(lens: Lens) -> dict[Field, Values]:
    """The values of every attribute that a client may write, by its keys in a resource."""
    found: dict[Field, Values] = {}
    for path, attribute in lens.type.attributes():
        if attribute.mutability == "readOnly" or path.attr in ("id", "meta", "schemas"):
            continue
        if attribute.multi_valued:
            found[keys_of(path)] = items_of(attribute, find_rule(lens, path))
        elif attribute.type == "complex":
            inner = (sub for sub in attribute.sub_attributes if sub.name != "$ref" and sub.mutability != "readOnly")
            for sub in inner:
                full = AttrPath(path.urn, path.attr, sub.name)
                found[keys_of(full)] = attribute_values(sub, find_rule(lens, full), sub.name, full)
        else:
            found[keys_of(path)] = attribute_values(attribute, find_rule(lens, path), attribute.name, path)
    return favour_sent(lens, favour_conditions(lens, found))


def full_resources(lens: Lens) -> Values:
    """Values of every attribute that is carried, by its keys."""
    known = attribute_strategies(lens)
    return st.fixed_dictionaries({keys: one for keys, one in known.items() if keys in _carried(lens)})


def _carried(lens: Lens) -> set[Field]:
    rules = [rule for rule in lens.rules if not isinstance(rule, KeepRule | ShowRule)]
    return {keys_of(path) for rule in rules for path in attributes_of(rule)} | set(attributes_sent(rules))


def resources(lens: Lens) -> Values:
    """Resources as clients send them: canonical, the required attributes always, a handful of the others."""
    known = attribute_strategies(lens)
    carried = _carried(lens)
    required = {
        keys_of(path) for path, one in lens.type.attributes() if one.required and keys_of(path) in known
    } | _needed(lens, known)
    likely = [keys for keys in known if keys in carried] or list(known)
    texts = [rule for rule in lens.rules if isinstance(rule, TextRule)]

    @st.composite
    def draw_resource(draw: Any) -> Document:
        some = draw(st.lists(st.sampled_from(likely), max_size=MOST, unique=True))
        others = draw(st.lists(st.sampled_from(list(known)), max_size=2, unique=True))
        resource: Document = {}
        chosen = required | {*some, *others}
        for rule in texts:
            chosen |= partners(rule, chosen, draw(st.integers(0, 7)))
        for keys in known:
            if keys in chosen:
                write_at(resource, keys, draw(known[keys]))
        return resource

    return draw_resource()


def _needed(lens: Lens, known: dict[Field, Values]) -> set[Field]:
    """Attributes whose field the backend requires and nothing fills in."""
    return {keys for rule in demanded(lens) if not getattr(rule, "fill", ()) for keys in asked_of(rule)} & set(known)


def demanded(lens: Lens) -> list[Rule]:
    """The rules that write what the backend requires."""
    return [rule for rule in lens.rules if any(map(partial(_is_demanded, lens), flatten([rule])))]


def _is_demanded(lens: Lens, rule: LeafRule | ListRule | SendRule) -> bool:
    field = find_field(lens.shape, rule.v) if rule.v else None
    return field is not None and field.required and not field.read_only


def asked_of(rule: Rule) -> set[Field]:
    """The attributes that give a rule its value: its own, or those that a text which is sent is made of."""
    own = [keys_of(path) for path in attributes_of(rule)]
    return {*own, *([] if own else attributes_sent([rule]))}
