"""DELETE of one resource; what the gateway kept for it goes too."""

from gateway.conversation.calling import build_call, call_backend
from gateway.conversation.effects import Conversation
from gateway.conversation.keeping import forget_kept
from gateway.pipeline.interpret import is_refused, read_problem
from gateway.pipeline.outcome import Deleted
from gateway.pipeline.plan import DeletePlan
from gateway.pipeline.target import Target


def delete(plan: DeletePlan, target: Target) -> Conversation[Deleted]:
    """Delete it at the backend."""
    call = build_call(target, "delete", native=plan.native)
    reply = yield from call_backend(call, target.dialect)
    if is_refused(reply, target.op("delete"), target.dialect.errors):
        raise read_problem(reply, target.dialect.errors, on_id=True, sent=plan.native)
    yield from forget_kept(target, plan.native)
    return Deleted()
