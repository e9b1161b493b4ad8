"""Checks of places inside lists of the record."""

from collections.abc import Mapping, Sequence

from gateway.lens.kinds import Field, LeafRule, Rule, flatten
from gateway.lens.places import Place, labels_of, number_of, spell, whole_field
from gateway.lens.shapes import Leaf, ListShape, ObjectShape, Shape, find_field
from gateway.mapping.constants import misfit_leaf, sample_leaf
from gateway.mapping.desk import Desk
from gateway.mapping.required import always_writes, fill_hint, why_absent
from gateway.mapping.source import Path


def check_place(desk: Desk, path: Path, field: Field) -> bool:
    """Brackets name parts of the list's items. Complaints: E105, E201."""
    at = len(whole_field(field))
    if at == len(field):
        return True
    listed = find_field(desk.names.shape, field[:at])
    if not isinstance(listed, ListShape):
        return False  # said already: the shape has no such field
    return all(_check_label(desk, path, listed, key, value) for key, value in labels_of(field[at]).items())


def check_places(desk: Desk, rules: Sequence[Rule]) -> None:
    """What the backend requires of an item with an address, beside its labels (E401, E402)."""
    sent: dict[Field, dict[str, Rule]] = {}
    for rule in flatten(rules):
        at = len(whole_field(rule.v))
        if at < len(rule.v) - 1 and not (isinstance(rule, LeafRule) and not rule.writable):
            sent.setdefault(rule.v[: at + 1], {})[rule.v[at + 1]] = rule
    _check_numbers(desk, rules)
    for item, parts in sent.items():
        listed = find_field(desk.names.shape, item[:-1])
        fields = listed.item.fields if isinstance(listed, ListShape) and isinstance(listed.item, ObjectShape) else {}
        for name, field in fields.items():
            if field.required and not field.read_only and name not in labels_of(item[-1]):
                _check_part(desk, (*item, name), field, parts)


def _check_numbers(desk: Desk, rules: Sequence[Rule]) -> None:
    """An item with a number has those before it, or no record could be made (E401)."""
    ends = [(rule, len(whole_field(rule.v))) for rule in flatten(rules)]
    sent = {rule.v[: at + 1]: rule for rule, at in ends if at < len(rule.v)}
    for item, rule in sent.items():
        number = number_of(item[-1])
        before = (*item[:-1], Place(f"[{(number or 0) - 1}]"))
        if number and before not in sent:
            message = f"{spell(item)} stands behind {spell(before)}, and no rule sends that"
            desk.complain("E401", message, desk.path_of(rule), f"map: {{ <attribute>: '{spell(before)}' }}")


def _check_part(desk: Desk, field: Field, shape: Shape, parts: Mapping[str, Rule]) -> None:
    """A part that the item must have: sent, and not absent while another part makes the item be there."""
    rule = parts.get(field[-1])
    if rule is None:
        message = f"{spell(field)} is required by the backend and no rule sends it"
        hint = f"map: {{ <attribute>: '{spell(field)}' }} # or name the item by its {field[-1]}"
        desk.complain("E401", message, desk.path_of(next(iter(parts.values()))), hint)
    elif len(parts) > 1 and not always_writes(desk, rule) and not isinstance(shape, ObjectShape):
        message = f"{spell(field)} is required by the backend but {why_absent(desk, rule)}"
        desk.complain("E402", message, desk.path_of(rule), fill_hint(desk, rule, shape))


def _check_label(desk: Desk, path: Path, listed: ListShape, key: str, value: object) -> bool:
    fields = listed.item.fields if isinstance(listed.item, ObjectShape) else {}
    leaf = fields.get(key)
    if not isinstance(leaf, Leaf):
        desk.unknown("E105", f"the backend's items have no field {key}", key, fields, path)
        return False
    misfit = misfit_leaf(value, leaf)
    if misfit:
        desk.complain("E201", f"{key} {misfit}", path, f"[{key} eq {sample_leaf(leaf)}]")
    return not misfit
