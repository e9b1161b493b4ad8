"""From a backend's record to a resource: fetched, translated, and completed by what the gateway keeps itself."""

from collections.abc import Callable, Sequence

from gateway.conversation.by_name import settle_one
from gateway.conversation.effects import Conversation
from gateway.conversation.keeping import Memory, recall_kept
from gateway.conversation.naming import find_owner, read_under
from gateway.lens.guards import holds
from gateway.lens.lens import Document, LensError
from gateway.pipeline.interpret import blame_record
from gateway.pipeline.naming import first_name, name_of
from gateway.pipeline.paging import Pairs
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target

Into = Callable[[Document], Document]


def fetch_record(target: Target, native: str, fields: Pairs = ()) -> Conversation[Document]:
    """The record with this native id; a 404 Problem when there is none or it counts as deleted."""
    record = yield from fetch_any(target, native, fields)
    if is_gone(target, record):
        raise Problem("SG110")
    return record


def fetch_any(target: Target, native: str, fields: Pairs = ()) -> Conversation[Document]:
    """The same, also when it counts as deleted."""
    read = read_under if target.lens.anchor is None else find_owner
    return (yield from settle_one(target, (yield from read(target, native, fields))))


def find_record(target: Target, native: str) -> Conversation[Document | None]:
    """The same; None when the backend does not have it."""
    try:
        return (yield from fetch_record(target, native))
    except Problem as problem:
        if problem.code == "SG110":
            return None
        raise


def is_gone(target: Target, record: Document) -> bool:
    """Does a record that is still shown count as deleted?"""
    return target.resource.gone is not None and holds(target.resource.gone, record)


def is_ignored(target: Target, record: Document) -> bool:
    """Is a record of a list none at all, such as a sample that stands for a list not given?"""
    ignore = target.resource.can.paging.ignore
    return ignore is not None and holds(ignore, record)


def translate_in(target: Target, record: Document, into: Into | None = None) -> Document:
    """The resource of a record, with `meta.resourceType`. A record that cannot be translated is the backend's fault.

    `into` shows a part of it, where not everything is needed. Its name is remembered if it says whose id it has.
    """
    first = first_name(target, record)
    if first is not None:
        target.names[first] = name_of(target, record)
    try:
        resource = (into or target.lens.into)(record)
    except LensError as error:
        raise blame_record(error) from error
    resource["meta"] = {**resource.get("meta", {}), "resourceType": target.type.name}
    return resource


def read_resources(
    target: Target, records: Sequence[Document], *, kept_needed: bool = False
) -> Conversation[list[Document]]:
    """The resources of records. `kept_needed`: a Problem instead of resources without their kept attributes."""
    resources = [translate_in(target, record) for record in records]
    yield from recall_kept(target, resources, needed=kept_needed)
    return resources


def read_resource(target: Target, record: Document) -> Conversation[Document]:
    """The resource of one record."""
    (resource,) = yield from read_resources(target, [record])
    return resource


def read_whole(target: Target, record: Document) -> Conversation[tuple[Document, Memory]]:
    """The same, and whether all is known that is kept of it."""
    resource = translate_in(target, record)
    return resource, (yield from recall_kept(target, [resource]))


def find_resource(target: Target, native: str) -> Conversation[Document | None]:
    """The same of one that may have gone; None then."""
    record = yield from find_record(target, native)
    return None if record is None else (yield from read_resource(target, record))
