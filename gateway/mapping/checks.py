"""Checks over a whole resource type: collisions, what the backend requires, what is lost, what can be served."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gateway.lens.ability import Replace
from gateway.lens.advertise import attribute_leaves
from gateway.lens.kinds import Field, KeepRule, LeafRule, ListRule, Rule, SendRule, ShowRule, keys_of
from gateway.lens.shapes import ObjectShape, Shape
from gateway.mapping.desk import Desk
from gateway.mapping.dialect import BackendCall, Can
from gateway.scim.filter import AttrPath


def check_collisions(desk: Desk, rules: Sequence[Rule]) -> None:
    """Two rules on one field (E302) or on one attribute (E303)."""
    _collide(
        desk, [(_field(rule), rule) for rule in rules if not isinstance(rule, ShowRule | KeepRule)], "E302", "write"
    )
    _collide(desk, [(keys_of(rule.s), rule) for rule in rules if not isinstance(rule, SendRule)], "E303", "show")


def _field(rule: Rule) -> Field:
    return rule.v if isinstance(rule, LeafRule | ListRule | SendRule) else ()


def _collide(desk: Desk, pairs: Iterable[tuple[Field, Rule]], code: str, verb: str) -> None:
    seen: dict[Field, Rule] = {}
    for keys, rule in pairs:
        for other_keys, other in seen.items():
            shorter = min(len(keys), len(other_keys))
            if shorter and keys[:shorter] == other_keys[:shorter]:
                message = f"two rules {verb} {'.'.join(keys)}: lines {other.line} and {rule.line}"
                desk.complain(code, message, ("map",), "keep one of them")
        seen[keys] = rule


def check_required(desk: Desk, rules: Sequence[Rule]) -> None:
    """What the backend requires must be written (E401), and its source must not be able to be absent (E402)."""
    writers = {_field(rule): rule for rule in rules if isinstance(rule, LeafRule | ListRule | SendRule)}
    for field, _, sure in _required_fields(desk.names.shape):
        rule = writers.get(field)
        if rule is None:
            message = f"{'.'.join(field)} is required by the backend and no rule sends it"
            desk.complain("E401", message, ("shape",), f"map: {{ <attribute>: {'.'.join(field)} }}")
        elif sure and not _always_writes(rule):
            source = rule.s if isinstance(rule, LeafRule | ListRule) else "its source"
            message = f"{'.'.join(field)} is required by the backend but {source} may be absent"
            desk.complain("E402", message, ("map", str(source)), 'fill: "{userName}"')
    _check_items(desk, rules)


def _required_fields(shape: ObjectShape, prefix: Field = (), sure: bool = True) -> Iterable[tuple[Field, Shape, bool]]:
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
            return rule.on != "replace" and rule.when is None
        case _:
            return False


def _check_items(desk: Desk, rules: Sequence[Rule]) -> None:
    for rule in rules:
        if not isinstance(rule, ListRule) or rule.read_only:
            continue
        for item in rule.items:
            if item.leaf.required and item.s.attr != "value" and not item.fill and item.v:
                message = f"{rule.s}.{item.s.attr} is required by the backend but may be absent"
                desk.complain(
                    "E402", message, ("map", str(rule.s)), f"each: {{ {item.s.attr}: {{ to: ..., fill: ... }} }}"
                )


def check_loss(desk: Desk, rules: Sequence[Rule], drop: Sequence[AttrPath]) -> None:
    """Every attribute of the standard is carried, kept, shown or dropped by name (W601, W602, W605)."""
    carried = _carried(rules)
    dropped = {keys_of(path) for path in drop}
    lost = [
        str(path)
        for path, attribute in attribute_leaves(desk.names.type)
        if attribute.mutability != "readOnly"
        and not _covered(keys_of(path), carried)
        and not _covered(keys_of(path), dropped)
    ]
    if lost:
        message = f"{', '.join(lost)}: not carried, lost without a word to the client"
        desk.complain("W601", message, (), "map it, keep it, or name it under drop:")
    for path in drop:
        if any(keys_of(path) == keys for keys in carried) and not _is_assumed(path, rules):
            desk.complain("W602", f"drop lists {path}, which a rule carries", ("drop",), "take it off the list")
    for rule in (one for one in rules if isinstance(one, ListRule)):
        for item in rule.items:
            full = AttrPath(rule.s.urn, rule.s.attr, item.s.attr)
            if not item.v and not _covered(keys_of(full), dropped):
                message = f"{full} is shown as {item.assume!r} and never sent: other values are lost"
                desk.complain("W605", message, ("map", str(rule.s)), f"drop: [{full}]")


def _carried(rules: Sequence[Rule]) -> set[Field]:
    found: set[Field] = set()
    for rule in rules:
        if isinstance(rule, ListRule):
            found |= {(*keys_of(rule.s), str(item.s.attr)) for item in rule.items if item.v}
        elif not isinstance(rule, SendRule):
            found.add(keys_of(rule.s))
    return found


def _covered(keys: Field, by: set[Field]) -> bool:
    return any(keys[:depth] in by for depth in range(1, len(keys) + 1))


def _is_assumed(path: AttrPath, rules: Sequence[Rule]) -> bool:
    return any(isinstance(rule, LeafRule) and not rule.v and rule.s == path for rule in rules)


def check_service(desk: Desk, ops: Mapping[str, BackendCall], can: Can, rules: Sequence[Rule], allow: Any) -> None:
    """Abilities without calls, calls without abilities, and what an identity provider cannot do without."""
    if can.modify and "modify" not in ops:
        desk.complain("E601", "can.modify is declared but ops.modify is missing", ("can",), "modify: PATCH /Users/{id}")
    if not (can.modify and "modify" in ops) and not (can.replace and "replace" in ops):
        desk.complain(
            "E602", "no modify and no replace: PUT and PATCH cannot be served", ("ops",), "replace: PUT /Users/{id}"
        )
    if can.replace == Replace("kept", None):
        hint = 'replace: { omitted: kept, clear: "null" }'
        desk.complain("E603", "PUT keeps what is left out: say how a field is cleared", ("can", "replace"), hint)
    if can.paging.style == "cursor" and can.paging.next is None:
        desk.complain("E605", "page style cursor has no next:", ("can", "page"), "next: meta.next")
    if desk.names.type.name == "User" and not _carries_active(rules):
        message = "nothing carries active: an IdP that deactivates a user would be told it worked"
        desk.complain("E606", message, ("map",), "map: { active: <field> }")
    _check_filters(desk, can, rules, allow)


def _carries_active(rules: Sequence[Rule]) -> bool:
    return any(isinstance(rule, LeafRule) and keys_of(rule.s) == ("active",) and rule.v for rule in rules)


def _check_filters(desk: Desk, can: Can, rules: Sequence[Rule], allow: Any) -> None:
    reachable = {rule.v for rule in rules if isinstance(rule, LeafRule)} | {("id",)}
    for rule in rules:
        if isinstance(rule, ListRule):
            reachable |= {rule.v} | {(*rule.v, *item.v) for item in rule.items if item.v}
    for text in allow:
        field = desk.field(text, ("can", "filter"))
        if field is not None and field not in reachable:
            message = f"filter.allow: no rule maps {text}, so no SCIM filter can ever reach it"
            desk.complain("W603", message, ("can", "filter"), "map it, or take it off the list")
    if can.filter.scan == 0:
        message = "scan is 0: a filter the backend cannot answer is refused with invalidFilter"
        desk.complain("N702", message, ("can", "filter"))


def check_types(desk: Desk, rules: Sequence[Rule]) -> None:
    """Declared narrowing, said as notes (N701), and lists that can overflow (E501)."""
    for rule in rules:
        if isinstance(rule, ListRule) and rule.cap is not None and rule.over == "truncate":
            message = f"{rule.s}: values beyond {rule.cap} are not sent (declared)"
            desk.complain("N701", message, ("map", str(rule.s)))
        if isinstance(rule, LeafRule) and rule.over == "truncate":
            desk.complain(
                "N701",
                f"{rule.s}: text beyond {rule.leaf.high} characters is not sent (declared)",
                ("map", str(rule.s)),
            )
