"""One side of a comparison: every resource of a type that a backend has, whole.

What a list does not show is read apart, as for a request: a comparison of halves would find differences that are none,
and miss those that are.
"""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from msgspec import Struct

from gateway.conversation.abreast import abreast
from gateway.conversation.by_name import settle
from gateway.conversation.effects import Conversation
from gateway.conversation.listing import read_side_by_side
from gateway.conversation.matching import is_live
from gateway.conversation.membership import hold_lists
from gateway.conversation.reading import read_resources
from gateway.conversation.reconcile.stepping import Progress, Step
from gateway.lens.lens import Document, Pushdown
from gateway.pipeline.naming import identify, name_of
from gateway.pipeline.problems import Problem
from gateway.pipeline.querying import require_filter
from gateway.pipeline.target import Target
from gateway.pipeline.through import read_lists

T = TypeVar("T")
MOST = 50_000  # of one type at one backend: both sides are held in memory
SLICE = 100


class Seen(Struct, frozen=True):
    """A record with all its lists, and the resource that it shows."""

    record: Document
    resource: Document


class Survey(Struct, frozen=True):
    """All that a backend has of a type, by native id. `unreadable` are records that cannot be translated.

    Not `whole`: what it has of the primary's. `doubts` are the primary's of which that cannot be said. Both with codes.
    """

    seen: dict[str, Seen]
    unreadable: dict[str, str]
    doubts: dict[str, str]
    whole: bool = True


def survey(target: Target, step: Step) -> Conversation[Survey]:
    """Read all of it. Raises a Problem where the backend does not list everything, or has more than is compared."""
    yield from step(Progress("reading", target.resource.name))
    target.op("query")
    require_filter(Pushdown(None, True, None), target.resource)
    try:
        records = yield from read_side_by_side(target, (), MOST)
    except Problem as problem:
        if problem.code != "SG303":
            raise
        name, backend = target.resource.name, target.backend
        sentence = f"{backend} has more than the {MOST:,} resources of type {name} that are compared"
        raise Problem("SG303", sentence, "Divide them over several tenants.") from problem
    settled = yield from settle(target, [record for record in records if is_live(target, record)])
    live = {identify(target, record): record for record in settled}
    target.names.update((native, name_of(target, record)) for native, record in live.items())
    found = Survey({}, {}, {})
    lists = read_lists(target)
    for some in slices(tuple(live.items())):
        yield from step(Progress("reading", target.resource.name, len(found.seen), len(live)))
        held = yield from abreast(hold_lists(target, native, record, lists) for native, record in some)
        yield from look_at(target, [native for native, _ in some], held, found)
    return found


def look_at(target: Target, natives: Sequence[str], records: Sequence[Document], found: Survey) -> Conversation[None]:
    """The resources of records; where one makes no sense, each by itself."""
    try:
        resources = yield from read_resources(target, records, kept_needed=True)
    except Problem as problem:
        if problem.code != "SG507":
            raise
        if len(records) == 1:
            found.unreadable[natives[0]] = problem.code
            return
        for native, record in zip(natives, records, strict=True):
            yield from look_at(target, [native], [record], found)
        return
    for native, record, resource in zip(natives, records, resources, strict=True):
        found.seen[native] = Seen(record, resource)


def slices(all_of_them: Sequence[T], size: int = SLICE) -> Iterator[Sequence[T]]:
    """In their order, so many at a time."""
    for begin in range(0, len(all_of_them), size):
        yield all_of_them[begin : begin + size]
