"""Whose a follower's record is that was found by its name: the primary's resource that we look for, or another's."""

from math import inf
from typing import TypeVar

from gateway.conversation.correlate import correlating
from gateway.conversation.effects import Conversation, Hold, Key, Release, ask
from gateway.conversation.followers.linking import keep_links, recall_origins
from gateway.conversation.followers.peering import Peer, find_named
from gateway.conversation.reading import read_resource
from gateway.pipeline.following import Reference
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Tenant
from gateway.pipeline.target import Target

T = TypeVar("T")


def locked(seat: Tenant, kind: str, name: str, work: Conversation[T], patience: float = inf) -> Conversation[T]:
    """Do the work under a lock of one resource at the follower."""
    key = Key("lock", seat.name, seat.backend, kind, name)
    if not (yield from ask(Hold(key, patience))):
        raise Problem("SG603")
    try:
        done = yield from work
    except Exception:
        yield from ask(Release(key))
        raise
    yield from ask(Release(key))
    return done


def take_own(seat: Tenant, one: Reference, native: str) -> Conversation[None]:
    """What a create of ours made is the resource's from now on; SG603 where another was quicker to find it.

    Where the answer was lost there was time for that: who was deleted meanwhile and made again has the same names.
    """

    def work() -> Conversation[None]:
        owners = yield from recall_origins(seat, [Reference(one.type, native)])
        if owners.get(native, one) != one:
            raise Problem("SG603")
        yield from keep_links(seat, {one: native})

    yield from locked(seat, one.type, f"record {native}", work())


def find_owner(seat: Tenant, one: Reference, peer: Peer) -> Conversation[Reference | None]:
    """The resource whose link leads to the record, gone or not; None where none is remembered."""
    origins = yield from recall_origins(seat, [Reference(one.type, peer.native)])
    return origins.get(peer.native)


def is_anothers(leader: Target, there: Target, one: Reference, peer: Peer) -> Conversation[bool]:
    """Is the record another's: by its link; else, where none led us to it, because another at the primary has its name
    now?
    """
    owner = yield from find_owner(there.tenant, one, peer)
    if owner is not None or peer.linked:
        return owner not in (None, one)
    named = correlating((yield from read_resource(there, peer.record)), leader)
    found = (yield from find_named(leader, named)) if named else None
    return found is not None and leader.native(found["id"]) != one.native
