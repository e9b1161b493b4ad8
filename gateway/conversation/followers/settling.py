"""What becomes of a mark: it ends with what it told of, or comes again, or is parked.

What a follower takes once and never changes may be another there for good. That is told once and parked: nobody tries
again, and the mark says which record it is though the names of the two differ.
"""

from msgspec.structs import replace

from gateway.conversation.effects import Conversation, note
from gateway.conversation.followers.converging import converge, is_passing
from gateway.conversation.followers.linking import keep_links
from gateway.conversation.followers.looking import BLIND, Sight
from gateway.conversation.followers.marking import (
    LASTING,
    UNASKED,
    Held,
    Open,
    after,
    end_mark,
    end_or_wait,
    pause_after,
    put_off,
    remind,
    set_marks,
)
from gateway.conversation.followers.pairs import Converged, Pair
from gateway.observations_followers import MarkParked
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Tenant
from gateway.pipeline.target import find_target

# Together more minutes than a mark is left with a worker that died: another may wait for what that one had in hand.
PARK_AFTER = 8


def make_equal(pair: Pair, held: Held, one: Open, password: str = "", sight: Sight = BLIND) -> Conversation[Converged]:
    """Make the follower equal, and end the mark; where it still lacks something the mark stays."""
    converged = yield from converge(pair, one, password, sight=sight)
    if not converged.lacks:
        yield from conclude(pair.follower.seat, held, one.native, converged)
    return converged


def conclude(seat: Tenant, held: Held, native: str, converged: Converged) -> Conversation[None]:
    """Take the mark back, or park it where a difference lasts. `native` is the primary's id."""
    one = held.open
    if not converged.fixed or converged.native is None or held.others or (one.lands and not one.last):
        yield from end_or_wait(seat, held)  # where it waits, a worker sees what lasts
        return
    later = replace(one, native=native, there=converged.native, fixed=converged.fixed, parked=True)
    later = replace(later, tries=one.tries + 1, code=LASTING)
    if not one.native:
        (by_id,) = yield from set_marks([(seat, replace(later, parked=False, fixed=()))])
        yield from end_mark(held)
        yield from conclude(seat, by_id, native, converged)
        return
    if names_differ(seat, later):
        yield from keep_links(seat, {later.reference: later.there}, None)
    if (yield from put_off(seat, held, later, None)) and one.fixed != later.fixed:
        yield from note(MarkParked(seat.name, seat.backend, one.type, LASTING, later.fixed))


def names_differ(seat: Tenant, one: Open) -> bool:
    """Is one of the attributes by which the follower's record is found among those that differ for good?"""
    return any(str(path) in one.fixed for path in find_target(seat, one.type).resource.correlate)


def come_again(seat: Tenant, held: Held, problem: Problem) -> Conversation[None]:
    """Later, after growing pauses; what a follower refuses again and again is parked until it changes, and at once
    what takes a comparison of everything.
    """
    one = held.open
    later = after(one, problem)
    lacks = problem.code == "SG340"
    tried = later.tries >= PARK_AFTER and not lacks and not is_passing(problem)
    pause: float | None = pause_after(later.tries, one.native)
    if tried or problem.code == UNASKED:
        later, pause = replace(later, parked=True), None
    if (yield from put_off(seat, held, later, pause)):
        if later.parked:
            yield from note(MarkParked(seat.name, seat.backend, one.type, problem.code))
    else:
        yield from remind(seat, held, later)
