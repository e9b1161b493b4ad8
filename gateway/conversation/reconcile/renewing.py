"""All that never expires, as far as an older secret sealed it, sealed anew with the newest: then the older one may go.

Whatever is read is sealed anew as well. This goes over everybody, and says how much of it there was.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from gateway.conversation.absent import absent_key
from gateway.conversation.effects import Conversation, Key, ListMarks, Postpone, Recall, Taken, Unavailable, ask
from gateway.conversation.followers.linking import link_key, origin_key
from gateway.conversation.followers.marking import LASTING, Open, mark_key, read_open, seal_open
from gateway.conversation.keeping import kept_key, renew_kept
from gateway.conversation.reconcile.stepping import Step
from gateway.conversation.reconcile.surveying import list_all, slices
from gateway.conversation.sealed import open_entry, renew, renewed
from gateway.pipeline.absent import kept_lists
from gateway.pipeline.following import Reference
from gateway.pipeline.naming import identify
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Tenant
from gateway.pipeline.target import Target, find_target


class Renewed(Struct, frozen=True):
    """What was met at one backend: of resources of a type, or (no type) of marks and lasting links of a follower.

    `sealed` anew; `left`, which somebody changed meanwhile, or the store did not take; `unopened` by any secret.
    """

    backend: str
    type: str = ""
    sealed: int = 0
    left: int = 0
    unopened: int = 0


def keeping_targets(tenant: Tenant) -> Iterator[Target]:
    """The resource types, at all backends of a tenant, of which something is kept."""
    seats = (*tenant.seats, *(one.seat for one in tenant.followers))
    targets = (find_target(seat, name) for seat in seats for name in seat.dialect.resources)
    return (one for one in targets if one.lens.kept or kept_lists(one))


def renew_all(tenant: Tenant, step: Step) -> Conversation[list[Renewed]]:
    """Raises a Problem where a backend does not list everybody, or the store is away."""
    found = []
    for target in keeping_targets(tenant):
        found.append((yield from renew_type(target, step)))
    for one in tenant.followers:
        found.append((yield from renew_marks(one.seat)))
    return found


def renew_type(target: Target, step: Step) -> Conversation[Renewed]:
    """What is kept of all resources of a type."""
    natives = [identify(target, one) for one in (yield from list_all(target, step))]
    met: list[tuple[Key, bytes | None]] = []
    sealed = 0
    for some in slices(natives):
        if target.lens.kept:
            values = yield from recall([kept_key(target, native) for native in some])
            sealed += yield from renew_kept(target, some, [entry for _, entry in values])
            met += values
        if kept_lists(target):
            members = yield from recall([absent_key(target, native) for native in some])
            sealed += len((yield from renew(target.tenant.seal, members)))
            met += members
    return count(target.tenant, target.resource.name, met, sealed)


def count(seat: Tenant, kind: str, met: Sequence[tuple[Key, bytes | None]], sealed: int) -> Renewed:
    """What became of what was met."""
    older = sum(renewed(seat.seal, key, entry) is not None for key, entry in met)
    unopened = sum(entry is not None and open_entry(seat.seal, key, entry) is None for key, entry in met)
    return Renewed(seat.backend, kind, sealed, older - sealed, unopened)


def recall(keys: Sequence[Key]) -> Conversation[list[tuple[Key, bytes | None]]]:
    """The entries beside their keys."""
    entries = yield from ask(Recall(tuple(keys)))
    if isinstance(entries, Unavailable):
        raise Problem("SG605", "The state store is away, so not all that is kept was met", "Run it again later.")
    return list(zip(keys, entries, strict=True))


def renew_marks(seat: Tenant) -> Conversation[Renewed]:
    """The marks of a follower that are parked, and the links that last as long. Others are set again, or go."""
    marks = yield from ask(ListMarks(seat.name, seat.backend))
    if isinstance(marks, Unavailable):
        raise Problem("SG605", "The state store is away, so not all that is marked was met", "Run it again later.")
    parked = [(taken, read_open(seat, taken.entry)) for taken in marks if taken.parked]
    older = [(taken, one) for taken, one in parked if one is not None and is_older(seat, taken)]
    sealed = 0
    for taken, one in older:
        if one.code == LASTING:
            links = link_key(seat, one.reference), origin_key(seat, Reference(one.type, one.there))
            yield from renew(seat.seal, (yield from recall(links)))
        sealed += yield from ask(Postpone(mark_key(seat, one), taken.grip, seal_open(seat, one), None))
    return Renewed(seat.backend, "", sealed, len(older) - sealed, sum(one is None for _, one in parked))


def is_older(seat: Tenant, taken: Taken) -> bool:
    return renewed(seat.seal, mark_key(seat, Open("")), taken.entry) is not None
