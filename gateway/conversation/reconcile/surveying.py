"""One side of a comparison: every resource of a type that a backend has, whole.

What a list does not show is read apart, as for a request: a comparison of halves would find differences that are none,
and miss those that are.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct

from gateway.conversation.abreast import abreast
from gateway.conversation.asking import find_all, list_values, put_values
from gateway.conversation.by_name import settle
from gateway.conversation.effects import Conversation
from gateway.conversation.listing import read_side_by_side
from gateway.conversation.matching import is_live
from gateway.conversation.membership import hold_lists
from gateway.conversation.reading import read_resources
from gateway.conversation.reconcile.stepping import Progress, Step
from gateway.lens.kinds import ListRule
from gateway.lens.lens import Document, Pushdown
from gateway.pipeline.naming import identify, name_of
from gateway.pipeline.problems import Problem
from gateway.pipeline.querying import require_filter
from gateway.pipeline.target import Target
from gateway.pipeline.through import read_lists

T = TypeVar("T")
MOST = 50_000  # of one type at one backend: both sides are held in memory
SLICE = 100
UNLISTED = ("SG303", "SG304", "SG305")


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


def survey(target: Target, step: Step, asked: Sequence[ListRule] = ()) -> Conversation[Survey]:
    """Read all of it. Raises a Problem where the backend does not list everything, or has more than is compared.

    `asked` are the lists that no record shows and that have to be asked for.
    """
    live = {identify(target, record): record for record in (yield from list_all(target, step))}
    target.names.update((native, name_of(target, record)) for native, record in live.items())
    found = Survey({}, {}, {})
    lists, holdings = read_lists(target), (yield from ask_all(target, asked, step))
    for some in slices(tuple(live.items())):
        yield from step(Progress("reading", target.resource.name, len(found.seen), len(live)))
        held = yield from abreast(hold_lists(target, native, record, lists) for native, record in some)
        natives = [native for native, _ in some]
        whole = [put_held(native, record, holdings) for native, record in zip(natives, held, strict=True)]
        yield from look_at(target, natives, whole, found)
    return found


def list_all(target: Target, step: Step) -> Conversation[Sequence[Document]]:
    """Every record of a type. A Problem as above."""
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
    return (yield from settle(target, [record for record in records if is_live(target, record)]))


Holdings = Sequence[tuple[ListRule, Mapping[str, Sequence[str]]]]


def ask_all(target: Target, rules: Sequence[ListRule], step: Step) -> Conversation[Holdings]:
    """Everything that is in such lists, by the record's native id: everybody who could be in one is asked for once."""
    holdings: list[tuple[ListRule, Mapping[str, Sequence[str]]]] = []
    for rule in rules:
        try:
            everybody = yield from list_values(target, rule, MOST)
        except Problem as problem:
            if problem.code not in UNLISTED:
                raise
            sentence = f"{target.backend} never shows {rule.s}, and does not list everybody who could be in it"
            raise Problem("SG347", sentence, "What is changed through the gateway still reaches it.") from problem
        held: dict[str, list[str]] = {}
        for number, some in enumerate(slices(everybody)):
            yield from step(Progress("reading", target.resource.name, number * SLICE, len(everybody)))
            for native, values in (yield from find_all(target, rule, some)).items():
                held.setdefault(native, []).extend(values)
        holdings.append((rule, held))
    return holdings


def put_held(native: str, record: Document, holdings: Holdings) -> Document:
    """The record with these lists in it."""
    whole = dict(record)
    for rule, held in holdings:
        put_values(whole, rule, held.get(native, ()))
    return whole


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
