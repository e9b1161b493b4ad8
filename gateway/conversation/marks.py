"""Where the pages of a backend's list begin, remembered, so that a client who walks by index costs a page for a page.

Tokens and links can only be followed one after the other. A mark is a hint of some minutes: without one, or when the
backend does not take it any more, the list is read from its beginning.
"""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.json import decode, encode

from gateway.conversation.effects import Conversation, Keep, Key, Recall, Unavailable, ask, note
from gateway.conversation.sealed import close_entry, read_entry
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
    key = mark_key(target, query, record)
    entries = yield from ask(Recall((key,)))
    if isinstance(entries, Unavailable):
        yield from note_use("error")
        return None
    text = yield from read_entry(target.tenant.seal, key, entries[0])
    mark = None if text is None else decode(text, type=Mark)
    if mark is None or not 0 < mark.at <= record < mark.total:
        yield from note_use("miss")
        return None
    return mark


def keep_marks(target: Target, query: Pairs, trail: Iterable[Position], end: int, total: int) -> Conversation[None]:
    """Remember every page that is known by now, and that of record `end`, where the client will go on."""
    pages = {one.at: Mark(one.at, one.cursor, total) for one in trail if one.cursor is not None and one.at < total}
    before = [at for at in pages if at <= end]
    if before:
        pages[end] = pages[max(before)]
    if pages:
        marks = ((mark_key(target, query, record), mark) for record, mark in pages.items())
        entries = tuple((key, close_entry(target.tenant.seal, key, encode(mark))) for key, mark in marks)
        yield from ask(Keep(entries, SECONDS))


def note_use(result: LookUp) -> Conversation[None]:
    yield from note(StateUsed("cursor", result))
