"""What the workers do: take marks that are due, bring the followers in step, and park what cannot be done."""

from msgspec.structs import replace

from gateway.conversation.abreast import abreast
from gateway.conversation.effects import Conversation, TakeMarks, Taken, Wait, ask, note
from gateway.conversation.followers.marking import Held, end_mark, mark_key, read_open, set_marks
from gateway.conversation.followers.pairs import Pair
from gateway.conversation.followers.peering import find_named, name_by
from gateway.conversation.followers.settling import come_again, make_equal
from gateway.conversation.followers.unopened import leave_unopened
from gateway.observations_followers import FollowerInStep
from gateway.pipeline.following import serves
from gateway.pipeline.problems import Problem, as_problem
from gateway.pipeline.request import Follower, Tenant
from gateway.pipeline.target import find_target

MOST = 16
LEASE_SECONDS = 120.0
LOOKS = 5  # for a create whose answer was lost, and that may still land: together a minute and a half


def catch_up(tenant: Tenant, follower: Follower) -> Conversation[int]:
    """Work off the marks of one follower that are due; how many there were."""
    seat = follower.seat
    taken = yield from ask(TakeMarks(tenant.name, seat.backend, MOST, LEASE_SECONDS))
    yield from abreast(work_off(tenant, follower, one) for one in taken)
    return len(taken)


def work_off(tenant: Tenant, follower: Follower, taken: Taken) -> Conversation[None]:
    """One mark: ended, or put off, or parked."""
    one = read_open(follower.seat, taken.entry)
    if one is None:
        yield from leave_unopened(follower.seat, taken)
        return
    if not (yield from ask(Wait(0))):
        return  # there is no time now: it comes again
    held = Held(mark_key(follower.seat, one), one, taken.grip)
    if not serves(follower, one.type) or one.type not in tenant.dialect.resources:
        yield from end_mark(held)  # the configuration has changed since
        return
    try:
        done = yield from bring_late(Pair(find_target(tenant, one.type), follower), held)
        problem = None if done else Problem("SG340")
    except Exception as error:  # one resource's failure, even ours, must not hold up the others
        problem = as_problem(error)
    if problem is not None:
        yield from come_again(follower.seat, held, problem)


def bring_late(pair: Pair, held: Held) -> Conversation[bool]:
    """Bring the resource in step, as far as it can be. False: it still lacks something."""
    one = held.open
    if not one.native:
        return (yield from find_created(pair, held))
    converged = yield from make_equal(pair, held, one)
    if converged.lacks:
        return False
    seat = pair.follower.seat
    if not converged.fixed:
        yield from note(FollowerInStep(seat.name, seat.backend, one.type, late=True))
    return True


def find_created(pair: Pair, held: Held) -> Conversation[bool]:
    """A create whose end nobody saw: who was made goes on under her id, who was not is no longer looked for."""
    one, leader = held.open, pair.leader
    found = yield from find_named(leader, name_by(one.before, leader))
    if found is None:
        if one.tries < LOOKS:
            return False
        yield from end_mark(held)
        return True
    taken_up = one.outside or bool(leader.tenant.adopt)  # perhaps: whoever was there already may be referred to
    made = replace(one, native=leader.native(found["id"]), outside=taken_up, tries=0, code="")
    (mark,) = yield from set_marks([(pair.follower.seat, made)])
    yield from end_mark(held)
    return (yield from bring_late(pair, mark))
