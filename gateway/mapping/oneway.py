"""`send` and `show`: what is true in one direction only."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import UNSET

from gateway.lens.codecs import Codec
from gateway.lens.holes import Source, Template
from gateway.lens.kinds import SendRule, ShowRule
from gateway.lens.shapes import Leaf, Shape, find_field
from gateway.mapping.constants import misfit_attribute, misfit_codec, misfit_leaf, sample_attribute, sample_leaf
from gateway.mapping.desk import Desk
from gateway.mapping.document import SendRow, ShowRow, read_row
from gateway.mapping.flow import write_flow
from gateway.mapping.leaf import read_chain
from gateway.mapping.source import Path

_AS_IT_IS = "carry it under map:"  # a text with holes is a text, whatever it holds
_PLAIN = "is one value, not a list or a table"


def read_sends(desk: Desk, rows: Mapping[str, Any]) -> list[SendRule]:
    """The rules of `send`: a field, and templates or constants of which the first complete one goes."""
    found = (_read_send(desk, ("send", text), value) for text, value in rows.items())
    return [rule for rule in found if rule is not None]


def _read_send(desk: Desk, path: Path, value: Any) -> SendRule | None:
    row = value if isinstance(value, dict) else {"value": value}
    read = read_row(desk.source, (*desk.path, *path), row, SendRow, desk.diagnosis)
    field = desk.known_field(path[-1], path)
    if read is None or field is None:
        return None
    leaf = find_field(desk.names.shape, field)
    rejects = isinstance(read.value, list) and read.value[-1:] == ["reject"]
    values = _read_values(desk, path, read.value[:-1] if rejects else read.value, desk.sent_template)
    companion = desk.attribute(read.companion, (*path, "with")) if read.companion else None
    when = desk.condition(read.when, (*path, "when")) if read.when else None
    if values is None:
        return None
    codec = _read_via(desk, path, read, values, leaf)
    for one in () if codec is not None else values:
        misfit = misfit_leaf(one, leaf) if isinstance(leaf, Leaf) else _PLAIN
        if misfit:
            hint = _sample_sent(str(path[-1]), one, leaf) if isinstance(leaf, Leaf) else _AS_IT_IS
            desk.complain("E201", f"the value sent to {path[-1]} {misfit}", (*path, "value"), hint)
    if rejects and leaf is not None and not leaf.required:
        hint = desk.sent_hint(path, read.value[:-1])
        desk.complain("E126", f"reject: nothing is refused for want of {path[-1]}, which is not required", path, hint)
    rule = SendRule(
        v=field, values=values, leaf=leaf if isinstance(leaf, Leaf) else Leaf(), line=desk.line(path),
        on=read.on, when=when, companion=companion, codec=codec, rejects=rejects,
    )  # fmt: skip
    desk.remember(rule, path)
    return rule


def _sample_sent(name: str, source: Source, leaf: Leaf) -> str:
    if not isinstance(source, Template):
        return f"{name}: {sample_leaf(leaf)}"
    return _AS_IT_IS if leaf.type == "bool" else f"{name}: {write_flow({'value': source.text, 'via': 'int_text'})}"


def _read_values(
    desk: Desk, path: Path, value: Any, read: Callable[[Any, Path], Source | None]
) -> tuple[Source, ...] | None:
    """One source or a list of them; None where one of them cannot be read. Complaints: E112, and those of templates."""
    listed = value if isinstance(value, list) else [value]
    if not listed:
        desk.complain("E112", f"an empty list is no value for {path[-1]}", (*path, "value"), "remove the rule")
    found = [read(one, (*path, "value")) for one in listed]
    known = tuple(one for one in found if one is not None)
    return known if known and len(known) == len(listed) else None


def _read_via(desk: Desk, path: Path, row: SendRow, values: Sequence[Source], field: Shape | None) -> Codec | None:
    """The codecs of a text that is sent; those that lose information too. Complaints: E115, E126, E201."""
    if row.via is UNSET or not isinstance(field, Leaf):
        return None
    where = (*path, "via")
    codec = read_chain(desk, where, row.via)
    misfit = misfit_codec(codec, "string", field) if codec is not None else ""
    if not all(isinstance(one, Template) for one in values):
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
    sources = _read_values(desk, path, read.value, desk.field_template)
    for source in sources or ():
        misfit = misfit_attribute(source, attribute.type) if attribute else ""
        if misfit and attribute:
            sample = f"{path[-1]}: {sample_attribute(attribute.type)}"
            hint = _AS_IT_IS if isinstance(source, Template) else sample
            desk.complain("E201", f"the value shown as {target} {misfit}", (*path, "value"), hint)
    when = desk.record_condition(read.when, (*path, "when")) if read.when else None
    if sources is None:
        return None
    rule = ShowRule(s=target, values=sources, line=desk.line(path), when=when)
    desk.remember(rule, path)
    return rule
