"""A conflict that is none: the record in the way is the very person, and the tenant says that it may be taken over.

Nobody is taken over by a guess: the backend is asked for each attribute that the tenant names, exactly one resource
must have it, it must show it, and none of the others may tell another person.
"""

from gateway.conversation.comparing import Comparison, modify_calls, send_difference
from gateway.conversation.correlate import choose_plan
from gateway.conversation.effects import Conversation, note
from gateway.conversation.matching import match_resources
from gateway.conversation.membership import hold_lists
from gateway.conversation.query import query
from gateway.conversation.reading import fetch_record, read_resource
from gateway.conversation.writing import under_lock
from gateway.lens.lens import Document
from gateway.observations import ResourceAdopted
from gateway.pipeline.documents import read_attribute
from gateway.pipeline.plans import CreatePlan
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.pipeline.through import read_lists
from gateway.scim.filter import Compare
from gateway.scim.match import fold_value


def adopt(plan: CreatePlan, target: Target) -> Conversation[Document | None]:
    """The resource that exists already, made what the client wants of it; None where none may be taken over."""
    found = yield from find_adoptable(plan.resource, target)
    if found is None:
        return None
    adopted = yield from converge(plan, target, found)
    yield from note(ResourceAdopted(target.tenant.name, target.backend, target.resource.name))
    return adopted


def find_adoptable(wanted: Document, target: Target) -> Conversation[Document | None]:
    """The one resource that the tenant's `adopt` attributes name."""
    named = adoptable(wanted, target)
    for one in named:
        try:
            listed = yield from query(choose_plan((one,), target), target)
        except Problem:
            continue  # this attribute cannot be looked for now, so it proves nothing
        matching = match_resources(one, target, listed.resources)
        if listed.total == 1 and len(matching) == 1:
            return matching[0] if all(is_same(other, matching[0], target) for other in named) else None
        if listed.total != 0:
            return None
    return None


def adoptable(wanted: Document, target: Target) -> tuple[Compare, ...]:
    """One `eq` for each attribute of the tenant's `adopt` that the backend itself holds and the client sent."""
    names = target.tenant.adopt
    paths = [path for path in target.resource.correlate if str(path) in names and path not in target.lens.kept]
    values = ((path, read_attribute(wanted, path)) for path in sorted(paths, key=lambda one: names.index(str(one))))
    return tuple(Compare(path, "eq", value) for path, value in values if isinstance(value, str))


def is_same(one: Compare, found: Document, target: Target) -> bool:
    """Does the resource found not tell another person than the client?"""
    there, attribute = read_attribute(found, one.path), target.type.find(one.path)
    if there is None or attribute is None:
        return there is None
    return fold_value(str(there), attribute) == fold_value(str(one.value), attribute)


def converge(plan: CreatePlan, target: Target, found: Document) -> Conversation[Document]:
    """Make the resource what the client wants of it, under its lock; what the client does not name stays as it is."""
    native = target.native(found["id"])

    def work() -> Conversation[Document]:
        record = yield from hold_lists(target, native, (yield from fetch_record(target, native)), read_lists(target))
        current = yield from read_resource(target, record)
        compared = Comparison(native, record, current, lay_over(current, plan.resource))
        changed = yield from send_difference(target, compared, modify_calls, wants_body=True)
        return current if changed.resource is None else changed.resource

    return (yield from under_lock(target, native, work))


def lay_over(current: Document, wanted: Document) -> Document:
    """The resource with what is wanted of it; objects are laid over each other, lists replaced."""
    laid = dict(current)
    for name, value in wanted.items():
        there = current.get(name)
        laid[name] = lay_over(there, value) if isinstance(value, dict) and isinstance(there, dict) else value
    return laid
