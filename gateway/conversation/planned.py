"""The first calls a plan would make, made of the same functions that the conversations use; nothing is sent."""

from gateway.conversation.calling import build_call
from gateway.conversation.comparing import modify_calls, put_calls
from gateway.conversation.create import know
from gateway.conversation.deactivating import deletes
from gateway.conversation.effects import Call
from gateway.conversation.following import following_calls
from gateway.conversation.listing import page_size
from gateway.conversation.query import query_pairs
from gateway.conversation.removing import removal_calls, removal_writes
from gateway.conversation.replace import assert_access
from gateway.conversation.writing import patch_calls, write_onto
from gateway.lens.ids import native_id
from gateway.lens.lens import Document, FieldChange
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
            further = patch_calls(target, None, plan.further) if plan.further else ()
            return (build_call(target, "create", body=plan.record, known=know(plan, target)), *further)
        case RetrievePlan():
            return (build_call(target, "retrieve", native=plan.native, query=plan.fields),)
        case DeletePlan():
            return removal_calls(target, plan.native, record)
        case ModifyDirectly(changes=()):
            return (build_call(target, "retrieve", native=plan.native),)
        case ModifyDirectly():
            return with_following(target, patch_calls(target, plan.native, plan.changes), plan.native)
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
        wanted, make_calls = assert_access(plan.resource, current, target.lens), put_calls
        aside: tuple[FieldChange, ...] = ()
    else:
        wanted = hold_absent(target.lens, apply_patch(current, plan.operations, target.accepted), current)
        make_calls, aside = modify_calls, plan.changes
    if deletes(target, wanted):
        return removal_writes(target, plan.native, record)
    changed = write_onto(target, wanted, record)
    calls = () if changed == record else make_calls(target, plan.native, record, changed)
    calls += patch_calls(target, plan.native, aside) if aside else ()
    return with_following(target, calls, plan.native)


def with_following(target: Target, calls: tuple[Call, ...], native: str) -> tuple[Call, ...]:
    """Each call, and those that complete it."""
    known = Known(target.lens, native)
    return tuple(one for call in calls for one in (call, *following_calls(target, call.operation, known)))
