"""What becomes of a mark: it ends with what it told of, or comes again, or is parked."""

from msgspec.structs import replace

from gateway.conversation.effects import Conversation, note
from gateway.conversation.followers.converging import Pair, converge, is_passing
from gateway.conversation.followers.marking import Held, Open, after, end_or_wait, pause_after, put_off
from gateway.observations_followers import MarkParked
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Tenant

PARK_AFTER = 6


def make_equal(pair: Pair, held: Held, one: Open, password: str = "") -> Conversation[bool]:
    """Make the follower equal, and end the mark. False: it still lacks something, and the mark stays."""
    if (yield from converge(pair, one, password)).lacks:
        return False
    yield from end_or_wait(pair.follower.seat, held)
    return True


def come_again(seat: Tenant, held: Held, problem: Problem) -> Conversation[None]:
    """Later, after growing pauses; what a follower refuses again and again is parked until it changes."""
    one = held.open
    later = after(one, problem)
    lacks = problem.code == "SG340"
    if later.tries >= PARK_AFTER and not lacks and not is_passing(problem):
        if (yield from put_off(seat, held, replace(later, parked=True), None)):
            yield from note(MarkParked(seat.name, seat.backend, one.type, problem.code))
        return
    yield from put_off(seat, held, later, pause_after(later.tries, one.native))
