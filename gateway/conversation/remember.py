"""The memory of look-ups: this userName -> that record. A hint, verified at every use, lost without harm."""

from gateway.conversation.effects import Conversation, Keep, Key, Recall, Unavailable, ask, note
from gateway.conversation.keeping import name_value
from gateway.conversation.reading import find_record, read_resource
from gateway.conversation.sealed import close_entry, read_entry
from gateway.lens.lens import Document
from gateway.observations import IdentityCorrelated, StateUsed
from gateway.pipeline.target import Target
from gateway.scim.filter import AttrPath, Compare
from gateway.scim.match import compile_match


def correlation_key(target: Target, path: AttrPath, value: str) -> Key:
    """Under which the native id lies."""
    name = name_value(target, path, value)
    return Key("correlation", target.tenant.name, target.backend, target.resource.name, name)


def recall_resource(target: Target, path: AttrPath, value: str) -> Conversation[Document | None]:
    """The resource remembered for a value, if it still has it."""
    key = correlation_key(target, path, value)
    entries = yield from ask(Recall((key,)))
    entry = None if isinstance(entries, Unavailable) else entries[0]
    native = yield from read_entry(target.tenant.seal, key, entry)
    if native is None:
        yield from note(StateUsed("correlation", "error" if isinstance(entries, Unavailable) else "miss"))
        return None
    record = yield from find_record(target, native.decode())
    resource = None if record is None else (yield from read_resource(target, record))
    still = resource is not None and compile_match(Compare(path, "eq", value), target.type)(resource)
    yield from note(StateUsed("correlation", "hit" if still else "stale"))
    yield from note(IdentityCorrelated(target.backend, still))
    return resource if still else None


def remember_resource(target: Target, path: AttrPath, value: str, resource: Document) -> Conversation[None]:
    """Keep where a value was found, for a while."""
    key = correlation_key(target, path, value)
    entry = close_entry(target.tenant.seal, key, target.native(resource["id"]).encode())
    yield from ask(Keep(((key, entry),), target.tenant.correlation_seconds))
