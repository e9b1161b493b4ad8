"""Checks of places inside lists of the record."""

from collections.abc import Sequence

from gateway.lens.kinds import Field, LeafRule, Rule, flatten
from gateway.lens.places import labels_of, spell, whole_field
from gateway.lens.shapes import Leaf, ListShape, ObjectShape, find_field
from gateway.mapping.constants import misfit_leaf, sample_leaf
from gateway.mapping.desk import Desk
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
    """What the backend requires of an item with an address, beside its labels (E401)."""
    sent: dict[Field, dict[str, Rule]] = {}
    for rule in flatten(rules):
        at = len(whole_field(rule.v))
        if at < len(rule.v) - 1 and not (isinstance(rule, LeafRule) and not rule.writable):
            sent.setdefault(rule.v[: at + 1], {})[rule.v[at + 1]] = rule
    for item, parts in sent.items():
        listed = find_field(desk.names.shape, item[:-1])
        fields = listed.item.fields if isinstance(listed, ListShape) and isinstance(listed.item, ObjectShape) else {}
        for name, field in fields.items():
            if field.required and not field.read_only and name not in parts and name not in labels_of(item[-1]):
                message = f"{spell((*item, name))} is required by the backend and no rule sends it"
                hint = f"map: {{ <attribute>: '{spell((*item, name))}' }} # or name the item by its {name}"
                desk.complain("E401", message, desk.path_of(next(iter(parts.values()))), hint)


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
