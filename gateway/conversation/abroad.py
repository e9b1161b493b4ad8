"""Who is kept as a member must be there: each is looked for where the id says, a bounded number at once."""

from collections.abc import Iterable, Iterator

from gateway.conversation.abreast import abreast
from gateway.conversation.effects import Conversation
from gateway.conversation.labels import tell_mapping
from gateway.conversation.query import find_listed
from gateway.lens.lens import Document
from gateway.pipeline.absent import Absent
from gateway.pipeline.intent import Query
from gateway.pipeline.pointing import TYPES
from gateway.pipeline.problems import Problem
from gateway.pipeline.querying import plan_query
from gateway.pipeline.splitting import ID, key_of
from gateway.pipeline.target import Target, find_target
from gateway.scim.filter import Compare
from gateway.scim.names import fold


def require_there(target: Target, old: Absent, new: Absent) -> Conversation[None]:
    """A 400 Problem for a value that was not kept yet and is nobody's id.

    Where a backend does not answer nobody knows, and its fault is the answer.
    """
    added = [(name, one) for name, values in new.items() for one in values if one["value"] not in ids_of(old, name)]
    found = yield from abreast(is_there(find_peers(target, name, one), one["value"]) for name, one in added)
    for (name, one), there in zip(added, found, strict=True):
        if not there:
            shown = one["value"]
            raise Problem("SG364", f"{name} names {shown}, whom the backend {key_of(shown)} does not have")


def ids_of(absent: Absent, name: str) -> frozenset[str]:
    """The ids that are kept of a list."""
    return frozenset(one["value"] for one in absent.get(name, ()))


def find_peers(target: Target, name: str, value: Document) -> Iterator[Target]:
    """What the id may be one of: the types that the list takes, as its branch has them, or the one that is said."""
    said = fold(str(value.get("type", "")))
    for seat in target.tenant.others:
        for kind in target.resource.lens.referred[name]:
            is_meant = said not in TYPES or said == fold(kind)
            if seat.key == key_of(value["value"]) and is_meant and kind in seat.dialect.resources:
                yield find_target(seat, kind)


def is_there(peers: Iterable[Target], shown: str) -> Conversation[bool]:
    """Does one of them have this id?"""
    for peer in peers:
        plan = plan_query(Query(url="", type=peer.resource.name, filter=Compare(ID, "eq", shown), count=1), peer)
        if (yield from tell_mapping(peer.tenant, find_listed(plan, peer))).total > 0:
            return True
    return False
