"""One item of a list: its parts, each with its field, and perhaps a codec or a table between them."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from gateway.lens.kinds import LeafRule
from gateway.lens.shapes import Leaf, ListShape, ObjectShape
from gateway.mapping.constants import TYPES, misfit_attribute, name_value, sample_attribute
from gateway.mapping.desk import Desk
from gateway.mapping.document import RuleRow, read_row
from gateway.mapping.leaf import read_codecs, read_limit
from gateway.mapping.source import Path
from gateway.mapping.tables import read_table
from gateway.scim.filter import AttrPath
from gateway.scim.schema import Attribute

ITEM_KEYS = ("to", "values", "also", "via", "fill", "assume", "of", "limit")
_ABSENT = Leaf(type="any")


def read_items(
    desk: Desk, path: Path, target: AttrPath, attribute: Attribute, shape: ListShape, each: Any
) -> tuple[LeafRule, ...]:
    """The rules of one item, relative to it. Complaints: E102, E104, E105, E112, E114, E115, E126, E201 to E205."""
    where = (*path, "each")
    if isinstance(shape.item, Leaf):
        return _read_plain(desk, where, target, attribute, shape.item, each)
    if each is UNSET or each == "same":
        items = _same_items(desk, path, attribute, shape.item)
        if not items:
            parts = ", ".join(shape.item.fields)
            message = f"no part of {attribute.name} is called like a field of the items ({parts})"
            desk.complain("E105", message, path, f"each: {{ value: {next(iter(shape.item.fields), '...')} }}")
        return items
    if not isinstance(each, dict):
        desk.complain("E102", "each: is the word same, or a table", where, "each: { value: <field> } # or same")
        return ()
    found = [_read_item(desk, (*where, name), target, attribute, shape.item, name, each[name]) for name in each]
    return tuple(one for one in found if one is not None)


def _read_plain(
    desk: Desk, path: Path, target: AttrPath, attribute: Attribute, leaf: Leaf, each: Any
) -> tuple[LeafRule, ...]:
    """A list of plain values: each is the `value` of an item, perhaps through a codec or a table."""
    plain = _item(attribute, "value", "value", leaf, desk.line(path))
    sub = attribute.find("value")
    row: RuleRow | None = RuleRow()
    if isinstance(each, dict) and list(each) == ["value"] and isinstance(each["value"], dict):
        row = _read_item_row(desk, (*path, "value"), each["value"], ("values", "also", "via", "limit"))
    elif each not in (UNSET, "value", "same"):
        desk.complain("E126", "each: has no meaning for a list of plain values", path, "each: value")
    if row is None or sub is None:
        return (plain,)
    return (_converted(desk, (*path, "value"), AttrPath(target.urn, target.attr, "value"), sub, plain, row),)


def _converted(desk: Desk, path: Path, target: AttrPath, sub: Attribute, item: LeafRule, row: RuleRow) -> LeafRule:
    """An item's part with its table or codec, and what happens to a text that is too long."""
    leaf = item.leaf
    if row.values is UNSET and row.via is UNSET and sub.type not in TYPES[leaf.type]:
        message = f"{target} is {sub.type} but {item.v[0]} is {leaf.type}"
        desk.complain("E201", message, path, f"{sub.name}: {{ to: {item.v[0]}, via: ... }} # or values: in its place")
    return replace(
        item,
        table=read_table(desk, path, target, sub, leaf, replace(row, to=item.v[0])),
        codec=read_codecs(desk, path, target, sub, leaf, row),
        over=read_limit(desk, path, target, leaf, row) if row.values is UNSET else "reject",
    )


def _same_items(desk: Desk, path: Path, attribute: Attribute, item: ObjectShape) -> tuple[LeafRule, ...]:
    return tuple(
        _item(attribute, sub.name, sub.name, field, desk.line(path))
        for sub in attribute.sub_attributes
        if isinstance(field := item.fields.get(sub.name), Leaf) and _is_same_kind(desk, path, attribute, sub, field)
    )


