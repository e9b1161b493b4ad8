"""Reconcile by itself, every so often: one process at a time, whichever comes first when it is due.

Whose turn it is stands in the state store, with an expiry. While one is at it that is renewed from step to step, so
that the others go on soon after it died; afterwards it lasts until the next is due. Without the store nobody sweeps,
as nothing keeps two of them apart.
"""

from math import ceil

from gateway.conversation.effects import Claim, Conversation, Keep, Key, Unavailable, ask, note
from gateway.conversation.reconcile.reconciling import reconcile
from gateway.conversation.reconcile.stepping import SECONDS, Progress, Stage, Step, go_on
from gateway.lens.lens import LensError
from gateway.observations_followers import FollowerSwept, SweepEnd
from gateway.pipeline.problems import Problem, as_problem
from gateway.pipeline.request import Follower, Tenant
from gateway.scim.errors import ScimError

SPARE_SECONDS = 60
AGAIN_SECONDS = 900  # after one that a backend ended
TURN = b"1"


def sweep(tenant: Tenant, follower: Follower) -> Conversation[int]:
    """Compare and repair if it is due, and nobody else is at it. There is never more to do at once: 0."""
    seat = follower.seat
    if tenant.reconcile is None:
        return 0
    key = Key("sweep", seat.name, seat.backend, "", "")
    taken = yield from ask(Claim((key,), TURN, lease_of("reading")))
    if isinstance(taken, Unavailable) or taken[0] is not None:
        return 0

    def step(progress: Progress) -> Conversation[None]:
        yield from ask(Keep(((key, TURN),), lease_of(progress.stage)))
        yield from go_on(progress)

    end, seconds = yield from sweep_once(tenant, follower, step)
    yield from ask(Keep(((key, TURN),), seconds))
    yield from note(FollowerSwept(seat.name, seat.backend, end))
    return 0


def sweep_once(tenant: Tenant, follower: Follower, step: Step) -> Conversation[tuple[SweepEnd, int]]:
    """How it ended, and after how many seconds the next one is due."""
    interval = ceil(tenant.reconcile or 0)
    try:
        compared = yield from reconcile(tenant, follower, step, repairs=True)
    except (Problem, ScimError, LensError) as error:
        told_to_end = as_problem(error).code == "SG604"
        return "failed", 1 if told_to_end else min(interval, AGAIN_SECONDS)
    return "drift" if any(one.left for one in compared.types) else "in_step", interval


def lease_of(stage: Stage) -> int:
    """For how long it is our turn: a little longer than the step may take."""
    return ceil(SECONDS[stage]) + SPARE_SECONDS
