"""Names that another record of the follower still has: whose it is gives it up first, by its own state.

| who has the name | what is done |
|---|---|
| a resource that has another name by now | it is brought in step first, and so on down a chain |
| one of those who wait for it, in a circle | the names go round, one of them by way of a passing name |
| nobody whom a link proves to be the primary's | nothing: the follower's refusal stands |
"""

from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from gateway.conversation.effects import Conversation
from gateway.conversation.followers.linking import recall_origins
from gateway.conversation.followers.marking import Open
from gateway.conversation.followers.pairs import Converged, Pair
from gateway.conversation.followers.peering import Peer, find_named
from gateway.conversation.followers.rotating import give_names, names_in, rotate
from gateway.conversation.reading import find_record, read_resource
from gateway.lens.lens import Document
from gateway.pipeline.documents import read_attribute
from gateway.pipeline.following import Reference
from gateway.pipeline.passing import borne_in_passing, unique_names
from gateway.pipeline.problems import Problem
from gateway.scim.filter import Compare

LONGEST = 8  # of a chain, or a circle
Path = tuple[Reference, ...]
Converge = Callable[[Open, Path], Conversation[Converged]]
T = TypeVar("T")


class Waits(Struct, frozen=True):
    """What is wanted of a record, and who waits for it: those who are being brought in step, this one last. They are
    locked. `converge` brings another in step first.
    """

    pair: Pair
    wanted: Document
    path: Path
    converge: Converge


def hold_named(waits: Waits, peer: Peer, hold: Callable[[Peer], Conversation[Converged]]) -> Conversation[Converged]:
    """Hold it equal; where the follower says that a name is taken, have that given up and try once more."""
    there = waits.pair.there
    names = names_in(waits.wanted, there)
    if any(borne_in_passing(there, peer.record)):  # its own goes before all else, which may be refused
        yield from send_freely(waits, peer, lambda each: give_names(there, each.native, names))
        peer = yield from read_again(waits.pair, peer)
    return (yield from send_freely(waits, peer, hold))


def send_freely(waits: Waits, peer: Peer, send: Callable[[Peer], Conversation[T]]) -> Conversation[T]:
    """Send it; once more where a name was taken and has been given up."""
    try:
        return (yield from send(peer))
    except Problem as problem:
        if problem.scim_type != "uniqueness" or not (yield from free(waits, peer)):
            raise
    return (yield from send((yield from read_again(waits.pair, peer))))


def read_again(pair: Pair, peer: Peer) -> Conversation[Peer]:
    record = yield from find_record(pair.there, peer.native)
    if record is None:
        raise Problem("SG603")
    return replace(peer, record=record)


def free(waits: Waits, peer: Peer) -> Conversation[bool]:
    """Was a name that is wanted given up? A Problem where that is a matter of time."""
    path, holder = waits.path, (yield from find_holder(waits.pair, peer, waits.wanted))
    if holder is None or len(path) >= LONGEST:
        return False
    if holder in path:
        return (yield from rotate(waits.pair, path[path.index(holder) :]))
    try:
        yield from waits.converge(Open(holder.type, holder.native, ours=True), path)
    except Problem as problem:
        if problem.status in (429, 503):
            raise  # else it may have given its name up all the same
    return True


def find_holder(pair: Pair, peer: Peer, wanted: Document) -> Conversation[Reference | None]:
    """The primary's resource whose record has a name that is wanted here; only whom a link leads to it."""
    there = pair.there
    current = yield from read_resource(there, peer.record)
    for path in unique_names(there):
        value = read_attribute(wanted, path)
        if not isinstance(value, str) or value == read_attribute(current, path):
            continue
        found = yield from find_named(there, (Compare(path, "eq", value),))
        native = peer.native if found is None else there.native(found["id"])
        if native != peer.native:
            theirs = Reference(there.resource.name, native)
            return (yield from recall_origins(pair.follower.seat, [theirs])).get(native)
    return None
