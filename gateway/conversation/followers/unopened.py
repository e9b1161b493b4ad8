"""Marks that no secret opens: the one that they were sealed with is not given any more. Whom they tell of nobody knows.

For a while each is left to those who may have the secret, as one is turned over process by process. Then it is parked
as it is: what was open when it was set is found by comparing everything, and one that opens again tells what it did.
"""

from collections.abc import Sequence

from gateway.conversation.effects import Conversation, Key, Postpone, Spend, Taken, Unmark, ask, note
from gateway.conversation.followers.marking import read_open
from gateway.observations import NOBODY
from gateway.observations_followers import MarkParked
from gateway.pipeline.request import Tenant

UNOPENED = "SG348"
LOOKS = 15  # each after a worker's lease: together half an hour
COUNTED_SECONDS = 86_400


def leave_unopened(seat: Tenant, taken: Taken) -> Conversation[None]:
    """A worker has taken it: it comes again when the lease ends, and is parked when it came too often."""
    counter = Key("unread", seat.name, seat.backend, taken.key.resource, taken.key.name)
    if (yield from ask(Spend(counter, 1, LOOKS, COUNTED_SECONDS))).granted:
        return
    if (yield from ask(Postpone(taken.key, taken.grip, taken.entry, None))):
        yield from note(MarkParked(seat.name, seat.backend, NOBODY, UNOPENED))


def are_unopened(seat: Tenant, marks: Sequence[Taken]) -> list[Taken]:
    """Those of the marks that nobody can read, waiting or parked."""
    return [one for one in marks if read_open(seat, one.entry) is None]


def end_parked(marks: Sequence[Taken]) -> Conversation[int]:
    """Everything is in step, so what was parked tells of nothing any more; how many are left."""
    parked = tuple((one.key, one.grip) for one in marks if one.parked)
    ended = (yield from ask(Unmark(parked))) if parked else ()
    return len(marks) - sum(ended)
