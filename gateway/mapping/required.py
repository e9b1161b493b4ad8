"""What the backend requires: some rule sends it (E401), and what it is made of cannot be absent (E402)."""

from collections.abc import Iterable, Sequence
from typing import Any

from gateway.lens.holes import Hole, Source, Template, holes, may_be_empty
from gateway.lens.kinds import ChooseRule, Field, LeafRule, ListRule, Rule, SendRule, SlotsRule, flatten
from gateway.lens.places import whole_field
from gateway.lens.shapes import Leaf, ListShape, ObjectShape, find_field
from gateway.mapping.constants import sample_leaf
from gateway.mapping.desk import Desk
from gateway.mapping.names import name_keys
from gateway.scim.filter import AttrPath


def check_required(desk: Desk, rules: Sequence[Rule], whole: bool) -> None:
    """What the backend requires must be written (E401), and its source must not be able to be absent (E402)."""
    writers = _writers(desk, rules)
    slots = (slot for rule in rules if isinstance(rule, SlotsRule) for slot in rule.slots)
    marks = {slot.presence.v for slot in slots if slot.presence is not None}  # always written: yes or no
    choices = (rule for rule in rules if isinstance(rule, ChooseRule))
    branches = {whole_field(branch.rule.v) for rule in choices for branch in rule.branches}  # written now and then
    for field, shape, sure in required_fields(desk.names.shape):
        rule = writers.get(field)
        if rule is None and not whole:
            continue
        if rule is None and (sure or any(known[: len(field) - 1] == field[:-1] for known in writers)):
            message = f"{name_keys(field)} is required by the backend and no rule sends it"
            hint = f"map: {{ <attribute>: {name_keys(field)} }} # or send: {{ {name_keys(field)}: <value> }}"
            desk.complain("E401", message, desk.shape_path(field), hint)
        elif rule is not None and sure and (field in branches or not (always_writes(desk, rule) or field in marks)):
            message = f"{name_keys(field)} is required by the backend but {why_absent(desk, rule)}"
            hint = "carry it with a rule without choose:" if field in branches else fill_hint(desk, rule, shape)
            desk.complain("E402", message, desk.path_of(rule), hint)
    _check_items(desk, rules)


def _writers(desk: Desk, rules: Sequence[Rule]) -> dict[Field, LeafRule | ListRule | SendRule]:
    """A rule for each field; where several have places in one list, one that always writes if there is one."""
    found: dict[Field, LeafRule | ListRule | SendRule] = {}
    for rule in flatten(rules):
        field = whole_field(rule.v)
        if field not in found or always_writes(desk, rule):
            found[field] = rule
    return found


def fill_hint(desk: Desk, rule: Rule, shape: Leaf | ListShape) -> str:
    """What makes a rule write in any case."""
    if isinstance(rule, SendRule):
        return _sent_hint(desk, rule, shape)
    if isinstance(shape, ListShape) and isinstance(rule, ListRule):
        return desk.rule_hint(desk.path_of(rule), {"fill": [{"value": "{userName}"}]})
    kind = shape.type if isinstance(shape, Leaf) else ""
    value = True if kind == "bool" else 0 if kind == "int" else "{userName}"
    return desk.rule_hint(desk.path_of(rule), {"fill": value})


def required_fields(
    shape: ObjectShape, prefix: Field = (), sure: bool = True
) -> Iterable[tuple[Field, Leaf | ListShape, bool]]:
    """Required fields; `sure` when every table above them is required too."""
    for name, field in shape.fields.items():
        here = (*prefix, name)
        if isinstance(field, ObjectShape):
            yield from required_fields(field, here, sure and field.required)
        elif field.required and not field.read_only:
            yield here, field, sure


def _sent_hint(desk: Desk, rule: SendRule, shape: Leaf | ListShape) -> str:
    if is_lossy(rule):
        return "remove via:"
    if rule.on == "replace" or rule.when is not None or rule.companion is not None:
        return "send it always: without when:, with: and on: replace"
    name = next((str(path) for path, _ in desk.names.type.attributes() if desk.names.must_be_given(path)), "")
    is_text = isinstance(shape, Leaf) and not shape.values and name
    last = f"{{{name}}}" if is_text else sample_leaf(shape) if isinstance(shape, Leaf) else ""
    hint = desk.sent_hint(desk.path_of(rule), [*(getattr(one, "text", one) for one in rule.values), last])
    return f"{hint} # or reject as the last"


def is_lossy(rule: SendRule) -> bool:
    """May its codec leave nothing of a text?"""
    return rule.codec is not None and rule.codec.law == "lossy"


def why_absent(desk: Desk, rule: Rule) -> str:
    """What may be missing: the attribute of a rule, or one that a text is made of which is sent."""
    if isinstance(rule, LeafRule | ListRule):
        return f"{rule.s} may be absent"
    unsure = [hole for one in rule.values for hole in _unsure(desk, one)] if isinstance(rule, SendRule) else []
    if unsure and _is_given(desk, unsure[0]):
        return f"{unsure[0].path} may be no {unsure[0].kind}"
    return f"{unsure[0].path if unsure else 'what is sent'} may be absent"


def _unsure(desk: Desk, source: Source) -> list[Hole]:
    """The holes for want of which a text is absent, or empty."""
    if not isinstance(source, Template):
        return []
    found = holes(source)
    if may_be_empty(source):
        return list(found)
    return [one for one in found if not one.optional and not (one.kind == "any" and _is_given(desk, one))]


def _is_given(desk: Desk, hole: Hole) -> bool:
    return isinstance(hole.path, AttrPath) and desk.names.must_be_given(hole.path)


def always_writes(desk: Desk, rule: Rule) -> bool:
    """Does the rule write whatever a client sends?"""
    match rule:
        case LeafRule():
            return rule.s_required or bool(rule.fill)
        case ListRule():
            return bool(rule.fill)
        case SendRule():
            is_sure = any(not _unsure(desk, one) for one in rule.values) and not is_lossy(rule)
            return (is_sure or rule.rejects) and rule.on != "replace" and rule.when is None and rule.companion is None
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
