"""`types`: which of a list's types the backend takes, and what becomes of all the others."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from gateway.lens.kinds import LeafRule, Types
from gateway.mapping.desk import Desk
from gateway.mapping.source import Path


def read_types(
    desk: Desk, path: Path, items: tuple[LeafRule, ...], to: str | UnsetType, rows: Mapping[str, Any] | UnsetType
) -> Types | None:
    """The table, or None where the backend takes any type. Complaints: E102, E116, E205, W211."""
    kind = next((one for one in items if one.s.attr == "type" and one.v), None)
    if kind is None:
        if rows is not UNSET:
            message = "types: needs a type that is carried under each:"
            desk.complain("E116", message, (*path, "types"), "each: { type: <field> }")
        return None
    if kind.table is not None or kind.codec is not None:
        if rows is not UNSET:
            message = "types: and a table or codec for the type do not go together"
            desk.complain("E126", message, (*path, "types"), "keep one of them")
        return None
    known = kind.leaf.values if not kind.leaf.open_enum else ()
    if rows is not UNSET:
        return _types(desk, (*path, "types"), rows, known)
    if known and not kind.leaf.read_only:
        message = f"{to}.type outside {', '.join(known)} is refused; say what to do with other types"
        hint = desk.rule_hint(path, {"types": {"*": known[-1]}})
        desk.complain("W211", message, path, f'{hint} # or "*": drop, or "*": reject')
    return Types({}, {}, UNSET, known) if known else None


def _types(desk: Desk, path: Path, rows: Mapping[str, Any], known: tuple[str, ...]) -> Types:
    words = {key: _word(value) for key, value in rows.items() if _is_text(desk, (*path, key), value)}
    for key, value in words.items():
        if isinstance(value, str) and known and value not in known:
            message = f"types maps {key} to {value}, which the backend does not take"
            desk.complain("E205", message, (*path, key), f"known: {', '.join(known)}, drop, reject")
    out = {key: value for key, value in words.items() if key != "*"}
    sent: dict[str, str] = {}
    for key, value in out.items():
        if isinstance(value, str) and value not in known:
            sent.setdefault(value, key)
    carried = {key: value for key, value in out.items() if value is not UNSET}
    return Types(carried, sent, words.get("*", UNSET), known)


def _is_text(desk: Desk, path: Path, value: Any) -> bool:
    if isinstance(value, str):
        return True
    desk.complain(
        "E102", f"types: {path[-1]} leads to a type, to drop or to reject", path, f'{path[-1]}: "{value}" # in quotes'
    )
    return False


def _word(value: str) -> str | UnsetType | None:
    """`drop` is None, `reject` is UNSET, anything else is a type of the backend's."""
    return None if value == "drop" else UNSET if value == "reject" else value
