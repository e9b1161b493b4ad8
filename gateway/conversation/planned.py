"""The calls a plan would make, as far as they are known, made of the functions that the conversations use.

Nothing is sent. What needs an answer is left out, but for an id: it is printed as `{id}`.
"""

from collections.abc import Sequence
from urllib.parse import quote

from msgspec.structs import replace

from gateway.conversation.calling import build_call
from gateway.conversation.comparing import (
    Comparison,
    difference_steps,
    modify_calls,
    patched,
    put_calls,
    rename_last,
)
from gateway.conversation.completing import completing_calls
from gateway.conversation.created import know
from gateway.conversation.deactivating import deletes
from gateway.conversation.effects import Call
from gateway.conversation.listing import page_call, page_size
from gateway.conversation.matching import query_pairs
from gateway.conversation.membership import compared_lists, listing_target
from gateway.conversation.naming import search_pairs
from gateway.conversation.onward import turn_size
from gateway.conversation.reading import is_gone
from gateway.conversation.removing import marked
from gateway.conversation.replace import assert_access
from gateway.conversation.steps import Step, arrange, awaited_steps
from gateway.conversation.writing import change_steps, is_read_after, write_onto
from gateway.lens.absence import read_at
from gateway.lens.ids import native_id
from gateway.lens.kinds import ListRule
from gateway.lens.lens import Document
from gateway.pipeline.compose import Known
from gateway.pipeline.moving import refuse_move
from gateway.pipeline.naming import name_of, renames
from gateway.pipeline.paging import Position, first_position, page_pairs
from gateway.pipeline.plans import (
    ChangePlan,
    CreatePlan,
    DeletePlan,
    ModifyByComparison,
    ModifyDirectly,
    Plan,
    QueryPlan,
    ReplacePlan,
    RetrievePlan,
)
from gateway.pipeline.request import Tenant
from gateway.pipeline.spread import SpreadPlan
from gateway.pipeline.target import Target, find_target
from gateway.pipeline.through import read_lists

Calls = tuple[Call, ...]
UNKNOWN_ID = "{id}"


def planned_calls(plan: Plan, tenant: Tenant, record: Document | None = None) -> Calls:
    """The calls known before any answer. A plan that compares shows its reads, and its writes when given the record."""
    if not plan.type:
        return ()
    target = replace(find_target(tenant, plan.type), bare=True)  # who is referred to is told by ids
    suppose_names(plan, target, record)
    match plan:
        case CreatePlan():
            return tuple(map(show_id, planned_create(plan, target)))
        case QueryPlan():
            return tuple(map(show_id, planned_query(plan, target)))
        case RetrievePlan(native=native):
            read = build_call(target, "retrieve", native=native, query=plan.fields)
            return (read, *list_reads(target, native, plan.lists))
        case DeletePlan():
            return (*version_reads(plan, target), *removal_calls(target, plan.native, record))
        case ModifyDirectly():
            return (*version_reads(plan, target), *planned_changes(plan, target))
        case ReplacePlan() | ModifyByComparison():
            return planned_comparison(plan, target, record)
    return ()


def suppose_names(plan: Plan, target: Target, record: Document | None) -> None:
    """Where ids are first names: everybody still has it, but for who is given by the record."""
    native = getattr(plan, "native", UNKNOWN_ID)
    target.names.update({UNKNOWN_ID: UNKNOWN_ID, native: native if record is None else name_of(target, record)})


def version_reads(plan: ChangePlan, target: Target) -> Calls:
    """The read before a change that needs no look at the record: of a whole resource whose version is to be compared,
    or of a record whose name the id does not tell.
    """
    if plan.preconditions is None:
        return () if target.lens.anchor is None else (read_call(target, plan.native),)
    return (read_call(target, plan.native), *list_reads(target, plan.native, read_lists(target)))


def planned_changes(plan: ModifyDirectly, target: Target) -> Calls:
    """The changes, or a read where there are none."""
    lists = list_reads(target, plan.native, plan.lists)
    if not plan.changes:
        return (read_call(target, plan.native), *lists)
    steps = change_steps(target, plan.native, plan.changes)
    shown = read_after(target, steps, plan.native, wants_body=plan.wants_body)
    return (*calls_of(target, steps, plan.native), *shown, *lists)


def planned_spread(plan: SpreadPlan, tenant: Tenant) -> Calls:
    """The first read of each place; where the later ones begin, the totals of the earlier ones say."""
    if plan.sort_by is not None and len(plan.parts) > 1:
        pages = [replace(one.plan, start=1, count=tenant.max_results, lists=()) for one in plan.parts]
    else:
        starts = [plan.start, *(1 for _ in plan.parts[1:])]
        pages = [replace(one.plan, start=at, count=plan.count) for one, at in zip(plan.parts, starts, strict=False)]
    seats = [one.target.tenant for one in plan.parts]
    return tuple(call for page, seat in zip(pages, seats, strict=True) for call in planned_calls(page, seat))


def show_id(call: Call) -> Call:
    """The call with the id that is not known yet as a mapping would write it."""
    return replace(call, path=call.path.replace(quote(UNKNOWN_ID, safe=""), UNKNOWN_ID))


def planned_create(plan: CreatePlan, target: Target) -> Calls:
    """The create, what completes it, and what brings the rest about; no call that only another answer would need."""
    op, native = target.op("create"), UNKNOWN_ID
    calls = [*search_calls(plan, target), build_call(target, "create", body=plan.record, known=know(plan, target))]
    calls += completing_calls(target, "create", know(plan, target, native))
    if is_read_after(op) or op.body.kind != "record":
        calls.append(read_call(target, native))
    if op.body.kind == "record":
        steps = change_steps(target, native, plan.further)
        calls += (*calls_of(target, steps, native), *read_after(target, steps, native, wants_body=True))
    if deletes(target, plan.resource):
        return (*calls, *removal_calls(target, native, None))
    return (*calls, *list_reads(target, native, plan.lists))


