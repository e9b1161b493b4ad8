"""`map`, `send` and `show`: from the file's rows to lenses."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import UNSET

from gateway.lens.codecs import CODECS, Codec, chain, prefix_codec
from gateway.lens.kinds import KeepRule, LeafRule, Rule, SendRule, ShowRule, Source, Table
from gateway.lens.shapes import Leaf, ListShape, ObjectShape, find_field
from gateway.mapping.desk import Desk
from gateway.mapping.document import RuleRow, SendRow, ShowRow, read_row
from gateway.mapping.lists import read_list_rule
from gateway.mapping.source import Path
from gateway.scim.filter import AttrPath
from gateway.scim.schema import Attribute

_TYPES = {
    "string": {"string", "reference", "binary", "dateTime"},
    "enum": {"string", "reference"},
    "ref": {"string", "reference"},
    "binary": {"binary", "string"},
    "bool": {"boolean"},
    "int": {"integer", "decimal"},
    "number": {"decimal", "integer"},
    "datetime": {"dateTime", "string"},
    "any": {"string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"},
}


def read_rules(desk: Desk, rows: Mapping[str, Any]) -> list[Rule]:
    """The explicit rules of `map`; the word `same: all` is the caller's."""
    rules: list[Rule] = []
    for text, value in rows.items():
        if text == "same":
            continue
        path: Path = ("map", text)
        target = desk.attribute(text, path)
        row = _row(desk, path, value)
        if target is not None and row is not None:
            rules += _read_rule(desk, path, target, row)
    return rules


def _row(desk: Desk, path: Path, value: Any) -> RuleRow | None:
    if isinstance(value, str):
        return RuleRow(to=value)
    return read_row(desk.source, (*desk.path, *path), value, RuleRow, desk.diagnosis)


def _read_rule(desk: Desk, path: Path, target: AttrPath, row: RuleRow) -> Iterator[Rule]:
    if row.keep is not UNSET:
        yield KeepRule(s=target, line=desk.line(path))
        return
    if row.to is UNSET:
        desk.complain("E114", f"{target} says neither to: nor keep:", path, "to: <field of the backend>")
        return
    attribute = desk.names.type.find(target)
    field = desk.field(row.to, path)
    shape = find_field(desk.names.shape, field) if field else None
    if field and shape is None:
        known = [".".join(keys) for keys in _all_fields(desk.names.shape)]
        desk.unknown("E105", f"the backend's shape has no field {row.to}", row.to, known, (*path, "to"))
    elif field and attribute is not None and shape is not None:
        yield from _carry(desk, path, target, attribute, field, shape, row)


def _carry(
    desk: Desk, path: Path, target: AttrPath, attribute: Attribute, field: tuple[str, ...], shape: Any, row: RuleRow
) -> Iterator[Rule]:
    if attribute.multi_valued and isinstance(shape, ListShape):
        rule = read_list_rule(desk, path, target, attribute, field, shape, row)
        if rule is not None:
            yield rule
    elif isinstance(shape, Leaf) and attribute.type != "complex" and not attribute.multi_valued:
        yield read_leaf_rule(desk, path, target, attribute, field, shape, row)
    else:
        hint = "name the sub-attributes: name.givenName: first" if attribute.type == "complex" else ""
        desk.complain("E201", f"{target} and {row.to} are not of the same kind", path, hint)


def read_leaf_rule(
    desk: Desk, path: Path, target: AttrPath, attribute: Attribute, field: tuple[str, ...], leaf: Leaf, row: RuleRow
) -> LeafRule:
    """One attribute to one field."""
    table = _read_table(desk, path, target, attribute, leaf, row)
    codec = _read_codec(desk, path, row)
    if table is None and codec is None and attribute.type not in _TYPES[leaf.type]:
        message = f"{target} is {attribute.type} but {'.'.join(field)} is {leaf.type}"
        desk.complain("E201", message, path, "add values: or via:")
    return LeafRule(
        s=target,
        v=field,
        leaf=leaf,
        s_type=attribute.type,
        line=desk.line(path),
        codec=codec,
        table=table,
        fill=read_fill(desk, path, row.fill),
        assume=row.assume,
        ref=leaf.refs,
        over=row.limit.over if row.limit is not UNSET else "reject",
        s_required=attribute.required,
    )


def read_fill(desk: Desk, path: Path, value: Any) -> tuple[Source, ...]:
    """`fill`: one source or a list of them."""
    if value is UNSET:
        return ()
    sources = value if isinstance(value, list) else [value]
    made = (desk.attribute_template(one, (*path, "fill")) for one in sources)
    return tuple(one for one in made if one is not None)


