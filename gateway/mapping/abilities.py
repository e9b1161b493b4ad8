"""`ops` and `can`: the backend's calls, and what it is able to do."""

from typing import get_args

from gateway.lens.ability import FilterAbility, Replace
from gateway.lens.kinds import Field
from gateway.mapping.desk import Desk
from gateway.mapping.dialect import BackendCall, Can, Operation, Paging
from gateway.mapping.document import CanRow, FilterRow, OpRow, PageRow, ResourceRow, read_row
from gateway.mapping.filters import read_ability
from gateway.mapping.notation import find_holes, read_call, read_keys
from gateway.mapping.source import Path

OPERATIONS = get_args(Operation)
_ON_ONE = ("retrieve", "replace", "modify", "delete")


def read_ops(desk: Desk, row: ResourceRow) -> dict[str, BackendCall]:
    """The calls. Complaints: E102, E117, E604."""
    ops: dict[str, BackendCall] = {}
    for name, value in row.ops.items():
        path: Path = ("ops", name)
        if name not in OPERATIONS:
            desk.unknown("E102", f"unknown operation '{name}'", name, OPERATIONS, path)
            continue
        data = {"call": value} if isinstance(value, str) else value
        op = read_row(desk.source, (*desk.path, *path), data, OpRow, desk.diagnosis)
        call = _read_op(desk, path, name, op) if op is not None else None
        if call is not None:
            ops[name] = call
    return ops


def _read_op(desk: Desk, path: Path, name: str, op: OpRow) -> BackendCall | None:
    try:
        verb, where, query = read_call(op.call)
    except ValueError as error:
        desk.complain("E117", str(error), path, f"{name}: {_sample(name)}")
        return None
    holes = find_holes(op.call)
    wanted = {"id"} if name in _ON_ONE else set()
    for hole in sorted(holes - wanted):
        known = "only {id} is filled in" if wanted else "nothing is filled in here"
        desk.complain("E604", f"{name} uses {{{hole}}}, and {known}", path, f"{name}: {_sample(name)}")
    if wanted and not holes:
        desk.complain("E604", f"{name} does not say which record: {{id}} is missing", path, f"{name}: {_sample(name)}")
    return BackendCall(
        verb=verb,
        path=where,
        query=query,
        expect=(op.expect,) if isinstance(op.expect, int) else tuple(op.expect),
        result=read_place(desk, op.result, (*path, "result")),
        id_from=op.id,
        then_retrieve=op.then == "retrieve",
        body=op.body,
    )


def _sample(name: str) -> str:
    verbs = {"create": "POST", "replace": "PUT", "modify": "PATCH", "delete": "DELETE"}
    return f"{verbs.get(name, 'GET')} /users{'/{id}' if name in _ON_ONE else ''}"


def read_place(desk: Desk, text: str, path: Path) -> Field:
    """A path into a reply. Complaints: E101."""
    try:
        return read_keys(text) if text else ()
    except ValueError as error:
        desk.complain("E101", str(error), path, "write names with dots between, or $ for the whole reply")
        return ()


def read_can(desk: Desk, row: ResourceRow) -> Can:
    """The abilities. Complaints: E101, E102, and those of `filters.read_ability`."""
    path: Path = ("can",)
    read = read_row(desk.source, (*desk.path, *path), row.can, CanRow, desk.diagnosis) or CanRow()
    page = read_row(desk.source, (*desk.path, "can", "page"), read.page or {"style": "none"}, PageRow, desk.diagnosis)
    filter_ = read_row(
        desk.source, (*desk.path, "can", "filter"), read.filter or {"language": "none"}, FilterRow, desk.diagnosis
    )
    return Can(
        replace=None if read.replace == "none" else Replace(read.replace.omitted, read.replace.clear),
        modify=None if read.modify == "none" else read.modify,
        paging=_paging(desk, page) if page else Paging(),
        filter=read_ability(desk, filter_, page) if filter_ else FilterAbility(),
        sort=frozenset() if read.sort == "none" else frozenset(read.sort),
        project=read.project,
    )


def _paging(desk: Desk, row: PageRow) -> Paging:
    def read(key: str, text: str) -> Field:
        return read_place(desk, text, ("can", "page", key))

    for key, least in (("max", 1), ("first", 0)):
        if getattr(row, key) < least:
            desk.complain("E102", f"{key} is {least} or more", ("can", "page", key), f"{key}: {max(least, 1)}")
    return Paging(
        style=row.style,
        start=row.start,
        size=row.size,
        max=row.max,
        first=row.first,
        items=read("items", row.items),
        total=read("total", row.total) if row.total else None,
        next=read("next", row.next) if row.next else None,
        begin=row.begin,
        rel=row.rel,
        jump=row.jump,
        ignore=desk.condition(row.ignore, ("can", "page", "ignore")) if row.ignore else None,
    )
