"""`send` and `show`: what is true in one direction only."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from gateway.lens.codecs import Codec
from gateway.lens.kinds import SendRule, ShowRule, Source, Template
from gateway.lens.shapes import Leaf, Shape, find_field
from gateway.mapping.constants import misfit_attribute, misfit_codec, misfit_leaf, sample_attribute, sample_leaf
from gateway.mapping.desk import Desk
from gateway.mapping.document import SendRow, ShowRow, read_row
from gateway.mapping.leaf import read_chain
from gateway.mapping.source import Path


def read_sends(desk: Desk, rows: Mapping[str, Any]) -> list[SendRule]:
    """The rules of `send`: a field of the backend, a constant or a template over the resource."""
    found = (_read_send(desk, ("send", text), value) for text, value in rows.items())
    return [rule for rule in found if rule is not None]


def _read_send(desk: Desk, path: Path, value: Any) -> SendRule | None:
    row = value if isinstance(value, dict) else {"value": value}
    read = read_row(desk.source, (*desk.path, *path), row, SendRow, desk.diagnosis)
    field = desk.known_field(path[-1], path)
    if read is None or field is None:
        return None
    leaf = find_field(desk.names.shape, field)
    source = desk.attribute_template(read.value, (*path, "value"))
    companion = desk.attribute(read.companion, (*path, "with")) if read.companion else None
    when = desk.condition(read.when, (*path, "when")) if read.when else None
    if source is None:
        return None
    codec = _read_via(desk, path, read, source, leaf)
    misfit = misfit_leaf(source, leaf) if isinstance(leaf, Leaf) else "is one value, not a list or a table"
    if misfit and codec is None:
        hint = f"{path[-1]}: {sample_leaf(leaf)}" if isinstance(leaf, Leaf) else "carry it under map:"
        desk.complain("E201", f"the value sent to {path[-1]} {misfit}", (*path, "value"), hint)
    rule = SendRule(
        v=field, value=source, line=desk.line(path), on=read.on, when=when, companion=companion, codec=codec
    )
    desk.remember(rule, path)
    return rule


def _read_via(desk: Desk, path: Path, row: SendRow, source: Source, field: Shape | None) -> Codec | None:
    """The codecs of a text that is sent; those that lose information too. Complaints: E115, E126, E201."""
    if row.via is UNSET or not isinstance(field, Leaf):
        return None
    where = (*path, "via")
    codec = read_chain(desk, where, row.via)
    misfit = misfit_codec(codec, "string", field) if codec is not None else ""
    if not isinstance(source, Template):
        desk.complain("E126", "via: converts a text with holes, not a constant", where, "remove via:")
    elif misfit:
        hint = "via: int_text" if field.type in ("int", "number") else "remove via:, or name another field"
        desk.complain("E201", f"{path[-1]}: {misfit}", where, hint)
    return codec


def read_shows(desk: Desk, rows: Mapping[str, Any]) -> list[ShowRule]:
    """The rules of `show`: a SCIM attribute, and constants or templates over the record of which the first holds."""
    found = (_read_show(desk, ("show", text), value) for text, value in rows.items())
    return [rule for rule in found if rule is not None]


def _read_show(desk: Desk, path: Path, value: Any) -> ShowRule | None:
    row = value if isinstance(value, dict) else {"value": value}
    read = read_row(desk.source, (*desk.path, *path), row, ShowRow, desk.diagnosis)
    target = desk.single(str(path[-1]), path)
    if read is None or target is None:
        return None
    attribute = desk.names.type.find(target)
    listed = read.value if isinstance(read.value, list) else [read.value]
    sources = [one for one in (desk.field_template(each, (*path, "value")) for each in listed) if one is not None]
    for source in sources:
        misfit = misfit_attribute(source, attribute.type) if attribute else ""
        if misfit and attribute:
            hint = f"{path[-1]}: {sample_attribute(attribute.type)}"
            desk.complain("E201", f"the value shown as {target} {misfit}", (*path, "value"), hint)
    when = desk.record_condition(read.when, (*path, "when")) if read.when else None
    rule = ShowRule(s=target, values=tuple(sources), line=desk.line(path), when=when)
    desk.remember(rule, path)
    return rule
