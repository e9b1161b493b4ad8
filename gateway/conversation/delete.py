"""DELETE of one resource; what the gateway kept for it goes too."""

from gateway.conversation.calling import build_call, call_backend
from gateway.conversation.effects import Conversation
from gateway.conversation.following import follow
from gateway.conversation.keeping import forget_kept
from gateway.conversation.reading import find_record
from gateway.pipeline.compose import Known
from gateway.pipeline.interpret import is_refused, read_problem
from gateway.pipeline.outcome import Deleted
from gateway.pipeline.plan import DeletePlan
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target


def delete(plan: DeletePlan, target: Target) -> Conversation[Deleted]:
    """Delete it at the backend."""
    yield from delete_record(target, plan.native)
    yield from forget_kept(target, plan.native)
    return Deleted()


def delete_record(target: Target, native: str) -> Conversation[None]:
    """The call, or the calls in their order. That a later one finds nobody counts as done once nobody can be read:
    a backend may delete at the first, and a wrong path looks alike.
    """
    call = build_call(target, "delete", native=native)
    reply = yield from call_backend(call, target.dialect)
    if is_refused(reply, target.op("delete"), target.dialect.errors):
        raise read_problem(reply, target.dialect.errors, on_id=True, sent=native)
    try:
        yield from follow(target, "delete", Known(target.lens, native))
    except Problem as problem:
        if problem.code != "SG512" or (yield from find_record(target, native)) is not None:
            raise
