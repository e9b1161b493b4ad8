"""DELETE of one resource. Where it is a change of the record, that is compared, so the resource is locked."""

from gateway.conversation.effects import Conversation
from gateway.conversation.removing import remove
from gateway.conversation.writing import under_lock
from gateway.pipeline.outcome import Deleted
from gateway.pipeline.plans import DeletePlan
from gateway.pipeline.target import Target


def delete(plan: DeletePlan, target: Target) -> Conversation[Deleted]:
    """Delete it at the backend."""
    if target.resource.delete_sets:
        yield from under_lock(target, plan.native, lambda: remove(target, plan.native))
    else:
        yield from remove(target, plan.native)
    return Deleted()
