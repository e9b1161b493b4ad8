"""Reading a backend's list: a window of it with the true total, or all of it, never a cut one."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from gateway.conversation.abreast import abreast
from gateway.conversation.calling import build_call, obtain_reply
from gateway.conversation.effects import Call, Conversation
from gateway.conversation.marks import Mark, keep_marks, note_use, recall_mark
from gateway.lens.absence import read_raw
from gateway.lens.lens import Document
from gateway.mapping.dialect import Paging
from gateway.pipeline.links import follow_link
from gateway.pipeline.paging import (
    Page,
    Pairs,
    Position,
    can_jump,
    first_position,
    next_position,
    page_pairs,
    read_page,
)
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target

MAX_PAGES = 1_000  # more than full pages would make: backends cap pages lower than they say


class Window(Struct, frozen=True):
    """A part of a list and the number of all its records."""

    records: tuple[Document, ...]
    total: int


def read_window(target: Target, query: Pairs, skip: int, wanted: int, most: int) -> Conversation[Window]:
    """Records `skip` to `skip + wanted`, and the total. Reads on only as far as that needs.

    Where pages can only be followed, reading begins at the page that is remembered for the first record.
    """
    paging = target.resource.can.paging
    followed = paging.style in ("cursor", "link")
    mark = (yield from recall_mark(target, query, skip)) if followed and wanted and skip >= paging.max else None
    if mark is not None:
        try:
            window = yield from walk_window(target, query, skip, wanted, most, mark)
            yield from note_use("hit")
            return window
        except Problem as problem:
            if not is_place_unknown(mark.position, problem):
                raise
            yield from note_use("stale")
    return (yield from walk_window(target, query, skip, wanted, most, None))


def walk_window(
    target: Target, query: Pairs, skip: int, wanted: int, most: int, mark: Mark | None
) -> Conversation[Window]:
    """The same, from a mark or from the beginning; while the client has more to ask for, pages are remembered.

    A total that only the end of the list tells is the one that was counted when the mark was made.
    """
    paging = target.resource.can.paging
    size, end = page_size(paging, wanted), skip + wanted
    first = first_position(paging, skip, size) if mark is None else mark.position
    walk = Walk(target, query, most, size)
    position: Position | None = first
    while position is not None:
        page = yield from walk.read(position, end)
        if page.total is not None and (wanted == 0 or walk.at >= end):
            break
        if mark is not None and page.cursor is not None and end <= walk.at < mark.total:
            break
        position = next_position(paging, position, page, size)
    counted = walk.at if mark is None or position is None else mark.total
    total = counted if walk.total is None else walk.total
    if wanted and end < total:
        yield from keep_marks(target, query, walk.trail, end, total)
    begin = skip - first.at
    return Window(tuple(walk.records[begin : begin + wanted]), total)


def read_everything(target: Target, query: Pairs, most: int) -> Conversation[tuple[Document, ...]]:
    """The whole list; a `tooMany` Problem when it holds more than `most` records or cannot be read to its end."""
    walk = Walk(target, query, most, target.resource.can.paging.max)
    return (yield from walk.to_the_end(Position()))


def read_side_by_side(target: Target, query: Pairs, most: int) -> Conversation[tuple[Document, ...]]:
    """The same. Where the first page tells how many there are and is full, the numbered ones are read together.

    What comes after a page that is shorter than it should be is read again, one page after another.
    """
    paging = target.resource.can.paging
    walk = Walk(target, query, most, paging.max)
    page = yield from walk.read(Position(), None)
    refuse_more(page, most)
    position = next_position(paging, Position(), page, paging.max)
    if page.total is not None and can_jump(paging) and len(page.records) == paging.max:
        numbered = [Position(at) for at in range(paging.max, page.total, paging.max)]
        pages = yield from abreast(fetch_page(target, query, one, paging.max) for one in numbered)
        for at, found in zip(numbered, pages, strict=True):
            walk.take(at, found)
            position = next_position(paging, at, found, paging.max)
            if len(found.records) < paging.max:
                break
    return (yield from walk.to_the_end(position))


def refuse_more(page: Page, most: int) -> None:
    """A `tooMany` Problem where the total is more than may be read."""
    if page.total is not None and page.total > most:
        raise Problem("SG303")


def page_size(paging: Paging, wanted: int) -> int:
    """How many to ask for at once; everything has to be read where the total is known only at the end."""
    return max(1, min(paging.max, wanted)) if can_jump(paging) else paging.max


class Walk:
    """The pages read so far of one list."""

    def __init__(self, target: Target, query: Pairs, most: int, size: int) -> None:
        self.target = target
        self.query = query
        self.most = most
        self.size = size
        self.records: list[Document] = []
        self.total: int | None = None
        self.at = 0
        self.pages = 0
        self.largest = 0
        self.trail: list[Position] = []
        self.seen: set[str] = set()

    def read(self, position: Position, end: int | None) -> Conversation[Page]:
        """Read one page and remember it. `end` is where the window ends, None when all is wanted."""
        page = yield from fetch_page(self.target, self.query, position, self.ask_for(position, end))
        self.take(position, page)
        return page

    def to_the_end(self, position: Position | None) -> Conversation[tuple[Document, ...]]:
        """Read on from there; all the records there are."""
        paging = self.target.resource.can.paging
        while position is not None:
            page = yield from self.read(position, None)
            refuse_more(page, self.most)
            position = next_position(paging, position, page, paging.max)
        return tuple(self.records)

    def take(self, position: Position, page: Page) -> None:
        """Remember a page."""
        self.refuse_repetition(position, page)
        self.records += page.records
        self.at = position.at + len(page.records)
        self.total = self.total if page.total is None else page.total
        self.pages += 1
        self.largest = max(self.largest, len(page.records))
        if page.cursor is not None:
            self.trail.append(Position(self.at, page.cursor))
        if len(self.records) > self.most or self.pages > MAX_PAGES + self.most // self.size:
            raise Problem("SG303")

    def ask_for(self, position: Position, end: int | None) -> int:
        """The size of the next page; page numbers count in equal pages, so theirs stays the same."""
        paging = self.target.resource.can.paging
        if end is None or paging.style not in ("index", "offset") or not can_jump(paging):
            return self.size
        return max(1, min(self.size, end - position.at))

    def has_room(self) -> bool:
        """May another page be read?"""
        return len(self.records) + max(self.size, self.largest) <= self.most and self.pages < MAX_PAGES

    def refuse_circle(self, following: Position) -> None:
        """A backend whose next page is one that was read leads nobody to the end."""
        if following.cursor is not None and f"cursor {following.cursor}" in self.seen:
            raise Problem("SG304")

    def refuse_repetition(self, position: Position, page: Page) -> None:
        """A backend that ignores where to begin sends the same page for ever."""
        marks = {f"cursor {position.cursor}"} if position.cursor is not None else set()
        marks |= {f"record {read_id(self.target, page.records[0])}"} if page.records else set()
        if marks & self.seen:
            raise Problem("SG304")
        self.seen |= marks


def is_place_unknown(position: Position, problem: Problem) -> bool:
    """Is this the no of a backend to a token that it gave out before, or a link that leads nowhere any more?"""
    return position.cursor is not None and problem.code in ("SG506", "SG509", "SG510", "SG512", "SG513")


def read_id(target: Target, record: Document) -> Any:
    """The native id inside a record, None when it has none."""
    return read_raw(record, target.lens.id_field)


def fetch_page(target: Target, query: Pairs, position: Position, size: int) -> Conversation[Page]:
    """One page of a list. A 404 is no empty list: absence is proven or not claimed."""
    call = page_call(target, query, position, size)
    sent = tuple(value for _, value in query)
    reply = yield from obtain_reply(target, call, target.op("query"), on_id=False, sent=sent)
    return read_page(reply, target.resource.can.paging)


def page_call(target: Target, query: Pairs, position: Position, size: int) -> Call:
    """The call that asks for a page."""
    paging = target.resource.can.paging
    call = build_call(target, "query", query=(*query, *page_pairs(paging, position, size)))
    if paging.style != "link" or position.cursor is None:
        return call
    path, pairs = follow_link(target.tenant.base, call.path, position.cursor)
    return replace(call, path=path, query=pairs)
