"""Checks over the rules of a resource type: collisions, what the backend requires, what is lost."""

from collections.abc import Iterable, Sequence
from typing import Any

from gateway.lens.advertise import attribute_leaves
from gateway.lens.kinds import (
    ChooseRule,
    Field,
    LeafRule,
    ListRule,
    Rule,
    SendRule,
    SlotsRule,
    attributes_of,
    flatten,
    keys_of,
)
from gateway.lens.places import Place, labels_of, whole_field
from gateway.lens.shapes import Leaf, ListShape, ObjectShape, find_field
from gateway.mapping.constants import name_value
from gateway.mapping.desk import Desk
from gateway.mapping.places import check_places
from gateway.scim.filter import AttrPath


def check_rules(desk: Desk, rules: Sequence[Rule], drop: Sequence[AttrPath], whole: bool) -> None:
    """Every check that needs the rules alone; `whole`: they are all there, so that what is missing can be said."""
    check_collisions(desk, rules)
    check_required(desk, rules, whole)
    check_places(desk, rules)
    check_loss(desk, rules, drop, whole)
    check_limits(desk, rules)


def check_collisions(desk: Desk, rules: Sequence[Rule]) -> None:
    """Two rules on one field (E302) or on one attribute (E307)."""
    written = [(rule.v, rule) for rule in flatten(rules) if _writes(rule)]
    _collide(desk, written, "E302", "write")
    shown = [(keys_of(path), rule) for rule in rules for path in attributes_of(rule)]
    _collide(desk, shown, "E307", "show")


def _writes(rule: Rule) -> bool:
    if isinstance(rule, LeafRule):
        return bool(rule.v) and rule.writable
    return isinstance(rule, SendRule) or (isinstance(rule, ListRule) and not rule.read_only)


def _collide(desk: Desk, pairs: Iterable[tuple[Field, Rule]], code: str, verb: str) -> None:
    seen: list[tuple[Field, Rule]] = []
    for keys, rule in pairs:
        for other_keys, other in seen:
            shorter = min(len(keys), len(other_keys))
            if code == "E302" and _share_item(keys, other_keys):
                message = f"one item can be both {name_keys(other_keys)} and {name_keys(keys)}"
                hint = "name the same part in both, each its own way"
                desk.complain("E304", f"{message}: {_two_places(desk, other, rule)}", desk.path_of(rule), hint)
                break
            if keys[:shorter] == other_keys[:shorter]:
                lines = _two_places(desk, other, rule)
                desk.complain(
                    code, f"two rules {verb} {name_keys(keys)}: {lines}", desk.path_of(rule), "keep one of them"
                )
                break
        seen.append((keys, rule))


def _share_item(one: Field, two: Field) -> bool:
    """Are there two places of one list that could be the same item?"""
    at = len(whole_field(one))
    if at == len(one) or whole_field(two) != one[:at] or len(two) == at or one[at] == two[at]:
        return False
    labels, others = labels_of(one[at]), labels_of(two[at])
    return not any(name in others and others[name] != value for name, value in labels.items())


def _two_places(desk: Desk, first: Rule, second: Rule) -> str:
    one, two = (desk.source.place((*desk.path, *desk.path_of(rule))) for rule in (first, second))
    if one.file == two.file:
        return f"lines {one.line} and {two.line}"
    return f"{one.file}:{one.line} and {two.file}:{two.line}"


def name_keys(keys: Field) -> str:
    """Keys the way a mapping writes them."""
    first, *rest = keys
    text = "".join(key if isinstance(key, Place) else f".{key}" for key in rest)
    return f"{first}:{text.removeprefix('.')}" if ":" in first and rest else first + text


def check_required(desk: Desk, rules: Sequence[Rule], whole: bool) -> None:
    """What the backend requires must be written (E401), and its source must not be able to be absent (E402)."""
    writers = {whole_field(rule.v): rule for rule in flatten(rules)}
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
        elif rule is not None and sure and (field in branches or not (_always_writes(rule) or field in marks)):
            source = rule.s if isinstance(rule, LeafRule | ListRule) else "what is sent"
            message = f"{name_keys(field)} is required by the backend but {source} may be absent"
            hint = "carry it with a rule without choose:" if field in branches else _fill_hint(rule, shape)
            desk.complain("E402", message, desk.path_of(rule), hint)
    _check_items(desk, rules)


def _fill_hint(rule: Rule, shape: Leaf | ListShape) -> str:
    if isinstance(rule, SendRule):
        return "send it always: without when:, with: and on: replace"
    if isinstance(shape, ListShape):
        return 'fill: [ { value: "{userName}" } ]'
    return "fill: true" if shape.type == "bool" else "fill: 0" if shape.type == "int" else 'fill: "{userName}"'


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


def _always_writes(rule: Rule) -> bool:
    match rule:
        case LeafRule():
            return rule.s_required or bool(rule.fill)
        case ListRule():
            return bool(rule.fill)
        case SendRule():
            return rule.on != "replace" and rule.when is None and rule.companion is None
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
                hint = f"each: {{ {item.s.attr}: {{ to: {item.v[-1]}, fill: {_sample(item.leaf)} }} }}"
                desk.complain("E402", message, desk.path_of(rule), hint)