def search_calls(plan: CreatePlan, target: Target) -> Calls:
    """The search for whoever has the name as an id, where names may change."""
    if target.lens.anchor is None:
        return ()
    pairs = search_pairs(target, name_of(target, plan.record))
    return (page_call(target, pairs, Position(), target.resource.can.paging.max),)


def awaited_calls(plan: CreatePlan, target: Target) -> Calls:
    """Those that follow a create unless its answer shows that they are not needed."""
    steps = awaited_steps(target, UNKNOWN_ID, plan.resource, {})
    return tuple(show_id(step.call) for step in steps)


def planned_query(plan: QueryPlan, target: Target) -> Calls:
    """One read, or the first page; a kept value is looked up in the state store first."""
    lists = (*plan.matched, *plan.lists)
    if plan.how == "read":
        native = native_id(plan.pushdown.id or "", target.lens.id_prefix)
        target.names[native or ""] = native or ""
        return () if native is None else (read_call(target, native), *list_reads(target, native, lists))
    if plan.how == "recall":
        return ()
    first = page_call(target, query_pairs(plan, target), *first_page(plan, target))
    return (first, *list_reads(target, UNKNOWN_ID, lists))


def first_page(plan: QueryPlan, target: Target) -> tuple[Position, int]:
    """Where the reading of a list begins, and how many records are asked for at once."""
    paging = target.resource.can.paging
    if plan.how == "onward":
        return plan.place or Position(), turn_size(plan, target)
    if plan.how != "pages":
        return Position(), paging.max
    size = page_size(paging, plan.count)
    return first_position(paging, plan.start - 1, size), size


def planned_comparison(plan: ReplacePlan | ModifyByComparison, target: Target, record: Document | None) -> Calls:
    """The reads, and the writes that follow when they return this record; none when nothing would change."""
    native = plan.native
    reads = (read_call(target, native), *list_reads(target, native, compared_lists(plan, target)))
    if record is None:
        return reads
    wanted = wanted_resource(plan, target, record)
    if deletes(target, wanted):
        return (*reads, *removal_calls(target, native, record))
    make_calls = put_calls if isinstance(plan, ReplacePlan) else modify_calls
    aside = () if isinstance(plan, ReplacePlan) else change_steps(target, native, plan.changes)
    changed = write_onto(target, wanted, record)
    refuse_move(target, target.lens.into(record), changed)
    differing = difference_steps(target, native, record, changed, make_calls)
    steps = arrange((*differing, *aside))
    if renames(target, record, changed):
        changes = () if isinstance(plan, ReplacePlan) else plan.changes
        compared = Comparison(native, record, {}, wanted, changes)
        steps = rename_last(target, compared, changed, steps, make_calls)
    shown = read_after(target, steps, native, wants_body=isinstance(plan, ReplacePlan) or plan.wants_body)
    again = [rule for rule in plan.lists if read_at(record, rule.v) != read_at(changed, rule.v)]
    return (*reads, *calls_of(target, steps, native), *shown, *list_reads(target, native, again))


def wanted_resource(plan: ReplacePlan | ModifyByComparison, target: Target, record: Document) -> Document:
    """What the resource of this record shall be."""
    current = target.lens.into(record)
    if isinstance(plan, ReplacePlan):
        return assert_access(plan.resource, current, target.lens)
    return patched(target, plan.operations, current)


def removal_calls(target: Target, native: str, record: Document | None) -> Calls:
    """The calls of a removal; a soft delete begins with a read, and shows its write when given that."""
    if not target.resource.delete_sets:
        return with_following(target, build_call(target, "delete", native=native), native)
    read = read_call(target, native)
    if record is None:
        return (read,)
    changed = marked(target, record)
    steps = difference_steps(target, native, record, changed, modify_calls)
    shown = read_after(target, steps, native, wants_body=not is_gone(target, changed))
    return (read, *calls_of(target, steps, native), *shown)


def read_call(target: Target, native: str) -> Call:
    """The read of one record."""
    return build_call(target, "retrieve", native=native)


def list_reads(target: Target, native: str, rules: Sequence[ListRule]) -> Calls:
    """The first pages of the lists that no record shows; whether one shows the others whole, its answer says."""
    return tuple(list_read(listing_target(target, native, rule)) for rule in rules if rule.shows is None)


def list_read(listing: Target) -> Call:
    """The first page of one such list."""
    paging = listing.resource.can.paging
    return build_call(listing, "query", query=page_pairs(paging, Position(), paging.max))


def calls_of(target: Target, steps: Sequence[Step], native: str) -> Calls:
    """The calls of each step, and those that complete it."""
    return tuple(
        one
        for step in steps
        for one in (with_following(target, step.call, native) if step.kind == "record" else (step.call,))
    )


def with_following(target: Target, call: Call, native: str) -> Calls:
    """A call and those that complete it."""
    return (call, *completing_calls(target, call.operation, Known(target.lens, target.address(native))))


def read_after(target: Target, steps: Sequence[Step], native: str, *, wants_body: bool) -> Calls:
    """The read after steps whose answers show no record, or not as it is in the end."""
    if any(step.kind != "record" for step in steps):
        return (read_call(target, native),) if wants_body else ()
    return (read_call(target, native),) if steps and is_read_after(steps[-1].op) else ()
