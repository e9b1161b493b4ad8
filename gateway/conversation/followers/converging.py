"""One resource at one follower: made equal to what the primary has now, whatever happened before.

By state, not by event: what is read at the primary decides, under a lock of its own, so that the last of several
changes is also the last that the follower sees. The follower's record is found, compared, and sent what differs.
"""

from functools import partial
from math import inf
from typing import TypeVar

from msgspec.structs import replace

from gateway.conversation.abreast import abreast
from gateway.conversation.correlate import correlating
from gateway.conversation.effects import Conversation
from gateway.conversation.followers.attempting import recall_attempt
from gateway.conversation.followers.equalising import hold_barred, hold_equal, make
from gateway.conversation.followers.freeing import Waits, hold_named
from gateway.conversation.followers.linking import forget_links, keep_links, recall_links
from gateway.conversation.followers.looking import BLIND, Sight
from gateway.conversation.followers.marking import Open
from gateway.conversation.followers.owning import find_owner, is_anothers, locked
from gateway.conversation.followers.pairs import Converged, Pair, read_state
from gateway.conversation.followers.peering import Peer, name_by
from gateway.conversation.followers.recognising import Sought, find_any
from gateway.conversation.followers.referring import mark_again, mark_referrers
from gateway.conversation.reading import find_record
from gateway.conversation.removing import remove
from gateway.lens.lens import Document, LensError
from gateway.pipeline.following import Reference, belongs, fit, references, repoint, serves
from gateway.pipeline.problems import Problem, as_problem
from gateway.scim.errors import ScimError

T = TypeVar("T")
DEEPEST = 4  # a manager's manager's manager
BRIEFLY = 2.0  # seconds to wait for one lock while another is held: who has it may be waiting for ours


Path = tuple[Reference, ...]


def converge(
    pair: Pair, one: Open, password: str = "", path: Path = (), sight: Sight = BLIND
) -> Conversation[Converged]:
    """Make the follower's record equal to what the primary has now; its absence too. Raises what is in the way."""
    patience, path = BRIEFLY if path else inf, (*path, one.reference)
    work = converge_held(pair, one, password, path, sight.also(one.named, sure=one.sure))
    return (yield from alone(pair, one, work, patience))


def converge_after(pair: Pair, one: Open, path: Path) -> Conversation[Converged]:
    """The same for one whom others wait for."""
    return (yield from converge(pair, one, path=path))


def alone(pair: Pair, one: Open, work: Conversation[T], patience: float = inf) -> Conversation[T]:
    """Do the work while nobody else brings the same resource to the follower. SG603 where the lock stays taken."""
    return (yield from locked(pair.follower.seat, one.type, f"follow {one.native}", work, patience))


def converge_held(pair: Pair, one: Open, password: str, path: Path, sight: Sight) -> Conversation[Converged]:
    """The same under the lock."""
    leader, there = pair.leader, pair.there
    resource = yield from read_state(leader, one.native)
    linked = yield from find_link(pair, one)
    attempt = None if linked else (yield from recall_attempt(there, one.reference))
    if attempt is not None:
        one = replace(one, ours=True)
    if resource is not None and not (linked or one.ours or belongs(pair.follower, resource, leader.type)):
        return Converged(None)  # it never was to be there
    named = () if resource is None else correlating(resource, there)
    peer = yield from find_own(pair, Sought(one, linked, named, name_by(attempt or {}, there)), path)
    vanished = bool(linked) and peer is None
    if vanished:  # nobody else must refer to who is not there any more
        yield from forget_links(pair.follower.seat, [one.reference])
    if peer is None or not peer.linked:
        sight = replace(sight, sure=False)
    if resource is None:
        return (yield from withdraw(pair, one, peer))
    if not belongs(pair.follower, resource, leader.type):
        return (yield from bar(pair, one, peer, resource, sight))
    if peer is not None and peer.native != linked:
        peer = yield from locked(pair.follower.seat, one.type, f"record {peer.native}", take_over(pair, one, peer))
    wanted, lacks = yield from point(pair, fit(resource, there), path)
    if password:
        wanted = {**wanted, "password": password}
    if one.outside or vanished:
        yield from mark_referrers(leader.tenant, pair.follower, one.reference)
    if vanished and (yield from read_state(leader, one.native)) != resource:
        raise Problem("SG603")  # the record has gone meanwhile, and what was read of the primary is of before
    if peer is None:
        converged = Converged((yield from make(pair, one, wanted)))
    else:
        waits = Waits(pair, wanted, path, partial(converge_after, pair))
        converged = yield from hold_named(waits, peer, lambda each: hold_equal(pair, each, wanted, sight))
    if converged.native is None:
        yield from forget_links(pair.follower.seat, [one.reference])
    return replace(converged, lacks=lacks)


