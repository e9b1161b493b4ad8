"""Rules over lists: `each`, `types`, `key`, `limit`, and `fill` of whole items."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from gateway.lens.kinds import LeafRule, ListRule, Source
from gateway.lens.shapes import Leaf, ListShape, ObjectShape
from gateway.mapping.constants import TYPES, misfit_attribute, name_value, sample_attribute
from gateway.mapping.desk import Desk
from gateway.mapping.document import RuleRow, read_row
from gateway.mapping.source import Path
from gateway.mapping.types import read_types
from gateway.scim.filter import AttrPath
from gateway.scim.schema import Attribute

_ABSENT = Leaf(type="any")
_ITEM_KEYS = ("to", "fill", "assume", "of")


def read_list_rule(
    desk: Desk,
    path: Path,
    target: AttrPath,
    attribute: Attribute,
    field: tuple[str, ...],
    shape: ListShape,
    row: RuleRow,
) -> ListRule | None:
    """One multi-valued attribute to one list. None when it has no items (the complaints say why)."""
    items = _read_items(desk, path, attribute, shape, row.each)
    if not items:
        return None
    if row.key != "value" and not any(item.s.attr == row.key for item in items):
        known = [str(item.s.attr) for item in items if item.v]
        desk.unknown("E104", f"{row.key} is no part of {target} that is carried", row.key, known, (*path, "key"))
    return ListRule(
        s=target,
        v=field,
        items=items,
        line=desk.line(path),
        key=(row.key,),
        types=read_types(desk, path, items, row.to, row.types),
        fill=_read_fill(desk, path, attribute, row.fill),
        least=shape.low,
        cap=_cap(desk, path, target, shape, row),
        over=row.limit.over if row.limit is not UNSET else "reject",
        scalar=isinstance(shape.item, Leaf),
        required=shape.required,
        read_only=shape.read_only,
        write_only=shape.write_only,
        unechoed=shape.unechoed,
        shows=shape.shows,
    )


def same_list(
    desk: Desk, path: Path, target: AttrPath, attribute: Attribute, field: tuple[str, ...], shape: ListShape
) -> ListRule | None:
    """The identity on a list, for `same: all`."""
    return read_list_rule(desk, path, target, attribute, field, shape, RuleRow(to=".".join(field)))


def _cap(desk: Desk, path: Path, target: AttrPath, shape: ListShape, row: RuleRow) -> int | None:
    if row.limit is UNSET:
        if shape.high is not None and not shape.read_only:
            message = f"{row.to} takes at most {shape.high} value(s) and {target} has no limit:"
            hint = f"{target}: {{ to: {row.to}, each: same, limit: {{ max: {shape.high}, over: reject }} }}"
            desk.complain("E501", message, path, hint)
        return shape.high
    if row.limit.max is None:
        return shape.high
    if shape.high is not None and row.limit.max > shape.high:
        message = f"{row.to} takes at most {shape.high} value(s), fewer than the limit of {row.limit.max}"
        desk.complain("E501", message, (*path, "limit", "max"), f"max: {shape.high}")
    return row.limit.max


def _read_items(desk: Desk, path: Path, attribute: Attribute, shape: ListShape, each: Any) -> tuple[LeafRule, ...]:
    where = (*path, "each")
    if isinstance(shape.item, Leaf):
        if each not in (UNSET, "value", "same"):
            desk.complain("E126", "each: has no meaning for a list of plain values", where, "each: value")
        return (_item(attribute, "value", "value", shape.item, desk.line(path)),)
    if each is UNSET or each == "same":
        items = _same_items(desk, path, attribute, shape.item)
        if not items:
            parts = ", ".join(shape.item.fields)
            message = f"no part of {attribute.name} is called like a field of the items ({parts})"
            desk.complain("E105", message, path, f"each: {{ value: {next(iter(shape.item.fields), '...')} }}")
        return items
    if not isinstance(each, dict):
        desk.complain("E102", "each: is the word same, or a table", where, "each: { value: value, type: kind }")
        return ()
    found = [_read_item(desk, (*where, name), attribute, shape.item, name, value) for name, value in each.items()]
    return tuple(one for one in found if one is not None)


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
    desk: Desk, path: Path, attribute: Attribute, item: ObjectShape, name: str, value: Any
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
            desk.complain("E114", f"{name} says neither to: nor assume:", path, f"{name}: {{ to: {name} }}")
            return None
        assumed = _item(attribute, sub.name, "", _ABSENT, desk.line(path), (), row.assume)
        return replace(assumed, of="primary") if row.of == "primary" else assumed
    leaf = item.fields.get(row.to)
    if not isinstance(leaf, Leaf):
        desk.unknown("E105", f"the backend's items have no field {row.to}", row.to, item.fields, (*path, "to"))
        return None
    if not _is_same_kind(desk, path, attribute, sub, leaf):
        return None
    return _item(attribute, sub.name, row.to, leaf, desk.line(path), fill, row.assume)


def _check_reach(desk: Desk, path: Path, name: str, row: RuleRow) -> None:
    """`of` says where a constant is shown: it has no meaning beside a field. Complaints: E126."""
    if row.of is not UNSET and (row.to is not UNSET or row.assume is UNSET):
        hint = f"{name}: {{ assume: {'work' if row.assume is UNSET else name_value(row.assume)}, of: {row.of} }}"
        desk.complain("E126", "of: has no meaning but with assume: and without to:", (*path, "of"), hint)


def _read_item_row(desk: Desk, path: Path, value: Any) -> RuleRow | None:
    if isinstance(value, str):
        return RuleRow(to=value)
    row = read_row(desk.source, (*desk.path, *path), value, RuleRow, desk.diagnosis)
    for key in value if isinstance(value, dict) and row is not None else ():
        if key in RuleRow.__struct_fields__ and key not in _ITEM_KEYS:
            hint = f"a part takes {', '.join(_ITEM_KEYS)}"
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


def _read_fill(desk: Desk, path: Path, attribute: Attribute, value: Any) -> tuple[Mapping[str, Source], ...]:
    if value is UNSET:
        return ()
    made: list[Mapping[str, Source]] = []
    for number, item in enumerate(value if isinstance(value, list) else [value]):
        where = (*path, "fill", number) if isinstance(value, list) else (*path, "fill")
        if not isinstance(item, dict):
            hint = 'fill: [ { value: "{userName|email}" } ]'
            desk.complain("E102", "an item to fill in is a table", where, hint)
            continue
        made.append(_read_filled(desk, where, attribute, item))
    return tuple(made)


def _read_filled(desk: Desk, path: Path, attribute: Attribute, item: Mapping[str, Any]) -> Mapping[str, Source]:
    parts: dict[str, Source] = {}
    for name, text in item.items():
        sub, where = attribute.find(name), (*path, name)
        if sub is None:
            known = [one.name for one in attribute.sub_attributes]
            desk.unknown("E104", f"{attribute.name} has no part {name}", name, known, where)
            continue
        source = desk.attribute_template(text, where)
        misfit = misfit_attribute(source, sub.type) if source is not None else ""
        if misfit:
            hint = f"{sub.name}: {sample_attribute(sub.type)}"
            desk.complain("E201", f"fill of {attribute.name}.{sub.name} {misfit}", where, hint)
        if source is not None:
            parts[sub.name] = source
    return parts
