"""Taking up a deleted record again: a create that meets its soft-deleted namesake is written over that one."""

from gateway.conversation.by_name import meet
from gateway.conversation.comparing import difference_steps, put_calls
from gateway.conversation.correlate import choose_plan, correlating
from gateway.conversation.effects import Conversation, note
from gateway.conversation.listing import read_everything
from gateway.conversation.matching import match_resources, query_pairs
from gateway.conversation.reading import fetch_any, is_gone, translate_in
from gateway.conversation.writing import send_steps, under_lock, write_onto
from gateway.lens.lens import Document
from gateway.observations import RecordRevived
from gateway.pipeline.documents import read_attribute, write_attribute
from gateway.pipeline.naming import identify
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.scim.filter import And


def find_deleted(resource: Document, target: Target) -> Conversation[str | None]:
    """The native id of the one deleted record with all correlating attributes of `resource`.

    None when there is none, several, or it cannot be said; and where deleting is the backend's own affair.
    """
    equalities = correlating(resource, target)
    if not target.resource.delete_sets or not equalities:
        return None
    try:
        plan = choose_plan(equalities, target)
        records = yield from read_everything(target, query_pairs(plan, target), plan.scan)
        deleted = [record for record in records if is_gone(target, record)]
        shown = [translate_in(target, record) for record in deleted]
    except Problem:
        return None
    matching = match_resources(And(equalities), target, shown)
    natives = [identify(target, record) for record, one in zip(deleted, shown, strict=True) if one in matching]
    return natives[0] if len(natives) == 1 else None


def revive(resource: Document, target: Target, native: str) -> Conversation[Document | None]:
    """Write the wanted resource over the deleted record; None when it was taken up, or stays deleted."""
    revived = yield from under_lock(target, native, lambda: write_over(resource, target, native))
    if revived is not None:
        yield from note(RecordRevived(target.tenant.name, target.resource.name))
    return revived


def write_over(resource: Document, target: Target, native: str) -> Conversation[Document | None]:
    """The same under the resource's lock."""
    record = yield from fetch_any(target, native)
    changed = write_onto(target, without_mark(resource, target), record)
    if not is_gone(target, record) or changed == record:
        return None
    yield from meet(target, changed)
    answer = yield from send_steps(target, native, difference_steps(target, native, record, changed, put_calls))
    record = answer if answer is not None else (yield from fetch_any(target, native))
    return None if is_gone(target, record) else translate_in(target, record)


def without_mark(resource: Document, target: Target) -> Document:
    """The wanted resource; what the delete had set to true or false is the other where the client says nothing."""
    wanted = dict(resource)
    for path, value in target.resource.delete_sets:
        if isinstance(value, bool) and read_attribute(resource, path) is None:
            write_attribute(wanted, path, not value)
    return wanted
