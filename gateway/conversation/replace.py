"""PUT by comparison: the wanted resource is translated out onto the record just read; a PUT never creates."""

from typing import Any

from gateway.conversation.effects import Call, Conversation
from gateway.conversation.keeping import kept_of, put_kept, save_kept
from gateway.conversation.reading import fetch_record, read_resource, translate_in
from gateway.conversation.writing import (
    difference_call,
    note_suppressed,
    replacement_call,
    send_change,
    under_lock,
    write_onto,
)
from gateway.pipeline.documents import complete
from gateway.pipeline.outcome import Changed
from gateway.pipeline.plan import ReplacePlan
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target

Document = dict[str, Any]


def replace(plan: ReplacePlan, target: Target) -> Conversation[Changed]:
    """Make the resource what the client sent, under the resource's lock."""
    return (yield from under_lock(target, plan.native, lambda: compare_and_replace(plan, target)))


def compare_and_replace(plan: ReplacePlan, target: Target) -> Conversation[Changed]:
    """What the client left out is cleared, `active` excepted; a PUT that changes nothing sends nothing."""
    record = yield from fetch_record(target, plan.native)
    current = yield from read_resource(target, record)
    refuse_immutable(current, plan.resource, target)
    wanted = assert_access(plan.resource, current)
    changed = write_onto(target, wanted, record)
    before, after = kept_of(target, current), kept_of(target, wanted)
    if changed == record and before == after:
        yield from note_suppressed(target)
        return Changed(current)
    if changed != record:
        answer = yield from send_change(target, plan.native, put_call(target, plan.native, record, changed))
        record = (yield from fetch_record(target, plan.native)) if answer is None else answer
    kept = yield from save_kept(target, plan.native, before, after)
    shown = complete(target.lens, wanted, translate_in(target, record))
    put_kept(target, shown, kept)
    return Changed(shown)


def assert_access(wanted: Document, current: Document) -> Document:
    """A PUT that says nothing of `active` leaves it as it is. What is omitted "MAY be assumed to be not asserted by
    the client" (RFC 7644 3.5.1); cleared, a backend's default would enable who was disabled.
    """
    return {**wanted, "active": current["active"]} if "active" in current and "active" not in wanted else wanted


def put_call(target: Target, native: str, old: Document, new: Document) -> Call:
    """PUT where the backend has it, else the same difference as PATCH."""
    make_call = replacement_call if "replace" in target.resource.ops else difference_call
    return make_call(target, native, old, new)


def refuse_immutable(current: Document, wanted: Document, target: Target) -> None:
    """An immutable attribute may be given again, and given for the first time, but not changed (RFC 7644 3.5.1)."""
    for attribute in target.type.schema.attributes:
        name = attribute.name
        if attribute.mutability == "immutable" and name in current and current[name] != wanted.get(name):
            raise Problem("SG203", f"{name} is immutable and has a value already", f"Send {name} as it is.")
