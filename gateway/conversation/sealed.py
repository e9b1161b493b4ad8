"""Entries of the state store that only this gateway can write and read: sealed, and each good for its own key.

What does not open is garbage, or was written with a secret that is not given any more. A hint is then none. A promise
is lost as if the store had lost it: that is counted, and the client heals it by saying it again.
"""

from collections.abc import Iterable

from gateway.conversation.effects import Conversation, Key, Reseal, ask, note
from gateway.observations import StateFailed
from gateway.pipeline.sealing import Seal, close, open_

# How much of its key an entry is bound to. Marks are taken by whoever does not know their names; one word of a create
# lies under several.
BOUND = {"mark": 3, "create": 4}


def bind(key: Key) -> bytes:
    """What an entry is good for."""
    parts = (key.kind, key.tenant, key.backend, key.resource, key.name)
    return "\0".join(parts[: BOUND.get(key.kind)]).encode("utf-8", "surrogatepass")


def close_entry(seal: Seal, key: Key, text: bytes) -> bytes:
    """The text, sealed for the entry of a key; without a secret nothing, which never opens."""
    return close(seal, text, bind(key)).encode() if seal.secrets else b""


def open_entry(seal: Seal, key: Key, entry: bytes | None) -> bytes | None:
    """The text of an entry; None when there is none, or it was not sealed here, or not for this."""
    return None if entry is None else open_(seal, entry.decode("latin-1"), bind(key))


def renewed(seal: Seal, key: Key, entry: bytes | None) -> bytes | None:
    """The same entry sealed with the newest secret; None where it is already, or nothing opens it."""
    text = open_entry(seal, key, entry) if len(seal.secrets) > 1 else None
    fresh = None if text is None else close_entry(seal, key, text)
    return None if fresh == entry else fresh


def renew(seal: Seal, met: Iterable[tuple[Key, bytes | None]]) -> Conversation[list[Key]]:
    """Seal anew, in their order, what an older secret opens, unless it was changed meanwhile; the keys of those.

    What never expires would end with that secret.
    """
    older: list[tuple[Key, bytes, bytes]] = []
    for key, entry in met:
        fresh = renewed(seal, key, entry)
        if entry is not None and fresh is not None:
            older.append((key, entry, fresh))
    done = (yield from ask(Reseal(tuple(older)))) if older else ()
    return [key for (key, _, _), was_there in zip(older, done, strict=True) if was_there]


def read_entry(seal: Seal, key: Key, entry: bytes | None) -> Conversation[bytes | None]:
    """The same; what does not open is told."""
    text = open_entry(seal, key, entry)
    if text is None and entry is not None:
        yield from note(StateFailed("recall", "garbage"))
    return text
