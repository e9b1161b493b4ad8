"""What is going to be done, decided before anything is done: plans are data, pure and printable."""

from typing import Literal

from msgspec import Struct

from gateway.lens.filters import offered
from gateway.lens.kinds import ListRule
from gateway.lens.lens import Document, FieldChange, Pushdown
from gateway.lens.limits import cut_record
from gateway.lens.plans import plan_filter
from gateway.mapping.dialect import Resource
from gateway.pipeline.aside import set_aside
from gateway.pipeline.deactivation import is_deactivated, refuse_deactivation, sets_inactive
from gateway.pipeline.discover import require_document
from gateway.pipeline.intent import Create, Delete, Describe, Intent, Modify, Query, Replace, Retrieve
from gateway.pipeline.narrowing import Loss, count_unknown, find_losses, find_lost_operations
from gateway.pipeline.paging import Pairs
from gateway.pipeline.problems import Problem
from gateway.pipeline.projecting import field_pairs, looked_at
from gateway.pipeline.request import Tenant
from gateway.pipeline.sorting import sorted_field
from gateway.pipeline.target import Target, find_target
from gateway.pipeline.through import called_difference, filtered_lists, shown_lists, without_through
from gateway.pipeline.unseen import find_unseen, refuse_unseen
from gateway.scim.filter import AttrPath, Compare, Filter
from gateway.scim.patch import Operation

PAGE = 100
OFFERED = 12


class Plan(Struct, frozen=True, kw_only=True):
    """`type` is the resource type's name; `narrowed` lists (attribute, how) of what is not carried as sent.

    `lists` are read by calls of their own, to be shown.
    """

    type: str = ""
    narrowed: tuple[Loss, ...] = ()
    lists: tuple[ListRule, ...] = ()


class CreatePlan(Plan, frozen=True, kw_only=True):
    """Send `record`, then `further` changes of it; `resource` is what the client wants it to be."""

    resource: Document
    record: Document
    further: tuple[FieldChange, ...] = ()


class RetrievePlan(Plan, frozen=True, kw_only=True):
    """`fields` are the query pairs that ask for a part of the record."""

    native: str
    fields: Pairs = ()


class Sort(Struct, frozen=True):
    """`field` is the backend's own name when it sorts, None when we may have to."""

    by: AttrPath
    descending: bool
    field: str | None


class QueryPlan(Plan, frozen=True, kw_only=True):
    """`how`: `read` one id; `recall` a kept attribute; `pages` as the backend counts them; `scan` all and match here.

    `start` is 1-based, `count` the page's size, `scan` the most records that may be read. `correlation` names the
    attribute under which a scan's single finding is remembered. `matched` are lists read by calls of their own before
    the filter is checked here.
    """

    how: Literal["read", "recall", "pages", "scan"]
    filter: Filter | None
    pushdown: Pushdown
    start: int
    count: int
    scan: int
    sort: Sort | None = None
    correlation: AttrPath | None = None
    fields: Pairs = ()
    matched: tuple[ListRule, ...] = ()


class ReplacePlan(Plan, frozen=True, kw_only=True):
    native: str
    resource: Document


class ModifyDirectly(Plan, frozen=True, kw_only=True):
    """Every operation crosses whole: one call. No changes: nothing of it is carried, so nothing is to do."""

    native: str
    operations: tuple[Operation, ...]
    changes: tuple[FieldChange, ...]
    wants_body: bool


class ModifyByComparison(Plan, frozen=True, kw_only=True):
    """Read, apply in memory, translate out onto the record just read, send the difference.

    `changes` go along with it: they need no look at the record, or none that would show what they change.
    """

    native: str
    operations: tuple[Operation, ...]
    wants_body: bool
    changes: tuple[FieldChange, ...] = ()


class DeletePlan(Plan, frozen=True, kw_only=True):
    native: str


class DescribePlan(Plan, frozen=True, kw_only=True):
    document: str
    id: str


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
            target.op("retrieve")
            lists, fields = shown_lists(target, intent.projection), field_pairs(target.resource, intent.projection)
            return RetrievePlan(type=intent.type, lists=lists, native=target.native(intent.id), fields=fields)
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
    refuse_deactivation(target, deactivates=is_deactivated(intent.resource))
    whole = target.lens.out(intent.resource, None)
    called = tuple(one for one in called_difference(target.lens, {}, whole) if isinstance(one.value, list))
    record, further = cut_record(target.lens, target.modify, without_through(target.lens, whole), sent=sent)
    return CreatePlan(
        type=intent.type,
        narrowed=find_losses(target, intent.resource, intent.ignored),
        lists=shown_lists(target, intent.projection),
        resource=intent.resource,
        record=record,
        further=(*further, *called),
    )


