"""Checks over the rules of a resource type: collisions, what the backend requires, what is lost."""

from collections.abc import Iterable, Sequence
from typing import Any

from gateway.lens.addresses import part_of
from gateway.lens.advertise import attribute_leaves
from gateway.lens.footprints import attributes_told
from gateway.lens.kinds import (
    Field,
    LeafRule,
    ListRule,
    Rule,
    SendRule,
    ShowRule,
    SlotsRule,
    attributes_of,
    flatten,
    keys_of,
)
from gateway.lens.places import labels_of, number_of, whole_field
from gateway.mapping.constants import name_value
from gateway.mapping.coverage import ways_of
from gateway.mapping.desk import Desk
from gateway.mapping.names import name_keys
from gateway.mapping.places import check_places
from gateway.mapping.required import check_required
from gateway.scim.filter import AttrPath


def check_rules(
    desk: Desk, rules: Sequence[Rule], drop: Sequence[AttrPath], called: Iterable[AttrPath], whole: bool
) -> None:
    """Every check that needs the rules alone; `whole`: they are all there, so that what is missing can be said.

    `called` are the attributes that the call of a create is made of.
    """
    check_collisions(desk, rules)
    check_required(desk, rules, whole)
    check_places(desk, rules)
    check_loss(desk, rules, drop, set(map(keys_of, called)), whole)
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
    if number_of(one[at]) is not None and number_of(two[at]) is not None:
        return False
    labels, others = labels_of(one[at]), labels_of(two[at])
    return not any(name in others and others[name] != value for name, value in labels.items())


def _two_places(desk: Desk, first: Rule, second: Rule) -> str:
    one, two = (desk.source.place((*desk.path, *desk.path_of(rule))) for rule in (first, second))
    if one.file == two.file:
        return f"lines {one.line} and {two.line}"
    return f"{one.file}:{one.line} and {two.file}:{two.line}"


def check_loss(desk: Desk, rules: Sequence[Rule], drop: Sequence[AttrPath], called: set[Field], whole: bool) -> None:
    """Every attribute of the standard is carried, kept, shown, sent or dropped by name (W601, W602, W605)."""
    carried, dropped = _carried(rules) | called, {keys_of(path) for path in drop}
    assumed = _assumed(rules)
    lost = [
        path
        for path in _writable(desk)
        if not _is_covered(keys_of(path), carried | set(assumed)) and not _is_covered(keys_of(path), dropped)
    ]
    if lost and whole:
        names = _group(desk, lost, carried | dropped)
        message = f"not carried, lost without a word to the client: {', '.join(names)}"
        desk.complain("W601", message, (), f"drop: [{', '.join(names)}] # or map them, or keep them")
    shown = {keys_of(rule.s) for rule in rules if isinstance(rule, ShowRule)}  # as something else than what is sent
    sent = [(keys, "a rule") for rule in rules for keys, way in ways_of(rule) if way != "in only"]
    sent += [(keys, "a call") for keys in called]
    for number, path in enumerate(drop):
        keys = keys_of(path)
        what = next((what for one, what in sent if one[: len(keys)] == keys and one not in shown), None)
        if what is not None:
            desk.complain("W602", f"drop lists {path}, which {what} carries", ("drop", number), "take it off the list")
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
            found |= {keys_of(part_of(rule, item)) for item in rule.items if item.v}
        elif isinstance(rule, SlotsRule):
            names = {name for slot in rule.slots for name, _ in slot.select}
            names |= {str(part.s.sub) for slot in rule.slots for part in slot.parts}
            found |= {(*keys_of(rule.s), name) for name in names}
        elif isinstance(rule, SendRule):
            found |= set(map(keys_of, attributes_told(rule)))
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
