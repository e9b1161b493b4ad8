"""Which of a follower's resources is which of the primary's, when both lists are at hand.

The same order as when one is looked up (`peering.py`): a link, else the attributes by which records are found, and a
weaker one cannot overrule a stronger. Where another's link leads to is nobody else's; nor is a record that somebody had
the name of, and another has now.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from gateway.conversation.correlate import correlating
from gateway.conversation.followers.peering import contradicts, name_by
from gateway.conversation.reconcile.surveying import Seen
from gateway.lens.lens import Document
from gateway.pipeline.documents import read_attribute
from gateway.pipeline.following import Reference
from gateway.pipeline.passing import borne_in_passing, passing_names
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.scim.filter import AttrPath, Compare
from gateway.scim.match import fold_value

Before = Mapping[str, Mapping[str, str]]


class Match(Struct, frozen=True):
    """The follower's native id of a resource, empty when it has none. `code` says why that cannot be told.

    `former`: found by a name that it had. `after`: the record of its name is that of this one of the primary's.
    """

    there: str = ""
    linked: bool = False
    former: bool = False
    code: str = ""
    after: str = ""

    @property
    def rank(self) -> int:
        """The lower, the stronger is its claim to the follower's record."""
        return 0 if self.linked else 2 if self.former else 1


def pair_up(
    ours: Mapping[str, Seen], theirs: Mapping[str, Seen], links: Mapping[str, str], before: Before, there: Target
) -> dict[str, Match]:
    """A match for each of the primary's resources, by its id.

    `links` are the follower's ids that are remembered, `before` the names that resources had before a change that the
    follower may not have.
    """
    index = Index(theirs, there)
    linked = {native: links[native] for native in ours if links.get(native) in theirs}
    owners = {found: native for native, found in linked.items()}
    matches = {
        native: Match(linked[native], linked=True) if native in linked else match_by_name(seen, before, native, index)
        for native, seen in ours.items()
    }
    claims = Counter((one.there, one.rank) for one in matches.values() if one.there)
    return {native: decide(one, owners, claims) for native, one in matches.items()}


def find_passing(
    ours: Mapping[str, Seen], theirs: Mapping[str, Seen], links: Mapping[str, str], there: Target
) -> dict[str, str]:
    """The follower's ids of those who bear a passing name: it proves whose they are as well as a link does."""
    named = {value: native for native, seen in theirs.items() for value in borne_in_passing(there, seen.record)}
    found: dict[str, str] = {}
    for native, seen in ours.items() if named else ():
        passing = passing_names(there, Reference(there.resource.name, native), seen.resource)
        bearers = [named[value] for value in passing.values() if value in named]
        if bearers and native not in links:
            found[native] = bearers[0]
    return found


def decide(one: Match, owners: Mapping[str, str], claims: Mapping[tuple[str, int], int]) -> Match:
    """What is left of a match once the others are known."""
    if any(claims.get((one.there, rank)) for rank in range(one.rank)):
        return Match(after=owners.get(one.there, ""))
    return one if claims.get((one.there, one.rank), 0) < 2 else Match(code="SG342")


def match_by_name(seen: Seen, before: Before, native: str, index: "Index") -> Match:
    """By the attributes as they are, then as they were."""
    try:
        found = index.find(correlating(seen.resource, index.there))
        former = "" if found else index.find(name_by(before.get(native, {}), index.there))
    except Problem as problem:
        return Match(code=problem.code)
    return Match(found or former, former=bool(former))


class Index:
    """A follower's resources by the attributes that its mapping finds records by. Made when the first is looked for."""

    def __init__(self, theirs: Mapping[str, Seen], there: Target) -> None:
        self.there = there
        self.theirs = theirs

    @cached_property
    def by_value(self) -> dict[tuple[AttrPath, str], list[str]]:
        found: dict[tuple[AttrPath, str], list[str]] = {}
        for native, seen in self.theirs.items():
            for path in self.there.resource.correlate:
                value = read_attribute(seen.resource, path)
                if isinstance(value, str):
                    found.setdefault((path, self.fold(path, value)), []).append(native)
        return found

    def fold(self, path: AttrPath, value: str) -> str:
        attribute = self.there.type.find(path)
        return value if attribute is None else fold_value(value, attribute)

    def find(self, named: Sequence[Compare]) -> str:
        """The one of these attributes, empty when there is none. A Problem where that cannot be said."""
        for number, one in enumerate(named):
            found = self.by_value.get((one.path, self.fold(one.path, str(one.value))), [])
            if len(found) > 1:
                raise Problem("SG342")
            if found and contradicts(self.resource(found[0]), named[:number], self.there):
                raise Problem("SG343")
            if found:
                return found[0]
        return ""

    def resource(self, native: str) -> Document:
        return self.theirs[native].resource
