"""Attributes that the backend lacks and the gateway keeps: promises in the state store, found again by an index.

A value that cannot be saved is missing from the answer, which then tells the truth; the client heals it by sending it
again. One that cannot be taken away would be missing too, and still be there: that is refused. What does not open
is lost, as after a flush: nobody has it any more, which is told, and one damaged entry stops no search for others.
"""

from collections.abc import Collection, Sequence
from typing import Any, Literal

from msgspec.json import decode, encode

from gateway.conversation.effects import Conversation, Forget, Keep, Key, Recall, Unavailable, ask, note
from gateway.conversation.sealed import close_entry, open_entry, read_entry, renew, renewed
from gateway.lens.lens import Document
from gateway.observations import KeptValueLost, StateUsed
from gateway.pipeline.documents import read_attribute, remove_attribute, write_attribute
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.scim.filter import AttrPath
from gateway.scim.match import fold_value

Kept = dict[str, Any]
Memory = Literal["whole", "unread", "away"]  # all is known; some entry does not open; the store does not answer


def kept_key(target: Target, native: str) -> Key:
    """Under which a resource's kept attributes lie."""
    return Key("kept", target.tenant.name, target.backend, target.resource.name, native)


def index_key(target: Target, path: AttrPath, value: str) -> Key:
    """Under which the native id of the resource with this kept value lies."""
    return Key("kept-index", target.tenant.name, target.backend, target.resource.name, name_value(target, path, value))


def name_value(target: Target, path: AttrPath, value: str) -> str:
    """`attribute=value`, folded where the attribute's letter case does not matter."""
    attribute = target.type.find(path)
    return f"{path}={fold_value(value, attribute) if attribute else value}"


def kept_of(target: Target, resource: Document) -> Kept:
    """The kept attributes that a resource has, by name."""
    values = {str(path): read_attribute(resource, path) for path in target.lens.kept}
    return {name: value for name, value in values.items() if value is not None}


def index_keys(target: Target, kept: Kept) -> tuple[Key, ...]:
    """The index entries of kept attributes; only texts are indexed."""
    named = ((path, kept.get(str(path))) for path in target.lens.kept)
    return tuple(index_key(target, path, value) for path, value in named if isinstance(value, str))


def recall_kept(target: Target, resources: Sequence[Document], *, needed: bool = False) -> Conversation[Memory]:
    """Complete resources with what is kept of them, in one round trip; whether all of that is known.

    Raises SG605 where the store is away and they are needed.
    """
    if not target.lens.kept or not resources:
        return "whole"
    natives = [target.native(one["id"]) for one in resources]
    entries = yield from ask(Recall(tuple(kept_key(target, native) for native in natives)))
    if isinstance(entries, Unavailable):
        if needed:
            raise Problem("SG605")
        yield from note_lost(target, [str(path) for path in target.lens.kept])
        return "away"
    unread = False
    for resource, native, entry in zip(resources, natives, entries, strict=True):
        kept = yield from read_kept(target, native, entry)
        unread = unread or kept is None
        put_kept(target, resource, kept or {})
    yield from renew_kept(target, natives, entries)
    return "unread" if unread else "whole"


def renew_kept(target: Target, natives: Sequence[str], entries: Sequence[bytes | None]) -> Conversation[int]:
    """Seal anew, with the newest secret, what an older one opens; of how many resources. What finds them comes first:
    where the values are of the newest secret, so is that.
    """
    seal, older = target.tenant.seal, []
    found: list[Key] = []
    if len(seal.secrets) < 2:
        return 0
    for key, entry in zip((kept_key(target, native) for native in natives), entries, strict=True):
        if renewed(seal, key, entry) is not None:
            older.append((key, entry))
            found += index_keys(target, decode(open_entry(seal, key, entry) or b"{}", type=Kept))
    there = (yield from ask(Recall(tuple(found)))) if found else ()
    if isinstance(there, Unavailable):
        return 0
    done = yield from renew(seal, [*zip(found, there, strict=True), *older])
    return sum(key.kind == "kept" for key in done)


def put_kept(target: Target, resource: Document, kept: Kept) -> None:
    """Write kept values into a resource, in place of those it has."""
    for path in target.lens.kept:
        value = kept.get(str(path))
        if value is None:
            remove_attribute(resource, path)
        else:
            write_attribute(resource, path, value)


def read_kept(target: Target, native: str, entry: bytes | None) -> Conversation[Kept | None]:
    """What an entry says is kept of a resource. None where it does not open: that is lost, which is told, and not
    empty; it lies there until the client says what is to be kept.
    """
    if entry is None:
        return {}
    text = yield from read_entry(target.tenant.seal, kept_key(target, native), entry)
    if text is None:
        yield from note_lost(target, [str(path) for path in target.lens.kept])
        return None
    return decode(text, type=Kept)


def save_kept(target: Target, native: str, old: Kept, new: Kept) -> Conversation[Kept]:
    """Make `new` what is kept, and return what really is: all of it, or nothing when the store is away. SG607 where
    something was to be taken away and is not.
    """
    if old == new:
        return new
    taken = old.keys() - new.keys()
    stale = tuple(key for key in index_keys(target, old) if key not in index_keys(target, new))
    gone = (*stale, *(() if new else (kept_key(target, native),)))
    if gone and not (yield from ask(Forget(gone))) and taken:
        raise Problem("SG607")
    if not new:
        return new
    texts = ((kept_key(target, native), encode(new)), *((key, native.encode()) for key in index_keys(target, new)))
    entries = tuple((key, close_entry(target.tenant.seal, key, text)) for key, text in texts)
    if (yield from ask(Keep(entries, None))):
        return new
    if taken:
        raise Problem("SG607")
    yield from note_lost(target, list(new))
    return {}


def clear_kept(target: Target, native: str, memory: Memory, said: Collection[str]) -> Conversation[None]:
    """Take away what is kept of a resource, of which it is not known what that is; `said` are the attributes that the
    request speaks of. SG607 where the store is away, or there may be others in it that shall stay.
    """
    others = memory == "away" and len(said) < len(target.lens.kept)
    if others or not (yield from ask(Forget((kept_key(target, native),)))):
        raise Problem("SG607")


def find_kept(target: Target, path: AttrPath, value: str) -> Conversation[str | None]:
    """The native id of the resource whose kept attribute has this value, empty where nobody can read it; a Problem
    when the store is away.
    """
    key = index_key(target, path, value)
    entries = yield from ask(Recall((key,)))
    if isinstance(entries, Unavailable):
        yield from note(StateUsed("kept-index", "error"))
        raise Problem("SG605")
    if entries[0] is None:
        yield from note(StateUsed("kept-index", "miss"))
        return None
    found = yield from read_entry(target.tenant.seal, key, entries[0])
    yield from note(StateUsed("kept-index", "stale" if found is None else "hit"))
    return "" if found is None else found.decode()


def forget_kept(target: Target, native: str) -> Conversation[None]:
    """A deleted resource leaves nothing behind."""
    if not target.lens.kept:
        return
    entries = yield from ask(Recall((kept_key(target, native),)))
    kept = None if isinstance(entries, Unavailable) else (yield from read_kept(target, native, entries[0]))
    yield from ask(Forget((kept_key(target, native), *index_keys(target, kept or {}))))


def note_lost(target: Target, attributes: Sequence[str]) -> Conversation[None]:
    for attribute in attributes:
        yield from note(KeptValueLost(target.tenant.name, attribute))
