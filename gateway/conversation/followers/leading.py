"""A change of a tenant with followers: the primary first, then each follower that the resource belongs to.

| when | what |
|---|---|
| before | who is who is recalled, and a mark for each follower says that it may not have the change |
| then | the primary is changed; its answer is the client's answer |
| then | each follower is brought in step, side by side, and its mark is taken back |
| else | the mark stays, and a worker goes on; where the tenant requires all of them the client is told to come again |
"""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from gateway.conversation.announcing import PARTLY, UNSETTLED, Word, announcement_keys, say
from gateway.conversation.effects import Conversation, Key, Recall, Unavailable, ask
from gateway.conversation.followers.bringing import Lead, bring_all, lead_by
from gateway.conversation.followers.linking import link_key, read_link
from gateway.conversation.followers.marking import (
    FIRST_PAUSE,
    Open,
    after,
    end_or_wait,
    mark_key,
    name_before,
    put_off,
    read_open,
    remember_named,
    set_marks,
)
from gateway.conversation.followers.naming import name_members
from gateway.conversation.followers.pairs import Pair
from gateway.conversation.followers.resting import RESTS, resting_key
from gateway.conversation.reading import find_record, read_resource
from gateway.lens.lens import Document, LensError
from gateway.pipeline.following import Reference, belongs, serves
from gateway.pipeline.outcome import Created, Deleted, Outcome
from gateway.pipeline.plans import ChangePlan, CreatePlan, DeletePlan, Plan
from gateway.pipeline.problems import Problem, as_problem
from gateway.pipeline.request import Follower
from gateway.pipeline.target import Target, find_target
from gateway.scim.errors import ScimError

RETRY_SECONDS = 86_400  # for how long a client that was told to come again finds its create half done

Change = CreatePlan | ChangePlan
Converse = Callable[[Plan, Target], Conversation[Outcome]]


def lead(plan: Change, target: Target, converse: Converse) -> Conversation[Outcome]:
    """Carry the change out at the primary, and bring the followers in step."""
    followers = [one for one in target.tenant.followers if serves(one, plan.type)]
    if not followers:
        return (yield from converse(plan, target))
    leads = yield from prepare(plan, target, followers)
    try:
        outcome = yield from converse(plan, target)
    except (Problem, ScimError, LensError) as error:
        problem = as_problem(error)
        if isinstance(plan, DeletePlan) and problem.code == "SG110" and any(one.earlier for one in leads):
            yield from require(plan, target, (yield from bring_all(plan, leads)))
            return Deleted()
        yield from stand_down(plan, leads, problem)
        raise
    if isinstance(outcome, Created):
        native = target.native(outcome.resource["id"])
        leads = [one.of(native, outside=outcome.taken_up) for one in leads]
    yield from require(plan, target, (yield from bring_all(plan, leads)), leads[0].native)
    return outcome


def prepare(plan: Change, target: Target, followers: Sequence[Follower]) -> Conversation[list[Lead]]:
    """What is known of each follower, and a mark for it."""
    opens = [open_of(plan, target, one) for one in followers]
    known = yield from recall_known(opens, followers)
    state: Document | None = None
    if isinstance(plan, ChangePlan) and not all(there for there, _, _ in known):
        record = yield from find_record(target, plan.native)
        state = None if record is None else (yield from read_resource(target, record))
    names = yield from name_each(plan, target, followers)
    marks: list[tuple[Follower, Open]] = []
    for follower, one, (there, earlier, _), named in zip(followers, opens, known, names, strict=True):
        base = remember_named(earlier or replace(one, sure=bool(there)), named)
        inside = state is not None and belongs(follower, state, target.type)
        ours = base.ours or inside
        outside = base.outside or (state is not None and not there and not inside)
        if state is not None and not there and not base.before:
            before = name_before(state, find_target(follower.seat, plan.type))
            one = replace(one, before=before, ours=ours, outside=outside, named=base.named)
        else:
            # Whoever set an earlier one and has not been heard of may have died with its write just sent.
            lands = base.lands or (earlier is not None and not earlier.tries)
            later = replace(base, there=there, lands=lands, last=False, ours=ours, outside=outside)
            one = replace(later, tries=0, code="", parked=False)
        marks.append((follower, one))
    held = yield from set_marks([(follower.seat, one) for follower, one in marks])
    leads = [
        lead_by(Pair(target, follower), mark, named, earlier=earlier, is_linked=bool(there), rests=rests)
        for (follower, _), mark, (there, earlier, rests), named in zip(marks, held, known, names, strict=True)
    ]
    if target.tenant.require == "all" and not all(mark.shared for mark in held):
        yield from stand_down(plan, leads, Problem("SG341"))
        raise Problem("SG341")
    return leads


