"""What PUT and a PATCH by comparison share: what differs between the record read and the resource wanted is sent."""

from collections.abc import Callable

from msgspec import Struct

from gateway.conversation.effects import Call, Conversation
from gateway.conversation.keeping import kept_of, put_kept, save_kept
from gateway.conversation.reading import fetch_record, translate_in
from gateway.conversation.writing import difference_call, note_suppressed, replacement_call, send_change, write_onto
from gateway.lens.lens import Document
from gateway.pipeline.documents import complete
from gateway.pipeline.outcome import Changed
from gateway.pipeline.target import Target

MakeCall = Callable[[Target, str, Document, Document], Call]


class Comparison(Struct, frozen=True):
    """A record just read, the resource it shows, and the resource it shall show."""

    native: str
    record: Document
    current: Document
    wanted: Document


def send_difference(
    target: Target, compared: Comparison, make_call: MakeCall, *, wants_body: bool
) -> Conversation[Changed]:
    """Send what differs, keep what the gateway keeps; what changes nothing sends nothing (RFC 7644 3.5.2.1)."""
    native, record = compared.native, compared.record
    changed = write_onto(target, compared.wanted, record)
    before, after = kept_of(target, compared.current), kept_of(target, compared.wanted)
    if changed == record and before == after:
        yield from note_suppressed(target)
        return Changed(compared.current)
    answer: Document | None = record
    if changed != record:
        answer = yield from send_change(target, native, make_call(target, native, record, changed))
    kept = yield from save_kept(target, native, before, after)
    if answer is None and wants_body:
        answer = yield from fetch_record(target, native)
    if answer is None:
        return Changed(None)
    shown = complete(target.lens, compared.wanted, translate_in(target, answer))
    put_kept(target, shown, kept)
    return Changed(shown)


def put_call(target: Target, native: str, old: Document, new: Document) -> Call:
    """PUT where the backend has it, else the same difference as PATCH."""
    make_call = replacement_call if "replace" in target.resource.ops else difference_call
    return make_call(target, native, old, new)


def modify_call(target: Target, native: str, old: Document, new: Document) -> Call:
    """PATCH where the backend has it, else the whole record as PUT."""
    can_patch = target.resource.can.modify is not None and "modify" in target.resource.ops
    make_call = difference_call if can_patch else replacement_call
    return make_call(target, native, old, new)
