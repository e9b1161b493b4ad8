"""PUT by comparison: the wanted resource is translated out onto the record just read; a PUT never creates."""

from gateway.conversation.comparing import Comparison, put_calls, send_difference
from gateway.conversation.deactivating import deactivate, deletes
from gateway.conversation.effects import Conversation
from gateway.conversation.guarding import compare_version
from gateway.conversation.membership import compared_lists, hold_lists
from gateway.conversation.reading import fetch_record, read_whole
from gateway.conversation.writing import under_lock
from gateway.lens.lens import Document, Lens
from gateway.pipeline.documents import hold_absent
from gateway.pipeline.outcome import Changed
from gateway.pipeline.plans import ReplacePlan
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target


def replace(plan: ReplacePlan, target: Target) -> Conversation[Changed]:
    """Make the resource what the client sent, under the resource's lock."""
    return (yield from under_lock(target, plan.native, lambda: compare_and_replace(plan, target)))


def compare_and_replace(plan: ReplacePlan, target: Target) -> Conversation[Changed]:
    """What the client left out is cleared, `active` excepted; a PUT is answered with the whole resource."""
    found = yield from fetch_record(target, plan.native)
    held = compared_lists(plan, target)
    record = yield from hold_lists(target, plan.native, found, held)
    current, memory = yield from read_whole(target, record)
    compare_version(plan, target, current)
    refuse_immutable(current, plan.resource, target)
    wanted = assert_access(plan.resource, current, target.lens)
    said = target.kept_among(target.lens.kept)
    compared = Comparison(plan.native, record, current, wanted, held=held, memory=memory, said=said)
    if deletes(target, compared.wanted):
        return (yield from deactivate(target, compared))
    return (yield from send_difference(target, compared, put_calls, wants_body=True))


def assert_access(wanted: Document, current: Document, lens: Lens) -> Document:
    """A PUT that says nothing of `active` leaves it as it is. What is omitted "MAY be assumed to be not asserted by
    the client" (RFC 7644 3.5.1); cleared, a backend's default would enable who was disabled.
    """
    held = hold_absent(lens, wanted, current)
    return {**held, "active": current["active"]} if "active" in current and "active" not in wanted else held


def refuse_immutable(current: Document, wanted: Document, target: Target) -> None:
    """An immutable attribute may be given again, and given for the first time, but not changed (RFC 7644 3.5.1)."""
    for attribute in target.type.schema.attributes:
        name = attribute.name
        if attribute.mutability == "immutable" and name in current and current[name] != wanted.get(name):
            raise Problem("SG203", f"{name} is immutable and has a value already", f"Send {name} as it is.")