def plan_replace(intent: Replace, target: Target) -> ReplacePlan:
    require_change(target)
    if target.replace is None:
        refuse_unseen(target, find_unseen(target, intent.resource))
    refuse_deactivation(target, deactivates=is_deactivated(intent.resource))
    return ReplacePlan(
        type=intent.type,
        narrowed=find_losses(target, intent.resource, intent.ignored),
        lists=shown_lists(target, intent.projection),
        native=target.native(intent.id),
        resource=intent.resource,
    )


def plan_modify(intent: Modify, target: Target) -> ModifyDirectly | ModifyByComparison:
    """Directly when the backend has PATCH and every operation crosses whole, else by comparison.

    What no record shows whole cannot be compared: the changes of such lists are set aside and sent as they are.
    """
    refuse_deactivation(target, deactivates=sets_inactive(intent.operations))
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
            operations=intent.operations,
            changes=changes,
            wants_body=wants_body,
        )
    require_change(target)
    target.op("retrieve")
    return ModifyByComparison(
        type=intent.type,
        narrowed=narrowed,
        lists=lists,
        native=native,
        operations=rest,
        wants_body=wants_body,
        changes=changes,
    )


def require_change(target: Target) -> None:
    """A 501 Problem where the backend has no way to change anything."""
    if not target.lens.through:
        target.op("replace" if target.modify is None else "modify")


def needs_record(target: Target, operations: tuple[Operation, ...]) -> bool:
    """Must the record be read first? One that counts as deleted is not changed, and a deactivation may delete."""
    deletes = target.resource.deactivation == "delete" and sets_inactive(operations)
    return target.resource.gone is not None or deletes


def plan_delete(intent: Delete, target: Target) -> DeletePlan:
    """A soft delete is a change of the record and needs no call of its own."""
    target.op("retrieve" if target.resource.delete_sets else "delete")
    return DeletePlan(type=intent.type, native=target.native(intent.id))


def plan_query(intent: Query, target: Target) -> QueryPlan:
    """A clause of the filter is pushed down, checked here, or the filter is refused; it is never dropped."""
    target.op("query")
    resource, most = target.resource, target.tenant.max_results
    pushdown = Pushdown(None, True, None)
    if intent.filter is not None:
        pushdown = plan_filter(target.lens, intent.filter, intent.form, resource.can.filter, resource.plans)
    how = choose_way(pushdown, resource)
    if how in ("pages", "scan"):
        require_filter(pushdown, resource)
    if how == "scan" and resource.can.filter.scan == 0:
        raise Problem("SG302")
    sort = None
    if intent.sort_by is not None:
        sort = Sort(intent.sort_by, intent.descending, sorted_field(resource, intent.sort_by))
    matched = filtered_lists(target, intent.filter)
    return QueryPlan(
        type=intent.type,
        lists=tuple(one for one in shown_lists(target, intent.projection) if one not in matched),
        matched=matched,
        how=how,
        filter=intent.filter,
        pushdown=pushdown,
        start=max(1, intent.start),
        count=min(PAGE if intent.count is None else max(0, intent.count), most),
        scan=resource.can.filter.scan if how == "scan" else max(resource.can.filter.scan, most),
        sort=sort,
        correlation=find_correlation(intent.filter, resource) if how == "scan" else None,
        fields=field_pairs(resource, intent.projection, looked_at(intent.filter, intent.sort_by)),
    )


def require_filter(pushdown: Pushdown, resource: Resource) -> None:
    """A Problem where the backend would be asked for everything and lists nothing without a filter."""
    ability = resource.can.filter
    if ability.required and pushdown.pushed is None:
        names = ", ".join(offered(resource.lens, ability)[:OFFERED])
        raise Problem("SG305", hint=f"It can be asked for: {names}." if names else None)


def choose_way(pushdown: Pushdown, resource: Resource) -> Literal["read", "recall", "pages", "scan"]:
    """How the candidates are found; a backend that shows what is no record makes every list a superset."""
    if pushdown.id is not None and "retrieve" in resource.ops:
        return "read"
    if pushdown.kept is not None and "retrieve" in resource.ops:
        return "recall"
    as_they_are = resource.gone is None and resource.can.paging.ignore is None
    return "pages" if pushdown.exact and as_they_are else "scan"


def find_correlation(wanted: Filter | None, resource: Resource) -> AttrPath | None:
    """The attribute of a lone `eq` that names at most one resource: what identity providers match by."""
    if not isinstance(wanted, Compare) or wanted.op != "eq" or not isinstance(wanted.value, str):
        return None
    known = wanted.path in resource.correlate and wanted.path in resource.unique and "retrieve" in resource.ops
    return wanted.path if known else None
