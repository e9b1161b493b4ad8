"""The first calls a plan would make, made of the same functions that the conversations use; nothing is sent."""

from collections.abc import Sequence

from gateway.conversation.calling import build_call
from gateway.conversation.comparing import difference_steps, modify_calls, put_calls
from gateway.conversation.create import know
from gateway.conversation.deactivating import deletes
from gateway.conversation.effects import Call
from gateway.conversation.following import following_calls
from gateway.conversation.listing import page_size
from gateway.conversation.query import query_pairs
from gateway.conversation.removing import removal_calls, removal_writes
from gateway.conversation.replace import assert_access
from gateway.conversation.steps import Step, arrange
from gateway.conversation.writing import change_steps, write_onto
from gateway.lens.ids import native_id
from gateway.lens.lens import Document
from gateway.pipeline.compose import Known
from gateway.pipeline.documents import hold_absent
from gateway.pipeline.paging import first_position, page_pairs
from gateway.pipeline.plan import (
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
from gateway.pipeline.target import Target, find_target
from gateway.scim.patch import apply_patch


def planned_calls(plan: Plan, tenant: Tenant, record: Document | None = None) -> tuple[Call, ...]:
    """The calls known before any answer. A plan that compares shows its read, and its write when given the record."""
    if not plan.type:
        return ()
    target = find_target(tenant, plan.type)
    match plan:
        case CreatePlan():
            further = change_steps(target, None, plan.further)
            return (
                build_call(target, "create", body=plan.record, known=know(plan, target)),
                *calls_of(target, further, None),
            )
        case RetrievePlan():
            return (build_call(target, "retrieve", native=plan.native, query=plan.fields),)
        case DeletePlan():
            return removal_calls(target, plan.native, record)
        case ModifyDirectly(changes=()):
            return (build_call(target, "retrieve", native=plan.native),)
        case ModifyDirectly():
            return calls_of(target, change_steps(target, plan.native, plan.changes), plan.native)
        case QueryPlan():
            return planned_query(plan, target)
        case ReplacePlan() | ModifyByComparison():
            read = build_call(target, "retrieve", native=plan.native)
            return (read, *(planned_write(plan, target, record) if record is not None else ()))
    return ()


def planned_query(plan: QueryPlan, target: Target) -> tuple[Call, ...]:
    """One read, or the first page; a kept value is looked up in the state store first."""
    if plan.how == "read":
        native = native_id(plan.pushdown.id or "", target.lens.id_prefix)
        return () if native is None else (build_call(target, "retrieve", native=native),)
    if plan.how == "recall":
        return ()
    paging = target.resource.can.paging
    exact = plan.how == "pages"
    size = page_size(paging, plan.count) if exact else paging.max
    position = first_position(paging, plan.start - 1 if exact else 0, size)
    return (build_call(target, "query", query=(*query_pairs(plan, target), *page_pairs(paging, position, size))),)


def planned_write(plan: ReplacePlan | ModifyByComparison, target: Target, record: Document) -> tuple[Call, ...]:
    """The write that follows when the read returns this record; none when nothing would change."""
    current = target.lens.into(record)
    if isinstance(plan, ReplacePlan):
        wanted = assert_access(plan.resource, current, target.lens)
    else:
        wanted = hold_absent(target.lens, apply_patch(current, plan.operations, target.accepted), current)
    if deletes(target, wanted):
        return removal_writes(target, plan.native, record)
    make_calls = put_calls if isinstance(plan, ReplacePlan) else modify_calls
    steps = difference_steps(target, plan.native, record, write_onto(target, wanted, record), make_calls)
    aside = () if isinstance(plan, ReplacePlan) else change_steps(target, plan.native, plan.changes)
    return calls_of(target, arrange((*steps, *aside)), plan.native)


def calls_of(target: Target, steps: Sequence[Step], native: str | None) -> tuple[Call, ...]:
    """The calls of each step, and those that complete it."""
    return tuple(
        one
        for step in steps
        for one in (step.call, *(with_following(target, step.call, native) if step.kind == "record" else ()))
    )


def with_following(target: Target, call: Call, native: str | None) -> tuple[Call, ...]:
    """The calls that complete a call."""
    return following_calls(target, call.operation, Known(target.lens, native))
