"""One resource at one follower: made equal to what the primary has now, whatever happened before.

By state, not by event: what is read at the primary decides, under a lock of its own, so that the last of several
changes is also the last that the follower sees. The follower's record is found, compared, and sent what differs.
"""

from math import inf

from msgspec import Struct

from gateway.conversation.comparing import Comparison, modify_calls, send_difference
from gateway.conversation.correlate import correlating
from gateway.conversation.create import create
from gateway.conversation.deactivating import deletes
from gateway.conversation.effects import Conversation, Hold, Key, Release, ask
from gateway.conversation.linking import forget_links, keep_links, recall_links, recall_origins
from gateway.conversation.marking import FIRST_PAUSE, Open, set_marks
from gateway.conversation.membership import hold_lists, show_lists
from gateway.conversation.peering import Peer, find_named, find_peer, name_by
from gateway.conversation.reading import find_record, read_resource
from gateway.conversation.removing import remove
from gateway.lens.lens import Document, LensError
from gateway.pipeline.deactivation import is_deactivated, refuse_deactivation
from gateway.pipeline.following import Reference, barred, belongs, fit, lay_over, references, repoint, serves
from gateway.pipeline.intent import Create
from gateway.pipeline.plan import plan_create
from gateway.pipeline.problems import Problem, as_problem
from gateway.pipeline.request import Follower
from gateway.pipeline.target import Target, find_target
from gateway.pipeline.through import read_lists
from gateway.scim.errors import ScimError
from gateway.scim.filter import Compare

DEEPEST = 4  # a manager's manager's manager
BRIEFLY = 2.0  # seconds to wait for one lock while another is held: who has it may be waiting for ours


class Pair(Struct, frozen=True):
    """A resource type at the primary and at one of its followers."""

    leader: Target
    follower: Follower

    @property
    def there(self) -> Target:
        return find_target(self.follower.seat, self.leader.resource.name)

    def of(self, name: str) -> "Pair":
        """The same for another resource type."""
        return Pair(find_target(self.leader.tenant, name), self.follower)


class Converged(Struct, frozen=True):
    """How a follower stands now. `native`: its id of the resource, None where it shall not have it.

    `lacks`: it refers to resources that the follower should have and does not have yet.
    """

    native: str | None
    lacks: bool = False


Path = tuple[Reference, ...]


def converge(pair: Pair, one: Open, password: str = "", path: Path = ()) -> Conversation[Converged]:
    """Make the follower's record equal to what the primary has now; its absence too. Raises what is in the way."""
    seat = pair.follower.seat
    key = Key("lock", seat.name, seat.backend, one.type, f"follow {one.native}")
    if not (yield from ask(Hold(key, BRIEFLY if path else inf))):
        raise Problem("SG603")
    try:
        converged = yield from converge_held(pair, one, password, (*path, one.reference))
    except Exception:
        yield from ask(Release(key))
        raise
    yield from ask(Release(key))
    return converged


def converge_held(pair: Pair, one: Open, password: str, path: Path) -> Conversation[Converged]:
    """The same under the lock."""
    leader, there = pair.leader, pair.there
    resource = yield from read_state(leader, one.native)
    linked = yield from find_link(pair, one)
    if resource is not None and not (linked or one.ours or belongs(pair.follower, resource, leader.type)):
        return Converged(None)  # it never was to be there
    named = () if resource is None else correlating(resource, there)
    peer = (yield from find_peer(there, linked, named)) or (yield from find_former(pair, one, named))
    if peer is not None and not peer.linked and (yield from is_taken(pair, one, peer)):
        peer = None
    if resource is None:
        return (yield from withdraw(pair, one, peer))
    if not belongs(pair.follower, resource, leader.type):
        return (yield from bar(pair, one, peer))
    wanted, lacks = yield from point(pair, fit(resource, there), path)
    if password:
        wanted = {**wanted, "password": password}
    if peer is not None and peer.native != linked:  # before anything is sent: an answer may be lost, and a name with it
        yield from keep_links(pair.follower.seat, {one.reference: peer.native})
    native = (yield from make(there, wanted)) if peer is None else (yield from hold_equal(pair, peer, wanted))
    if native is None:
        yield from forget_links(pair.follower.seat, [one.reference])
    elif peer is None:
        yield from keep_links(pair.follower.seat, {one.reference: native})
    return Converged(native, lacks)


def read_state(leader: Target, native: str) -> Conversation[Document | None]:
    """All that the primary has of a resource; None when it has none."""
    record = yield from find_record(leader, native)
    if record is None:
        return None
    return (yield from show_lists(leader, (yield from read_resource(leader, record)), read_lists(leader)))


def find_link(pair: Pair, one: Open) -> Conversation[str]:
    """The follower's id as it is remembered, empty when it is not."""
    links = yield from recall_links(pair.follower.seat, [one.reference])
    return links.get(one.reference, one.there)


def find_former(pair: Pair, one: Open, named: tuple[Compare, ...]) -> Conversation[Peer | None]:
    """The record by the attributes that the resource had, and not by those that nobody has; not where they are
    another's by now.
    """
    former = name_by(one.before, pair.there)
    peer = (yield from find_peer(pair.there, "", former)) if former != named else None
    return None if peer is None or (yield from has_owner(pair, one, peer)) else peer


