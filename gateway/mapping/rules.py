"""`map`: from the file's rows to lenses."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import UNSET

from gateway.lens.kinds import KeepRule, Rule, TextRule
from gateway.lens.shapes import Leaf, ListShape, find_field
from gateway.mapping.choices import read_choose_rule
from gateway.mapping.desk import Desk
from gateway.mapping.document import RuleRow, read_row
from gateway.mapping.items import ITEM_KEYS
from gateway.mapping.leaf import read_leaf_rule
from gateway.mapping.lists import read_list_rule
from gateway.mapping.places import check_place
from gateway.mapping.removal import ACTIVE, assumed_active
from gateway.mapping.slots import SlotRow, read_slots
from gateway.mapping.source import Path
from gateway.mapping.texts import read_text_rule
from gateway.scim.filter import AttrPath
from gateway.scim.schema import Attribute

# Which keys go together: the kind of rule follows from what stands on the two sides.
KEYS: Mapping[str, tuple[str, ...]] = {
    "one value": ("to", "values", "also", "via", "fill", "assume", "absent", "limit", "through"),
    "a list": ("to", "each", "types", "key", "fill", "limit", "through", "adds"),
    "a slot": ("to", "values", "also", "via", "fill", "pick", "limit"),
    "a presence": ("to", "values", "also", "limit"),
    "a text": ("to", "fill"),
    "one part of a list": ITEM_KEYS,
    "one of several rules": ("choose",),
    "what the gateway keeps": ("keep",),
    "`active` that no field holds": ("keep", "assume", "when_false"),
}


def read_rules(desk: Desk, rows: Mapping[str, Any]) -> list[Rule]:
    """The explicit rules of `map`; the word `same: all` is the caller's."""
    rules: list[Rule] = []
    slots: list[SlotRow] = []
    for text, value in rows.items():
        path: Path = ("map", text)
        if text == "same":
            if value != "all":
                desk.complain("E102", "same takes the word all", path, "same: all")
            continue
        if "[" in text and "{" not in text:
            slots += _read_slot_row(desk, path, text, value)
            continue
        if "{" in text or (isinstance(value, str) and "{" in value) or _splits(value):
            rules += _read_text_row(desk, path, text, value)
            continue
        target = desk.attribute(text, path)
        said = len(desk.diagnosis.diagnostics)
        row = read_rule_row(desk, path, value)
        if target is None and row is not None and row.to is not UNSET:
            desk.known_field(row.to, (*path, "to"))  # the right side is looked at all the same
        if target is None or row is None or len(desk.diagnosis.diagnostics) > said:
            continue
        for rule in _read_rule(desk, path, target, row):
            desk.remember(rule, path)
            rules.append(rule)
    return [*rules, *read_slots(desk, slots)]


def _read_slot_row(desk: Desk, path: Path, text: str, value: Any) -> Iterator[SlotRow]:
    row, named = read_rule_row(desk, path, value), desk.slot(text, path)
    if row is not None and named is not None:
        refuse_other_keys(desk, path, row, "a slot" if named.target.sub else "a presence")
        if row.to is UNSET:
            desk.complain("E114", f"{text} does not say to:", path, f"'{text}': <field of the backend>")
        else:
            yield SlotRow(path, named, row)


def _splits(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("to"), str) and "{" in value["to"]


def _read_text_row(desk: Desk, path: Path, text: str, value: Any) -> Iterator[TextRule]:
    row = read_rule_row(desk, path, value)
    if row is None:
        return
    refuse_other_keys(desk, path, row, "a text")
    if row.to is UNSET:
        desk.complain("E114", f"{text} does not say to:", path, f"'{text}': <field of the backend>")
        return
    rule = read_text_rule(desk, path, text, row)
    if rule is not None:
        yield rule


def read_rule_row(desk: Desk, path: Path, value: Any) -> RuleRow | None:
    """A rule in its short form (the field) or its long one."""
    if isinstance(value, str):
        return RuleRow(to=value)
    if not isinstance(value, dict):
        desk.complain(
            "E102", f"the rule for {path[-1]} is a field of the backend, or a table", path, f"{path[-1]}: <field>"
        )
        return None
    return read_row(desk.source, (*desk.path, *path), value, RuleRow, desk.diagnosis)


