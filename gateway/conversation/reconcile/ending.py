"""Creates whose end nobody saw, and whose marks were parked by a name: ended once what they stand for is settled.

The primary's id is not known of them, so none of them is met by it. Whom they may mean, the names say that they hold.
"""

from collections.abc import Collection, Iterable, Sequence

from gateway.conversation.effects import Conversation, Taken
from gateway.conversation.followers.marking import Held, end_mark, mark_key, read_open
from gateway.conversation.followers.peering import name_by
from gateway.conversation.matching import match_resources
from gateway.conversation.reconcile.contrasting import Both
from gateway.conversation.reconcile.drifting import Drift
from gateway.pipeline.request import Tenant


def parked_creates(seat: Tenant, marks: Iterable[Taken]) -> list[Held]:
    """The parked marks that lie by a name. Those that wait are the workers' to end."""
    found = [(taken, read_open(seat, taken.entry)) for taken in marks if taken.parked]
    return [Held(mark_key(seat, one), one, taken.grip) for taken, one in found if one is not None and not one.native]


def end_creates(both: Both, creates: Iterable[Held], drifts: Sequence[Drift]) -> Conversation[None]:
    """End those of a type of whom nobody is out of step any more, be it that the primary has nobody of their names. A
    record of the primary's that makes no sense may be any of them.
    """
    if both.ours.unreadable:
        return
    name = both.pair.leader.resource.name
    left = {one.native for one in drifts if not one.repaired and one.kind != "lasting"}
    for held in creates:
        if held.open.type == name and left.isdisjoint(meant_by(both, held)):
            yield from end_mark(held)


def meant_by(both: Both, held: Held) -> Collection[str]:
    """Whom a mark may mean, by the primary's ids: who has one of its names; anybody where it holds none."""
    leader, ours = both.pair.leader, both.ours.seen
    named = name_by(held.open.before, leader)
    if not named:
        return ours.keys()
    return [
        native for native, seen in ours.items() if any(match_resources(one, leader, [seen.resource]) for one in named)
    ]
