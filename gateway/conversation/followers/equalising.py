"""A follower's record as it shall be: made where there is none, else sent what differs and can be changed."""

from msgspec import Struct

from gateway.conversation.announcing import PARTLY, UNSETTLED
from gateway.conversation.comparing import Comparison, modify_calls, send_difference
from gateway.conversation.create import create
from gateway.conversation.deactivating import deletes
from gateway.conversation.effects import Conversation
from gateway.conversation.followers.attempting import end_attempt, keep_attempt
from gateway.conversation.followers.linking import recall_links
from gateway.conversation.followers.looking import Looked, Sight, look
from gateway.conversation.followers.marking import UNASKED, Open
from gateway.conversation.followers.owning import take_own
from gateway.conversation.followers.pairs import Converged, Pair
from gateway.conversation.followers.peering import Peer
from gateway.conversation.reading import read_resource
from gateway.conversation.removing import remove
from gateway.lens.lens import Document
from gateway.pipeline.deactivation import is_deactivated, refuse_deactivation
from gateway.pipeline.fixed import leave_fixed
from gateway.pipeline.following import barred, fit, followed_lists, lay_over, references
from gateway.pipeline.intent import Create
from gateway.pipeline.plan import plan_create
from gateway.pipeline.problems import Problem
from gateway.pipeline.unseen import asked_lists


class Laid(Struct, frozen=True):
    """A follower's resource as it shall be; None where that comes to a deletion. `fixed`: what it never changes."""

    resource: Document | None
    fixed: tuple[str, ...] = ()


def as_primary(pair: Pair, record: Document, current: Document, wanted: Document) -> Laid:
    """What the follower's record shall show, as far as it can be changed. Raises SG220."""
    there = pair.seen
    laid = lay_over(current, wanted, pair.leader, there)
    refuse_deactivation(there, deactivates=is_deactivated(laid))
    if deletes(there, laid):
        return Laid(None)
    return Laid(*leave_fixed(there, record, current, laid))


def without_access(pair: Pair, current: Document) -> Document | None:
    """The follower's resource once it shall not be there any more; None where that is a deletion. Raises SG220."""
    return None if pair.leader.tenant.leaves == "delete" else barred(current, pair.there)


def make(pair: Pair, one: Open, wanted: Document) -> Conversation[str | None]:
    """Create it; who may not get in where nobody can be barred is not created at all."""
    there = pair.there
    if deletes(there, wanted):
        return None
    plan = plan_create(Create(url="", type=there.resource.name, resource=wanted), there)
    if (yield from recall_links(pair.follower.seat, [one.reference])):
        raise Problem("SG603")  # another has made it meanwhile: while the store is away locks hold nobody back
    yield from keep_attempt(there, one.reference, wanted)
    try:
        created = yield from create(plan, there, only=True)
    except Problem as problem:
        if problem.reason not in (PARTLY, UNSETTLED) and problem.code != "SG514":
            yield from end_attempt(there, one.reference)
        raise
    native = there.native(created.resource["id"]) if created.lasting else None
    if native is not None:
        yield from take_own(pair.follower.seat, one.reference, native)
    yield from end_attempt(there, one.reference)
    return native


def hold_equal(pair: Pair, peer: Peer, wanted: Document, sight: Sight) -> Conversation[Converged]:
    """Send the follower what differs and can be changed."""
    there = pair.seen
    looked = yield from look(pair, peer.native, peer.record, wanted, followed_lists(pair.leader, there), sight)
    current = yield from read_resource(there, looked.record)
    laid = as_primary(pair, looked.record, current, wanted)
    if laid.resource is None:
        yield from remove(pair.there, peer.native)
        return Converged(None)
    compared = Comparison(peer.native, looked.record, current, laid.resource)
    yield from send_difference(there, compared, modify_calls, wants_body=False)
    refuse_half(looked)
    return Converged(peer.native, fixed=laid.fixed)


def hold_barred(pair: Pair, peer: Peer, resource: Document, sight: Sight) -> Conversation[bool]:
    """Take away the access that the record gives; False, and nothing was sent, where that is a deletion.

    `resource` is what the primary has: who is in its lists is in the follower's, more likely than others.
    """
    there = pair.seen
    if pair.leader.tenant.leaves == "delete":
        return False
    likely = sight.also(references(fit(resource, pair.there), pair.there, pair.leader.tenant))
    looked = yield from look(pair, peer.native, peer.record, {}, asked_lists(there), likely)
    current = yield from read_resource(there, looked.record)
    wanted = without_access(pair, current)
    if wanted is None:
        return False
    compared = Comparison(peer.native, looked.record, current, wanted)
    yield from send_difference(there, compared, modify_calls, wants_body=False)
    refuse_half(looked)
    return True


def refuse_half(looked: Looked) -> None:
    """A Problem where the lists were not compared to the end."""
    if not looked.whole:
        raise Problem(UNASKED)
