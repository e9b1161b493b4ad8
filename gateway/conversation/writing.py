"""Changing one record: a PATCH of changes or a PUT of the whole, under the resource's lock where it is compared."""

from collections.abc import Callable
from typing import TypeVar

from gateway.conversation.calling import build_call, call_backend
from gateway.conversation.effects import Call, Conversation, Hold, Key, Release, ask, note
from gateway.conversation.following import follow
from gateway.conversation.reading import fetch_record, is_gone
from gateway.lens.ability import Replace
from gateway.lens.changes import difference, fields_by_path, replacement
from gateway.lens.lens import Document, FieldChange
from gateway.lens.runtime import list_schemas
from gateway.observations import WriteSuppressed
from gateway.pipeline.compose import Known
from gateway.pipeline.interpret import is_refused, read_problem, read_record
from gateway.pipeline.merge import merge_changes, merge_difference
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.scim.names import PATCH_OP

T = TypeVar("T")


def under_lock(target: Target, native: str, work: Callable[[], Conversation[T]]) -> Conversation[T]:
    """Do the work while no other request changes the same resource; the lock is given back in every case."""
    key = Key("lock", target.tenant.name, target.backend, target.resource.name, native)
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
    """The record as it shall be; the very record just read where no more than the order of references is another."""
    changed = target.lens.out(wanted, record, "replace")
    return changed if changed != record and difference(target.lens, record, changed) else record


def patch_call(target: Target, native: str, changes: tuple[FieldChange, ...]) -> Call:
    """One PATCH, as the backend takes it."""
    if target.resource.can.modify == "merge":
        return merge_call(target, native, merge_changes(changes, fields_by_path(target.lens)))
    return build_call(target, "modify", native=native, body=patch_body(changes))


def merge_call(target: Target, native: str, changed: Document) -> Call:
    """One merge document; where records list their schemas it lists those of what it holds."""
    urns = target.lens.urns
    listed = {"schemas": list_schemas(changed, urns, changed.get("schemas"))} if urns.core else {}
    return build_call(target, "modify", native=native, body={**changed, **listed})


def patch_body(changes: tuple[FieldChange, ...]) -> Document:
    """A PatchOp message (RFC 7644 3.5.2); a removal carries no value."""
    operations = [
        {"op": one.op, "path": one.path} | ({} if one.op == "remove" else {"value": one.value}) for one in changes
    ]
    return {"schemas": [PATCH_OP], "Operations": operations}


def difference_call(target: Target, native: str, old: Document, new: Document) -> Call:
    """The PATCH that turns one record into the other: what neither of them shows survives."""
    if target.resource.can.modify == "merge":
        return merge_call(target, native, merge_difference(old, new))
    return patch_call(target, native, difference(target.lens, old, new))


def replacement_call(target: Target, native: str, old: Document, new: Document) -> Call:
    """The PUT that makes the record the new one."""
    rules = target.resource.can.replace or Replace()
    return build_call(target, "replace", native=native, body=replacement(target.lens, old, new, rules))


def send_change(target: Target, native: str, call: Call) -> Conversation[Document | None]:
    """Make the call; the record the backend answers with, None when it answers without."""
    op = target.op(call.operation)
    reply = yield from call_backend(call, target.dialect)
    if is_refused(reply, op, target.dialect.errors):
        raise read_problem(reply, target.dialect.errors, on_id=True, sent=(native, call.body))
    if op.then_retrieve or op.following:
        yield from follow(target, call.operation, Known(target.lens, native))
        return (yield from fetch_record(target, native))
    record = read_record(reply, op)
    if record is not None and is_gone(target, record):
        raise Problem("SG110")
    return record


def note_suppressed(target: Target) -> Conversation[None]:
    yield from note(WriteSuppressed(target.tenant.name, target.resource.name))
