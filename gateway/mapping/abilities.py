"""`can`: what the backend is able to do."""

from gateway.lens.ability import FilterAbility, Replace
from gateway.lens.kinds import Field
from gateway.mapping.desk import Desk
from gateway.mapping.dialect import Can, Paging
from gateway.mapping.document import ResourceRow, read_row
from gateway.mapping.document_calls import CanRow, FilterRow, PageRow
from gateway.mapping.filters import read_ability
from gateway.mapping.modifying import read_modify
from gateway.mapping.notation import read_reply_keys
from gateway.mapping.source import Path


def read_place(desk: Desk, text: str, path: Path) -> Field:
    """A path into a reply. Complaints: E101."""
    try:
        return read_reply_keys(text) if text else ()
    except ValueError as error:
        desk.complain("E101", str(error), path, "write names with dots between, or $ for the whole reply")
        return ()


def read_can(desk: Desk, row: ResourceRow) -> Can:
    """The abilities. Complaints: E101, E102, and those of `filters.read_ability`."""
    path: Path = ("can",)
    read = read_row(desk.source, (*desk.path, *path), row.can, CanRow, desk.diagnosis, instead={}) or CanRow()
    page, filter_ = read.page or {"style": "none"}, read.filter or {"language": "none"}
    page_row = read_row(desk.source, (*desk.path, "can", "page"), page, PageRow, desk.diagnosis, instead={})
    filter_row = read_row(desk.source, (*desk.path, "can", "filter"), filter_, FilterRow, desk.diagnosis, instead={})
    return Can(
        replace=None if read.replace == "none" else Replace(read.replace.omitted, read.replace.clear),
        modify=read_modify(desk, read.modify),
        paging=read_paging(desk, page_row, ("can", "page")) if page_row else Paging(),
        filter=read_ability(desk, filter_row, page_row) if filter_row else FilterAbility(),
        sort=frozenset() if read.sort == "none" else frozenset(read.sort),
        project="excluded" if read.project == "excluded" else "both" if read.project else None,
    )


def read_paging(desk: Desk, row: PageRow, path: Path) -> Paging:
    """How the pages of one list go. Complaints: E101, E102."""

    def read(key: str, text: str) -> Field:
        return read_place(desk, text, (*path, key))

    for key, least in (("max", 1), ("first", 0)):
        if getattr(row, key) < least:
            desk.complain("E102", f"{key} is {least} or more", (*path, key), f"{key}: {max(least, 1)}")
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
        ignore=desk.record_condition(row.ignore, (*path, "ignore")) if row.ignore else None,
    )
