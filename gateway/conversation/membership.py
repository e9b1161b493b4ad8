"""Lists that a call of their own reads: put into records that are compared, and into resources that are shown."""

from collections.abc import Sequence
from copy import copy

from msgspec.structs import replace

from gateway.conversation.effects import Conversation
from gateway.conversation.listing import read_everything
from gateway.conversation.reading import find_record
from gateway.lens.absence import write_at
from gateway.lens.kinds import ListRule, Template
from gateway.lens.lens import Document
from gateway.lens.references import reference
from gateway.mapping.dialect import BackendCall
from gateway.pipeline.compose import Known, fill_path
from gateway.pipeline.documents import complete
from gateway.pipeline.outcome import Changed, Created, Found, Listed, Outcome, Paged
from gateway.pipeline.plans import Plan, QueryPlan, RetrievePlan
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.pipeline.through import place_list, read_lists
from gateway.pipeline.version import stamp

MOST = 100_000


def read_items(target: Target, native: str, rule: ListRule) -> Conversation[tuple[Document, ...]]:
    """All items of a record's list, or a Problem: a list is never cut."""
    return (yield from read_everything(listing_target(target, native, rule), (), MOST))


def listing_target(target: Target, native: str, rule: ListRule) -> Target:
    """The list of one record, read like any list of records: each item has the id that it holds."""
    ways, item = target.resource.members[rule.v], reference(rule)
    read = ways.read or BackendCall("GET", Template((), ""))
    path = fill_path(read.path, Known(target.lens, native).value)
    query = replace(read, path=Template((path,), read.path.text))
    lens = replace(target.lens, id_field=item.v if item is not None else target.lens.id_field)
    can = replace(target.resource.can, paging=ways.paging)
    return replace(target, resource=replace(target.resource, ops={"query": query}, can=can, lens=lens))


def hold_lists(target: Target, native: str, record: Document, rules: Sequence[ListRule]) -> Conversation[Document]:
    """The record with these lists in it, to be compared."""
    held = dict(record)
    for rule in rules:
        items = yield from read_items(target, native, rule)
        write_at(held, rule.v, list(items))
    return held


def show_lists(target: Target, resource: Document, rules: Sequence[ListRule]) -> Conversation[Document]:
    """The resource with these lists in it, to be shown or matched."""
    if not rules:
        return resource
    shown = copy(resource)
    for rule in rules:
        items = yield from read_items(target, target.native(resource["id"]), rule)
        place_list(target, rule, items, shown)
    return shown


def complete_outcome(plan: Plan, target: Target, outcome: Outcome) -> Conversation[Outcome]:
    """The outcome as it is answered: with the lists that the plan shows, versions, and what only this answer tells."""
    whole = shows_all(plan, target)
    match outcome:
        case Found(resource=resource):
            return replace(outcome, resource=(yield from finish(plan, target, resource, whole)))
        case Created(resource=resource, sent=sent) | Changed(resource=dict(resource), sent=sent):
            shown = yield from finish(plan, target, resource, whole and outcome.lasting)
            return replace(outcome, resource=complete(target.lens, sent, shown))
        case Listed() | Paged():
            resources: list[Document] = []
            for one in outcome.resources:
                resources.append((yield from finish(plan, target, one, whole)))
            return replace(outcome, resources=tuple(resources))
    return outcome


def finish(plan: Plan, target: Target, resource: Document, whole: bool) -> Conversation[Document]:
    """One resource with its lists, and with a version if a read of all attributes shows just this."""
    shown = yield from show_lists(target, resource, plan.lists)
    return stamp(shown, target.tenant.views[target.resource.name], whole=whole)


def shows_all(plan: Plan, target: Target) -> bool:
    """Are all fields and all lists read for it?"""
    lists = (*plan.lists, *plan.matched) if isinstance(plan, QueryPlan) else plan.lists
    spared = isinstance(plan, QueryPlan | RetrievePlan) and plan.fields
    return not spared and all(rule in lists for rule in read_lists(target))


def blame_member(target: Target, native: str, problem: Problem) -> Conversation[Problem]:
    """A 404 to a call for a member: the record is not there, or it is and the member is not."""
    if problem.code != "SG110" or (yield from find_record(target, native)) is None:
        return problem
    hint = "Create the member first, or leave it out."
    return Problem("SG509", "The backend does not know a member that the request names", hint)
