"""Changing one record: by PATCHes of changes or a PUT of the whole, under its lock where it is compared."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from gateway.conversation.by_name import settle_one
from gateway.conversation.calling import build_call, call_backend
from gateway.conversation.completing import complete_call
from gateway.conversation.effects import Call, Conversation, Hold, Key, Release, ask, note
from gateway.conversation.membership import blame_member
from gateway.conversation.naming import follow_name, require_anchor
from gateway.conversation.reading import fetch_any
from gateway.conversation.steps import Step, arrange, called_steps, record_steps
from gateway.lens.ability import UNLIMITED, Replace
from gateway.lens.changes import difference, fields_by_path, replacement
from gateway.lens.lens import Document, FieldChange
from gateway.lens.limits import cut, untaken
from gateway.lens.runtime import list_schemas
from gateway.mapping.dialect import BackendCall
from gateway.observations import WriteSuppressed
from gateway.pipeline.by_name import changes_in_names
from gateway.pipeline.compose import Known
from gateway.pipeline.interpret import is_refused, read_problem, read_record
from gateway.pipeline.merge import merge_changes, merge_difference
from gateway.pipeline.naming import settle_name
from gateway.pipeline.patching import patch_body
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.pipeline.through import split_changes

T = TypeVar("T")


def under_lock(target: Target, native: str, work: Callable[[], Conversation[T]]) -> Conversation[T]:
    """Do the work while no other request changes the same resource."""
    return (yield from hold(Key("lock", target.tenant.name, target.backend, target.resource.name, native), work))


def hold(key: Key, work: Callable[[], Conversation[T]]) -> Conversation[T]:
    """Do the work under a lock, which is given back in every case."""
    if not (yield from ask(Hold(key))):
        raise Problem("SG603")
    try:
        result = yield from work()
    except Exception:
        yield from ask(Release(key))
        raise
    yield from ask(Release(key))
    return result


def write_onto(target: Target, wanted: Document, record: Document) -> Document:
    """The record as it shall be; the very record just read where no more than the order of references is another.

    A Problem where it would get another name, and the name is the id.
    """
    changed = settle_name(target, record, target.lens.out(wanted, record))
    return changed if changed != record and difference(target.lens, record, changed) else record


def patch_calls(target: Target, native: str | None, changes: tuple[FieldChange, ...]) -> tuple[Call, ...]:
    """The changes as the backend's PATCH takes them, in as many requests as it needs."""
    modify = target.modify or UNLIMITED
    if modify.style == "merge":
        return (merge_call(target, native, merge_changes(changes, fields_by_path(target.lens))),)
    requests = cut(target.lens, modify, changes_in_names(target, changes))
    return tuple(build_call(target, "modify", native=native, body=patch_body(one, modify)) for one in requests)


def merge_call(target: Target, native: str | None, changed: Document) -> Call:
    """One merge document; where records list their schemas it lists those of what it holds."""
    urns = target.lens.urns
    listed = {"schemas": list_schemas(changed, urns, changed.get("schemas"))} if urns.core else {}
    return build_call(target, "modify", native=native, body={**changed, **listed})


def change_steps(target: Target, native: str | None, changes: Sequence[FieldChange]) -> tuple[Step, ...]:
    """Changes that need no look at the record, as PATCHes and as calls of their own."""
    bodied, called = split_changes(target.lens, changes)
    calls = patch_calls(target, native, bodied) if bodied else ()
    return arrange((*record_steps(target, calls), *called_steps(target, native, called)))


def difference_calls(target: Target, native: str, old: Document, new: Document) -> tuple[Call, ...]:
    """The PATCH that turns one record into the other: what neither of them shows survives.

    A Problem when the backend's PATCH does not take what differs.
    """
    modify = target.modify or UNLIMITED
    changes = difference(target.lens, old, new, modify)
    names = untaken(target.lens, modify, changes)
    if names:
        raise Problem("SG208", f"The backend has no way to change {', '.join(names)} like this")
    if modify.style == "merge":
        return (merge_call(target, native, merge_difference(old, new)),)
    return patch_calls(target, native, changes)


def replacement_calls(target: Target, native: str, old: Document, new: Document) -> tuple[Call, ...]:
    """The PUT that makes the record the new one."""
    rules = target.replace or Replace()
    return (build_call(target, "replace", native=native, body=replacement(target.lens, old, new, rules)),)


def send_steps(target: Target, native: str, steps: Sequence[Step]) -> Conversation[Document | None]:
    """Make the calls, one after another; the record that the last is answered with, None when it is not the latest."""
    record: Document | None = None
    for number, step in enumerate(steps):
        try:
            record = yield from send_step(target, native, step)
        except Problem as problem:
            if number == 0:
                raise
            done = f"Of {len(steps)} requests to the backend {number} had been carried out before"
            raise problem.after(done) from problem
    if any(step.kind != "record" for step in steps):
        return None
    if steps and is_read_after(steps[-1].op):
        return (yield from fetch_any(target, native))
    return record


def is_read_after(op: BackendCall) -> bool:
    """Does the answer to the call itself not show the record as it is in the end?"""
    return op.then_retrieve or bool(op.following)


def send_step(target: Target, native: str, step: Step) -> Conversation[Document | None]:
    """Make one call; the record the backend answers with, None when it answers without."""
    reply = yield from call_backend(step.call, target.dialect)
    if is_refused(reply, step.op, target.dialect.errors):
        problem = read_problem(
            reply, target.dialect.errors, on_id=True, sent=(native, step.call.body), names=target.lens.spoken
        )
        blamed = (yield from blame_member(target, native, problem)) if step.kind == "member" else problem
        if step.goes and problem.code == "SG110" != blamed.code:
            return None  # who is not there need not go
        raise blamed
    if not reply.whole and target.dialect.errors.on_success:
        raise Problem("SG508")  # this backend may say no with a 2xx, and what it says was not read
    if step.renames:
        yield from follow_name(target, native, step.renames)
    if step.anchors:
        shown = None if is_read_after(step.op) else read_record(reply, step.op)
        yield from require_anchor(target, native, shown)
    if step.kind != "record":
        return None
    yield from complete_call(target, step.call.operation, Known(target.lens, target.address(native)))
    record = read_record(reply, step.op) if reply.whole and not is_read_after(step.op) else None
    return None if record is None else (yield from settle_one(target, record))


def note_suppressed(target: Target) -> Conversation[None]:
    yield from note(WriteSuppressed(target.tenant.name, target.resource.name))
