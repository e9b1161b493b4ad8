"""Finding a follower's record of a resource: by the link, else by the attributes that the follower's mapping names.

The attributes are asked for in the mapping's order, and a weaker one cannot overrule a stronger: who has the same
userName and another externalId is another person. What cannot be said for sure is a Problem, never nobody: a wrong
guess would take over somebody else, or make the person twice.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from gateway.conversation.correlate import choose_plan
from gateway.conversation.effects import Conversation
from gateway.conversation.matching import match_resources
from gateway.conversation.query import find_listed
from gateway.conversation.reading import find_record
from gateway.lens.lens import Document
from gateway.pipeline.documents import read_attribute
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.scim.filter import Compare
from gateway.scim.match import fold_value


class Peer(Struct, frozen=True):
    """A follower's record. `linked`: a link led to it, not its attributes."""

    native: str
    record: Document
    linked: bool


def find_peer(there: Target, linked: str, named: tuple[Compare, ...]) -> Conversation[Peer | None]:
    """The record of a resource; None when it is proven that there is none.

    `linked` is the native id that is remembered, empty when none is; `named` are the attributes to look by.
    """
    record = (yield from find_record(there, linked)) if linked else None
    if record is not None:
        return Peer(linked, record, linked=True)
    found = yield from find_named(there, named)
    if found is None:
        return None
    native = there.native(found["id"])
    record = yield from find_record(there, native)
    return None if record is None else Peer(native, record, linked=False)


def find_named(there: Target, named: tuple[Compare, ...]) -> Conversation[Document | None]:
    """The one resource of these attributes at the follower; a Problem where that cannot be said."""
    for number, one in enumerate(named):
        listed = yield from find_listed(choose_plan((one,), there), there)
        matching = match_resources(one, there, listed.resources)
        if listed.total == 0:
            continue
        if listed.total != 1 or len(matching) != 1:
            raise Problem("SG342")
        if contradicts(matching[0], named[:number], there):
            raise Problem("SG343")
        return matching[0]
    return None


def contradicts(found: Document, stronger: Sequence[Compare], there: Target) -> bool:
    """Does the resource found tell another person than the stronger attributes do?"""
    pairs = ((read_attribute(found, one.path), one) for one in stronger)
    return any(value is not None and not is_equal(value, one, there) for value, one in pairs)


def is_equal(value: object, one: Compare, there: Target) -> bool:
    attribute = there.type.find(one.path)
    if attribute is None or not isinstance(value, str):
        return value == one.value
    return fold_value(value, attribute) == fold_value(str(one.value), attribute)


def name_by(before: Mapping[str, str], there: Target) -> tuple[Compare, ...]:
    """The attributes to look by, as a mark remembers them."""
    paths = (path for path in there.resource.correlate if path not in there.lens.kept)
    return tuple(Compare(path, "eq", before[str(path)]) for path in paths if str(path) in before)