def refuse_other_keys(desk: Desk, path: Path, row: RuleRow, kind: str) -> None:
    """Keys that would have no effect in a rule of this kind. Complaints: E126."""
    for key in RuleRow.__struct_fields__:
        if key not in KEYS[kind] and _is_given(row, key):
            hint = f"{kind} takes {', '.join(KEYS[kind])}"
            desk.complain("E126", f"{key}: has no meaning for {kind}", (*path, key), hint)


def _is_given(row: RuleRow, key: str) -> bool:
    value = getattr(row, key)
    return value is not UNSET and not (key == "also" and not value) and not (key == "key" and value == "value")


def _read_rule(desk: Desk, path: Path, target: AttrPath, row: RuleRow) -> Iterator[Rule]:
    if row.keep is not UNSET and target == ACTIVE:
        refuse_other_keys(desk, path, row, "`active` that no field holds")
        yield from _assume(desk, path, row)
    elif row.keep is not UNSET:
        refuse_other_keys(desk, path, row, "what the gateway keeps")
        yield from _keep(desk, path, target)
    elif row.choose is not UNSET:
        refuse_other_keys(desk, path, row, "one of several rules")
        rule = read_choose_rule(desk, path, target, row)
        yield from [] if rule is None else [rule]
    elif row.to is UNSET:
        desk.complain(
            "E114", f"{target} says neither to: nor keep:", path, f"{path[-1]}: {{ to: <field of the backend> }}"
        )
    else:
        attribute = desk.names.type.find(target)
        where = (*path, "to")
        field = desk.known_field(row.to, where)
        shape = find_field(desk.names.shape, field) if field else None
        if field and not check_place(desk, where, field):
            return
        if field and attribute is not None and shape is not None:
            yield from _carry(desk, path, target, attribute, field, shape, row)


def _assume(desk: Desk, path: Path, row: RuleRow) -> Iterator[Rule]:
    """`active` is never only remembered: somebody would be shown as barred who is not."""
    if row.when_false is UNSET or row.assume not in (True, UNSET):
        message = "active kept by the gateway bars nobody at the backend"
        hint = "active: { keep: gateway, assume: true, when_false: delete } # or deactivate: refuse"
        desk.complain("E644", message, path, hint)
    yield assumed_active(desk.line(path))


def _keep(desk: Desk, path: Path, target: AttrPath) -> Iterator[Rule]:
    attribute = desk.names.type.find(target)
    if attribute is not None and (attribute.returned == "never" or attribute.mutability == "writeOnly"):
        desk.complain(
            "E206", f"{target} is a secret, and the gateway keeps none", path, f"drop: [{path[-1]}] # instead"
        )
    else:
        yield KeepRule(s=target, line=desk.line(path))


def _carry(
    desk: Desk, path: Path, target: AttrPath, attribute: Attribute, field: tuple[str, ...], shape: Any, row: RuleRow
) -> Iterator[Rule]:
    if attribute.multi_valued and isinstance(shape, ListShape):
        refuse_other_keys(desk, path, row, "a list")
        rule = read_list_rule(desk, path, target, attribute, field, shape, row)
        if rule is not None:
            yield rule
    elif isinstance(shape, Leaf) and attribute.type != "complex" and not attribute.multi_valued:
        refuse_other_keys(desk, path, row, "one value")
        yield read_leaf_rule(desk, path, target, attribute, field, shape, row)
    else:
        _refuse_kinds(desk, path, target, attribute, shape, row)


def _refuse_kinds(desk: Desk, path: Path, target: AttrPath, attribute: Attribute, shape: Any, row: RuleRow) -> None:
    left = "a list" if attribute.multi_valued else "made of parts" if attribute.type == "complex" else "one value"
    right = "a list" if isinstance(shape, ListShape) else "one value" if isinstance(shape, Leaf) else "made of parts"
    hint = ""
    if left == "made of parts":
        sub = attribute.sub_attributes[0].name
        hint = f"name the parts: {target}.{sub}: <field>"
    elif right == "made of parts":
        hint = "name a field inside it: profile.firstName"
    desk.complain("E201", f"{target} is {left}, but {row.to} is {right}", path, hint)
