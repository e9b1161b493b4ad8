"""Drives a conversation: takes its next effect, lets the world answer, sends the answer back, until it returns.

One absolute, monotonic deadline holds for a whole conversation, unless it is long work that prolongs it. Once a write
was sent, the conversation is finished even when whoever asked for it has gone.
"""

import asyncio
from contextlib import suppress
from math import inf
from typing import Any, TypeVar

from msgspec import Struct

from gateway.conversation.calling import is_unapplied
from gateway.conversation.effects import (
    Booked,
    Call,
    Claim,
    Conversation,
    Effect,
    Forget,
    Held,
    Hold,
    Keep,
    Key,
    ListMarks,
    Lost,
    Mark,
    Note,
    Postpone,
    Prolong,
    Recall,
    Release,
    Reply,
    Reseal,
    Spend,
    TakeMarks,
    Together,
    Unmark,
    Wait,
)
from gateway.edge.ports import Backends, Clock, Moment, Observer, State
from gateway.observations_followers import MarkUnshared

T = TypeVar("T")


class World(Struct, frozen=True):
    """Whom the conductor asks."""

    state: State
    backends: Backends
    observer: Observer
    clock: Clock


class Journey:
    """One conversation under way: its clock, its locks, whether it has sent a write, and whether who asked has gone."""

    def __init__(self, world: World, deadline: float, request_id: str = "", started: float | None = None) -> None:
        self.world = world
        self.started = world.clock() if started is None else started
        self.deadline = deadline
        self.last = inf
        self.request_id = request_id
        self.writes = 0
        self.abandoned = False
        self.grips: dict[Key, bytes] = {}

    @property
    def wrote(self) -> bool:
        """Was a write sent that may have been carried out?"""
        return self.writes > 0

    def left(self) -> float:
        """Seconds until the deadline; negative when it has passed."""
        return self.deadline - self.world.clock()

    def prolong(self, seconds: float) -> None:
        """So many seconds from now, unless it was told to end before."""
        self.deadline = min(self.world.clock() + seconds, self.last)

    def end_by(self, moment: float) -> None:
        """No longer than until then."""
        self.last = min(self.last, moment)
        self.deadline = min(self.deadline, self.last)

    def moment(self) -> Moment:
        return Moment(self.request_id, self.world.clock() - self.started)


async def conduct(conversation: Conversation[T], journey: Journey) -> T:
    """Carry a conversation to its end and give back what it returns. Locks it still holds are released."""
    answer: Any = None
    try:
        while True:
            try:
                effect = conversation.send(answer)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            answer = await answer_effect(effect, journey)
    finally:
        await leave(conversation, journey)


async def leave(conversation: Conversation[Any], journey: Journey) -> None:
    """Close the conversation and give back what it held, whatever it ended with."""
    with suppress(RuntimeError):  # a conversation that still had something to ask is closed all the same
        conversation.close()
    for key, grip in tuple(journey.grips.items()):
        await journey.world.state.release(key, grip)
    journey.grips.clear()


async def answer_effect(effect: Effect[Any], journey: Journey) -> Any:
    """The world's answer to one effect."""
    world = journey.world
    match effect:
        case Note(observation=fact):
            return world.observer.observe(fact, journey.moment())
        case Call():
            return await call(effect, journey)
        case Together(calls=calls):
            return tuple(await asyncio.gather(*(answer_effect(one, journey) for one in calls)))
        case Wait(seconds=seconds):
            return await pause(seconds, journey)
        case Prolong(seconds=seconds):
            return journey.prolong(seconds)
        case Mark():
            return await mark(effect, journey)
        case Hold(key=key, seconds=seconds):
            return await hold(key, seconds, journey)
        case Held(keys=keys):
            return await holds(keys, journey)
        case Release(key=key):
            return await release(key, journey)
    return await ask_state(effect, world.state)


