"""Where the pages of a backend's list begin, remembered, so that a client who walks by index costs a page for a page.

Tokens and links can only be followed one after the other. A mark is a hint of some minutes: without one, or when the
backend does not take it any more, the list is read from its beginning.
"""

from collections.abc import Iterable

from msgspec import DecodeError, Struct
from msgspec.json import decode, encode

from gateway.conversation.effects import Conversation, Keep, Key, Recall, Unavailable, ask, note
from gateway.observations import LookUp, StateUsed
from gateway.pipeline.paging import Pairs, Position
from gateway.pipeline.target import Target

SECONDS = 300


class Mark(Struct, frozen=True, array_like=True):
    """A record's page: it begins at record `at` and is asked for with `cursor`. `total` is the whole list's count."""

    at: int
    cursor: str
    total: int

    @property
    def position(self) -> Position:
        return Position(self.at, self.cursor)


def mark_key(target: Target, query: Pairs, record: int) -> Key:
    """Under which the page of a record lies; another text of the mapping, or another address, is another list."""
    tenant = target.tenant
    name = encode((tenant.base, tenant.dialect.digest, query, record)).decode()
    return Key("cursor", tenant.name, target.backend, target.resource.name, name)


def recall_mark(target: Target, query: Pairs, record: int) -> Conversation[Mark | None]:
    """The page of a record, when it is remembered."""
    entries = yield from ask(Recall((mark_key(target, query, record),)))
    if isinstance(entries, Unavailable):
        yield from note_use("error")
        return None
    mark = read_mark(entries[0], record)
    if mark is None:
        yield from note_use("miss")
    return mark


def read_mark(entry: bytes | None, record: int) -> Mark | None:
    """What an entry says; None when it is missing, garbage, or cannot be of this record."""
    try:
        mark = decode(entry, type=Mark) if entry else None
    except (DecodeError, UnicodeDecodeError):
        return None
    return mark if mark is not None and 0 < mark.at <= record < mark.total else None


def keep_marks(target: Target, query: Pairs, trail: Iterable[Position], end: int, total: int) -> Conversation[None]:
    """Remember every page that is known by now, and that of record `end`, where the client will go on."""
    pages = {one.at: Mark(one.at, one.cursor, total) for one in trail if one.cursor is not None and one.at < total}
    before = [at for at in pages if at <= end]
    if before:
        pages[end] = pages[max(before)]
    if pages:
        entries = tuple((mark_key(target, query, record), encode(mark)) for record, mark in pages.items())
        yield from ask(Keep(entries, SECONDS))


def note_use(result: LookUp) -> Conversation[None]:
    yield from note(StateUsed("cursor", result))
