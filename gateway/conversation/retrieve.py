"""GET of one resource."""

from gateway.conversation.effects import Conversation
from gateway.conversation.reading import fetch_record, read_resource
from gateway.pipeline.outcome import Found
from gateway.pipeline.plans import RetrievePlan
from gateway.pipeline.target import Target


def retrieve(plan: RetrievePlan, target: Target) -> Conversation[Found]:
    """Read it and show it."""
    record = yield from fetch_record(target, plan.native, plan.fields)
    return Found((yield from read_resource(target, record)))
