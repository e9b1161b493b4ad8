"""Whose a follower's record is that was found by its name: the primary's resource that we look for, or another's."""

from gateway.conversation.correlate import correlating
from gateway.conversation.effects import Conversation
from gateway.conversation.followers.linking import recall_origins
from gateway.conversation.followers.peering import Peer, find_named
from gateway.conversation.reading import read_resource
from gateway.pipeline.following import Reference
from gateway.pipeline.request import Tenant
from gateway.pipeline.target import Target


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
