"""Creates at a follower whose end nobody saw: under which names they were sent, so that a rename does not lose them.

A follower may carry a create out long after its answer was lost, and by then the resource may have another name.
"""

from msgspec.json import decode, encode

from gateway.conversation.announcing import SENT_SECONDS
from gateway.conversation.effects import Conversation, Forget, Keep, Key, Recall, Unavailable, ask
from gateway.conversation.followers.marking import name_before
from gateway.conversation.sealed import close_entry, read_entry
from gateway.lens.lens import Document
from gateway.pipeline.following import Reference
from gateway.pipeline.request import Tenant
from gateway.pipeline.target import Target


def attempt_key(seat: Tenant, one: Reference) -> Key:
    return Key("attempt", seat.name, seat.backend, one.type, one.native)


def keep_attempt(there: Target, one: Reference, wanted: Document) -> Conversation[None]:
    """A create is going to be sent."""
    key = attempt_key(there.tenant, one)
    entry = close_entry(there.tenant.seal, key, encode(name_before(wanted, there)))
    yield from ask(Keep(((key, entry),), SENT_SECONDS))


def end_attempt(there: Target, one: Reference) -> Conversation[None]:
    """It was answered."""
    yield from ask(Forget((attempt_key(there.tenant, one),)))


def recall_attempt(there: Target, one: Reference) -> Conversation[dict[str, str] | None]:
    """The names of a create that may still be carried out; None where there is none."""
    key = attempt_key(there.tenant, one)
    entries = yield from ask(Recall((key,)))
    text = yield from read_entry(there.tenant.seal, key, None if isinstance(entries, Unavailable) else entries[0])
    return None if text is None else decode(text, type=dict[str, str])
