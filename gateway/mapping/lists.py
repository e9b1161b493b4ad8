"""Rules over lists: `each`, `types`, `key`, `limit`, `adds`, and `fill` of whole items."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from gateway.lens.holes import Source
from gateway.lens.kinds import ListRule
from gateway.lens.shapes import Leaf, ListShape
from gateway.mapping.constants import misfit_attribute, sample_attribute
from gateway.mapping.desk import Desk
from gateway.mapping.document import RuleRow
from gateway.mapping.items import read_items
from gateway.mapping.source import Path
from gateway.mapping.types import read_types
from gateway.scim.filter import AttrPath
from gateway.scim.schema import Attribute


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
    items = read_items(desk, path, target, attribute, shape, row.each)
    if not items:
        return None
    if attribute.type != "complex" and any(item.ref for item in items):
        message = f"{path[-1]} is a list of plain values, but {row.to} holds references"
        desk.complain("E201", message, path, f'shape: {{ "{row.to}[]": string }}')
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
        read_only=shape.read_only and row.through is UNSET,
        write_only=shape.write_only,
        unechoed=shape.unechoed,
        shows=shape.shows,
        asked=shape.asked,
        through=row.through is not UNSET,
        plain=attribute.type != "complex",
        adds=desk.single(row.adds, (*path, "adds")) if row.adds is not UNSET else None,
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
            limit = {"max": shape.high, "over": "reject"}
            desk.complain("E501", message, path, desk.rule_hint(path, {"limit": limit}))
        return shape.high
    if row.limit.max is None:
        return shape.high
    if shape.high is not None and row.limit.max > shape.high:
        message = f"{row.to} takes at most {shape.high} value(s), fewer than the limit of {row.limit.max}"
        desk.complain("E501", message, (*path, "limit", "max"), f"max: {shape.high}")
    return row.limit.max


def _read_fill(desk: Desk, path: Path, attribute: Attribute, value: Any) -> tuple[Mapping[str, Source], ...]:
    if value is UNSET:
        return ()
    made: list[Mapping[str, Source]] = []
    for number, item in enumerate(value if isinstance(value, list) else [value]):
        where = (*path, "fill", number) if isinstance(value, list) else (*path, "fill")
        if not attribute.sub_attributes and not isinstance(item, dict):
            item = {"value": item}
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
