"""What PUT and a PATCH by comparison share: what differs between the record read and the resource wanted is sent."""

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gateway.conversation.alone import insist, stay_alone, take_names, tell_names
from gateway.conversation.braking import brake
from gateway.conversation.by_name import meet
from gateway.conversation.effects import Call, Conversation
from gateway.conversation.keeping import Kept, Memory, clear_kept, kept_of, put_kept, save_kept
from gateway.conversation.reading import fetch_any, fetch_record, is_gone, translate_in
from gateway.conversation.steps import Step, arrange, called_steps, record_steps
from gateway.conversation.writing import (
    change_steps,
    difference_calls,
    note_suppressed,
    replacement_calls,
    send_steps,
    write_onto,
)
from gateway.lens.ability import UNLIMITED, Modify
from gateway.lens.absence import read_at
from gateway.lens.addresses import print_field
from gateway.lens.changes import difference
from gateway.lens.kinds import ListRule
from gateway.lens.lens import Document, FieldChange
from gateway.lens.limits import untaken
from gateway.pipeline.added import without_added
from gateway.pipeline.deactivation import is_deactivated
from gateway.pipeline.documents import hold_absent, read_attribute, write_attribute
from gateway.pipeline.moving import refuse_move
from gateway.pipeline.naming import name_of, renames, with_anchor, with_old_name
from gateway.pipeline.outcome import Changed
from gateway.pipeline.problems import Problem
from gateway.pipeline.removals import count_removals, count_sent_removals
from gateway.pipeline.target import Target
from gateway.pipeline.through import called_difference, without_through
from gateway.pipeline.twins import has_any_name, renamed
from gateway.pipeline.unseen import find_partial, refuse_unseen, unseen_lists
from gateway.scim.filter import AttrPath
from gateway.scim.operation import Operation, creating
from gateway.scim.patch import apply_patch

NOTHING = Modify(fields=frozenset())
MakeCalls = Callable[[Target, str, Document, Document], tuple[Call, ...]]


def patched(target: Target, operations: tuple[Operation, ...], current: Document) -> Document:
    """What the operations make of a resource, as the tenant's client expects them to be read."""
    creates = creating(target.tenant.lenience)
    return hold_absent(target.lens, apply_patch(current, operations, target.accepted, creates=creates), current)


class Comparison(Struct, frozen=True):
    """A record just read, the resource it shows, and the resource it shall show.

    `changes` are to be sent whatever the record shows. `held` are the lists that calls of their own have read.
    `memory`: what is known of what the gateway keeps; `said`: the attributes among these that the request speaks of.
    """

    native: str
    record: Document
    current: Document
    wanted: Document
    changes: tuple[FieldChange, ...] = ()
    held: tuple[ListRule, ...] = ()
    memory: Memory = "whole"
    said: frozenset[str] = frozenset()

    def clears(self, after: Kept) -> bool:
        """Is something to be taken away of which it is not known whether it is there?"""
        return self.memory != "whole" and not self.said <= after.keys()


def leave_added(target: Target, compared: Comparison) -> Comparison:
    """The same without what the backend adds by itself; a record without it is what the rest is written onto."""
    current, wanted = without_added(target, compared.current), without_added(target, compared.wanted)
    bare = current is not compared.current
    record = target.lens.out(current, compared.record) if bare else compared.record
    return replace(compared, record=record, current=current, wanted=wanted)


def send_difference(
    target: Target, compared: Comparison, make_calls: MakeCalls, *, wants_body: bool
) -> Conversation[Changed]:
    """Send what differs, keep what the gateway keeps; what changes nothing sends nothing (RFC 7644 3.5.2.1)."""
    seen, compared = compared, leave_added(target, compared)
    native, record = compared.native, compared.record
    changed = write_onto(target, compared.wanted, record)
    refuse_move(target, compared.current, changed)
    named = renamed(target, compared.current, changed)
    is_told = yield from take_names(target, native, named)
    yield from meet(target, changed, compared.changes, record)
    before, after = kept_of(target, compared.current), kept_of(target, compared.wanted)
    differing = difference_steps(target, native, record, changed, make_calls)
    steps = arrange((*differing, *change_steps(target, native, compared.changes)))
    if renames(target, record, changed):
        steps = rename_last(target, compared, changed, steps, make_calls)
    if not steps and before == after and not compared.clears(after):
        yield from note_suppressed(target)
        return Changed(seen.current, listed=tuple(rule.s for rule in compared.held))
    answer: Document | None = record
    sent = count_sent_removals(target, compared.changes)
    yield from brake(target, count_removals(compared.current, compared.wanted) + sent)
    if steps:
        answer = yield from send_alone(target, compared, changed, named, steps, counted=not is_told)
        yield from tell_names(target, native, named)
    kept = yield from keep(target, compared, before, after, sent=bool(steps))
    if answer is None and wants_body:
        answer = yield from fetch_any(target, native)
    if answer is None:
        return Changed(None)
    if is_gone(target, answer):
        return Changed(answer_gone(target, compared, changed), lasting=False)
    shown = translate_in(target, answer)
    put_kept(target, shown, kept)
    return Changed(shown, compared.wanted, listed=keep_lists(compared, changed, shown))


def send_alone(
    target: Target,
    compared: Comparison,
    changed: Document,
    named: Document,
    steps: Sequence[Step],
    *,
    counted: bool,
) -> Conversation[Document | None]:
    """Make the calls. The names that they give are nobody else's in another branch then, or the calls are undone."""

    def undo() -> Conversation[bool]:
        return (yield from insist(lambda: put_back(target, compared, changed, named)))

    try:
        answer = yield from send_steps(target, compared.native, steps)
    except Problem:
        yield from stay_alone(target, named, undo, counted=counted)
        raise
    yield from stay_alone(target, named, undo, counted=counted)
    return answer


