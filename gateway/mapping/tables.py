"""`values` and `also`: a table between an attribute's values and a field's, both ways."""

from typing import Any

from msgspec import UNSET

from gateway.lens.kinds import Table
from gateway.lens.shapes import Leaf
from gateway.lens.templates import print_value
from gateway.mapping.constants import misfit_attribute, misfit_leaf, name_value, sample_attribute, sample_leaf
from gateway.mapping.desk import Desk
from gateway.mapping.document import RuleRow
from gateway.mapping.source import Path
from gateway.scim.filter import AttrPath
from gateway.scim.schema import Attribute

_NO = ("no", "No", "NO", "off", "Off", "OFF", "False", "FALSE", "0")


def read_table(
    desk: Desk, path: Path, target: AttrPath, attribute: Attribute, leaf: Leaf, row: RuleRow
) -> Table | None:
    """`values` and `also`. Complaints: E126, E201 to E205, W210, W212."""
    if row.values is UNSET:
        if row.also:
            desk.complain("E126", "also: adds to values:, and there is none", (*path, "also"), "values: { ... }")
        return None
    if leaf.refs:
        message, hint = "values: has no meaning for a reference: the gateway converts its ids", "remove values:"
        desk.complain("E126", message, (*path, "values"), hint)
        return None
    said = len(desk.diagnosis.diagnostics)
    out, back = _read_values(desk, (*path, "values"), target, attribute, leaf, row.values)
    for key, value in row.also.items():
        meant = _typed(value, attribute.type)
        where = (*path, "also", key)
        if isinstance(meant, dict | list) or meant not in out:
            message = f"also: maps '{key}' to {name_value(value)}, which values: does not know"
            desk.complain("E203", message, where, f"known: {', '.join(row.values)}")
            continue
        _check_side(desk, where, f"also of {target}", _typed(key, leaf.type), leaf)
        back[_typed(key, leaf.type)] = meant
    if row.via is UNSET and len(desk.diagnosis.diagnostics) == said:
        _check_total(desk, (*path, "values"), target, attribute, leaf, row, Table(out, back))
    return Table(out, back)


def _read_values(
    desk: Desk, path: Path, target: AttrPath, attribute: Attribute, leaf: Leaf, rows: dict[str, Any]
) -> tuple[dict[Any, Any], dict[Any, Any]]:
    out: dict[Any, Any] = {}
    back: dict[Any, Any] = {}
    for key, value in rows.items():
        where, wanted = (*path, key), _typed(key, attribute.type)
        misfit = misfit_attribute(wanted, attribute.type)
        if misfit:
            hint = f"write {'false' if key in _NO else sample_attribute(attribute.type)}"
            desk.complain("E201", f"values of {target}: '{key}' {misfit}", where, hint)
        _check_side(desk, where, f"values of {target}", value, leaf)
        if isinstance(value, dict | list):
            continue
        if value in back:
            message = f"values of {target} is not one-to-one: {name_value(value)} appears twice"
            desk.complain("E202", message, where, "put further backend values under also:")
        out[wanted], back[value] = value, wanted
    return out, back


def _check_side(desk: Desk, path: Path, what: str, value: Any, leaf: Leaf) -> None:
    misfit = misfit_leaf(value, leaf)
    if misfit:
        code = "E205" if "does not take" in misfit else "E201"
        hint = f"known: {', '.join(leaf.values)}" if code == "E205" else ""
        desk.complain(code, f"{what}: the backend's value {misfit}", path, hint or f"write {sample_leaf(leaf)}")


def _check_total(
    desk: Desk, path: Path, target: AttrPath, attribute: Attribute, leaf: Leaf, row: RuleRow, table: Table
) -> None:
    """Both sides of the table list every value there may be, or the mapping says that it is meant."""
    missing = [value for value in leaf.values if value not in table.back] if leaf.type == "enum" else []
    if missing:
        # Of two truths the hint names the careful one: an unknown state is no reason to let someone in.
        first = "false" if attribute.type == "boolean" else str(next(iter(table.out), "..."))
        message = f"{target}: backend value(s) {', '.join(missing)} have no SCIM value"
        desk.complain("E204", message, path, f"also: {{ {missing[0]}: {first} }}")
    if row.limit is not UNSET:
        return
    if (not missing and leaf.type not in ("bool", "enum")) or leaf.open_enum:
        known = [str(print_value(value)) for value in table.back]
        message = f"{target}: a record whose {row.to} is none of {', '.join(known)} cannot be shown"
        desk.complain("W212", message, path, f"shape: {{ {row.to}: enum({'|'.join(known)}) }}")
    refused = "" if leaf.read_only else _refused(target, attribute, row, table)
    if refused:
        desk.complain("W210", refused, path, "limit: { over: reject } # or complete the table")


def _refused(target: AttrPath, attribute: Attribute, row: RuleRow, table: Table) -> str:
    if attribute.type != "boolean":
        known = ", ".join(str(print_value(value)) for value in table.out.values())
        return f"{row.to} takes only {known}; other values of {target} are refused with invalidValue"
    lost = [name_value(value) for value in (True, False) if value not in table.out]
    return f"{', '.join(lost)} of {target} has no value at the backend: it is refused with invalidValue" if lost else ""


def _typed(text: Any, kind: str) -> Any:
    """A key of a table is text in the file; it stands for a value of its side's type."""
    if kind in ("boolean", "bool") and text in ("true", "false"):
        return text == "true"
    if kind in ("integer", "int") and isinstance(text, str) and text.lstrip("-").isdecimal():
        return int(text)
    return text
