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
from gateway.pipeline.outcome import Changed, Created, Found, Listed, Outcome
from gateway.pipeline.plans import Plan
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.pipeline.through import place_list

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
    shown = copy(resource)
    for rule in rules:
        items = yield from read_items(target, target.native(resource["id"]), rule)
        place_list(target, rule, items, shown)
    return shown


def complete_outcome(plan: Plan, target: Target, outcome: Outcome) -> Conversation[Outcome]:
    """The outcome with the lists that the plan shows."""
    if not plan.lists:
        return outcome
    match outcome:
        case Found(resource=dict(resource)) | Created(resource=dict(resource)) | Changed(resource=dict(resource)):
            return replace(outcome, resource=(yield from show_lists(target, resource, plan.lists)))
        case Listed():
            resources: list[Document] = []
            for one in outcome.resources:
                resources.append((yield from show_lists(target, one, plan.lists)))
            return replace(outcome, resources=tuple(resources))
    return outcome


def blame_member(target: Target, native: str, problem: Problem) -> Conversation[Problem]:
    """A 404 to a call for a member: the record is not there, or it is and the member is not."""
    if problem.code != "SG110" or (yield from find_record(target, native)) is None:
        return problem
    hint = "Create the member first, or leave it out."
    return Problem("SG509", "The backend does not know a member that the request names", hint)