def put_back(target: Target, compared: Comparison, changed: Document, named: Document) -> Conversation[None]:
    """Make the record again what it was; one that has none of these names, or none of them any more, stays as it is."""
    native = compared.native
    if not has_any_name(target, (yield from fetch_record(target, native)), named):
        return
    before = with_anchor(target, compared.record, native)
    steps = difference_steps(target, native, changed, before, modify_calls)
    if renames(target, changed, before):
        steps = rename_last(target, Comparison(native, changed, {}, {}), before, steps, modify_calls)
    yield from send_steps(target, native, steps)


def keep(target: Target, compared: Comparison, before: Kept, after: Kept, *, sent: bool) -> Conversation[Kept]:
    """Make `after` what is kept, and return what really is. A Problem where something stays that was to be taken away;
    a repetition is safe, though the backend may have its part of the change.
    """
    try:
        if compared.clears(after):
            yield from clear_kept(target, compared.native, compared.memory, compared.said)
        return (yield from save_kept(target, compared.native, before, after))
    except Problem as problem:
        raise (problem.after(f"What {target.backend} has of the change is made") if sent else problem) from problem


def rename_last(
    target: Target, compared: Comparison, changed: Document, steps: tuple[Step, ...], make_calls: MakeCalls
) -> tuple[Step, ...]:
    """The steps with the new name in the last of them, as all before it go by the old one.

    Who has no anchor yet gets it first, by a step whose answer must show it: the new name alone would lose the id.
    """
    native, record = compared.native, compared.record
    anchored = with_anchor(target, record, native)
    first = difference_steps(target, native, record, anchored, make_calls)
    if first or len(steps) > 1:
        kept = with_old_name(target, anchored, changed)
        before = difference_steps(target, native, anchored, kept, make_calls)
        named = difference_steps(target, native, kept, changed, make_calls)
        steps = (*arrange((*before, *change_steps(target, native, compared.changes))), *named)
    last = replace(steps[-1], renames=name_of(target, changed))
    return (*(replace(one, anchors=True) for one in first), *steps[:-1], last)


def keep_lists(compared: Comparison, changed: Document, shown: Document) -> tuple[AttrPath, ...]:
    """Put the lists that were read and are not changed into the answer, which need not be asked for them again."""
    told = {change.path for change in compared.changes}
    same = [rule for rule in compared.held if read_at(compared.record, rule.v) == read_at(changed, rule.v)]
    kept = [rule for rule in same if print_field(rule.v) not in told]
    for rule in kept:
        value = read_attribute(compared.current, rule.s)
        if value is not None:
            write_attribute(shown, rule.s, value)
    return tuple(rule.s for rule in kept)


def answer_gone(target: Target, compared: Comparison, changed: Document) -> Document:
    """The answer to a change after which the record counts as deleted: what was asked, where that is the cause.

    Else another has deleted it meanwhile. Later reads find nobody.
    """
    if not (is_gone(target, changed) or is_deactivated(compared.wanted)):
        raise Problem("SG110")
    return {**compared.wanted, "id": compared.current["id"], "meta": compared.current["meta"]}


def difference_steps(
    target: Target, native: str, record: Document, changed: Document, make_calls: MakeCalls
) -> tuple[Step, ...]:
    """The calls that make the record the changed one: what bodies say, and what calls of their own bring about."""
    old, new = without_through(target.lens, record), without_through(target.lens, changed)
    calls = () if old == new else make_calls(target, native, old, new)
    called = called_steps(target, native, called_difference(target.lens, record, changed))
    return arrange((*record_steps(target, calls), *called))


def put_calls(target: Target, native: str, old: Document, new: Document) -> tuple[Call, ...]:
    """PUT where the backend has it, else the same difference as PATCH."""
    if target.replace is not None:
        return replacement_calls(target, native, old, new)
    refuse_change(target, old, new)
    refuse_unseen(target, find_partial(target, old))
    return difference_calls(target, native, old, new)


def modify_calls(target: Target, native: str, old: Document, new: Document) -> tuple[Call, ...]:
    """PATCH where the backend has it and it takes the difference, else the whole record as PUT."""
    refuse_change(target, old, new)
    partial, modify = find_partial(target, old), target.modify
    changes = difference(target.lens, old, new, modify or UNLIMITED)
    if modify is None or (can_put_instead(target) and untaken(target.lens, modify, changes)):
        refuse_unseen(target, partial)
        return replacement_calls(target, native, old, new)
    refuse_unseen(target, (rule for rule in partial if read_at(old, rule.v) != read_at(new, rule.v)))
    return difference_calls(target, native, old, new)


def refuse_change(target: Target, old: Document, new: Document) -> None:
    """A Problem where the backend has neither PUT nor PATCH, and only calls of their own."""
    if target.modify is None and target.replace is None:
        names = untaken(target.lens, NOTHING, difference(target.lens, old, new))
        raise Problem("SG208", f"The backend has no way to change {', '.join(names)}")


def can_put_instead(target: Target) -> bool:
    """May the record read be sent back whole? Not where that would clear a list that it does not show."""
    hides = any(rule.write_only for rule in unseen_lists(target))
    return target.replace is not None and not (hides and target.replace.omitted == "cleared")
