"""Bringing followers in step within the request that changed the primary; what fails is left to the workers."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from gateway.conversation.abreast import abreast
from gateway.conversation.effects import Conversation, note
from gateway.conversation.followers.converging import alone
from gateway.conversation.followers.looking import Sight
from gateway.conversation.followers.marking import (
    Held,
    Open,
    after,
    end_mark,
    end_or_wait,
    pause_after,
    put_off,
    set_marks,
)
from gateway.conversation.followers.pairs import Converged, Pair
from gateway.conversation.followers.resting import let_rest
from gateway.conversation.followers.settling import make_equal
from gateway.conversation.followers.shortcut import send_on
from gateway.observations_followers import FollowerBehind, FollowerInStep, PasswordMissed
from gateway.pipeline.following import Reference
from gateway.pipeline.plans import CreatePlan, ModifyByComparison, ModifyDirectly, Plan, ReplacePlan
from gateway.pipeline.problems import Problem, as_problem
from gateway.pipeline.request import Tenant
from gateway.scim.filter import AttrPath

PASSWORD = AttrPath(None, "password")


class Lead(Struct, frozen=True):
    """One follower and one change. `mark` is ours; `earlier` is what another one said, None where there was none.

    `is_linked`: the follower's id is known. `rests`: it did not answer a moment ago. `named`: who comes to lists that
    it never shows, or leaves them; None where that is not known.
    """

    pair: Pair
    mark: Held
    earlier: Open | None
    is_linked: bool
    rests: bool
    native: str
    named: frozenset[Reference] | None = None

    @property
    def seat(self) -> Tenant:
        return self.pair.follower.seat

    @property
    def in_step(self) -> bool:
        """Did the follower have all that the primary had, before this change?"""
        return self.earlier is None and self.is_linked and self.mark.shared and not self.mark.others

    @property
    def sight(self) -> Sight:
        """What is known of lists that the follower never shows; more than the mark says where it cannot hold all."""
        return Sight(self.named or frozenset(), sure=self.in_step and self.named is not None)

    @property
    def open(self) -> Open:
        return replace(self.mark.open, native=self.native)

    def of(self, native: str, *, outside: bool) -> "Lead":
        """The same, once the primary's id is known. `outside`: others refer to it there, and not at the follower."""
        marked = replace(self.mark.open, outside=self.mark.open.outside or outside)
        return replace(self, native=native, mark=replace(self.mark, open=marked))


def lead_by(
    pair: Pair, mark: Held, named: frozenset[Reference] | None, *, earlier: Open | None, is_linked: bool, rests: bool
) -> Lead:
    return Lead(pair, mark, earlier, is_linked, rests, mark.open.native, named)


def bring_all(plan: Plan, leads: Sequence[Lead]) -> Conversation[list[Problem]]:
    """Bring every follower in step, side by side; what kept some from it."""
    password = find_password(plan)
    found = yield from abreast(bring(plan, one, password) for one in leads)
    return [problem for problem in found if problem is not None]


def bring(plan: Plan, one: Lead, password: str) -> Conversation[Problem | None]:
    """Bring one follower in step; the Problem that kept it from it, which raises nothing."""
    try:
        if one.rests and one.pair.leader.tenant.require == "none":
            raise Problem("SG340")
        converged = yield from equalise(plan, one, password)
        problem = Problem("SG340") if converged is not None and converged.lacks else None
    except Exception as error:  # the primary has the change: a follower's failure, even ours, is not the client's
        problem = as_problem(error)
        yield from let_rest(one.seat, problem)
    if problem is None:
        if converged is None or not converged.fixed:
            yield from note(FollowerInStep(one.seat.name, one.seat.backend, plan.type, late=False))
        return None
    yield from leave_mark(one, problem)
    yield from note(FollowerBehind(one.seat.name, one.seat.backend, plan.type, problem.code, one.mark.shared))
    if password and one.pair.there.type.find(PASSWORD) is not None:
        yield from note(PasswordMissed(one.seat.name, one.seat.backend))
    return problem


def equalise(plan: Plan, one: Lead, password: str) -> Conversation[Converged | None]:
    """Send the change straight on where that is enough (None), else compare; and take the mark back."""
    if isinstance(plan, ModifyDirectly) and one.in_step:
        # Alone: whoever compares has read the primary before, and writes what it had then.
        sent = yield from alone(one.pair, one.open, send_on(plan, one.pair, one.open))
        if sent and (yield from end_mark(one.mark)):
            return None
        # Another change came in between, and which of them the follower saw last nobody knows.
    return (yield from make_equal(one.pair, one.mark, one.open, password, one.sight))


def leave_mark(one: Lead, problem: Problem) -> Conversation[None]:
    """What is open stays so, by the primary's id from now on."""
    later, pause = after(one.open, problem), pause_after(1, one.native)
    if one.mark.open.native and (yield from put_off(one.seat, one.mark, later, pause)):
        return
    yield from set_marks([(one.seat, later)], pause)
    yield from end_or_wait(one.seat, one.mark)


def find_password(plan: Plan) -> str:
    """The password that the client sends; empty when it sends none."""
    value: Any = None
    match plan:
        case CreatePlan(resource=resource) | ReplacePlan(resource=resource):
            value = resource.get("password")
        case ModifyDirectly(operations=operations) | ModifyByComparison(operations=operations):
            values = [one.value for one in operations if one.path.target == PASSWORD and one.op != "remove"]
            value = values[-1] if values else None
    return value if isinstance(value, str) else ""
