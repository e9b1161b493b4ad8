"""Links: which record of a follower is the primary's resource. Hints, sealed, so that nobody is led to another's.

Each stands in the store a second time, as an origin: under the follower's id. An origin proves nothing by itself; it
says of whose link to think.
"""

from collections.abc import Iterable, Mapping, Sequence

from gateway.conversation.effects import Conversation, Forget, Keep, Key, Recall, Unavailable, ask, note
from gateway.conversation.sealed import close_entry, open_entry
from gateway.observations import StateUsed
from gateway.pipeline.following import Reference
from gateway.pipeline.request import Tenant

LINK_SECONDS = 30 * 86_400


def link_key(seat: Tenant, reference: Reference) -> Key:
    """Under which the follower's native id lies. `seat` is the tenant as it stands before the follower."""
    return Key("link", seat.name, seat.backend, reference.type, reference.native)


def read_link(seat: Tenant, reference: Reference, entry: bytes | None) -> str | None:
    """The follower's native id; None when nothing lies there, or something that was not sealed for it."""
    sealed = open_entry(seat.seal, link_key(seat, reference), entry)
    return None if sealed is None else sealed.decode()


def recall_links(seat: Tenant, references: Sequence[Reference]) -> Conversation[dict[Reference, str]]:
    """The links that are known, in one round trip."""
    if not references:
        return {}
    entries = yield from ask(Recall(tuple(link_key(seat, one) for one in references)))
    if isinstance(entries, Unavailable):
        yield from note(StateUsed("link", "error"))
        return {}
    found = {one: read_link(seat, one, entry) for one, entry in zip(references, entries, strict=True)}
    known = {one: native for one, native in found.items() if native is not None}
    yield from note(StateUsed("link", "hit" if len(known) == len(references) else "miss"))
    return known


def keep_links(seat: Tenant, links: Mapping[Reference, str], seconds: int | None = LINK_SECONDS) -> Conversation[None]:
    """Remember who is who, for a while; without a time for as long as both are there: nothing else may tell."""
    entries: list[tuple[Key, bytes]] = []
    for one, native in links.items():
        link, origin = link_key(seat, one), origin_key(seat, Reference(one.type, native))
        entries.append((link, close_entry(seat.seal, link, native.encode())))
        entries.append((origin, close_entry(seat.seal, origin, one.native.encode())))
    yield from ask(Keep(tuple(entries), seconds))


def forget_links(seat: Tenant, references: Iterable[Reference]) -> Conversation[None]:
    """Nobody is there any more."""
    yield from ask(Forget(tuple(link_key(seat, one) for one in references)))


def origin_key(seat: Tenant, there: Reference) -> Key:
    """Under which the primary's native id lies. `there` is the follower's resource, by its own id."""
    return Key("origin", seat.name, seat.backend, there.type, there.native)


def recall_origins(seat: Tenant, theirs: Sequence[Reference]) -> Conversation[dict[str, Reference]]:
    """By the follower's id, the primary's resource whose link leads there now."""
    entries = (yield from ask(Recall(tuple(origin_key(seat, one) for one in theirs)))) if theirs else ()
    if isinstance(entries, Unavailable):
        return {}
    said: dict[str, Reference] = {}
    for there, entry in zip(theirs, entries, strict=True):
        opened = open_entry(seat.seal, origin_key(seat, there), entry)
        if opened is not None:
            said[there.native] = Reference(there.type, opened.decode())
    links = yield from recall_links(seat, tuple(said.values()))
    return {native: one for native, one in said.items() if links.get(one) == native}
