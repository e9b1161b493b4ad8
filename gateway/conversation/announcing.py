"""A create is announced before it acts, so that a lost answer and a retry do not make two people of one.

The word stands in the state store under every attribute by which the resource is found again. It is a hint: without
the store a create goes on, and the backend's own uniqueness is what is left; where there is none, a look-up before it.

| word | the earlier create | a later one for the same person |
|---|---|---|
| `sent` | is under way, or its process died | waits for it, and looks for what it made |
| `lost` | got no answer, and may still be carried out | looks; where nobody is found it is refused for a while |
| `part` | was carried out without all that follows it | completes it |
| `done` | was answered; lists may not show it yet, or another would be taken | is answered the same, or a conflict |
"""

from collections.abc import Callable, Mapping
from math import ceil
from typing import Any, Literal

from msgspec import Struct
from msgspec.json import decode, encode

from gateway.conversation.correlate import correlating
from gateway.conversation.effects import Claim, Conversation, Forget, Keep, Key, Unavailable, ask, note
from gateway.conversation.keeping import name_value
from gateway.conversation.sealed import close_entry, open_entry
from gateway.lens.lens import Document, LensError
from gateway.observations import CreateUnprotected, StateFailed, StateUsed
from gateway.pipeline.outcome import Created
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.scim.filter import Compare

LOST_SECONDS = 60  # after which a request that nobody waits for any more is not carried out
SENT_SECONDS = 30 + LOST_SECONDS  # a process may die with its request just sent
DONE_SECONDS = 60  # for backends that take a second record of the same name from a client who looked too early
UNSETTLED = "unsettled"  # why a Problem ended a create: it may still be carried out
PARTLY = "partly"  # why a Problem ended a create: it was carried out, without all that follows it
State = Literal["sent", "lost", "part", "done", "unheard"]
STATES: Mapping[str, State] = {UNSETTLED: "lost", PARTLY: "part"}


class Word(Struct, frozen=True, omit_defaults=True):
    """What is announced of a create. `native` is the id, once there is one.

    `unheard` is none that anybody says: the store could not tell one, and nothing keeps another of the same name away.
    """

    state: State
    native: str = ""


def read_word(target: Target, key: Key, entry: bytes) -> Word | None:
    """The word of an entry; None when it is garbage."""
    text = open_entry(target.tenant.seal, key, entry)
    return None if text is None else decode(text, type=Word)


def write_word(target: Target, key: Key, word: Word) -> bytes:
    """A word as it lies in the store: an id may be a name."""
    return close_entry(target.tenant.seal, key, encode(word))


def announcement_keys(resource: Document, target: Target) -> tuple[Key, ...]:
    """One key for each attribute by which the resource is found again."""
    return tuple(announcement_key(target, one) for one in correlating(resource, target))


def announcement_key(target: Target, one: Compare) -> Key:
    """Under which a create of a resource with this value is announced."""
    name = name_value(target, one.path, str(one.value))
    return Key("create", target.tenant.name, target.backend, target.resource.name, name)


def announce(target: Target, keys: tuple[Key, ...]) -> Conversation[Word | None]:
    """Say what is going to be done; the word of another who said so before, None when nobody did."""
    if not keys:
        return None
    entries = yield from ask(Claim(keys, write_word(target, keys[0], Word("sent")), SENT_SECONDS))
    if isinstance(entries, Unavailable):
        return (yield from go_unheard(target))
    earlier = [read_word(target, key, entry) for key, entry in zip(keys, entries, strict=True) if entry is not None]
    yield from note(StateUsed("create", "hit" if earlier else "miss"))
    if not earlier:
        return None
    word = next((one for one in earlier if one is not None), None)
    if word is None:
        yield from note(StateFailed("claim", "garbage"))
        yield from say(target, keys, Word("sent"), SENT_SECONDS)
        return (yield from go_unheard(target))
    taken = tuple(key for key, entry in zip(keys, entries, strict=True) if entry is None)
    if taken:
        yield from ask(Forget(taken))
    return word


def go_unheard(target: Target) -> Conversation[Word | None]:
    """What is known without the store: nothing, where the backend enforces no uniqueness."""
    if target.resource.unique:
        return None
    yield from note(CreateUnprotected(target.tenant.name, target.backend))
    return Word("unheard")


def is_ours(word: Word | None) -> bool:
    """May we go on? Nobody else said a word, as far as anybody can tell."""
    return word is None or word.state == "unheard"


def keep_word(
    target: Target, keys: tuple[Key, ...], create: Callable[[], Conversation[Created]]
) -> Conversation[Created]:
    """Create, and leave word of how it ended for those who come after."""
    try:
        created = yield from create()
    except (Problem, LensError) as error:
        state = STATES.get(getattr(error, "reason", ""))
        yield from take_back(keys) if state is None else say(target, keys, Word(state), LOST_SECONDS)
        raise
    unprotected = is_one_of_its_name(target) and not target.resource.unique
    seconds = ceil(target.dialect.connect.shows_after) + (DONE_SECONDS if unprotected else 0)
    if seconds:
        yield from say(target, keys, Word("done", target.native(created.resource["id"])), seconds)
    else:
        yield from take_back(keys)
    return created


def is_one_of_its_name(target: Target) -> bool:
    """Does SCIM's schema say that there is only one? Of a user's name it does, of a group's it does not."""
    found = (target.type.find(path) for path in target.resource.correlate)
    return any(one is not None and one.uniqueness != "none" for one in found)


def say(target: Target, keys: tuple[Key, ...], word: Word, seconds: int) -> Conversation[Any]:
    """Leave a word for so many seconds."""
    entries = tuple((key, write_word(target, key, word)) for key in keys)
    return (yield from ask(Keep(entries, seconds))) if keys else None


def take_back(keys: tuple[Key, ...]) -> Conversation[Any]:
    """Nothing is to be said any more."""
    return (yield from ask(Forget(keys))) if keys else None
