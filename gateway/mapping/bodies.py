"""`body` of a call: the record, nothing, the record below a key, or a document of the mapping's own."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import UNSET

from gateway.lens.holes import Hole, Template, holes
from gateway.lens.templates import TemplateError, parse_template
from gateway.mapping.desk import Desk
from gateway.mapping.dialect import BackendCall, Body
from gateway.mapping.notation import read_keys
from gateway.mapping.source import Path
from gateway.scim.filter import AttrPath

ID = AttrPath(None, "id")
_HINT = 'body: { login: "{userName}" } # or record, none, { wrap: user }'
Fill = Callable[[str], AttrPath]


def read_body(desk: Desk, path: Path, value: Any, fill: Fill) -> Body | None:
    """None when nothing is said. Complaints: E101, E102, E112, and those of `fill` for a hole."""
    if value is UNSET:
        return None
    if value in ("record", "none"):
        return Body(value)
    if not isinstance(value, dict):
        desk.complain("E102", f"body cannot be {value}", path, _HINT)
        return Body()
    if list(value) == ["wrap"] and isinstance(value["wrap"], str):
        return Body("record", _read_wrap(desk, (*path, "wrap"), value["wrap"]))
    return Body("table", (), _read_table(desk, path, value, fill))


def _read_wrap(desk: Desk, path: Path, text: str) -> tuple[str, ...]:
    try:
        return read_keys(text)
    except ValueError as error:
        desk.complain("E101", str(error), path, "wrap: user # or data.user")
        return ()


def _read_table(desk: Desk, path: Path, value: Any, fill: Fill) -> Any:
    if isinstance(value, dict):
        return {key: _read_table(desk, (*path, key), one, fill) for key, one in value.items()}
    if isinstance(value, list):
        return tuple(_read_table(desk, (*path, at), one, fill) for at, one in enumerate(value))
    if not isinstance(value, str):
        return value
    try:
        return parse_template(value, fill)
    except TemplateError as error:
        if str(error):
            desk.complain("E112", str(error), path)
        return Template((), value)


def attributes_called(call: BackendCall) -> frozenset[AttrPath]:
    """The attributes that a call, and those that follow it, are made of."""
    texts = (call.path, *(text for _, text in call.query))
    found = [hole.path for text in texts for hole in holes(text)] + [one.path for one in table_holes(call.body.table)]
    own = frozenset(path for path in found if isinstance(path, AttrPath) and path != ID)
    return own.union(*map(attributes_called, call.following))


def table_holes(value: Any) -> Iterator[Hole]:
    """Every hole of a body of the mapping's own."""
    if isinstance(value, Template):
        yield from holes(value)
    elif isinstance(value, dict):
        for one in value.values():
            yield from table_holes(one)
    elif isinstance(value, tuple):
        for one in value:
            yield from table_holes(one)
