"""Checks of places inside lists of the record."""

from gateway.lens.kinds import Field
from gateway.lens.places import labels_of, whole_field
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
