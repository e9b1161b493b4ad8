"""Bringing back in step what was found to have drifted: marked, made equal by state, and unmarked."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from gateway.conversation.abreast import abreast
from gateway.conversation.braking import brake
from gateway.conversation.effects import Conversation, note
from gateway.conversation.followers.converging import converge
from gateway.conversation.followers.linking import recall_links
from gateway.conversation.followers.looking import Sight, look
from gateway.conversation.followers.marking import LASTING, Held, Open, set_marks
from gateway.conversation.followers.pairs import Pair, read_state
from gateway.conversation.followers.settling import come_again, conclude
from gateway.conversation.reading import find_record, read_resource
from gateway.conversation.reconcile.drifting import Drift, Known, find_drift, judge_lasting
from gateway.conversation.reconcile.pairing import Match
from gateway.conversation.reconcile.surveying import Seen
from gateway.observations_followers import FollowerInStep
from gateway.pipeline.following import Reference, fit, followed_lists, references, repoint
from gateway.pipeline.problems import Problem, as_problem

REMOVALS = ("extra", "not wanted")


def in_turn(drifts: Sequence[Drift]) -> Iterator[Sequence[Drift]]:
    """In an order in which what others refer to, or wait for, comes before them; of a circle one opens it."""
    left = list(drifts)
    while left:
        open_yet = {one.reference for one in left}
        ready = [one for one in left if not (needs(one) - {one.reference}) & open_yet] or left[:1]
        yield ready
        chosen = {id(one) for one in ready}
        left = [one for one in left if id(one) not in chosen]


def needs(one: Drift) -> set[Reference]:
    return {*one.awaits, *([Reference(one.type, one.after)] if one.after else [])}


def mend_some(pair: Pair, drifts: Sequence[Drift]) -> Conversation[list[tuple[Drift, Problem | None]]]:
    """Several side by side; of each what became of it."""
    return (yield from abreast(mend(pair, one) for one in drifts))


def mend(pair: Pair, drift: Drift) -> Conversation[tuple[Drift, Problem | None]]:
    """Bring one in step; the Problem that kept it from it, which raises nothing and leaves a mark."""
    held: Held | None = None
    left: Drift | None = None
    try:
        if drift.kind in REMOVALS:
            yield from brake(pair.leader, 1)
        held = yield from take_mark(pair, drift)
        converged = yield from converge(pair, open_of(drift), sight=Sight(seen=drift.inside))
        problem = Problem("SG340") if converged.lacks else None
        left = (yield from look_again(pair, drift)) if problem is None else None
    except Exception as error:  # one resource's failure, even ours, must not hold up the others
        problem = as_problem(error)
    seat = pair.follower.seat
    if problem is None:
        if held is not None:
            yield from conclude(seat, held, drift.native, converged)
        if left is None and converged.fixed:
            left = judge_lasting(replace(drift, there=converged.native or ""), converged.fixed)
        if left is not None:
            return replace(left, code=LASTING if left.kind == "lasting" else "SG344"), None
        yield from note(FollowerInStep(seat.name, seat.backend, drift.type, late=True))
        return replace(drift, repaired=True), None
    if held is not None:
        yield from come_again(seat, held, problem)
    return replace(drift, code=problem.code), problem


def look_again(pair: Pair, drift: Drift) -> Conversation[Drift | None]:
    """Does the follower show what it was told? Some accept a change and do as they please."""
    if drift.kind in ("missing", "extra") or not drift.there:
        return None
    resource = yield from read_state(pair.leader, drift.native)
    record = yield from find_record(pair.there, drift.there)
    if resource is None or record is None:
        return None
    fitting = fit(resource, pair.there)
    named = references(fitting, pair.there, pair.leader.tenant)
    known = Known((yield from recall_links(pair.follower.seat, named)), set(), set())
    wanted = repoint(fitting, pair.there, pair.leader.tenant, known.natives)
    rules = followed_lists(pair.leader, pair.seen)
    looked = yield from look(pair, drift.there, record, wanted, rules, Sight(seen=drift.inside))
    peer = Seen(looked.record, (yield from read_resource(pair.seen, looked.record)))
    match = Match(drift.there, linked=True)
    return find_drift(pair, replace(drift, mark=None), Seen({}, resource), match, peer, known)


def take_mark(pair: Pair, drift: Drift) -> Conversation[Held | None]:
    """A mark of ours; None where somebody has set one and is at work, or a worker will be: it is theirs to end."""
    if drift.mark is not None and not drift.mark.open.waits:
        return None
    (held,) = yield from set_marks([(pair.follower.seat, open_of(drift))])
    return held


def open_of(drift: Drift) -> Open:
    """What is open: with what an earlier mark knew of it."""
    earlier = drift.mark.open if drift.mark is not None else Open(drift.type, drift.native)
    return replace(earlier, there=drift.there or earlier.there, parked=False, sure=False)
