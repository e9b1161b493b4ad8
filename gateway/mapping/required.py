"""What the backend requires: some rule sends it (E401), and what it is made of cannot be absent (E402)."""

from collections.abc import Iterable, Sequence
from typing import Any

from gateway.lens.kinds import ChooseRule, Field, LeafRule, ListRule, Rule, SendRule, SlotsRule, flatten
from gateway.lens.places import whole_field
from gateway.lens.shapes import Leaf, ListShape, ObjectShape, find_field
from gateway.mapping.desk import Desk
from gateway.mapping.names import name_keys


def check_required(desk: Desk, rules: Sequence[Rule], whole: bool) -> None:
    """What the backend requires must be written (E401), and its source must not be able to be absent (E402)."""
    writers = _writers(rules)
    slots = (slot for rule in rules if isinstance(rule, SlotsRule) for slot in rule.slots)
    marks = {slot.presence.v for slot in slots if slot.presence is not None}  # always written: yes or no
    choices = (rule for rule in rules if isinstance(rule, ChooseRule))
    branches = {whole_field(branch.rule.v) for rule in choices for branch in rule.branches}  # written now and then
    for field, shape, sure in _required_fields(desk.names.shape):
        rule = writers.get(field)
        if rule is None and not whole:
            continue
        if rule is None and (sure or any(known[: len(field) - 1] == field[:-1] for known in writers)):
            message = f"{name_keys(field)} is required by the backend and no rule sends it"
            hint = f"map: {{ <attribute>: {name_keys(field)} }} # or send: {{ {name_keys(field)}: <value> }}"
            desk.complain("E401", message, desk.shape_path(field), hint)
        elif rule is not None and sure and (field in branches or not (always_writes(rule) or field in marks)):
            source = rule.s if isinstance(rule, LeafRule | ListRule) else "what is sent"
            message = f"{name_keys(field)} is required by the backend but {source} may be absent"
            hint = "carry it with a rule without choose:" if field in branches else fill_hint(desk, rule, shape)
            desk.complain("E402", message, desk.path_of(rule), hint)
    _check_items(desk, rules)


def _writers(rules: Sequence[Rule]) -> dict[Field, LeafRule | ListRule | SendRule]:
    """A rule for each field; where several have places in one list, one that always writes if there is one."""
    found: dict[Field, LeafRule | ListRule | SendRule] = {}
    for rule in flatten(rules):
        field = whole_field(rule.v)
        if field not in found or always_writes(rule):
            found[field] = rule
    return found


def fill_hint(desk: Desk, rule: Rule, shape: Leaf | ListShape) -> str:
    """What makes a rule write in any case."""
    if isinstance(rule, SendRule) and is_lossy(rule):
        return "remove via:"
    if isinstance(rule, SendRule):
        return "send it always: without when:, with: and on: replace"
    if isinstance(shape, ListShape) and isinstance(rule, ListRule):
        return desk.rule_hint(desk.path_of(rule), {"fill": [{"value": "{userName}"}]})
    kind = shape.type if isinstance(shape, Leaf) else ""
    value = True if kind == "bool" else 0 if kind == "int" else "{userName}"
    return desk.rule_hint(desk.path_of(rule), {"fill": value})


def _required_fields(
    shape: ObjectShape, prefix: Field = (), sure: bool = True
) -> Iterable[tuple[Field, Leaf | ListShape, bool]]:
    """Required fields; `sure` when every table above them is required too."""
    for name, field in shape.fields.items():
        here = (*prefix, name)
        if isinstance(field, ObjectShape):
            yield from _required_fields(field, here, sure and field.required)
        elif field.required and not field.read_only:
            yield here, field, sure


def is_lossy(rule: SendRule) -> bool:
    """May its codec leave nothing of a text?"""
    return rule.codec is not None and rule.codec.law == "lossy"


def always_writes(rule: Rule) -> bool:
    """Does the rule write whatever a client sends?"""
    match rule:
        case LeafRule():
            return rule.s_required or bool(rule.fill)
        case ListRule():
            return bool(rule.fill)
        case SendRule():
            return rule.on != "replace" and rule.when is None and rule.companion is None and not is_lossy(rule)
        case _:
            return False


def _check_items(desk: Desk, rules: Sequence[Rule]) -> None:
    for rule in rules:
        if not isinstance(rule, ListRule) or rule.read_only or rule.scalar:
            continue
        _check_unsent(desk, rule)
        for item in rule.items:
            if item.leaf.required and item.s.attr != "value" and not item.fill and item.v:
                message = f"{rule.s}.{item.s.attr} is required by the backend but may be absent"
                filled = {"to": item.v[-1], "fill": _sample(item.leaf)}
                hint = desk.rule_hint(desk.path_of(rule), {"each": {str(item.s.attr): filled}})
                desk.complain("E402", message, desk.path_of(rule), hint)


def _check_unsent(desk: Desk, rule: ListRule) -> None:
    """What the backend requires of each item, and no part of the rule sends (E401)."""
    listed = find_field(desk.names.shape, rule.v)
    fields = listed.item.fields if isinstance(listed, ListShape) and isinstance(listed.item, ObjectShape) else {}
    sent = {item.v[0] for item in rule.items if item.v}
    for name, field in fields.items():
        if field.required and not field.read_only and name not in sent:
            message = f"{name_keys(rule.v)}[].{name} is required by the backend and no part of {rule.s} sends it"
            desk.complain(
                "E401", message, desk.path_of(rule), desk.rule_hint(desk.path_of(rule), {"each": {"<part>": name}})
            )


def _sample(leaf: Leaf) -> Any:
    return True if leaf.type == "bool" else leaf.values[0] if leaf.values else "work"
