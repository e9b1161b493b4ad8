"""The calls that complete an operation: one after another, and a failure says how far they got. Nothing is undone."""

from gateway.conversation.calling import build_call, obtain_reply
from gateway.conversation.effects import Call, Conversation
from gateway.pipeline.compose import Known
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target


def complete_call(target: Target, operation: str, known: Known) -> Conversation[None]:
    """Make the calls that follow the operation's own, which was carried out. Their 404 is SG512: the record was there
    a moment ago, so nothing is claimed of it.
    """
    for done, op in enumerate(target.op(operation).following, 1):
        call = build_call(target, operation, known=known, op=op)
        try:
            yield from obtain_reply(target, call, op, on_id=False, sent=known.native)
        except Problem as problem:
            raise problem.after(tell_done(target, operation, done)) from problem


def tell_done(target: Target, operation: str, done: int) -> str:
    """What had been carried out when it failed, in the mapping's words."""
    first = target.op(operation)
    calls = (first, *first.following)
    before = ", ".join(one.text for one in calls[:done])
    return f"Carried out before it: {before}; not carried out: {', '.join(one.text for one in calls[done:])}"


def completing_calls(target: Target, operation: str, known: Known) -> tuple[Call, ...]:
    """The calls themselves, where the id is known."""
    further = target.op(operation).following
    return tuple(build_call(target, operation, known=known, op=op) for op in further)
