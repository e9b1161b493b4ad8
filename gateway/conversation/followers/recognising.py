"""What a follower's record is looked for by, strongest first: the link, the attributes now, those of before."""

from msgspec import Struct
from msgspec.structs import replace

from gateway.conversation.effects import Conversation
from gateway.conversation.followers.marking import Open
from gateway.conversation.followers.owning import is_anothers
from gateway.conversation.followers.peering import Peer, find_peer, name_by
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.scim.filter import Compare


class Sought(Struct, frozen=True):
    """What the follower's record is looked for by: its id where it is remembered, the attributes that the resource has,
    and those of a create that was sent and may still be carried out.
    """

    open: Open
    linked: str
    named: tuple[Compare, ...]
    sent: tuple[Compare, ...]


def find_any(leader: Target, there: Target, sought: Sought) -> Conversation[Peer | None]:
    """The record by its link, or by the attributes that the resource has; else by those that it had, where no other
    has them by now. A Problem while one that was sent may still appear.
    """
    one, named = sought.open, sought.named
    peer = yield from find_peer(there, sought.linked, named)
    if peer is not None:
        return peer
    for former in dict.fromkeys((name_by(one.before, there), sought.sent)):
        peer = (yield from find_former(there, former)) if former not in ((), named) else None
        if peer is not None and former == sought.sent:
            peer = replace(peer, linked=True)  # we sent it
        if peer is not None and not (yield from is_anothers(leader, there, one.reference, peer)):
            return peer
    if sought.sent:
        raise Problem("SG514")  # also where the names are those of now: who is to be kept out may not be made any more
    return None


def find_former(there: Target, former: tuple[Compare, ...]) -> Conversation[Peer | None]:
    """The record of names that are no longer hers; one that tells that it is another's has such a name by now."""
    try:
        return (yield from find_peer(there, "", former))
    except Problem as problem:
        if problem.code != "SG343":
            raise
        return None