def _read_table(
    desk: Desk, path: Path, target: AttrPath, attribute: Attribute, leaf: Leaf, row: RuleRow
) -> Table | None:
    if row.values is UNSET:
        return None
    out = {_typed(key, attribute.type): value for key, value in row.values.items()}
    back = {value: key for key, value in out.items()}
    if len(back) < len(out):
        desk.complain("E202", f"values of {target} is not one-to-one", (*path, "values"), "put extra ones under also:")
    for key, value in row.also.items():
        meant = _typed(value, attribute.type) if isinstance(value, str) else value
        if meant not in out:
            message = f"also: maps '{key}' to '{value}', which values: does not know"
            desk.complain("E203", message, (*path, "also", key), f"known: {', '.join(map(str, row.values))}")
        back[_typed(key, leaf.type)] = meant
    missing = [value for value in leaf.values if value not in back]
    if missing and leaf.type == "enum":
        message = f"{target}: backend value(s) {', '.join(missing)} have no SCIM value"
        desk.complain("E204", message, (*path, "values"), f"also: {{ {missing[0]}: {next(iter(row.values), '...')} }}")
    return Table(out, back)


def _typed(text: Any, kind: str) -> Any:
    """A key of a table is text in the file; it stands for a value of its side's type."""
    if kind in ("boolean", "bool") and text in ("true", "false"):
        return text == "true"
    if kind in ("integer", "int") and isinstance(text, str) and text.lstrip("-").isdigit():
        return int(text)
    return text


def _read_codec(desk: Desk, path: Path, row: RuleRow) -> Codec | None:
    if row.via is UNSET:
        return None
    found = [read_codec(desk, (*path, "via"), text) for text in ([row.via] if isinstance(row.via, str) else row.via)]
    codecs = tuple(one for one in found if one is not None)
    for one in codecs:
        if one.law == "lossy":
            message = f"codec {one.name} loses information and cannot stand in map:"
            desk.complain("E301", message, (*path, "via"), "use it under send: or show:")
    return None if not codecs else codecs[0] if len(codecs) == 1 else chain(codecs)


def read_codec(desk: Desk, path: Path, text: str) -> Codec | None:
    """A codec by name. Complaints: E115."""
    if text.startswith('prefix("') and text.endswith('")'):
        return prefix_codec(text[8:-2])
    if text not in CODECS:
        desk.unknown("E115", f"no codec is called {text}", text, [*CODECS, 'prefix("...")'], path)
    return CODECS.get(text)


def _all_fields(shape: ObjectShape, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in shape.fields.items():
        yield (*prefix, name)
        if isinstance(field, ObjectShape):
            yield from _all_fields(field, (*prefix, name))


def read_sends(desk: Desk, rows: Mapping[str, Any]) -> list[SendRule]:
    """The rules of `send`."""
    rules: list[SendRule] = []
    for text, value in rows.items():
        path: Path = ("send", text)
        row = value if isinstance(value, dict) else {"value": value}
        read = read_row(desk.source, (*desk.path, *path), row, SendRow, desk.diagnosis)
        field = desk.field(text, path)
        if read is None or field is None:
            continue
        if find_field(desk.names.shape, field) is None:
            desk.complain("E105", f"the backend's shape has no field {text}", path, "add it to shape:")
        source = desk.attribute_template(read.value, path)
        companion = desk.attribute(read.companion, path) if read.companion else None
        when = desk.condition(read.when, path) if read.when else None
        if source is not None:
            rules.append(
                SendRule(v=field, value=source, line=desk.line(path), on=read.on, when=when, companion=companion)
            )
    return rules


def read_shows(desk: Desk, rows: Mapping[str, Any]) -> list[ShowRule]:
    """The rules of `show`."""
    rules: list[ShowRule] = []
    for text, value in rows.items():
        path: Path = ("show", text)
        row = value if isinstance(value, dict) else {"value": value}
        read = read_row(desk.source, (*desk.path, *path), row, ShowRow, desk.diagnosis)
        target = desk.attribute(text, path)
        if read is None or target is None:
            continue
        listed = read.value if isinstance(read.value, list) else [read.value]
        sources = [one for one in (desk.field_template(each, path) for each in listed) if one is not None]
        when = desk.condition(read.when, path) if read.when else None
        rules.append(ShowRule(s=target, values=tuple(sources), line=desk.line(path), when=when))
    return rules
