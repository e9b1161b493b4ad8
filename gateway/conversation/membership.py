"""Lists that a call of their own reads: put into records that are compared, and into resources that are shown."""

from collections.abc import Sequence
from copy import copy

from msgspec.structs import replace

from gateway.conversation.abreast import abreast
from gateway.conversation.effects import Conversation
from gateway.conversation.listing import read_side_by_side
from gateway.conversation.naming import locate
from gateway.conversation.reading import find_record
from gateway.lens.absence import read_at, write_at
from gateway.lens.holes import Template
from gateway.lens.kinds import ListRule
from gateway.lens.lens import Document
from gateway.lens.references import reference
from gateway.mapping.dialect import BackendCall
from gateway.pipeline.compose import Known, fill_path
from gateway.pipeline.documents import complete, read_attribute
from gateway.pipeline.outcome import Changed, Created, Found, Listed, Outcome, Paged
from gateway.pipeline.plans import ModifyByComparison, ModifyDirectly, Plan, QueryPlan, ReplacePlan, RetrievePlan
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.pipeline.through import is_whole, place_list, read_lists, touched_lists
from gateway.pipeline.version import stamp
from gateway.scim.filter import AttrPath

MOST = 100_000
CUT = {"SG303": "SG321", "SG304": "SG304"}
CUT_WORDS = {
    "SG303": f"More than {MOST:,} values stand in",
    "SG304": "The backend cuts the list before its end and offers no way on:",
}


def read_items(target: Target, native: str, rule: ListRule) -> Conversation[tuple[Document, ...]]:
    """All items of a record's list, or a Problem: a list is never cut."""
    try:
        return (yield from read_side_by_side(listing_target(target, native, rule), (), MOST))
    except Problem as problem:
        if problem.code not in CUT:
            raise
        hint = (
            f"Leave it out with excludedAttributes={rule.s}; PATCH operations that add and remove values need no look."
        )
        raise Problem(CUT[problem.code], f"{CUT_WORDS[problem.code]} {rule.s}", hint) from problem


def listing_target(target: Target, native: str, rule: ListRule) -> Target:
    """The list of one record, read like any list of records: each item has the id that it holds."""
    ways, item = target.resource.members[rule.v], reference(rule)
    read = ways.read or BackendCall("GET", Template((), ""))
    path = fill_path(read.path, Known(target.lens, target.address(native)).value)
    query = replace(read, path=Template((path,), read.path.text))
    lens = replace(target.lens, id_field=item.v if item is not None else target.lens.id_field)
    can = replace(target.resource.can, paging=ways.paging)
    return replace(target, resource=replace(target.resource, ops={"query": query}, can=can, lens=lens))


def compared_lists(plan: ReplacePlan | ModifyByComparison, target: Target) -> tuple[ListRule, ...]:
    """The lists that are read before a comparison: all of them for a PUT, and where a version is to be compared."""
    if isinstance(plan, ReplacePlan) or plan.preconditions is not None:
        return read_lists(target)
    return touched_lists(target, plan.operations)


def hold_lists(target: Target, native: str, record: Document, rules: Sequence[ListRule]) -> Conversation[Document]:
    """The record with these lists in it, to be compared."""
    held = dict(record)
    for rule in rules:
        if is_whole(rule, read_at(record, rule.v)):
            continue
        items = yield from read_items(target, native, rule)
        write_at(held, rule.v, list(items))
    return held


def show_lists(target: Target, resource: Document, rules: Sequence[ListRule]) -> Conversation[Document]:
    """The resource with these lists in it, to be shown or matched."""
    if not rules:
        return resource
    shown = copy(resource)
    for rule in rules:
        if is_whole(rule, read_attribute(resource, rule.s)):
            continue
        native = target.native(resource["id"])
        yield from locate(target, native)
        items = yield from read_items(target, native, rule)
        place_list(target, rule, items, shown)
    return shown


def complete_outcome(plan: Plan, target: Target, outcome: Outcome) -> Conversation[Outcome]:
    """The outcome as it is answered: with the lists that the plan shows, versions, and what only this answer tells.

    What a change is answered with and shows without its lists, nobody asked for: it is not shown.
    """
    match outcome:
        case Changed(resource=dict(resource), listed=listed) if hides_lists(plan, target, resource, listed):
            return Changed(None)
        case Changed(resource=dict(resource), sent=sent, listed=listed):
            shown = yield from finish(plan, target, resource, listed, lasting=outcome.lasting)
            return replace(outcome, resource=complete(target.lens, sent, shown))
        case Created(resource=resource, sent=sent):
            shown = yield from finish(plan, target, resource, lasting=outcome.lasting)
            return replace(outcome, resource=complete(target.lens, sent, shown))
        case Found(resource=resource):
            return replace(outcome, resource=(yield from finish(plan, target, resource)))
        case Listed() | Paged() if not plan.lists:
            listed = lists_read(plan)
            return replace(outcome, resources=tuple(mark(plan, target, one, listed) for one in outcome.resources))
        case Listed() | Paged():
            resources = yield from abreast(finish(plan, target, one) for one in outcome.resources)
            return replace(outcome, resources=tuple(resources))
    return outcome


def finish(
    plan: Plan, target: Target, resource: Document, listed: Sequence[AttrPath] = (), *, lasting: bool = True
) -> Conversation[Document]:
    """One resource with its lists and its version. `listed` are the lists that it shows already."""
    shown = yield from show_lists(target, resource, [rule for rule in plan.lists if rule.s not in listed])
    if not lasting:
        return stamp(shown, target.tenant.views[target.resource.name], whole=False)
    return mark(plan, target, shown, (*listed, *lists_read(plan)))


def mark(plan: Plan, target: Target, shown: Document, listed: Sequence[AttrPath] = ()) -> Document:
    """One resource with a version, if a read of all attributes shows just this. `listed` are the lists in it."""
    whole = not spares(plan) and is_complete(target, shown, listed)
    return stamp(shown, target.tenant.views[target.resource.name], whole=whole)


def hides_lists(plan: Plan, target: Target, resource: Document, listed: Sequence[AttrPath]) -> bool:
    """Does the answer to a PATCH, for which no attributes are asked, lack lists that other calls would have to read?"""
    unasked = isinstance(plan, ModifyDirectly | ModifyByComparison) and not plan.wants_body
    return unasked and not is_complete(target, resource, listed)


def is_complete(target: Target, resource: Document, listed: Sequence[AttrPath]) -> bool:
    """Does a resource with these lists show all of its lists?"""
    for rule in read_lists(target):
        if rule.s not in listed and not is_whole(rule, read_attribute(resource, rule.s)):
            return False
    return True


def lists_read(plan: Plan) -> tuple[AttrPath, ...]:
    """The lists that calls of their own read for a plan."""
    return tuple(rule.s for rule in (*plan.lists, *(plan.matched if isinstance(plan, QueryPlan) else ())))


def spares(plan: Plan) -> bool:
    """Is a part of the record left out of what is read?"""
    return isinstance(plan, QueryPlan | RetrievePlan | ModifyDirectly) and bool(plan.fields)


def blame_member(target: Target, native: str, problem: Problem) -> Conversation[Problem]:
    """A 404 to a call for a member: the record is not there, or it is and the member is not."""
    if problem.code != "SG110" or (yield from find_record(target, native)) is None:
        return problem
    hint = "Create the member first, or leave it out."
    return Problem("SG509", "The backend does not know a member that the request names", hint)
