"""Which records of a list are the client's: asked for in the backend's words, and checked here where those say less."""

from collections.abc import Sequence

from gateway.conversation.abreast import abreast
from gateway.conversation.effects import Conversation
from gateway.conversation.membership import show_lists
from gateway.conversation.reading import is_gone, is_ignored, read_resources, translate_in
from gateway.lens.asked import render_filter
from gateway.lens.lens import Document
from gateway.lens.partial import into_part
from gateway.pipeline.paging import Pairs
from gateway.pipeline.plans import QueryPlan
from gateway.pipeline.projecting import looked_at
from gateway.pipeline.sorting import sort_pairs
from gateway.pipeline.target import Target
from gateway.scim.filter import Filter
from gateway.scim.match import compile_match
from gateway.scim.sort import sort_resources


def query_pairs(plan: QueryPlan, target: Target) -> Pairs:
    """The filter, the fields and the order, as the backend takes them."""
    pushed, ability = plan.pushdown.pushed, target.resource.can.filter
    pairs = (*(() if pushed is None else render_filter(pushed, ability)), *plan.fields)
    if plan.sort is not None and plan.sort.field is not None:
        return (*pairs, *sort_pairs(plan.sort.field, descending=plan.sort.descending))
    return pairs


def residual_of(plan: QueryPlan) -> Filter | None:
    """What is to be checked here: the plan's residual, or the whole filter where nothing was said to be exact."""
    if plan.pushdown.exact:
        return None
    return plan.filter if plan.pushdown.residual is None else plan.pushdown.residual


def is_live(target: Target, record: Document) -> bool:
    """Does a record of a list count?"""
    return not is_gone(target, record) and not is_ignored(target, record)


def find_records(
    plan: QueryPlan, target: Target, wanted: Filter | None, records: Sequence[Document]
) -> Sequence[Document]:
    """The records that match, in order. Of each only what the filter and the order look at is translated."""
    paths = looked_at(wanted, plan.sort.by if plan.sort is not None else None)
    if not paths:
        return records
    into = into_part(target.lens, paths)
    parts = [translate_in(target, record, into) for record in records]
    found = match_resources(wanted, target, parts)
    if plan.sort is not None:
        found = sort_resources(found, plan.sort.by, plan.sort.descending, target.type)
    whole = {id(part): record for part, record in zip(parts, records, strict=True)}
    return [whole[id(part)] for part in found]


def match_resources(wanted: Filter | None, target: Target, resources: Sequence[Document]) -> list[Document]:
    """Those that match; all of them without a filter."""
    if wanted is None:
        return list(resources)
    matches = compile_match(wanted, target.type)
    return [one for one in resources if matches(one)]


def complete_resources(
    plan: QueryPlan, target: Target, wanted: Filter | None, records: Sequence[Document]
) -> Conversation[list[Document]]:
    """The resources of records with all that the filter and the order look at, wherever it stands."""
    resources = yield from read_resources(target, records, kept_needed=needs_kept(plan, target, wanted))
    return (yield from abreast(show_lists(target, one, plan.matched) for one in resources))


def needs_kept(plan: QueryPlan, target: Target, wanted: Filter | None) -> bool:
    """Does the filter or the order look at what stands in the state store alone?"""
    return target.keeps_any(looked_at(wanted, plan.sort.by if plan.sort is not None else None))
