"""What a conversation may ask of the world: imperatives out, answers in.

An effect knows the type of its answer, so `answer = yield from ask(effect)` is checked by the type checker. Nothing
here awaits, opens a socket or reads a clock; the edge answers every effect, and a test can answer it just as well.
"""

from collections.abc import Generator
from math import inf
from typing import Any, Generic, Literal, TypeVar, cast

from msgspec import Struct

from gateway.observations import Observation

T = TypeVar("T")
A = TypeVar("A", covariant=True)


class Effect(Struct, Generic[A], frozen=True):
    """A question to the world whose answer has the type A."""


Conversation = Generator[Effect[Any], Any, T]


def ask(effect: Effect[T]) -> Conversation[T]:
    """Yield one effect and return its answer, typed."""
    return cast(T, (yield effect))


class Reply(Struct, frozen=True):
    """A backend's answer. Header names are lower case; `body` is the decoded JSON, or None when there was none.

    `readable` is false when a body came that was not JSON (or was cut off): `body` is None then, and `text` its first
    2,000 characters. `whole` is false when it was longer than is read: nothing of it is known then but the head.
    """

    status: int
    headers: dict[str, str] = {}
    body: object = None
    readable: bool = True
    text: str = ""
    whole: bool = True


class Lost(Struct, frozen=True):
    """No answer. `applied` is `no` when the request provably never reached the backend, else `unknown`."""

    applied: Literal["no", "unknown"]
    reason: Literal["connect", "tls", "timeout", "reset", "credentials", "deadline"]


class Call(Effect[Reply | Lost], frozen=True):
    """Call a backend once. `path` is percent-encoded and starts with `/`; it is appended to the backend's base URL.

    `query` is a list of decoded pairs, encoded by the edge. `body` is encoded as JSON. `safe` marks calls that change
    nothing, which may be repeated. `operation` is a label: create, retrieve, query, replace, modify, delete.
    """

    backend: str
    operation: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: object = None
    safe: bool = False


class Together(Effect[tuple[Reply | Lost, ...]], frozen=True):
    """Make calls at the same time; the answers come in the order of the calls. All of them are `safe`."""

    calls: tuple[Call, ...]


class Wait(Effect[bool], frozen=True):
    """Pause. The answer is False, at once, when the request's deadline would pass before the pause ends."""

    seconds: float


class Prolong(Effect[None], frozen=True):
    """What follows has so many seconds from now: long work that no client waits for goes from step to step."""

    seconds: float


class Key(Struct, frozen=True):
    """Names one entry of the state store. The edge derives the stored key with a keyed hash: no personal data in it. An
    entry that tells of somebody is sealed (`sealed.py`).

    kind `correlation`: name is `attribute=value`, the entry is a native id; `alias`: name
    is the native id, the entry the name that the record has now; `kept`: name is the native id, the entry
    a JSON object of attributes; `kept-index`: name is `attribute=value`, the entry a native id; `cursor`: name is
    the query and the number of a record, the entry the page in which it stands; `create`: name is `attribute=value`,
    the entry says how far a create has come; `brake`: name is `removals` or `alone`, the entry a number of removals
    that passed, or `released`, and the entry says that a person let them through; `link`: backend is a follower, name
    the primary's native id, the entry the follower's; `origin`: the same, the other way round; `attempt`: name
    is that of a link, the entry tells by which attributes a create at the follower was sent; `mark`: the same, the
    entry says what is open between them; `absent`: name is a native id, the entry what its lists hold that lives in
    other branches; `resting`: a follower did not answer a moment ago; `sweep`: whose
    turn it is to compare a follower; `lock`; `lying`: name is where a mark lies whose own key is not known;
    `unread`: the same, the entry counts how often it was not opened; `watch`: name is empty, or `begun` while it is new
    that the store tells of creates that lists do not show yet.
    """

    kind: Literal[
        "correlation", "alias", "kept", "kept-index", "absent", "cursor", "create", "brake", "link", "origin",
        "attempt", "mark",
        "resting", "sweep", "lock", "lying", "unread", "watch",
    ]  # fmt: skip
    tenant: str
    backend: str
    resource: str
    name: str


class Unavailable(Struct, frozen=True):
    """The state store did not answer. Hints are unknown then; promises could not be kept."""


