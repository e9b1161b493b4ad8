"""Rules over lists of objects: `each`, `types`, `limit`, `fill` of whole items."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from gateway.lens.kinds import LeafRule, ListRule, Source, Types
from gateway.lens.shapes import Leaf, ListShape, ObjectShape
from gateway.mapping.desk import Desk
from gateway.mapping.document import RuleRow, read_row
from gateway.mapping.source import Path
from gateway.scim.filter import AttrPath
from gateway.scim.schema import Attribute

_ABSENT = Leaf(type="any")


def read_list_rule(
    desk: Desk,
    path: Path,
    target: AttrPath,
    attribute: Attribute,
    field: tuple[str, ...],
    shape: ListShape,
    row: RuleRow,
) -> ListRule | None:
    """One multi-valued attribute to one list."""
    items, scalar = _read_items(desk, path, attribute, shape, row.each)
    if not items:
        return None
    return ListRule(
        s=target,
        v=field,
        items=items,
        line=desk.line(path),
        key=(row.key,),
        types=_read_types(desk, path, items, row),
        fill=_read_fill(desk, path, attribute, row.fill),
        least=shape.low,
        cap=_cap(desk, path, target, shape, row),
        over=row.limit.over if row.limit is not UNSET else "reject",
        scalar=scalar,
        required=shape.required,
        read_only=shape.read_only,
        unechoed=shape.unechoed or shape.write_only,
    )


def _cap(desk: Desk, path: Path, target: AttrPath, shape: ListShape, row: RuleRow) -> int | None:
    if row.limit is not UNSET:
        return row.limit.max if row.limit.max is not None else shape.high
    if shape.high is not None:
        message = f"{row.to} takes at most {shape.high} value(s) and {target} has no limit:"
        desk.complain("E501", message, path, f"limit: {{ max: {shape.high}, keep: primary, over: reject }}")
    return shape.high


def _read_items(
    desk: Desk, path: Path, attribute: Attribute, shape: ListShape, each: Any
) -> tuple[tuple[LeafRule, ...], bool]:
    if isinstance(shape.item, Leaf):
        return (_item(attribute, "value", "value", shape.item, desk.line(path)),), True
    if each is UNSET or each == "same":
        return _same_items(attribute, shape.item, desk.line(path)), False
    if not isinstance(each, dict):
        desk.complain(
            "E102", "each: is the word same, or a table", (*path, "each"), "each: { value: value, type: kind }"
        )
        return (), False
    found = (
        _read_item(desk, (*path, "each", name), attribute, shape.item, name, value) for name, value in each.items()
    )
    return tuple(one for one in found if one is not None), False


def _same_items(attribute: Attribute, item: ObjectShape, line: int) -> tuple[LeafRule, ...]:
    return tuple(
        _item(attribute, sub.name, sub.name, field, line)
        for sub in attribute.sub_attributes
        if isinstance(field := item.fields.get(sub.name), Leaf)
    )


def same_list(target: AttrPath, attribute: Attribute, field: tuple[str, ...], shape: ListShape, line: int) -> ListRule:
    """The identity on a list, for `same: all`."""
    scalar = isinstance(shape.item, Leaf)
    items = (
        (_item(attribute, "value", "value", shape.item, line),)
        if isinstance(shape.item, Leaf)
        else _same_items(attribute, shape.item, line)
    )
    return ListRule(
        s=target, v=field, items=items, line=line, least=shape.low, cap=shape.high, scalar=scalar,
        types=_identity_types(items), required=shape.required, read_only=shape.read_only,
        unechoed=shape.unechoed or shape.write_only,
    )  # fmt: skip


def _identity_types(items: tuple[LeafRule, ...]) -> Types | None:
    kind = next((one for one in items if one.s.attr == "type" and one.leaf.type == "enum"), None)
    return None if kind is None or kind.leaf.open_enum else Types({}, {}, UNSET, kind.leaf.values)


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
        desk.unknown("E104", f"{attribute.name} has no sub-attribute {name}", name, known, path)
        return None
    row = RuleRow(to=value) if isinstance(value, str) else _row(desk, path, value)
    if row is None:
        return None
    fill = row.fill if isinstance(row.fill, list) else [] if row.fill is UNSET else [row.fill]
    if row.to is UNSET:
        if row.assume is UNSET:
            desk.complain("E114", f"{name} says neither to: nor assume:", path, f"{name}: {{ to: {name} }}")
            return None
        return _item(attribute, sub.name, "", _ABSENT, desk.line(path), (), row.assume)
    leaf = item.fields.get(row.to)
    if not isinstance(leaf, Leaf):
        desk.unknown("E105", f"the backend's items have no field {row.to}", row.to, item.fields, path)
        return None
    return _item(attribute, sub.name, row.to, leaf, desk.line(path), tuple(fill), row.assume)


def _row(desk: Desk, path: Path, value: Any) -> RuleRow | None:
    return read_row(desk.source, (*desk.path, *path), value, RuleRow, desk.diagnosis)


def _read_types(desk: Desk, path: Path, items: tuple[LeafRule, ...], row: RuleRow) -> Types | None:
    kind = next((one for one in items if one.s.attr == "type" and one.v), None)
    if kind is None:
        if row.types is not UNSET:
            desk.complain("E116", "types: needs a type that is carried under each:", (*path, "types"), "each: same")
        return None
    known = kind.leaf.values if not kind.leaf.open_enum else ()
    if row.types is UNSET:
        if known:
            message = f"{row.to}.type outside {', '.join(known)} is refused; say what to do with other types"
            desk.complain("W211", message, path, 'types: { "*": other }')
        return Types({}, {}, UNSET, known) if known else None
    return _types(desk, path, row.types, known)


def _types(desk: Desk, path: Path, rows: Mapping[str, Any], known: tuple[str, ...]) -> Types:
    out = {key: _word(value) for key, value in rows.items() if key != "*"}
    for key, value in out.items():
        if isinstance(value, str) and known and value not in known:
            message = f"types maps {key} to {value}, which the backend does not take"
            desk.complain("E205", message, (*path, "types", key), f"known: {', '.join(known)}")
    other = _word(rows["*"]) if "*" in rows else UNSET
    sent: dict[str, str] = {}
    for key, value in out.items():
        if isinstance(value, str) and value not in known:
            sent.setdefault(value, key)
    carried = {key: value for key, value in out.items() if value is not UNSET}
    return Types(carried, sent, other, known)


def _word(value: Any) -> Any:
    """`drop` is None, `reject` is UNSET, anything else is a type of the backend's."""
    return None if value == "drop" else UNSET if value == "reject" else str(value)


def _read_fill(desk: Desk, path: Path, attribute: Attribute, value: Any) -> tuple[Mapping[str, Source], ...]:
    if value is UNSET:
        return ()
    made: list[Mapping[str, Any]] = []
    for number, item in enumerate(value if isinstance(value, list) else [value]):
        if not isinstance(item, dict):
            desk.complain(
                "E102", "an item to fill in is a table", (*path, "fill"), 'fill: [ { value: "{userName|email}" } ]'
            )
            continue
        parts: dict[str, Any] = {}
        for name, text in item.items():
            sub = attribute.find(name)
            if sub is None:
                desk.unknown("E104", f"{attribute.name} has no sub-attribute {name}", name, attribute.by_name, path)
                continue
            parts[sub.name] = desk.attribute_template(text, (*path, "fill", number, name))
        made.append(parts)
    return tuple(made)
