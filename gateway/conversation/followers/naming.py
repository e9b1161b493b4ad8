"""Whom a change brings to a list, or takes out of it, where a follower shows nothing of the list: known beforehand."""

from gateway.conversation.comparing import patched
from gateway.conversation.effects import Conversation
from gateway.conversation.followers.pairs import Pair, read_state
from gateway.lens.lens import Document, LensError
from gateway.pipeline.following import Reference, fit, followed_lists, references
from gateway.pipeline.plans import ModifyByComparison, ModifyDirectly, Plan, ReplacePlan
from gateway.pipeline.problems import Problem
from gateway.pipeline.repointing import named_in
from gateway.scim.errors import ScimError


def name_members(plan: Plan, pair: Pair) -> Conversation[frozenset[Reference] | None]:
    """Before the primary is changed; None where it cannot be said, or nobody will ask."""
    if not followed_lists(pair.leader, pair.seen):
        return None
    match plan:
        case ReplacePlan():
            return (yield from compare_states(plan, pair))
        case ModifyDirectly() | ModifyByComparison():
            named = named_in(plan.operations, pair.there, pair.leader.tenant)
            return (yield from compare_states(plan, pair)) if named is None else frozenset(named)
    return None


def compare_states(
    plan: ReplacePlan | ModifyDirectly | ModifyByComparison, pair: Pair
) -> Conversation[frozenset[Reference] | None]:
    """Whom the resource names before the change, or after it, and not both times."""
    try:
        before = yield from read_state(pair.leader, plan.native)
        if before is None:
            return None
        after = plan.resource if isinstance(plan, ReplacePlan) else patched(pair.leader, plan.operations, before)
        return refer(pair, before) ^ refer(pair, after)
    except (Problem, ScimError, LensError):
        return None  # what is wrong is told by the change itself


def refer(pair: Pair, resource: Document) -> frozenset[Reference]:
    return frozenset(references(fit(resource, pair.there), pair.there, pair.leader.tenant))
