"""A change of members sent straight on to a follower that is in step: a large group is not read for one member.

Only where every operation adds or removes references and everybody named is known there; and only under a mark that
was fresh, so that a second change that comes in between is noticed and the two are compared.
"""

from msgspec.structs import replace

from gateway.conversation.effects import Conversation
from gateway.conversation.followers.converging import is_passing
from gateway.conversation.followers.linking import recall_links
from gateway.conversation.followers.marking import Open
from gateway.conversation.followers.pairs import Pair, read_state
from gateway.conversation.modify import modify_directly
from gateway.lens.ids import show_id
from gateway.pipeline.following import Reference, belongs, serves
from gateway.pipeline.intent import Modify
from gateway.pipeline.plan import plan_modify
from gateway.pipeline.plans import ModifyDirectly
from gateway.pipeline.problems import Problem
from gateway.pipeline.repointing import named_in, rename_operations
from gateway.pipeline.target import find_target

MOST_UNKNOWN = 5


def send_on(plan: ModifyDirectly, pair: Pair, one: Open) -> Conversation[bool]:
    """Send the operations to the follower in its ids; False, and nothing was sent, where they must be compared."""
    there, leader = pair.there, pair.leader.tenant
    named = named_in(plan.operations, there, leader)
    if named is None or any(not serves(pair.follower, each.type) for each in named):
        return False
    natives = yield from recall_links(pair.follower.seat, (one.reference, *named))
    unknown = [each for each in named if each not in natives]
    if one.reference not in natives or len(unknown) > MOST_UNKNOWN:
        return False
    for each in unknown:
        if (yield from is_wanted(pair, each)):
            return False
    operations = rename_operations(plan.operations, there, leader, natives)
    if not operations:
        return True
    shown = show_id(natives[one.reference], there.lens.id_prefix)
    planned = plan_modify(Modify(url="", type=plan.type, id=shown, operations=operations), there)
    if not isinstance(planned, ModifyDirectly):
        return False
    try:
        yield from modify_directly(replace(planned, wants_body=False), there)
    except Problem as problem:
        if is_passing(problem):
            raise
        return False  # the follower is not as it was thought to be
    return True


def is_wanted(pair: Pair, one: Reference) -> Conversation[bool]:
    """Shall the follower have who is named, and has nobody brought her there yet?"""
    leader = find_target(pair.leader.tenant, one.type)
    resource = yield from read_state(leader, one.native)
    return resource is not None and belongs(pair.follower, resource, leader.type)
