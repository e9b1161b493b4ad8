"""Attributes that the backend lacks and the gateway keeps: promises in the state store, found again by an index.

A value that cannot be saved is missing from the answer, which then tells the truth; the client heals it by sending it
again.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import DecodeError
from msgspec.json import decode, encode

from gateway.conversation.effects import Conversation, Forget, Keep, Key, Recall, Unavailable, ask, note
from gateway.lens.lens import Document
from gateway.observations import KeptValueLost, StateFailed, StateUsed
from gateway.pipeline.documents import read_attribute, remove_attribute, write_attribute
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.scim.filter import AttrPath
from gateway.scim.match import fold_value

Kept = dict[str, Any]


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


def recall_kept(target: Target, resources: Sequence[Document], *, needed: bool = False) -> Conversation[None]:
    """Complete resources with what is kept of them, in one round trip."""
    if not target.lens.kept or not resources:
        return
    keys = tuple(kept_key(target, target.native(one["id"])) for one in resources)
    entries = yield from ask(Recall(keys))
    if isinstance(entries, Unavailable):
        if needed:
            raise Problem("SG605")
        yield from note_lost(target, [str(path) for path in target.lens.kept])
        return
    for resource, entry in zip(resources, entries, strict=True):
        put_kept(target, resource, (yield from read_kept(entry)))


def put_kept(target: Target, resource: Document, kept: Kept) -> None:
    """Write kept values into a resource, in place of those it has."""
    for path in target.lens.kept:
        value = kept.get(str(path))
        if value is None:
            remove_attribute(resource, path)
        else:
            write_attribute(resource, path, value)


def read_kept(entry: bytes | None) -> Conversation[Kept]:
    """What an entry holds; nothing when it is missing, nor when it is garbage, which is told."""
    try:
        found = {} if entry is None else decode(entry, type=Kept)
    except (DecodeError, UnicodeDecodeError):
        yield from note(StateFailed("recall", "garbage"))
        return {}
    return found


def save_kept(target: Target, native: str, old: Kept, new: Kept) -> Conversation[Kept]:
    """Make `new` what is kept, and return what really is: all of it, or nothing when the store is away."""
    if old == new:
        return new
    stale = tuple(key for key in index_keys(target, old) if key not in index_keys(target, new))
    gone = (*stale, *(() if new else (kept_key(target, native),)))
    if gone:
        yield from ask(Forget(gone))
    if not new:
        return new
    entries = ((kept_key(target, native), encode(new)), *((key, native.encode()) for key in index_keys(target, new)))
    if (yield from ask(Keep(entries, None))):
        return new
    yield from note_lost(target, list(new))
    return {}


def find_kept(target: Target, path: AttrPath, value: str) -> Conversation[str | None]:
    """The native id of the resource whose kept attribute has this value, empty where nobody can read it; a Problem
    when the store is away.
    """
    entries = yield from ask(Recall((index_key(target, path, value),)))
    if isinstance(entries, Unavailable):
        yield from note(StateUsed("kept-index", "error"))
        raise Problem("SG605")
    if entries[0] is None:
        yield from note(StateUsed("kept-index", "miss"))
        return None
    found = yield from read_native(entries[0])
    yield from note(StateUsed("kept-index", "stale" if found is None else "hit"))
    return found or ""


def read_native(entry: bytes | None) -> Conversation[str | None]:
    """The native id that an entry says; none when it is missing, nor when it is garbage, which is told."""
    try:
        native = "" if entry is None else entry.decode()
    except UnicodeDecodeError:
        native = ""
    if native and native.isprintable():
        return native
    if entry is not None:
        yield from note(StateFailed("recall", "garbage"))
    return None


def forget_kept(target: Target, native: str) -> Conversation[None]:
    """A deleted resource leaves nothing behind."""
    if not target.lens.kept:
        return
    entries = yield from ask(Recall((kept_key(target, native),)))
    kept = {} if isinstance(entries, Unavailable) else (yield from read_kept(entries[0]))
    yield from ask(Forget((kept_key(target, native), *index_keys(target, kept))))


def note_lost(target: Target, attributes: Sequence[str]) -> Conversation[None]:
    for attribute in attributes:
        yield from note(KeptValueLost(target.tenant.name, attribute))
