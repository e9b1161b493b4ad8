"""Who is in a follower's lists that no record shows: as few as will do are asked for, one by one.

| what is known | who is asked for |
|---|---|
| all was read a moment ago | in whom the primary differs from that |
| the follower was in step before the change, or all that its mark names | whom they name; of very many it is believed |
| neither | everybody there, while that is not too many |
| neither, and too many | whom the change names; it is told that the others were not (SG347) |
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from gateway.conversation.abreast import abreast
from gateway.conversation.asking import find_all, list_values, put_values
from gateway.conversation.correlate import correlating
from gateway.conversation.effects import Conversation
from gateway.conversation.followers.linking import recall_links
from gateway.conversation.followers.pairs import Pair, read_state
from gateway.conversation.followers.peering import find_peer
from gateway.conversation.membership import hold_lists
from gateway.lens.ids import native_id
from gateway.lens.kinds import ListRule
from gateway.lens.lens import Document
from gateway.lens.references import reference
from gateway.pipeline.documents import read_attribute
from gateway.pipeline.following import Reference, belongs
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.pipeline.through import read_lists

MOST = 200  # calls that the comparison of one resource makes for this; that of everything makes as many as it takes
MOST_READ = 50  # are looked up one by one where no link leads to them


class Sight(Struct, frozen=True):
    """What is known of such lists before anybody is asked for.

    `named`: who comes or goes by a change. `sure`: but for them the follower had what the primary has. `seen`: who was
    in them when all was read, by the follower's ids; None where it was not.
    """

    named: frozenset[Reference] = frozenset()
    sure: bool = False
    seen: frozenset[str] | None = None

    def also(self, named: Iterable[Reference], *, sure: bool = False) -> "Sight":
        """The same, with more who come or go."""
        return Sight(self.named.union(named), self.sure or sure, self.seen)


BLIND = Sight()


class Looked(Struct, frozen=True):
    """A record with all its lists. Not `whole`: who was not asked for is taken to be as is wanted."""

    record: Document
    whole: bool = True


def look(
    pair: Pair, native: str, record: Document, wanted: Document, rules: Sequence[ListRule], sight: Sight
) -> Conversation[Looked]:
    """The follower's record as it is compared with the resource that is wanted, both in the follower's ids.

    `rules` are the lists that have to be asked for.
    """
    there = pair.seen
    held = yield from hold_lists(there, native, record, read_lists(there))
    if not rules:
        return Looked(held)
    named, known = yield from find_named(pair, sight.named)
    sure, whole = sight.sure and known, True
    for rule in rules:
        ids = ids_in(wanted, rule)
        doubted, all_of_them = yield from find_doubted(there, rule, ids, named, sight, sure=sure)
        whole = whole and all_of_them
        if sight.seen is None and sure and len(doubted) > MOST:
            inside = doubted - ids
        else:
            inside = frozenset((yield from find_all(there, rule, doubted)).get(native, ()))
        put_values(held, rule, (ids - doubted) | inside)
    return Looked(held, whole)


def find_doubted(
    there: Target, rule: ListRule, ids: frozenset[str], named: frozenset[str], sight: Sight, *, sure: bool
) -> Conversation[tuple[frozenset[str], bool]]:
    """Who has to be asked for, and whether these are all of whom it is not known."""
    if sight.seen is not None:
        return ids ^ sight.seen, True
    if sure:
        return named, True
    try:
        everybody = yield from list_values(there, rule, MOST)
    except Problem as problem:
        if problem.code not in ("SG303", "SG304", "SG305"):
            raise
        known = next((some for some in (ids | named, named) if len(some) <= MOST), frozenset())
        return known, False
    return ids.union(named, everybody), True


def find_named(pair: Pair, named: frozenset[Reference]) -> Conversation[tuple[frozenset[str], bool]]:
    """The follower's ids of these, as far as it has them; whether that is certain of all."""
    links = yield from recall_links(pair.follower.seat, tuple(named))
    unlinked = named - links.keys()
    if len(unlinked) > MOST_READ:
        return frozenset(links.values()), False
    found = yield from abreast(find_there(pair.of(one.type), one) for one in unlinked)
    return frozenset((*links.values(), *filter(None, found))), None not in found


def find_there(pair: Pair, one: Reference) -> Conversation[str | None]:
    """The follower's id of one whom no link leads to, empty where it shall not have her or has not; None: who knows."""
    resource = yield from read_state(pair.leader, one.native)
    if resource is None or not belongs(pair.follower, resource, pair.leader.type):
        return ""
    try:
        peer = yield from find_peer(pair.there, "", correlating(resource, pair.there))
    except Problem as problem:
        if problem.code not in ("SG342", "SG343"):
            raise
        return None
    return "" if peer is None else peer.native


def ids_in(resource: Document, rule: ListRule) -> frozenset[str]:
    """The native ids that a list of the resource names."""
    item = reference(rule)
    prefix = item.ref_prefix if item is not None else ""
    values = (one.get("value") for one in read_attribute(resource, rule.s) or () if isinstance(one, dict))
    natives = (native_id(one, prefix) for one in values if isinstance(one, str))
    return frozenset(one for one in natives if one is not None)
