"""Taking a record away: by the backend's own calls, or by marking it as deleted; what the gateway kept goes too."""

from gateway.conversation.calling import build_call, obtain_reply
from gateway.conversation.comparing import difference_steps, modify_calls
from gateway.conversation.completing import complete_call
from gateway.conversation.effects import Conversation
from gateway.conversation.keeping import forget_kept
from gateway.conversation.naming import forget_alias, locate
from gateway.conversation.reading import fetch_any, fetch_record, find_record, is_gone, translate_in
from gateway.conversation.writing import send_steps, write_onto
from gateway.lens.lens import Document
from gateway.pipeline.compose import Known
from gateway.pipeline.documents import write_attribute
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target


def remove(target: Target, native: str) -> Conversation[None]:
    """Delete the record, the way its backend does that; afterwards nobody of that id is shown."""
    if target.resource.delete_sets:
        yield from mark_deleted(target, native)
    else:
        yield from locate(target, native)
        yield from delete_record(target, native)
    yield from forget_kept(target, native)
    if target.lens.anchor is not None:
        yield from forget_alias(target, native)


def delete_record(target: Target, native: str) -> Conversation[None]:
    """The call, or the calls in their order. That a later one finds nobody counts as done once nobody can be read:
    a backend may delete at the first, and a wrong path looks alike.
    """
    call = build_call(target, "delete", native=native)
    yield from obtain_reply(target, call, target.op("delete"), on_id=True, sent=native)
    try:
        yield from complete_call(target, "delete", Known(target.lens, target.address(native)))
    except Problem as problem:
        if problem.code != "SG512" or (yield from find_record(target, native)) is not None:
            raise


def mark_deleted(target: Target, native: str) -> Conversation[None]:
    """A soft delete: the record is changed, and must then be one that counts as deleted (`gone`)."""
    record = yield from fetch_record(target, native)
    changed = marked(target, record)
    answer: Document | None = None
    if changed != record:
        answer = yield from send_steps(target, native, difference_steps(target, native, record, changed, modify_calls))
    if answer is None and not is_gone(target, changed):
        answer = yield from fetch_any(target, native)
    if answer is not None and not is_gone(target, answer):
        raise Problem("SG520")


def marked(target: Target, record: Document) -> Document:
    """The record as a soft delete leaves it."""
    wanted = translate_in(target, record)
    for path, value in target.resource.delete_sets:
        write_attribute(wanted, path, value)
    return write_onto(target, wanted, record)
