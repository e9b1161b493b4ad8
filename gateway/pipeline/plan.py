"""What is going to be done, decided before anything is done: plans are data, pure and printable."""

from gateway.lens.limits import cut_record
from gateway.pipeline.abroad import refuse_abroad, refuse_operations_abroad
from gateway.pipeline.aside import set_aside
from gateway.pipeline.deactivation import is_deactivated, refuse_deactivation, sets_inactive
from gateway.pipeline.discover import require_document
from gateway.pipeline.intent import Create, Delete, Describe, Intent, Modify, Query, Replace, Retrieve
from gateway.pipeline.moving import touches_guard
from gateway.pipeline.naming import touches_name
from gateway.pipeline.narrowing import count_unknown, find_losses, find_lost_operations
from gateway.pipeline.plans import (
    CreatePlan,
    DeletePlan,
    DescribePlan,
    ModifyByComparison,
    ModifyDirectly,
    Plan,
    ReplacePlan,
    RetrievePlan,
)
from gateway.pipeline.projecting import field_pairs
from gateway.pipeline.querying import plan_query
from gateway.pipeline.removals import clears_members
from gateway.pipeline.request import Tenant
from gateway.pipeline.target import Target, find_target
from gateway.pipeline.through import called_difference, shown_lists, without_through
from gateway.pipeline.twins import touches_unique
from gateway.pipeline.unseen import find_unseen, refuse_unseen
from gateway.scim.operation import Operation, must_match


def make_plan(intent: Intent, tenant: Tenant) -> Plan:
    """Decide. Raises Problem for what the backend cannot do, ScimError and LensError for values that cannot cross."""
    if isinstance(intent, Describe):
        require_document(tenant, intent.document, intent.id)
        return DescribePlan(document=intent.document, id=intent.id)
    target = find_target(tenant, intent.type)
    match intent:
        case Create():
            return plan_create(intent, target)
        case Retrieve():
            return plan_retrieve(intent, target)
        case Query():
            return plan_query(intent, target)
        case Replace():
            return plan_replace(intent, target)
        case Modify():
            return plan_modify(intent, target)
        case Delete():
            return plan_delete(intent, target)
    raise AssertionError(f"no plan for {type(intent).__name__}")


def plan_create(intent: Create, target: Target) -> CreatePlan:
    sent = target.op("create").body.kind == "record"
    refuse_abroad(target, intent.resource)
    refuse_deactivation(target, deactivates=is_deactivated(intent.resource))
    whole = target.lens.out(intent.resource, None)
    called = tuple(one for one in called_difference(target.lens, {}, whole) if isinstance(one.value, list))
    record, further = cut_record(target.lens, target.modify, without_through(target.lens, whole), sent=sent)
    return CreatePlan(
        type=intent.type,
        narrowed=find_losses(target, intent.resource, intent.ignored, anew=True),
        lists=shown_lists(target, intent.projection),
        resource=intent.resource,
        record=record,
        further=(*further, *called),
    )


def plan_retrieve(intent: Retrieve, target: Target) -> RetrievePlan:
    """Only what is shown is read; a version that is to be compared takes all of it."""
    target.op("retrieve")
    seen = intent.projection if intent.preconditions is None else None
    lists, fields = shown_lists(target, seen), field_pairs(target.resource, seen)
    return RetrievePlan(type=intent.type, lists=lists, native=target.native(intent.id), fields=fields)


def plan_replace(intent: Replace, target: Target) -> ReplacePlan:
    require_change(target)
    refuse_abroad(target, intent.resource)
    if target.replace is None:
        refuse_unseen(target, find_unseen(target, intent.resource))
    refuse_deactivation(target, deactivates=is_deactivated(intent.resource))
    return ReplacePlan(
        type=intent.type,
        narrowed=find_losses(target, intent.resource, intent.ignored, anew=False),
        lists=shown_lists(target, intent.projection),
        native=target.native(intent.id),
        preconditions=intent.preconditions,
        resource=intent.resource,
    )


def plan_modify(intent: Modify, target: Target) -> ModifyDirectly | ModifyByComparison:
    """Directly when the backend has PATCH and every operation crosses whole, else by comparison.

    What no record shows whole cannot be compared: the changes of such lists are set aside and sent as they are.
    """
    refuse_deactivation(target, deactivates=sets_inactive(intent.operations))
    refuse_operations_abroad(target, intent.operations)
    native, wants_body = target.native(intent.id), intent.projection is not None
    narrowed = (*find_lost_operations(target, intent.operations), *count_unknown(intent.ignored))
    lists = shown_lists(target, intent.projection) if wants_body else ()
    look = needs_record(target, intent.operations)
    changes, rest = set_aside(target, intent.operations, lists_only=look)
    if not rest and not look:
        return ModifyDirectly(
            type=intent.type,
            narrowed=narrowed,
            lists=lists,
            native=native,
            preconditions=intent.preconditions,
            operations=intent.operations,
            changes=changes,
            wants_body=wants_body,
            fields=field_pairs(target.resource, intent.projection),
        )
    require_change(target)
    target.op("retrieve")
    return ModifyByComparison(
        type=intent.type,
        narrowed=narrowed,
        lists=lists,
        native=native,
        preconditions=intent.preconditions,
        operations=rest,
        wants_body=wants_body,
        changes=changes,
    )


def require_change(target: Target) -> None:
    """A 501 Problem where the backend has no way to change anything."""
    if not target.lens.through:
        target.op("replace" if target.modify is None else "modify")


def needs_record(target: Target, operations: tuple[Operation, ...]) -> bool:
    """Must the record be read first?

    One that counts as deleted is not changed, a deactivation may delete, what must match has to be seen, a name that is
    the id has to stay, and so has what a split tenant goes by, in which what is unique may be another's elsewhere; a
    brake counts the members who go.
    """
    deletes = target.resource.deactivation == "delete" and sets_inactive(operations)
    matches = any(must_match(one, target.tenant.lenience) for one in operations)
    counts = target.tenant.brake is not None and clears_members(operations)
    stays = touches_name(target, operations) or touches_guard(target, operations)
    twins = touches_unique(target, operations)
    return target.resource.gone is not None or deletes or matches or counts or stays or twins


def plan_delete(intent: Delete, target: Target) -> DeletePlan:
    """A soft delete is a change of the record and needs no call of its own."""
    target.op("retrieve" if target.resource.delete_sets else "delete")
    return DeletePlan(type=intent.type, native=target.native(intent.id), preconditions=intent.preconditions)
