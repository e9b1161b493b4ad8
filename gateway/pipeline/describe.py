"""A plan and an intent in words, for `explain`: one line per fact."""

from gateway.lens.lens import FieldChange
from gateway.pipeline.intent import Describe, Intent, Modify, Query
from gateway.pipeline.plans import (
    CreatePlan,
    DeletePlan,
    DescribePlan,
    ModifyByComparison,
    ModifyDirectly,
    Plan,
    QueryPlan,
    ReplacePlan,
    RetrievePlan,
)
from gateway.pipeline.preconditions import Preconditions
from gateway.pipeline.spread import Part, SpreadPlan, SpreadQuery
from gateway.pipeline.target import Target
from gateway.scim.filter import format_filter
from gateway.scim.patch import Operation
from gateway.scim.path import format_path

WAYS = {
    "read": "the filter names one id: read that record",
    "recall": "the filter names a kept attribute: find its record in the state store",
    "pages": "exact: the backend's own pages and total",
    "scan": "superset: read every candidate and match here",
    "onward": "by cursor: read on from where the last page ended",
    "sort": "exact, in an order the backend cannot give: read all and sort here",
}


def describe_intent(intent: Intent) -> list[str]:
    """What the client asks for."""
    lines = [f"intent: {type(intent).__name__.lower()} {intent.type or getattr(intent, 'document', '')}".rstrip()]
    if isinstance(intent, Query):
        lines += [f"filter: {format_filter(intent.filter)}"] if intent.filter is not None else []
        lines.append(describe_page(intent))
    if isinstance(intent, Modify):
        lines += [describe_operation(one) for one in intent.operations]
    elif not isinstance(intent, Query | Describe) and hasattr(intent, "id"):
        lines.append(f"id: {intent.id}")
    return lines if intent.preconditions is None else [*lines, *describe_preconditions(intent.preconditions)]


def describe_preconditions(known: Preconditions) -> list[str]:
    """Which versions the client names; the tags are compared weakly."""
    match = [] if known.match is None else [f"only of version: {', '.join(sorted(known.match))}"]
    return match if known.none_match is None else [*match, f"not of version: {', '.join(sorted(known.none_match))}"]


def describe_spread(intent: SpreadQuery, *, root: bool) -> list[str]:
    """What the client asks in each place."""
    lines = [f"intent: query{' on the root' if root else ''}"]
    for one in intent.asks:
        wanted = one.query.filter if one.checked is None else one.checked
        lines.append(f"{name_place(one.target)}: {'all' if wanted is None else format_filter(wanted)}")
    if not intent.asks:
        lines.append("the filter holds of no resource type")
    return [*lines, describe_page(intent)]


def name_place(target: Target) -> str:
    """A resource type, and of a split tenant the branch."""
    name, key = target.resource.name, target.tenant.key
    return f"{name} in {key}" if key else name


def describe_page(intent: Query | SpreadQuery) -> str:
    begin = f"from {intent.start}"
    if intent.cursor is not None:
        begin = f"by cursor, after {intent.cursor.place.at + intent.cursor.place.skip}"
    return f"page: {begin}, count {'as we like' if intent.count is None else intent.count}"


def describe_spread_plan(plan: SpreadPlan) -> list[str]:
    """The query of each place, in the order in which they are made."""
    parts = [f"{name_place(part.target)}: {line}" for part in plan.parts for line in describe_part(part)]
    order = [] if plan.sort_by is None else [f"sort: {plan.sort_by} by us, where all was read"]
    queries = "1 query" if len(plan.parts) == 1 else f"{len(plan.parts)} queries"
    return [f"plan: {queries}, one list", *parts, *order]


def describe_part(part: Part) -> list[str]:
    """The query of one place, and what is looked for among what it finds."""
    kept = [] if part.checked is None else [f"with what the gateway keeps: {format_filter(part.checked)}"]
    return [*describe_query(part.plan), *kept]


def describe_operation(one: Operation) -> str:
    return f"operation: {one.op} {format_path(one.path)}"


def describe_plan(plan: Plan) -> list[str]:
    """What is going to be done."""
    lines = [f"plan: {NAMES.get(type(plan), type(plan).__name__)}"]
    if isinstance(plan, QueryPlan):
        lines += describe_query(plan)
    if isinstance(plan, ModifyDirectly):
        lines += [describe_change(one) for one in plan.changes] or ["nothing of it is carried: nothing to send"]
    if isinstance(plan, CreatePlan):
        lines += [f"further {describe_change(one)}" for one in plan.further]
    if isinstance(plan, ModifyByComparison):
        lines += [f"sent as it is: {describe_change(one)}" for one in plan.changes]
    if isinstance(plan, ModifyByComparison | ReplacePlan):
        lines.append("read the record, translate onto it, send the difference; nothing when there is none")
    return lines + [f"not carried: {attribute} ({how})" for attribute, how in plan.narrowed]


NAMES: dict[type[Plan], str] = {
    CreatePlan: "create",
    RetrievePlan: "retrieve",
    QueryPlan: "query",
    ReplacePlan: "replace by comparison",
    ModifyDirectly: "modify directly",
    ModifyByComparison: "modify by comparison",
    DeletePlan: "delete",
    DescribePlan: "describe from the configuration, no call",
}


def describe_query(plan: QueryPlan) -> list[str]:
    """What is pushed down, what is checked here, and how far reading may go."""
    pushed, residual = plan.pushdown.pushed, plan.pushdown.residual
    lines = [f"way: {WAYS[plan.how]}"]
    lines.append(f"pushdown: {'nothing' if pushed is None else format_filter(pushed)}")
    lines.append(f"residual: {'nothing' if residual is None else format_filter(residual)}")
    if plan.how in ("scan", "sort", "onward"):
        lines.append(f"scan limit: {plan.scan} records")
    if plan.correlation is not None:
        lines.append(f"remembered by: {plan.correlation}")
    if plan.sort is not None:
        lines.append(f"sort: {plan.sort.by} by {'the backend' if plan.sort.field else 'us'}")
    return lines


def describe_change(one: FieldChange) -> str:
    many = f" ({len(one.value)} values)" if isinstance(one.value, list) else ""
    return f"change: {one.op} {one.path}{many}"