async def ask_state(effect: Effect[Any], state: State) -> Any:
    """The state store's answer to one effect. Locks are left to who counts the time."""
    match effect:
        case Recall(keys=keys):
            return await state.recall(keys)
        case Keep(entries=entries, seconds=seconds):
            return await state.keep(entries, seconds)
        case Reseal(entries=entries):
            return await state.reseal(entries)
        case Claim(keys=keys, entry=entry, seconds=seconds):
            return await state.claim(keys, entry, seconds)
        case Forget(keys=keys):
            return await state.forget(keys)
        case Spend(key=key, amount=amount, bound=bound, seconds=seconds):
            return await state.spend(key, amount, bound, seconds)
        case Mark(entries=entries, seconds=seconds, alone=alone):
            return await state.mark(entries, seconds, alone)
        case Unmark(marks=marks):
            return await state.unmark(marks)
        case Postpone(key=key, grip=grip, entry=entry, seconds=seconds):
            return await state.postpone(key, grip, entry, seconds)
        case TakeMarks(tenant=tenant, backend=backend, most=most, seconds=seconds):
            return await state.take_marks(tenant, backend, most, seconds)
        case ListMarks(tenant=tenant, backend=backend):
            return await state.list_marks(tenant, backend)
    raise TypeError(f"the world has no answer to {type(effect).__name__}")


async def mark(effect: Mark, journey: Journey) -> tuple[Booked, ...]:
    """Save marks, and tell of each that no other process can see."""
    booked: tuple[Booked, ...] = await ask_state(effect, journey.world.state)
    for (key, _), one in zip(effect.entries, booked, strict=True):
        if not one.shared:
            fact = MarkUnshared(key.tenant, key.backend, lost=not one.grip)
            journey.world.observer.observe(fact, journey.moment())
    return booked


async def call(effect: Call, journey: Journey) -> Reply | Lost:
    """Call a backend; a write counts as sent from now on, unless it is proven that it was not carried out."""
    journey.writes += not effect.safe
    answer = await journey.world.backends.call(effect, journey.left(), journey.moment())
    journey.writes -= not effect.safe and is_unapplied(answer)
    return answer


async def pause(seconds: float, journey: Journey) -> bool:
    """Sleep; False at once when the deadline would pass meanwhile, or nobody waits and nothing was written: who asked
    may be asking anew, and must not be overtaken by what was asked before.
    """
    if seconds >= journey.left() or (journey.abandoned and not journey.wrote):
        return False
    await asyncio.sleep(max(seconds, 0.0))
    return True


async def hold(key: Key, seconds: float, journey: Journey) -> bool:
    """Take a lock within so many seconds and the deadline."""
    if key in journey.grips:
        return True
    grip = await journey.world.state.hold(key, max(min(journey.left(), seconds), 0.0))
    if grip is None:
        return False
    journey.grips[key] = grip
    return True


async def holds(keys: tuple[Key, ...], journey: Journey) -> bool:
    """Are all of them locks that were taken, and never lost since?"""
    grips = [(key, journey.grips[key]) for key in keys if key in journey.grips]
    return len(grips) == len(keys) and await journey.world.state.holds(grips)


async def release(key: Key, journey: Journey) -> None:
    """Give a lock back; one that is not held is left alone."""
    grip = journey.grips.pop(key, None)
    if grip is not None:
        await journey.world.state.release(key, grip)


class Flights:
    """Conversations under way. One that has sent a write outlives the client who asked for it."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[Any]] = set()

    async def carry(self, conversation: Conversation[T], journey: Journey) -> T:
        """Conduct in a task of its own; a client that hangs up cancels it only while nothing was written."""
        task = asyncio.create_task(conduct(conversation, journey))
        self.tasks.add(task)
        task.add_done_callback(self.land)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            journey.abandoned = True
            if not journey.wrote:
                task.cancel()
            raise

    def land(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        if not task.cancelled():
            task.exception()  # asked for, so that a task nobody awaits any more does not complain to stderr

    async def settle(self, seconds: float) -> bool:
        """Wait until none is under way; False when some still were after so many seconds, and were cancelled."""
        if not self.tasks:
            return True
        _, late = await asyncio.wait(tuple(self.tasks), timeout=seconds)
        for task in late:
            task.cancel()
        return not late
