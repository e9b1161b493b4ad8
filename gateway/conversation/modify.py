"""PATCH: sent on as it is where every operation crosses whole, else folded in memory over the record just read."""

from typing import Any

from gateway.conversation.effects import Conversation
from gateway.conversation.keeping import kept_of, put_kept, save_kept
from gateway.conversation.reading import fetch_record, read_resource, translate_in
from gateway.conversation.writing import (
    can_patch,
    difference_call,
    note_suppressed,
    patch_call,
    replacement_call,
    send_change,
    under_lock,
    write_onto,
)
from gateway.pipeline.documents import complete, values_sent
from gateway.pipeline.outcome import Changed
from gateway.pipeline.plan import ModifyByComparison, ModifyDirectly
from gateway.pipeline.target import Target
from gateway.scim.patch import apply_patch

Document = dict[str, Any]


def modify_directly(plan: ModifyDirectly, target: Target) -> Conversation[Changed]:
    """One PATCH. Without anything to send, the resource is only read: it must exist."""
    if plan.changes:
        record = yield from send_change(target, plan.native, patch_call(target, plan.native, plan.changes))
    else:
        record = yield from fetch_record(target, plan.native)
    if record is None and plan.wants_body:
        record = yield from fetch_record(target, plan.native)
    if record is None:
        return Changed(None)
    shown = yield from read_resource(target, record)
    return Changed(complete(target.lens, values_sent(target.lens, plan.operations), shown))


def modify_by_comparison(plan: ModifyByComparison, target: Target) -> Conversation[Changed]:
    """Read, apply, translate out onto the record, send the difference, all under the resource's lock."""
    return (yield from under_lock(target, plan.native, lambda: compare_and_modify(plan, target)))


def compare_and_modify(plan: ModifyByComparison, target: Target) -> Conversation[Changed]:
    """An operation list that changes nothing sends nothing (RFC 7644 3.5.2.1)."""
    record = yield from fetch_record(target, plan.native)
    current = yield from read_resource(target, record)
    wanted = apply_patch(current, plan.operations, target.accepted)
    changed = write_onto(target, wanted, record)
    before, after = kept_of(target, current), kept_of(target, wanted)
    if changed == record and before == after:
        yield from note_suppressed(target)
        return Changed(current)
    answer: Document | None = record
    if changed != record:
        make_call = difference_call if can_patch(target) else replacement_call
        answer = yield from send_change(target, plan.native, make_call(target, plan.native, record, changed))
    kept = yield from save_kept(target, plan.native, before, after)
    if answer is None and plan.wants_body:
        answer = yield from fetch_record(target, plan.native)
    if answer is None:
        return Changed(None)
    shown = complete(target.lens, wanted, translate_in(target, answer))
    put_kept(target, shown, kept)
    return Changed(shown)
