"""PATCH: sent on as it is where every operation crosses whole, else folded in memory over the record just read."""

from gateway.conversation.braking import brake
from gateway.conversation.by_name import meet
from gateway.conversation.comparing import Comparison, modify_calls, patched, send_difference
from gateway.conversation.deactivating import deactivate, deletes
from gateway.conversation.effects import Conversation, note
from gateway.conversation.guarding import compare_version, guard
from gateway.conversation.membership import compared_lists, hold_lists
from gateway.conversation.reading import fetch_record, read_resource, read_whole
from gateway.conversation.writing import change_steps, send_steps, under_lock
from gateway.lens.losses import shortened
from gateway.observations import ValueNarrowed
from gateway.pipeline.added import without_added
from gateway.pipeline.deactivation import sets_inactive
from gateway.pipeline.documents import values_sent
from gateway.pipeline.outcome import Changed
from gateway.pipeline.plans import ModifyByComparison, ModifyDirectly
from gateway.pipeline.removals import count_sent_removals
from gateway.pipeline.target import Target


def modify_directly(plan: ModifyDirectly, target: Target) -> Conversation[Changed]:
    """Send it on."""
    return (yield from guard(plan, target, lambda: send_changes(plan, target)))


def send_changes(plan: ModifyDirectly, target: Target) -> Conversation[Changed]:
    """PATCH, in one call where that is enough. Without anything to send, the resource is only read: it must exist."""
    if plan.changes:
        yield from meet(target, {}, plan.changes)
        yield from brake(target, sets_inactive(plan.operations) + count_sent_removals(target, plan.changes))
        record = yield from send_steps(target, plan.native, change_steps(target, plan.native, plan.changes))
    else:
        record = yield from fetch_record(target, plan.native, plan.fields)
    if record is None and plan.wants_body:
        record = yield from fetch_record(target, plan.native, plan.fields)
    if record is None:
        return Changed(None)
    shown = yield from read_resource(target, record)
    return Changed(shown, values_sent(target.lens, plan.operations))


def modify_by_comparison(plan: ModifyByComparison, target: Target) -> Conversation[Changed]:
    """Read, apply, translate out onto the record, send the difference, all under the resource's lock."""
    return (yield from under_lock(target, plan.native, lambda: compare_and_modify(plan, target)))


def compare_and_modify(plan: ModifyByComparison, target: Target) -> Conversation[Changed]:
    """The operations are folded over the resource just read, one after another (RFC 7644 3.5.2)."""
    found = yield from fetch_record(target, plan.native)
    held = compared_lists(plan, target)
    record = yield from hold_lists(target, plan.native, found, held)
    current, memory = yield from read_whole(target, record)
    compare_version(plan, target, current)
    wanted = without_added(target, patched(target, plan.operations, current), current)
    for attribute, how in shortened(target.lens, wanted):
        yield from note(ValueNarrowed(target.tenant.name, plan.type, attribute, how))
    said = target.kept_among(one.path.target for one in plan.operations)
    compared = Comparison(plan.native, record, current, wanted, plan.changes, held, memory, said)
    if deletes(target, wanted):
        return (yield from deactivate(target, compared))
    return (yield from send_difference(target, compared, modify_calls, wants_body=plan.wants_body))
