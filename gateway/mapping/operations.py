"""`ops`: the backend's calls for the six operations, what they say, and where their answers hold what."""

from collections.abc import Mapping
from typing import Any, get_args

from msgspec.structs import replace

from gateway.lens.holes import Hole, Template, holes
from gateway.lens.templates import TemplateError, parse_template
from gateway.mapping.abilities import read_place
from gateway.mapping.bodies import ID, read_body, table_holes
from gateway.mapping.desk import Desk
from gateway.mapping.dialect import BackendCall, Body, Operation
from gateway.mapping.document import ResourceRow, read_row
from gateway.mapping.document_calls import OpRow
from gateway.mapping.notation import read_call
from gateway.mapping.removal import is_soft
from gateway.mapping.source import Path
from gateway.scim.filter import AttrPath

OPERATIONS = get_args(Operation)
_ON_ONE = ("retrieve", "replace", "modify", "delete")
# Which keys have a meaning for which operation, beside `call` and `expect`.
_KEYS: Mapping[str, tuple[str, ...]] = {
    "create": ("result", "id", "then", "body"),
    "retrieve": ("result", "gone"),
    "query": (),
    "replace": ("result", "then", "body"),
    "modify": ("result", "then", "body"),
    "delete": ("body",),
}


def read_ops(desk: Desk, row: ResourceRow) -> dict[str, BackendCall]:
    """The calls by operation. Complaints: E101, E102, E104, E112, E117, E126, E201, E604."""
    ops: dict[str, BackendCall] = {}
    for name, value in row.ops.items():
        path: Path = ("ops", name)
        if name == "delete" and is_soft(value):
            continue  # no call of its own
        if name not in OPERATIONS:
            desk.unknown("E102", f"unknown operation '{name}'", name, OPERATIONS, path)
            continue
        read = _read_sequence if isinstance(value, list) else _read_call
        call = read(desk, path, name, value)
        if call is not None:
            ops[name] = call
    return ops


def _read_sequence(desk: Desk, path: Path, name: str, values: list[Any]) -> BackendCall | None:
    """Several calls in a row: the first is the operation itself, the others complete it."""
    if name in ("retrieve", "query") or not values:
        sample = f"{name}: {_sample(name)}"
        desk.complain("E102", f"{name} is one call, not a list" if values else f"{name} lists no call", path, sample)
        return None
    calls = [_read_call(desk, (*path, at), name, value, further=at > 0) for at, value in enumerate(values)]
    first, *further = calls
    known = tuple(one for one in further if one is not None)
    return replace(first, following=known) if first is not None and len(known) == len(further) else None


def _read_call(desk: Desk, path: Path, name: str, value: Any, *, further: bool = False) -> BackendCall | None:
    data = {"call": value} if isinstance(value, str) else value
    op = read_row(desk.source, (*desk.path, *path), data, OpRow, desk.diagnosis)
    if op is None:
        return None
    try:
        verb, where, query = read_call(op.call)
    except ValueError as error:
        desk.complain("E117", str(error), path, f"{name}: {_sample(name)}")
        return None
    _check_keys(desk, path, name, data, further=further)
    reader = CallReader(desk, path, name, further=further)
    body = read_body(desk, (*path, "body"), op.body, reader.fill)
    made = BackendCall(
        verb=verb,
        path=reader.template(where),
        query=tuple((key, reader.template(text)) for key, text in query),
        expect=(op.expect,) if isinstance(op.expect, int) else tuple(op.expect),
        result=read_place(desk, op.result, (*path, "result")),
        id_from="location" if op.id == "location" else "body",
        id_at=_read_id(desk, (*path, "id"), op.id),
        then_retrieve=op.then == "retrieve",
        body=body or Body("record" if reader.writes else "none"),
    )
    reader.check(made)
    return made


def _check_keys(desk: Desk, path: Path, name: str, data: Mapping[str, Any], *, further: bool) -> None:
    known = ("call", "expect", "body") if further else ("call", "expect", *_KEYS[name])
    for key in data:
        if key in OpRow.__struct_encode_fields__ and key not in known:
            what = f"a further call of {name}" if further else name
            desk.complain("E126", f"{key}: has no meaning for {what}", (*path, key), f"{what} takes {', '.join(known)}")


def _read_id(desk: Desk, path: Path, text: str) -> tuple[str, ...]:
    """`body.user.id` as the keys below `body`. Complaints: E101, E102."""
    if text in ("body", "location"):
        return ()
    if not text.startswith("body."):
        desk.complain("E102", f"id cannot be {text}", path, "id: body # or location, or body.user.id")
        return ()
    return read_place(desk, text.removeprefix("body."), path)


class CallReader:
    """The texts of one call and their holes: `id` where there is a record, attributes where one is made."""

    def __init__(self, desk: Desk, path: Path, name: str, *, further: bool) -> None:
        self.desk = desk
        self.path = path
        self.name = name
        self.creates = name == "create"
        self.further = further
        self.has_id = name in _ON_ONE or further
        self.understood = True

    def template(self, text: str) -> Template:
        """A part of the call's text."""
        try:
            return parse_template(text, self.fill)
        except TemplateError as error:
            self.understood = False
            if str(error):
                self.desk.complain("E112", str(error), self.path)
            return Template((), text)

    def fill(self, name: str) -> AttrPath:
        """What a hole stands for. Raises TemplateError after a complaint: E604, or those of an attribute."""
        found = ID if name == "id" and self.has_id else None
        if found is None and self.creates and name != "id":
            found = self.desk.single(name, self.path)
        elif found is None:
            known = "only {id} is filled in" if self.has_id else "nothing is filled in here"
            known = "the record has no id yet" if self.creates else known
            sample = f"{self.name}: {_sample(self.name)}"
            self.desk.complain("E604", f"{self.name} uses {{{name}}}, and {known}", self.path, sample)
        if found is None:
            raise TemplateError("")
        return found

    @property
    def writes(self) -> bool:
        """Is this the call that brings the record to the backend?"""
        return self.name in ("create", "replace", "modify") and not self.further

    def check(self, call: BackendCall) -> None:
        """A call on one record names it, and a change says what is changed. Complaints: E604."""
        texts = (call.path, *(text for _, text in call.query))
        found: list[Hole] = [hole for text in texts for hole in holes(text)] + list(table_holes(call.body.table))
        sample = f"{self.name}: {_sample(self.name)}"
        if self.name in _ON_ONE and self.understood and not any(hole.path == ID for hole in found):
            message = f"{self.name} does not say which record: {{id}} is missing"
            self.desk.complain("E604", message, self.path, sample)
        if self.name in ("replace", "modify") and self.writes and call.body.kind != "record":
            message = f"{self.name} sends nothing of the record, so no change would reach the backend"
            self.desk.complain("E604", message, (*self.path, "body"), "body: record # or { wrap: user }")
        if call.body.kind == "record" and not self.writes:
            message = f"{self.name} sends a record here, and there is none"
            self.desk.complain("E604", message, (*self.path, "body"), 'body: { id: "{id}" } # or none')


def _sample(name: str) -> str:
    verbs = {"create": "POST", "replace": "PUT", "modify": "PATCH", "delete": "DELETE"}
    return f"{verbs.get(name, 'GET')} /users{'/{id}' if name in _ON_ONE else ''}"
