"""Who at the primary refers to a resource: groups that a person is in, people whom she leads.

When a follower is given somebody whom the primary has had for longer, those who refer to her are open too: they were
brought there without her.
"""

from collections.abc import Collection, Iterable

from gateway.conversation.effects import Conversation, Recall, Unavailable, ask
from gateway.conversation.followers.marking import FIRST_PAUSE, Open, mark_key, read_open, remember_named, set_marks
from gateway.conversation.query import find_listed
from gateway.lens.ids import show_id
from gateway.pipeline.following import Reference, pointers, serves
from gateway.pipeline.intent import Query
from gateway.pipeline.plans import QueryPlan
from gateway.pipeline.problems import Problem
from gateway.pipeline.querying import plan_query
from gateway.pipeline.request import Follower, Tenant
from gateway.pipeline.target import Target, find_target
from gateway.scim.errors import ScimError
from gateway.scim.filter import AttrPath, Compare

UNANSWERABLE = frozenset({"SG302", "SG303", "SG304", "SG305"})  # left to the comparison of all


def mark_referrers(leader: Tenant, follower: Follower, one: Reference) -> Conversation[None]:
    """Whoever refers to the resource is open."""
    found: list[Reference] = []
    for name in leader.dialect.resources:
        if serves(follower, name):
            target = find_target(leader, name)
            for plan in referring(target, one):
                found += yield from find_referrers(plan, target)
    yield from mark_again(follower.seat, [Open(each.type, each.native) for each in found if each != one], {one})


def referring(target: Target, one: Reference) -> Iterable[QueryPlan]:
    """The queries for resources of a type that name this one; none by what the primary never shows, which no follower
    gets either.
    """
    shown = show_id(one.native, find_target(target.tenant, one.type).lens.id_prefix)
    for pointer in pointers(target):
        if pointer.kind in (None, one.type):
            wanted = Compare(AttrPath(pointer.urn, pointer.name, "value"), "eq", shown)
            try:
                yield plan_query(Query(url="", type=target.resource.name, filter=wanted), target)
            except (Problem, ScimError):
                continue


def find_referrers(plan: QueryPlan, target: Target) -> Conversation[list[Reference]]:
    try:
        listed = yield from find_listed(plan, target)
    except Problem as problem:
        if problem.code in UNANSWERABLE:
            return []
        raise
    return [Reference(target.resource.name, target.native(one["id"])) for one in listed.resources]


def mark_again(seat: Tenant, opens: list[Open], named: Collection[Reference] | None = None) -> Conversation[None]:
    """These are open, whatever else is said of them: what an earlier mark says of one stays said, and that these come
    to their lists as well; None where it is not known who does.
    """
    keys = tuple(mark_key(seat, one) for one in opens)
    entries = (yield from ask(Recall(keys))) if keys else ()
    said = (None,) * len(keys) if isinstance(entries, Unavailable) else entries
    earlier = [read_open(seat, entry) for entry in said]
    marks = [remember_named(there or one, named) for one, there in zip(opens, earlier, strict=True)]
    yield from set_marks([(seat, one) for one in marks], FIRST_PAUSE)
