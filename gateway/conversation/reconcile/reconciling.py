"""A follower compared with the primary, resource by resource, and brought back in step.

| step | what |
|---|---|
| read | all that both have of a resource type, types that others refer to first |
| pair | by the links that are known, else by the attributes by which the follower's mapping finds records |
| compare | what would be sent to bring each of them in step; nothing: it is in step |
| repair | each that drifted, as if it had just been changed: what is in step is only compared, so it can begin anew |
"""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gateway.conversation.effects import Conversation, ListMarks, Taken, Unavailable, ask, note
from gateway.conversation.followers.marking import Held, mark_key, read_open
from gateway.conversation.followers.pairs import Pair
from gateway.conversation.followers.unopened import UNOPENED, are_unopened, end_parked
from gateway.conversation.reconcile.contrasting import contrast, survey_both, tidy
from gateway.conversation.reconcile.drifting import Drift, Known
from gateway.conversation.reconcile.ending import end_creates, parked_creates
from gateway.conversation.reconcile.mending import in_turn, mend_some
from gateway.conversation.reconcile.stepping import Progress, Step
from gateway.conversation.reconcile.surveying import slices
from gateway.conversation.reconcile.withholding import withhold
from gateway.observations_followers import FollowerCompared
from gateway.pipeline.following import Reference, pointers, serves
from gateway.pipeline.repointing import is_list
from gateway.pipeline.request import Follower, Tenant
from gateway.pipeline.target import find_target

SIDE_BY_SIDE = 16  # are repaired before it is looked whether to go on
DOWN = frozenset({"SG501", "SG502", "SG503", "SG504", "SG601", "SG604"})


class Compared(Struct, frozen=True):
    """One resource type at one follower. `resources` is how many the primary has.

    Not `whole`: the follower does not list what it has, so who is there and is nobody of the primary's is not known.
    `unseen` are attributes that it has and never shows, so that they cannot be compared.
    """

    type: str
    resources: int
    drifts: tuple[Drift, ...]
    whole: bool = True
    unseen: tuple[str, ...] = ()

    @property
    def left(self) -> int:
        return sum(not one.repaired for one in self.drifts)

    @property
    def is_settled(self) -> bool:
        """Is all of the gateway's there in step, as far as a follower takes it?"""
        return self.whole and all(one.repaired or not one.ours or one.kind == "lasting" for one in self.drifts)


class Reconciled(Struct, frozen=True):
    """A follower, type by type. `unopened` marks of it are left, of whom nobody can tell what they are about."""

    types: tuple[Compared, ...] = ()
    unopened: int = 0


def reconcile(tenant: Tenant, follower: Follower, step: Step, *, repairs: bool) -> Conversation[Reconciled]:
    """Compare, and repair where that is asked for. `step` is taken in between: a pause, a word to whoever waits.

    Raises a Problem where one of them cannot be read, or the follower does not answer any more.
    """
    known, taken = Known({}, set(), set()), (yield from list_marks(follower.seat))
    marks, unopened = by_resource(follower.seat, taken), are_unopened(follower.seat, taken)
    creates = parked_creates(follower.seat, taken)
    reports: list[Compared] = []
    for name in shared_types(tenant, follower):
        pair = Pair(find_target(tenant, name), follower)
        both = yield from survey_both(pair, marks, known, step)
        resources = len(both.ours.seen) + len(both.ours.unreadable)
        drifts = withhold(pair, (yield from contrast(both, step)), resources)
        if repairs:
            yield from tidy(both, drifts)
            drifts = yield from repair(pair, drifts, step)
            yield from end_creates(both, creates, drifts)
        report = Compared(name, resources, tuple(drifts), both.theirs.whole, tuple(sorted(known.unseen)))
        known.unseen.clear()
        seat = follower.seat
        yield from note(FollowerCompared(seat.name, seat.backend, name, report.resources, len(drifts), report.left))
        reports.append(report)
    ends = repairs and all(one.is_settled for one in reports)
    return Reconciled(tuple(reports), (yield from end_parked(unopened)) if ends else len(unopened))


def shared_types(tenant: Tenant, follower: Follower) -> list[str]:
    """The resource types that both have; those that hold lists of others come last."""
    names = [name for name in tenant.dialect.resources if serves(follower, name)]
    targets = {name: find_target(follower.seat, name) for name in names}
    return sorted(names, key=lambda name: sum(is_list(one, targets[name]) for one in pointers(targets[name])))


def list_marks(seat: Tenant) -> Conversation[tuple[Taken, ...]]:
    """What is open already; nothing while the store is away."""
    marks = yield from ask(ListMarks(seat.name, seat.backend))
    return () if isinstance(marks, Unavailable) else marks


def by_resource(seat: Tenant, marks: Sequence[Taken]) -> dict[Reference, Held]:
    """The marks by the primary's resource. One that was parked unopened, and opens again, is parked all the same."""
    found: dict[Reference, Held] = {}
    for taken in marks:
        one = read_open(seat, taken.entry)
        if one is not None and one.native:
            one = replace(one, parked=True, code=one.code or UNOPENED) if taken.parked else one
            found[one.reference] = Held(mark_key(seat, one), one, taken.grip)
    return found


def repair(pair: Pair, drifts: Sequence[Drift], step: Step) -> Conversation[list[Drift]]:
    """Bring in step what may be, in turn. A Problem once a backend is down: so many in a row were not answered."""
    ended: dict[int, Drift] = {}
    unanswered = 0
    for ready in in_two_rounds([one for one in drifts if one.ours], ended):
        for some in slices(ready, SIDE_BY_SIDE):
            yield from step(Progress("repairing", pair.leader.resource.name, len(ended), len(drifts)))
            for one, (after, problem) in zip(some, (yield from mend_some(pair, some)), strict=True):
                ended[id(one)] = after
                unanswered = unanswered + 1 if problem is not None and problem.code in DOWN else 0
            if problem is not None and unanswered >= SIDE_BY_SIDE:
                raise problem
    return [ended.get(id(one), one) for one in drifts]


def in_two_rounds(drifts: Sequence[Drift], ended: Mapping[int, Drift]) -> Iterator[Sequence[Drift]]:
    """All of them in turn; then once more those that lacked who came after them, as in a circle somebody must, or that
    waited for each other.
    """
    yield from in_turn(drifts)
    yield [one for one in drifts if ended[id(one)].code in ("SG340", "SG603")]
