"""Lists over every style of paging: where a page begins, what it holds, and whether another follows.

Positions are 0-based. A list ends where that is proven: by the backend's total, by a cursor that is missing, or by an
empty page; never because a page was short, for backends cap pages lower than they say.
"""

from msgspec import Struct

from gateway.lens.lens import Document
from gateway.mapping.dialect import Paging
from gateway.pipeline.interpret import Answer, dig
from gateway.pipeline.links import find_link
from gateway.pipeline.problems import Problem

Pairs = tuple[tuple[str, str], ...]
PAGE = 100
MAX_TOKEN = 2_000
MAX_DIGITS = 18


class Position(Struct, frozen=True, array_like=True):
    """The page that begins at record `at`; `cursor` is the backend's token or link for it, None for the first.

    `skip` records from there on were shown before.
    """

    at: int = 0
    cursor: str | None = None
    skip: int = 0


class Page(Struct, frozen=True):
    """What one answer held. `total` is None when the backend does not tell."""

    records: tuple[Document, ...]
    total: int | None
    cursor: str | None


def page_count(asked: int | None, most: int) -> int:
    """How many resources a page of ours may hold (RFC 7644 3.4.2.4): a negative count is 0, too high a one capped."""
    return min(PAGE if asked is None else max(0, asked), most)


def can_jump(paging: Paging) -> bool:
    """May reading begin in the middle? Only where positions are numbers, heeded, and the total is told."""
    return paging.jump and paging.style in ("index", "offset", "page") and paging.total is not None


def first_position(paging: Paging, skip: int, size: int) -> Position:
    """Where to begin so that record `skip` is read; for pages, the page that holds it."""
    if not can_jump(paging):
        return Position()
    return Position(skip - skip % size if paging.style == "page" else skip)


def page_pairs(paging: Paging, position: Position, size: int) -> Pairs:
    """The query pairs that ask for a page."""
    pairs: list[tuple[str, str]] = []
    if paging.style == "index":
        pairs.append((paging.start, str(position.at + 1)))
    elif paging.style == "offset":
        pairs.append((paging.start, str(position.at)))
    elif paging.style == "page":
        pairs.append((paging.start, str(paging.first + position.at // size)))
    elif paging.style == "cursor" and (mark := position.cursor or paging.begin) is not None:
        pairs.append((paging.start, mark))
    if paging.size is not None and paging.style != "none":
        pairs.append((paging.size, str(size)))
    return tuple(pairs)


def read_page(answer: Answer, paging: Paging) -> Page:
    """The page in a successful answer. Raises SG505 when it is no list of records."""
    found = dig(answer.body, paging.items) if answer.readable else None
    total = read_total(answer, paging)
    if found is None and answer.readable and isinstance(answer.body, dict) and total == 0:
        found = []  # RFC 7644 3.4.2: `Resources` may be missing when nothing matched
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Problem("SG505")
    return Page(tuple(found), total, read_cursor(answer, paging))


def read_cursor(answer: Answer, paging: Paging) -> str | None:
    """The token or the link of the next page, None when there is none."""
    if paging.style == "link":
        return find_link(answer.headers.get("link", ""), paging.rel)
    cursor = dig(answer.body, paging.next) if paging.next else None
    return str(cursor) if isinstance(cursor, str | int) and cursor != "" else None


def read_total(answer: Answer, paging: Paging) -> int | None:
    """The total, None when it is not told; some backends write numbers as text. Raises SG505 when it is no number."""
    found = dig(answer.body, paging.total) if paging.total else None
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) <= MAX_DIGITS:
        return int(found)
    if found is not None and (not isinstance(found, int) or isinstance(found, bool) or found < 0):
        raise Problem("SG505")
    return found


def next_position(paging: Paging, position: Position, page: Page, size: int) -> Position | None:
    """Where the list goes on, or None at its proven end. Raises SG304 when it is cut without a way on."""
    at = position.at + len(page.records)
    if page.total is not None and at >= page.total:
        return None
    if paging.style == "none":
        if page.total is None and len(page.records) < paging.max:
            return None
        raise Problem("SG304")
    if paging.style in ("cursor", "link"):
        if page.cursor is not None:
            return Position(at, page.cursor)
        if page.total is None:
            return None
        raise Problem("SG304")
    if not page.records:
        if page.total is None:
            return None
        raise Problem("SG304")
    return next_page(position, page, size) if paging.style == "page" else Position(at)


def place_after(paging: Paging, position: Position, taken: int) -> Position:
    """Where to go on after some records of a page, for a reader who comes back later.

    A token of the backend that is too long for a URL is left out: the list is then read from its beginning.
    """
    if not paging.jump or (position.cursor is not None and len(position.cursor) > MAX_TOKEN):
        return Position(skip=position.at + taken)
    if paging.style in ("index", "offset"):
        return Position(position.at + taken)
    return Position(position.at, position.cursor, taken)


def place_beyond(start: int, shown: int, total: int) -> Position | None:
    """Where a list whose total is known goes on after a page that begins at the 1-based `start`; None at its end."""
    end = start - 1 + shown
    return Position(end) if shown and end < total else None


def next_page(position: Position, page: Page, size: int) -> Position:
    """By page number: a short page that is not the last one has no known place for the rest."""
    if page.total is not None and len(page.records) < size:
        raise Problem("SG304")
    return Position(position.at + size)