def is_taken(pair: Pair, one: Open, peer: Peer) -> Conversation[bool]:
    """Does the link of another, whom the primary still has, lead to the record that was found by its name?"""
    origins = yield from recall_origins(pair.follower.seat, [Reference(one.type, peer.native)])
    owner = origins.get(peer.native, one.reference)
    return owner != one.reference and (yield from find_record(pair.leader, owner.native)) is not None


def has_owner(pair: Pair, one: Open, peer: Peer) -> Conversation[bool]:
    """Is the follower's record somebody else's at the primary, who has the name now?"""
    resource = yield from read_resource(pair.there, peer.record)
    named = correlating(resource, pair.leader)
    owner = (yield from find_named(pair.leader, named)) if named else None
    return owner is not None and pair.leader.native(owner["id"]) != one.native


def withdraw(pair: Pair, one: Open, peer: Peer | None) -> Conversation[Converged]:
    """The primary has it no longer, or not for this follower: it is deleted there, unless it never was to be there, and
    the follower has one of its own, or it is another's by now.
    """
    ours = peer is not None and (one.ours or peer.linked)
    if peer is not None and ours and not (yield from has_owner(pair, one, peer)):
        yield from remove(pair.there, peer.native)
    yield from forget_links(pair.follower.seat, [one.reference])
    return Converged(None)


def bar(pair: Pair, one: Open, peer: Peer | None) -> Conversation[Converged]:
    """It belongs there no longer: barred, or deleted as the tenant says."""
    if peer is None or not (one.ours or peer.linked):
        return Converged(None)
    there = pair.there
    held = yield from hold_lists(there, peer.native, peer.record, read_lists(there))
    current = yield from read_resource(there, held)
    wanted = without_access(pair, current)
    if wanted is None:
        return (yield from withdraw(pair, one, peer))
    compared = Comparison(peer.native, held, current, wanted)
    yield from send_difference(there, compared, modify_calls, wants_body=False)
    if not peer.linked:
        yield from keep_links(pair.follower.seat, {one.reference: peer.native})
    return Converged(None)


def as_primary(pair: Pair, current: Document, wanted: Document) -> Document | None:
    """The follower's resource as it shall be; None where that comes to a deletion. Raises SG220."""
    there = pair.there
    laid = lay_over(current, wanted, pair.leader, there)
    refuse_deactivation(there, deactivates=is_deactivated(laid))
    return None if deletes(there, laid) else laid


def without_access(pair: Pair, current: Document) -> Document | None:
    """The follower's resource once it shall not be there any more; None where that is a deletion. Raises SG220."""
    return None if pair.leader.tenant.leaves == "delete" else barred(current, pair.there)


def make(there: Target, wanted: Document) -> Conversation[str | None]:
    """Create it; who may not get in where nobody can be barred is not created at all."""
    if deletes(there, wanted):
        return None
    created = yield from create(plan_create(Create(url="", type=there.resource.name, resource=wanted), there), there)
    return there.native(created.resource["id"]) if created.lasting else None


def hold_equal(pair: Pair, peer: Peer, wanted: Document) -> Conversation[str | None]:
    """Send the follower what differs."""
    there = pair.there
    held = yield from hold_lists(there, peer.native, peer.record, read_lists(there))
    current = yield from read_resource(there, held)
    laid = as_primary(pair, current, wanted)
    if laid is None:
        yield from remove(there, peer.native)
        return None
    compared = Comparison(peer.native, held, current, laid)
    yield from send_difference(there, compared, modify_calls, wants_body=False)
    return peer.native


def is_passing(problem: Problem) -> bool:
    """Is it a matter of time? Not when the follower refuses a value."""
    return problem.status in (429, 503)


def point(pair: Pair, wanted: Document, path: Path) -> Conversation[tuple[Document, bool]]:
    """The resource with the follower's ids in it, and whether it still lacks some."""
    there, leader = pair.there, pair.leader.tenant
    named = references(wanted, there, leader)
    served = [one for one in named if serves(pair.follower, one.type)]
    natives = yield from recall_links(pair.follower.seat, served)
    lacks = False
    for one in served:
        if one not in natives:
            if one in path or len(path) >= DEEPEST:
                lacks = True
                continue
            converged = yield from bring_along(pair, one, path)
            if converged is None:
                lacks = True
            elif converged.native is not None:
                natives[one] = converged.native
    return repoint(wanted, there, leader, natives), lacks


def bring_along(pair: Pair, one: Reference, path: Path) -> Conversation[Converged | None]:
    """Who is named is brought there first; None when that failed, which is told when she is brought there herself.

    What she lacks herself is open from now on: she is not brought along again.
    """
    try:
        converged = yield from converge(pair.of(one.type), Open(one.type, one.native), path=path)
        if converged.lacks:
            again = Open(one.type, one.native, converged.native or "")
            yield from set_marks([(pair.follower.seat, again)], FIRST_PAUSE)
        return converged
    except (Problem, ScimError, LensError) as error:
        if is_passing(as_problem(error)):
            raise
        return None