def find_link(pair: Pair, one: Open) -> Conversation[str]:
    """The follower's id as it is remembered, empty when it is not."""
    links = yield from recall_links(pair.follower.seat, [one.reference])
    return links.get(one.reference, one.there)


def find_own(pair: Pair, sought: Sought, path: Path) -> Conversation[Peer | None]:
    """The follower's record of the resource. One that is found by its name, and has been another's so far, is left to
    that one first: who was deleted at the primary takes it along, who was renamed gives the name free.
    """
    ours, seat = sought.open.reference, pair.follower.seat
    peer = yield from find_any(pair.leader, pair.there, sought)
    if peer is None or peer.linked:
        return peer
    owner = yield from find_owner(seat, ours, peer)
    if owner in (None, ours):
        return peer
    if owner in path:
        raise Problem("SG603")
    yield from converge(pair, Open(owner.type, owner.native, peer.native, ours=True), path=path)
    peer = yield from find_any(pair.leader, pair.there, sought)
    owner = None if peer is None else (yield from find_owner(seat, ours, peer))
    return peer if owner in (None, ours) else None


def withdraw(pair: Pair, one: Open, peer: Peer | None) -> Conversation[Converged]:
    """The primary has it no longer, or not for this follower: it is deleted there, unless it never was to be there, and
    the follower has one of its own, or it is another's by now.
    """
    if peer is not None and (one.ours or peer.linked):
        yield from locked(pair.follower.seat, one.type, f"record {peer.native}", take_away(pair, one, peer))
    yield from forget_links(pair.follower.seat, [one.reference])
    return Converged(None)


def bar(pair: Pair, one: Open, peer: Peer | None, resource: Document, sight: Sight) -> Conversation[Converged]:
    """It belongs there no longer: barred, or deleted as the tenant says."""
    if peer is None or not (one.ours or peer.linked):
        return Converged(None)
    if not (yield from hold_barred(pair, peer, resource, sight)):
        return (yield from withdraw(pair, one, peer))
    if not peer.linked:
        yield from keep_links(pair.follower.seat, {one.reference: peer.native})
    return Converged(None)


def take_over(pair: Pair, one: Open, peer: Peer) -> Conversation[Peer]:
    """A record that no link led to is this resource's from now on; a Problem where another was quicker.

    Before anything is sent, and before those whom it names are brought along: an answer may be lost, and a name with
    it, and what was found by the name of a create is not known by it for ever.
    """
    owner = yield from find_owner(pair.follower.seat, one.reference, peer)
    record = yield from find_record(pair.there, peer.native)
    if record is None or owner not in (None, one.reference):
        raise Problem("SG603")
    yield from keep_links(pair.follower.seat, {one.reference: peer.native})
    return replace(peer, record=record)


def take_away(pair: Pair, one: Open, peer: Peer) -> Conversation[None]:
    """Delete it, unless it is another's by now; that somebody else has deleted it is as good."""
    if (yield from is_anothers(pair.leader, pair.there, one.reference, peer)):
        return
    try:
        yield from remove(pair.there, peer.native)
    except Problem as problem:
        if problem.code != "SG110":
            raise


def is_passing(problem: Problem) -> bool:
    """Is it a matter of time? Not when the follower refuses a value."""
    return problem.status in (429, 503)


def point(pair: Pair, wanted: Document, path: Path) -> Conversation[tuple[Document, bool]]:
    """The resource with the follower's ids in it, and whether it still lacks some."""
    there, leader = pair.there, pair.leader.tenant
    named = references(wanted, there, leader)
    served = [one for one in named if serves(pair.follower, one.type)]
    natives = yield from recall_links(pair.follower.seat, served)
    missing = [one for one in served if one not in natives]
    near = [one for one in missing if one not in path and len(path) < DEEPEST]
    brought = yield from abreast(bring_along(pair, one, path) for one in near)
    found = {one: converged for one, converged in zip(near, brought, strict=True) if converged is not None}
    natives |= {one: converged.native for one, converged in found.items() if converged.native is not None}
    return repoint(wanted, there, leader, natives), len(found) < len(missing)


def bring_along(pair: Pair, one: Reference, path: Path) -> Conversation[Converged | None]:
    """Who is named is brought there first; None when that failed, which is told when she is brought there herself.

    What she lacks herself, or can never have, is open from now on: she is not brought along again.
    """
    try:
        converged = yield from converge(pair.of(one.type), Open(one.type, one.native), path=path)
        if converged.lacks or converged.fixed:
            yield from mark_again(pair.follower.seat, [Open(one.type, one.native, converged.native or "")])
        return converged
    except (Problem, ScimError, LensError) as error:
        if is_passing(as_problem(error)):
            raise
        return None
