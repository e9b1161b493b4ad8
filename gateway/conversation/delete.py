"""DELETE of one resource. Where it is a change of the record, that is compared, so the resource is locked."""

from gateway.conversation.braking import brake
from gateway.conversation.effects import Conversation
from gateway.conversation.guarding import guard, read_then
from gateway.conversation.removing import remove
from gateway.conversation.writing import under_lock
from gateway.pipeline.outcome import Deleted
from gateway.pipeline.plans import DeletePlan
from gateway.pipeline.target import Target


def delete(plan: DeletePlan, target: Target) -> Conversation[Deleted]:
    """Delete it at the backend."""

    def work() -> Conversation[None]:
        yield from brake(target, 1)
        yield from remove(target, plan.native)

    if target.resource.delete_sets:
        yield from under_lock(target, plan.native, lambda: read_then(plan, target, work))
    else:
        yield from guard(plan, target, work)
    return Deleted()
