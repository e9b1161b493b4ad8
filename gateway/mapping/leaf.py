"""One attribute to one field: table, codec, fill, assumed value, limit."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from gateway.lens.codec_dates import date_codec
from gateway.lens.codecs import CODECS, Codec, chain, prefix_codec
from gateway.lens.holes import Source
from gateway.lens.kinds import LeafRule
from gateway.lens.shapes import Leaf
from gateway.mapping.constants import TYPES, misfit_attribute, misfit_codec, sample_attribute
from gateway.mapping.desk import Desk
from gateway.mapping.document import RuleRow
from gateway.mapping.flow import write_flow
from gateway.mapping.source import Path
from gateway.mapping.tables import read_table
from gateway.scim.filter import AttrPath
from gateway.scim.schema import Attribute


def read_leaf_rule(
    desk: Desk, path: Path, target: AttrPath, attribute: Attribute, field: tuple[str, ...], leaf: Leaf, row: RuleRow
) -> LeafRule:
    """One attribute to one field."""
    through = row.through is not UNSET
    if through:
        leaf = replace(leaf, read_only=False)  # the calls write it
    table = read_table(desk, path, target, attribute, leaf, row)
    codec = read_codecs(desk, path, target, attribute, leaf, row)
    if row.values is UNSET and row.via is UNSET:
        check_kinds(desk, path, target, attribute, ".".join(field), leaf)
    return LeafRule(
        s=target,
        v=field,
        leaf=leaf,
        s_type=attribute.type,
        line=desk.line(path),
        codec=codec,
        table=table,
        fill=read_fill(desk, (*path, "fill"), target, attribute, row.fill),
        assume=_read_stated(desk, path, target, attribute, "assume", row.assume),
        absent=_read_stated(desk, path, target, attribute, "absent", row.absent),
        ref=leaf.refs,
        over=read_limit(desk, path, target, leaf, row),
        s_required=attribute.required,
        through=through,
    )


def check_kinds(desk: Desk, path: Path, target: AttrPath, attribute: Attribute, field: str, leaf: Leaf) -> None:
    """The attribute's values can stand in the field as they are. Complaints: E201."""
    if attribute.type not in TYPES[leaf.type]:
        rule = f"{target}: {{ to: {field}, values: {{ true: ..., false: ... }} }}"
        hint = "" if attribute.type != "boolean" else rule if path[:1] == ("map",) else f"map: {{ {rule} }}"
        message = f"{target} is {attribute.type} but {field} is {leaf.type}"
        desk.complain("E201", message, path, hint or "add values: or via:")


def read_fill(desk: Desk, path: Path, target: AttrPath, attribute: Attribute, value: Any) -> tuple[Source, ...]:
    """`fill`: one source or a list of them."""
    if value is UNSET:
        return ()
    found: list[Source] = []
    for number, one in enumerate(value if isinstance(value, list) else [value]):
        where = (*path, number) if isinstance(value, list) else path
        source = desk.attribute_template(one, where)
        misfit = misfit_attribute(source, attribute.type) if source is not None else ""
        if misfit:
            hint = f"fill: {sample_attribute(attribute.type)}"
            desk.complain("E201", f"fill of {target} {misfit}", where, hint)
        if source is not None:
            found.append(source)
    return tuple(found)


def _read_stated(desk: Desk, path: Path, target: AttrPath, attribute: Attribute, key: str, value: Any) -> Any:
    misfit = "" if value is UNSET else misfit_attribute(value, attribute.type)
    if misfit:
        hint = f"{key}: {sample_attribute(attribute.type)}"
        desk.complain("E201", f"{key} of {target} {misfit}", (*path, key), hint)
    return value