def name_each(
    plan: Change, target: Target, followers: Sequence[Follower]
) -> Conversation[list[frozenset[Reference] | None]]:
    """For each follower, who comes to lists that it never shows, or leaves them."""
    found = []
    for follower in followers:
        found.append((yield from name_members(plan, Pair(target, follower))))
    return found


def open_of(plan: Change, target: Target, follower: Follower) -> Open:
    """What is open before anything is known: by the primary's id, or by name while there is none."""
    if isinstance(plan, ChangePlan):
        return Open(plan.type, plan.native)
    there = find_target(follower.seat, plan.type)
    named = {**name_before(plan.resource, target), **name_before(plan.resource, there)}
    return Open(plan.type, before=named, ours=belongs(follower, plan.resource, target.type))


Known = tuple[str, Open | None, bool]


def recall_known(opens: Sequence[Open], followers: Sequence[Follower]) -> Conversation[list[Known]]:
    """Of each follower its id of the resource, the mark that is there already, and whether it rests; one round trip."""
    keys: list[Key] = []
    for follower, one in zip(followers, opens, strict=True):
        keys += (link_key(follower.seat, one.reference), mark_key(follower.seat, one), resting_key(follower.seat))
    entries = yield from ask(Recall(tuple(keys)))
    found = (None,) * len(keys) if isinstance(entries, Unavailable) else entries
    known: list[Known] = []
    for number, (follower, one) in enumerate(zip(followers, opens, strict=True)):
        link, mark, rests = found[number * 3 : number * 3 + 3]
        earlier = read_open(follower.seat, mark)
        there = read_link(follower.seat, one.reference, link) or (earlier.there if earlier else "")
        known.append((there, earlier, rests == RESTS))
    return known


def stand_down(plan: Change, leads: Sequence[Lead], problem: Problem) -> Conversation[None]:
    """The primary refused, or nobody knows. What may have changed is looked at again soon; the rest is as before."""
    unchanged = problem.code == "SG341" or (
        isinstance(plan, CreatePlan) and problem.status < 500 and problem.reason not in (PARTLY, UNSETTLED)
    )
    for one in leads:
        if one.earlier is not None:
            earlier = replace(one.earlier, tries=0, named=one.mark.open.named, sure=one.mark.open.sure)
            yield from put_off(one.seat, one.mark, after(earlier, problem), FIRST_PAUSE)
        elif unchanged or (problem.code == "SG110" and not one.is_linked and not one.mark.open.before):
            yield from end_or_wait(one.seat, one.mark)
        else:
            yield from put_off(one.seat, one.mark, after(one.mark.open, problem), FIRST_PAUSE)


def require(plan: Change, target: Target, problems: Sequence[Problem], native: str = "") -> Conversation[None]:
    """Where the tenant requires every follower: a 503 Problem while one lacks the change. Nothing is undone.

    A create then counts as carried out in part, so that the client's next try finds it and completes it.
    """
    if not problems or target.tenant.require == "none":
        return
    if isinstance(plan, CreatePlan):
        yield from say(target, announcement_keys(plan.resource, target), Word("part", native), RETRY_SECONDS)
    raise Problem("SG340").after(problems[0].sentence)
