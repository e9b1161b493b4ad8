"""Lists that no record shows, of a backend that can be asked which records hold a value: `members[] wo asked`.

Clients are shown none of it. Where records are compared such a list is seen: it was asked together, value by value.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from gateway.lens.ability import FilterAbility
from gateway.lens.filters import carry_filter
from gateway.lens.kinds import Field, LeafRule, ListRule, Rule
from gateway.lens.lens import Lens
from gateway.lens.references import is_reference_list, reference
from gateway.lens.rewriting import rewrite
from gateway.lens.shapes import Leaf, ListShape, ObjectShape, Shape
from gateway.lens.translate import compile_rules
from gateway.mapping.desk import Desk
from gateway.mapping.diagnose import Diagnosis
from gateway.mapping.dialect import BackendCall, Can, Connect, Resource
from gateway.mapping.names import name_keys
from gateway.mapping.source import Source
from gateway.scim.filter import AttrPath, Compare, Filter


def check_asked(desk: Desk, lens: Lens, ops: Mapping[str, BackendCall], can: Can) -> None:
    """Can the backend be asked for each value, and answer for good? `lens` is that of records that are compared.

    Complaints: E124, E616.
    """
    for rule in lens.list_rules.values():
        if not rule.asked:
            continue
        item = reference(rule)
        field = ".".join(rule.v)
        if item is None:
            message = f"{rule.s} is asked for by the ids of other records, and {field} holds none"
            sample = f"shape: {{ '{field}[] wo asked': {{ value: ref(User) }} }} # or without asked"
            desk.complain("E616", message, desk.path_of(rule), sample)
        elif not is_reference_list(rule):
            message = f"{rule.s} is asked for by its ids alone, and its rule has a limit, types or fill"
            desk.complain("E616", message, desk.path_of(rule), f"{rule.s}: {{ to: {field}, each: same }}")
        elif item.by_name:
            message = f"{rule.s} holds names and is asked for by ids: not in the language yet"
            desk.complain("E124", message, desk.path_of(rule), "remove the rule")
        elif "query" not in ops or asks_for(lens, can.filter, rule, "1") is None:
            field = name_keys(rule.v if rule.scalar else (*rule.v, *item.v))
            how = "[eq]" if can.filter.language != "params" else f'{{ eq: "{item.v[-1]}={{value}}" }}'
            message = f"{rule.s} is asked for by {field}, which no list of the backend is filtered by, or not exactly"
            hint = f"can: {{ filter: {{ allow: {{ {field}: {how} }} }} }} # if the backend has it; else without asked"
            desk.complain("E616", message, desk.path_of(rule), hint)


def check_prompt(source: Source, connect: Connect, resources: Mapping[str, Resource], diagnosis: Diagnosis) -> None:
    """Nothing can be asked of lists that are late: who was put in a moment ago would be taken for outside (E616)."""
    for name, one in resources.items():
        if one.compared is not None and connect.shows_after:
            message = f"{name} has a list that is asked for, and lists do not show at once what was written"
            hint = "shows_after: 0s # if they do; else without asked"
            diagnosis.add("E616", message, source.place(("connect", "shows_after")), hint)


def asks_for(lens: Lens, ability: FilterAbility, rule: ListRule, shown: str) -> Filter | None:
    """The backend's filter for the records whose list holds an id of ours; None where it cannot be asked exactly."""
    wanted = Compare(AttrPath(rule.s.urn, rule.s.attr, "value"), "eq", shown)
    found = carry_filter(lens, wanted, ability)
    return found.pushed if found.exact else None


def see_lists(label: str, lens: Lens) -> Lens | None:
    """The lens as records are compared, with the lists that are asked for in them; None where there are none."""
    asked = [rule.v for rule in lens.list_rules.values() if rule.asked]
    if not asked:
        return None
    rules, shape = tuple(map(show_rule, lens.rules)), lens.shape
    for field in asked:
        shape = show_field(shape, field)
    made = compile_rules(label, rules, shape, lens.urns, lens.id_field, lens.id_prefix, lens.anchor)
    return replace(lens, rules=rules, shape=shape, out=made.out, into=made.into, convert=made.convert)


def show_rule(rule: Rule) -> Rule:
    """The rule of a list that is asked for, as that of one that records hold."""
    if not isinstance(rule, ListRule) or not rule.asked:
        return rule
    return rewrite(replace(rule, write_only=False), show_leaf)


def show_leaf(rule: LeafRule) -> LeafRule:
    return replace(rule, leaf=replace(rule.leaf, write_only=False))


def show_field(shape: ObjectShape, path: Field) -> ObjectShape:
    """The shape with the list at a path shown."""
    first, *rest = path
    below = shape.fields[first]
    shown = show_field(below, tuple(rest)) if rest and isinstance(below, ObjectShape) else show_all(below)
    return replace(shape, fields={**shape.fields, first: shown})


def show_all(shape: Shape) -> Shape:
    match shape:
        case ListShape(item=item):
            return replace(shape, write_only=False, item=show_item(item))
        case _:
            return show_item(shape)


def show_item(shape: Leaf | ObjectShape) -> Leaf | ObjectShape:
    if isinstance(shape, Leaf):
        return replace(shape, write_only=False)
    return replace(shape, write_only=False, fields={key: show_all(field) for key, field in shape.fields.items()})
