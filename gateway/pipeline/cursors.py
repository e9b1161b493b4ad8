"""Pages by cursor, towards the client (RFC 9865): what a cursor says, whose it is, and how long it is good.

A cursor holds the place where the backend's list goes on, so nothing has to be remembered here. It is sealed: what a
backend's own token says is nobody's business. It opens only for the tenant, the type, the filter and the order it was
made for, and only while the mapping is the same.
"""

from msgspec import DecodeError, Struct, msgpack
from msgspec.json import encode

from gateway.pipeline.paging import Position, page_count
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Tenant
from gateway.pipeline.sealing import close, open_
from gateway.scim.filter import AttrPath, Filter, format_filter
from gateway.scim.messages import SearchRequest

SECONDS = 600
MAX_CURSOR = 4_000


class ByCursor(Struct, frozen=True):
    """A page by cursor: it begins at `place` and holds at most `count`.

    `bound` is what its next cursor is good for, `until` how long, in Unix seconds.
    """

    place: Position
    count: int
    bound: bytes
    until: int


class Bookmark(Struct, frozen=True, array_like=True):
    """What a cursor says: the place where the list goes on, the size its pages began with, and when it ends."""

    until: int
    count: int
    place: Position


def read_cursor(search: SearchRequest, cursor: str, tenant: Tenant, bound: bytes, now: float) -> ByCursor:
    """The page that a query asks for by its cursor, which is empty on the first one.

    Problems (RFC 9865 2.1): SG310 for what is no cursor of this query, forged, foreign and misplaced ones alike; SG311
    when it is too old; SG312 for another page size than it was begun with; SG313 for both ways at once.
    """
    if search.start_index > 1:
        raise Problem("SG313")
    until = int(now) + SECONDS
    if not cursor:
        return ByCursor(Position(), page_count(search.count, tenant.max_results), bound, until)
    mark = open_bookmark(cursor, tenant, bound)
    if mark.until < now:
        raise Problem("SG311")
    if search.count is not None and page_count(search.count, tenant.max_results) != mark.count:
        raise Problem("SG312")
    return ByCursor(mark.place, mark.count, bound, until)


def open_bookmark(cursor: str, tenant: Tenant, bound: bytes) -> Bookmark:
    """What a cursor says; SG310 when it says nothing here."""
    text = open_(tenant.seal, cursor, bound) if len(cursor) <= MAX_CURSOR else None
    if text is None:
        raise Problem("SG310")
    try:
        return msgpack.decode(text, type=Bookmark)
    except DecodeError:
        raise Problem("SG310") from None


def next_cursor(page: ByCursor, place: Position, tenant: Tenant) -> str:
    """The cursor of the page that begins at a place."""
    return close(tenant.seal, msgpack.encode(Bookmark(page.until, page.count, place)), page.bound)


def bind_query(tenant: Tenant, type_: str, wanted: Filter | None, sort_by: AttrPath | None, order: str) -> bytes:
    """What a cursor is good for. What the resources are shown with is no part of it."""
    asked = (type_, "" if wanted is None else format_filter(wanted), str(sort_by or ""), order)
    backends = [(seat.backend, seat.base, seat.dialect.digest) for seat in tenant.seats]
    return encode((tenant.name, backends, *asked))
