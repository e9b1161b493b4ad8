"""The other side of a comparison where the follower does not list all that it has: each is looked up by itself.

Who is there and is nobody of the primary's cannot be seen so.
"""

from collections.abc import Mapping, Sequence

from gateway.conversation.abreast import abreast
from gateway.conversation.correlate import correlating
from gateway.conversation.effects import Conversation
from gateway.conversation.followers.peering import Peer, find_peer, name_by
from gateway.conversation.membership import hold_lists
from gateway.conversation.reconcile.pairing import Before
from gateway.conversation.reconcile.stepping import Progress, Step
from gateway.conversation.reconcile.surveying import SLICE, Holdings, Seen, Survey, ask_all, look_at, put_held, slices
from gateway.lens.kinds import ListRule
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.pipeline.through import read_lists

UNSAID = ("SG342", "SG343")


def seek(
    there: Target,
    ours: Mapping[str, Seen],
    links: Mapping[str, str],
    before: Before,
    step: Step,
    asked: Sequence[ListRule] = (),
) -> Conversation[Survey]:
    """What the follower has of the primary's resources."""
    found = Survey({}, {}, {}, whole=False)
    holdings = yield from ask_all(there, asked, step)
    for number, some in enumerate(slices(tuple(ours.items()))):
        yield from step(Progress("reading", there.resource.name, number * SLICE, len(ours)))
        talks = [seek_one(there, seen, links.get(native, ""), before.get(native, {})) for native, seen in some]
        peers = yield from abreast(talks)
        for (native, _), peer in zip(some, peers, strict=True):
            if isinstance(peer, str):
                found.doubts[native] = peer
        yield from look_at_peers(there, [one for one in peers if isinstance(one, Peer)], holdings, found)
    return found


def seek_one(there: Target, seen: Seen, linked: str, before: Mapping[str, str]) -> Conversation[Peer | str | None]:
    """The record of one, or the code of why that cannot be said."""
    try:
        peer = yield from find_peer(there, linked, correlating(seen.resource, there))
        return peer or (yield from find_peer(there, "", name_by(before, there)))
    except Problem as problem:
        if problem.code not in UNSAID:
            raise
        return problem.code


def look_at_peers(there: Target, peers: Sequence[Peer], holdings: Holdings, found: Survey) -> Conversation[None]:
    """Their resources, with all their lists."""
    lists = read_lists(there)
    held = yield from abreast(hold_lists(there, one.native, one.record, lists) for one in peers)
    if held:
        natives = [one.native for one in peers]
        whole = [put_held(native, record, holdings) for native, record in zip(natives, held, strict=True)]
        yield from look_at(there, natives, whole, found)