def _is_same_kind(desk: Desk, path: Path, attribute: Attribute, sub: Attribute, leaf: Leaf) -> bool:
    if sub.type in TYPES[leaf.type]:
        return True
    message = f"{attribute.name}.{sub.name} is {sub.type} but the field {sub.name} of the items is {leaf.type}"
    desk.complain("E201", message, path, "name another field under each:")
    return False


def _item(
    attribute: Attribute, name: str, key: str, leaf: Leaf, line: int, fill: tuple[Any, ...] = (), assume: Any = UNSET
) -> LeafRule:
    sub = attribute.find(name)
    s_name = sub.name if sub else name
    return LeafRule(
        s=AttrPath(None, s_name), v=(key,) if key else (), leaf=leaf, s_type=sub.type if sub else "string",
        line=line, ref=leaf.refs, fill=fill, assume=assume,
    )  # fmt: skip


def _read_item(
    desk: Desk, path: Path, target: AttrPath, attribute: Attribute, item: ObjectShape, name: str, value: Any
) -> LeafRule | None:
    sub = attribute.find(name)
    if sub is None:
        known = [one.name for one in attribute.sub_attributes]
        desk.unknown("E104", f"{attribute.name} has no part {name}", name, known, path)
        return None
    row = _read_item_row(desk, path, value)
    if row is None:
        return None
    fill = _read_item_constants(desk, path, sub, row)
    _check_reach(desk, path, name, row)
    if row.to is UNSET:
        if row.assume is UNSET:
            desk.complain("E114", f"{name} says neither to: nor assume:", path, f"{name}: {{ to: <field> }}")
            return None
        assumed = _item(attribute, sub.name, "", _ABSENT, desk.line(path), (), row.assume)
        return replace(assumed, of="primary") if row.of == "primary" else assumed
    leaf = item.fields.get(row.to)
    if not isinstance(leaf, Leaf):
        desk.unknown("E105", f"the backend's items have no field {row.to}", row.to, item.fields, (*path, "to"))
        return None
    made = _item(attribute, sub.name, row.to, leaf, desk.line(path), fill, row.assume)
    return _converted(desk, path, AttrPath(target.urn, target.attr, sub.name), sub, made, row)


def _check_reach(desk: Desk, path: Path, name: str, row: RuleRow) -> None:
    """`of` says where a constant is shown: it has no meaning beside a field. Complaints: E126."""
    if row.of is not UNSET and (row.to is not UNSET or row.assume is UNSET):
        hint = f"{name}: {{ assume: {'work' if row.assume is UNSET else name_value(row.assume)}, of: {row.of} }}"
        desk.complain("E126", "of: has no meaning but with assume: and without to:", (*path, "of"), hint)


def _read_item_row(desk: Desk, path: Path, value: Any, keys: tuple[str, ...] = ITEM_KEYS) -> RuleRow | None:
    if isinstance(value, str):
        return RuleRow(to=value)
    row = read_row(desk.source, (*desk.path, *path), value, RuleRow, desk.diagnosis)
    for key in value if isinstance(value, dict) and row is not None else ():
        if key in RuleRow.__struct_fields__ and key not in keys:
            hint = f"a part takes {', '.join(keys)}"
            desk.complain("E126", f"{key}: has no meaning for one part of a list", (*path, key), hint)
    return row


def _read_item_constants(desk: Desk, path: Path, sub: Attribute, row: RuleRow) -> tuple[Any, ...]:
    """`fill` and `assume` of a part are constants: an item sees nothing but itself."""
    fill = row.fill if isinstance(row.fill, list) else [] if row.fill is UNSET else [row.fill]
    given = [("fill", one) for one in fill] + ([] if row.assume is UNSET else [("assume", row.assume)])
    for key, value in given:
        misfit = misfit_attribute(value, sub.type)
        if misfit:
            hint = f"{key}: {sample_attribute(sub.type)}"
            desk.complain("E201", f"{key} of {sub.name} {misfit}", (*path, key), hint)
        elif isinstance(value, str) and "{" in value:
            desk.complain("E112", f"{key}: of a part takes a constant, not a template", (*path, key), f"{key}: work")
    return tuple(fill)