def read_limit(desk: Desk, path: Path, target: AttrPath, leaf: Leaf, row: RuleRow) -> Any:
    """What happens to a text that is too long. Complaints: E126."""
    if row.limit is UNSET:
        return "reject"
    where = (*path, "limit")
    if row.limit.max is not None:
        desk.complain(
            "E126", "max: has no meaning for one value", (*where, "max"), "the shape has the length: string(..64)"
        )
    if row.limit.over == "truncate" and leaf.high is None:
        hint = f"{target} has no upper length in the shape: string(..64)"
        desk.complain("E126", "limit: has nothing to cut", where, hint)
    return row.limit.over


def read_codecs(
    desk: Desk, path: Path, target: AttrPath, attribute: Attribute, leaf: Leaf, row: RuleRow
) -> Codec | None:
    """`via`: one codec or several in a row. Complaints: E115, E126, E201, E301."""
    if row.via is UNSET:
        return None
    where = (*path, "via")
    made = read_chain(desk, where, row.via)
    if made is None:
        return None
    if made.law == "lossy":
        first, *others = (name for name, codec in CODECS.items() if codec.law != "lossy")
        message = f"codec {made.name} loses information and cannot stand in map:"
        desk.complain("E301", message, where, f"via: {first} # or {', '.join(others)}; under send: it may stand")
    misfit = misfit_codec(made, attribute.type, leaf) if row.values is UNSET else ""
    if leaf.refs:
        hint = f"remove via:, or declare the field as a string in place of ref({'|'.join(leaf.refs)})"
        desk.complain("E126", "via: has no meaning for a reference: the gateway converts its ids", where, hint)
    elif row.values is not UNSET:
        desk.complain("E126", "values: and via: do not go together", where, "keep one of them")
    elif misfit:
        desk.complain("E201", f"{target}: {misfit}", where, "remove via:, or name another field")
    elif made.prefix and not (leaf.write_only or leaf.unechoed):
        _note_prefix(desk, path, made.prefix, row)
    return made


def _note_prefix(desk: Desk, path: Path, prefix: str, row: RuleRow) -> None:
    """A text that does not begin so cannot be read; one of a text with a hole then shows nothing. Complaints: N707."""
    name = str(path[1])
    whole = f"{name}.{path[-1]}" if "each" in path else name
    others = (getattr(row, key) for key in RuleRow.__struct_fields__ if key not in ("to", "via", "fill", "key"))
    hint = ""
    alone = path == ("map", name) and "[" not in name and isinstance(row.via, str)
    if alone and all(one in (UNSET, {}) for one in others):
        written = prefix.replace("{", "{{").replace("}", "}}") + f"{{{name}}}"
        rule = {"to": row.to, "fill": row.fill} if row.fill is not UNSET else row.to
        hint = f"{write_flow({written: rule})[2:-2]} # instead: such a record then shows no {name}"
    desk.complain("N707", f"{whole}: a record that holds a text without {prefix} before it cannot be read", path, hint)


def read_chain(desk: Desk, path: Path, said: str | list[str]) -> Codec | None:
    """What stands under `via`, as one codec; None where a name in it is none. Complaints: E115."""
    found = [read_codec(desk, path, text) for text in ([said] if isinstance(said, str) else said)]
    codecs = tuple(one for one in found if one is not None)
    if not codecs or len(codecs) < len(found):
        return None
    return codecs[0] if len(codecs) == 1 else chain(codecs)


def read_codec(desk: Desk, path: Path, text: str) -> Codec | None:
    """A codec by name. Complaints: E115."""
    if text.startswith('prefix("') and text.endswith('")') and len(text) > len('prefix("")'):
        return prefix_codec(text[8:-2])
    if text.startswith('date("') and text.endswith('")'):
        try:
            return date_codec(text[6:-2])
        except ValueError as error:
            desk.complain("E115", f"{text}: {error}", path, """via: 'date("%d/%m/%Y")'""")
            return None
    if text not in CODECS:
        known = [*CODECS, 'prefix("...")', 'date("%d/%m/%Y")']
        desk.unknown("E115", f"no codec is called {text}", text, known, path)
    return CODECS.get(text)