def _check_unsent(desk: Desk, rule: ListRule) -> None:
    """What the backend requires of each item, and no part of the rule sends (E401)."""
    listed = find_field(desk.names.shape, rule.v)
    fields = listed.item.fields if isinstance(listed, ListShape) and isinstance(listed.item, ObjectShape) else {}
    sent = {item.v[0] for item in rule.items if item.v}
    for name, field in fields.items():
        if field.required and not field.read_only and name not in sent:
            message = f"{name_keys(rule.v)}[].{name} is required by the backend and no part of {rule.s} sends it"
            desk.complain("E401", message, desk.path_of(rule), f"each: {{ <part>: {name} }}")


def _sample(leaf: Leaf) -> Any:
    return "true" if leaf.type == "bool" else leaf.values[0] if leaf.values else "work"


def check_loss(desk: Desk, rules: Sequence[Rule], drop: Sequence[AttrPath], whole: bool) -> None:
    """Every attribute of the standard is carried, kept, shown or dropped by name (W601, W602, W605)."""
    carried, dropped = _carried(rules), {keys_of(path) for path in drop}
    assumed = _assumed(rules)
    lost = [
        path
        for path in _writable(desk)
        if not _is_covered(keys_of(path), carried | set(assumed)) and not _is_covered(keys_of(path), dropped)
    ]
    if lost and whole:
        names = _group(desk, lost, carried | dropped)
        message = f"not carried, lost without a word to the client: {', '.join(names)}"
        desk.complain("W601", message, (), f"map them, keep them, or drop: [{', '.join(names)}]")
    for number, path in enumerate(drop):
        keys = keys_of(path)
        if any(one[: len(keys)] == keys for one in carried):
            desk.complain("W602", f"drop lists {path}, which a rule carries", ("drop", number), "take it off the list")
    for keys, (rule, value) in assumed.items():
        if not _is_covered(keys, dropped):
            name = name_keys(keys)
            message = f"{name} is shown as {name_value(value)} and never sent: other values are lost"
            desk.complain("W605", message, desk.path_of(rule), f"drop: [{name}]")


def _writable(desk: Desk) -> list[AttrPath]:
    """Every attribute that a client may write; `externalId` belongs to no schema (RFC 7643 section 3.1)."""
    found = [path for path, one in attribute_leaves(desk.names.type) if one.mutability != "readOnly"]
    return [AttrPath(None, "externalId"), *found]


def _assumed(rules: Sequence[Rule]) -> dict[Field, tuple[Rule, Any]]:
    """The parts of lists that are constants towards clients, with their rules."""
    return {
        (*keys_of(rule.s), str(item.s.attr)): (rule, item.assume)
        for rule in rules
        if isinstance(rule, ListRule)
        for item in rule.items
        if not item.v
    }


def _group(desk: Desk, lost: Sequence[AttrPath], named: set[Field]) -> list[str]:
    """The shortest names that cover what is lost and nothing else."""
    aliases = {urns[0]: alias for alias, urns in desk.names.aliases.items()}
    names: dict[str, None] = {}
    for path in lost:
        alias = aliases.get(path.urn or "", path.urn)
        whole_urn = path.urn is not None and not any(keys[0] == path.urn for keys in named)
        whole = not any(keys[: len(top)] == top for top in (keys_of(path)[: 2 if path.urn else 1],) for keys in named)
        name = f"{alias}:{path.attr}" if path.urn else str(path.attr)
        names[str(alias) if whole_urn else name if whole or path.sub is None else f"{name}.{path.sub}"] = None
    return list(names)


def _carried(rules: Sequence[Rule]) -> set[Field]:
    found: set[Field] = set()
    for rule in rules:
        if isinstance(rule, ListRule):
            found |= {(*keys_of(rule.s), str(item.s.attr)) for item in rule.items if item.v}
        elif isinstance(rule, SlotsRule):
            names = {name for slot in rule.slots for name, _ in slot.select}
            names |= {str(part.s.sub) for slot in rule.slots for part in slot.parts}
            found |= {(*keys_of(rule.s), name) for name in names}
        else:
            found |= {keys_of(path) for path in attributes_of(rule)}
    return found


def _is_covered(keys: Field, by: set[Field]) -> bool:
    return any(keys[:depth] in by for depth in range(1, len(keys) + 1))


def check_limits(desk: Desk, rules: Sequence[Rule]) -> None:
    """Declared narrowing, said as notes (N701)."""
    for rule in rules:
        if isinstance(rule, ListRule) and rule.cap is not None and rule.over == "truncate":
            desk.complain("N701", f"{rule.s}: values beyond {rule.cap} are not sent (declared)", desk.path_of(rule))
        if isinstance(rule, LeafRule) and rule.over == "truncate" and rule.leaf.high is not None:
            message = f"{rule.s}: text beyond {rule.leaf.high} characters is not sent (declared)"
            desk.complain("N701", message, desk.path_of(rule))