class Recall(Effect[tuple[bytes | None, ...] | Unavailable], frozen=True):
    """Look entries up, in one round trip.

    While the store is away it answers where this process keeps one of the marks that are asked for: None then says of
    the other keys that nothing is known of them.
    """

    keys: tuple[Key, ...]


class Keep(Effect[bool], frozen=True):
    """Save entries in one round trip. `seconds` None is a promise and does not expire. False: not saved."""

    entries: tuple[tuple[Key, bytes], ...]
    seconds: int | None


class Reseal(Effect[tuple[bool, ...]], frozen=True):
    """Save entries in place of others, in their order: key, what was read, what shall lie there. Each only where the
    former still does, and for as long as that had left; False: it does not, or the store did not answer.
    """

    entries: tuple[tuple[Key, bytes, bytes], ...]


class Claim(Effect[tuple[bytes | None, ...] | Unavailable], frozen=True):
    """Save one entry under each key that has none, in one round trip. The answer is what lay there before: None where
    the entry was saved.
    """

    keys: tuple[Key, ...]
    entry: bytes
    seconds: int


class Forget(Effect[bool], frozen=True):
    """Delete entries. False: the store did not answer."""

    keys: tuple[Key, ...]


class Spent(Struct, frozen=True):
    """Was it within the bound? `seconds`: until the window ends."""

    granted: bool
    seconds: int


class Spend(Effect[Spent], frozen=True):
    """Take so many out of a bound on a window, or none of them when there are not as many left.

    The window begins with the first that is taken, and lasts `seconds`. While the state store is away the process
    counts for itself.
    """

    key: Key
    amount: int
    bound: int
    seconds: int


class Hold(Effect[bool], frozen=True):
    """Take the lock of one resource, waiting for it so many `seconds`, and never beyond the deadline.

    True also when the store is away (a hint: the window against other writers is then as without a lock). False: the
    lock stayed taken.
    """

    key: Key
    seconds: float = inf


class Held(Effect[bool], frozen=True):
    """Have these locks been ours ever since they were taken, in one round trip? False where the store forgot one, or
    does not answer.
    """

    keys: tuple[Key, ...]


class Release(Effect[None], frozen=True):
    """Give the lock back. Releasing a lock that is not held does nothing."""

    key: Key


class Booked(Struct, frozen=True):
    """A mark that was saved. `grip` tells it from every later one; `shared` is false when only this process has it,
    and `grip` empty when it had no room for it either. `was` is what lay there until then.
    """

    grip: bytes
    shared: bool = True
    was: bytes | None = None


class Taken(Struct, frozen=True):
    """A mark that is due, and was taken: nobody else gets it for a while. `key` is its own, or says where it lies.

    `parked`: it is never due by itself.
    """

    entry: bytes
    grip: bytes
    key: Key
    parked: bool = False


class Mark(Effect[tuple[Booked, ...]], frozen=True):
    """Save marks, each in place of an earlier one under its key; they are due in so many seconds and do not expire.

    One round trip. While the store is away this process keeps them, with the texts of `alone` where these are given,
    and offers them again when it takes marks.
    """

    entries: tuple[tuple[Key, bytes], ...]
    seconds: float
    alone: tuple[bytes, ...] = ()


class Unmark(Effect[tuple[bool, ...]], frozen=True):
    """Take marks back, each unless it was set again since. False: it was, or the store did not answer."""

    marks: tuple[tuple[Key, bytes], ...]


class Postpone(Effect[bool], frozen=True):
    """Give a mark another entry, due in so many seconds, or never by itself (parked, None). False as with `Unmark`."""

    key: Key
    grip: bytes
    entry: bytes
    seconds: float | None


class TakeMarks(Effect[tuple[Taken, ...]], frozen=True):
    """Take at most so many marks of one follower of a tenant that are due; the others wait.

    Who takes a mark has it for `seconds`: then it is due again, unless it was taken back or postponed.
    """

    tenant: str
    backend: str
    most: int
    seconds: float


class ListMarks(Effect[tuple[Taken, ...] | Unavailable], frozen=True):
    """All marks of one follower of a tenant, those that are parked included; nobody's hold on them changes."""

    tenant: str
    backend: str


class Note(Effect[None], frozen=True):
    """Tell logs and metrics a fact."""

    observation: Observation


def note(observation: Observation) -> Conversation[None]:
    """Yield the fact."""
    yield Note(observation)
