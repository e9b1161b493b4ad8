"""A gateway process in virtual time: it carries conversations as the conductor does, and may be killed."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sim_store import Store
from sim_time import Timeline
from sim_vendor import Vendor

from gateway.conversation.effects import (
    Call,
    Claim,
    Conversation,
    Effect,
    Forget,
    Hold,
    Keep,
    Note,
    Recall,
    Release,
    Together,
    Wait,
)
from gateway.conversation.fulfil import fulfil
from gateway.observations import Observation
from gateway.pipeline.request import Gateway, Request, Response

DEADLINE = 25.0
Answer = Callable[[Response], None]


class World:
    """What all replicas share."""

    def __init__(self, timeline: Timeline, vendor: Vendor, store: Store) -> None:
        self.timeline, self.vendor, self.store = timeline, vendor, store
        self.facts: list[Observation] = []
        self.effects = 0
        self.late: list[str] = []


class Replica:
    """One process. A kill ends every conversation under way and nobody is told."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self.world, self.gateway = world, gateway
        self.tasks: set[Task] = set()

    def serve(self, request: Request, answer: Answer) -> "Task":
        task = Task(self, request, answer)
        task.step(None)
        return task

    def kill(self) -> None:
        for task in tuple(self.tasks):
            task.die()


class Task:
    """One request under way."""

    def __init__(self, replica: Replica, request: Request, answer: Answer) -> None:
        self.replica, self.world, self.request, self.answer = replica, replica.world, request, answer
        self.deadline = self.world.timeline.now + DEADLINE
        self.conversation: Conversation[Response] = fulfil(request, replica.gateway)
        self.dead = False
        self.wrote = False
        self.held: set[Any] = set()
        replica.tasks.add(self)

    def left(self) -> float:
        return self.deadline - self.world.timeline.now

    def die(self) -> None:
        self.dead = True
        self.conversation.close()
        self.replica.tasks.discard(self)

    def hang_up(self) -> None:
        """Whoever asked has gone: what has sent a write is finished all the same."""
        if not self.wrote:
            for key in self.held:
                self.world.store.release(key, self)
            self.die()

    def step(self, answer: Any) -> None:
        """Send an answer and take the next effect; what needs no waiting is answered at once."""
        while not self.dead:
            try:
                effect = self.conversation.send(answer)
            except StopIteration as end:
                self.finish(end.value)
                return
            self.world.effects += 1
            match effect:
                case Note(observation=fact):
                    self.world.facts.append(fact)
                    answer = None
                case Release(key=key):
                    self.held.discard(key)
                    self.world.store.release(key, self)
                    answer = None
                case _:
                    self.ask(effect)
                    return

    def ask(self, effect: Effect[Any]) -> None:
        world = self.world
        match effect:
            case Call():
                self.wrote = self.wrote or not effect.safe
                world.vendor.receive(effect, self.left(), self.step)
            case Together(calls=calls):
                self.gather(calls)
            case Wait(seconds=seconds):
                enough = seconds < self.left()
                world.timeline.after(seconds if enough else 0.0, lambda: self.step(enough))
            case Hold(key=key):
                self.held.add(key)
                world.store.receive(effect, self, max(self.left(), 0.0), self.step)
            case Recall() | Keep() | Claim() | Forget():
                world.store.receive(effect, self, self.left(), self.step)
            case _:
                raise TypeError(f"the world has no answer to {type(effect).__name__}")

    def gather(self, calls: tuple[Call, ...]) -> None:
        """Calls side by side; the conversation goes on with the last answer."""
        answers: dict[int, Any] = {}

        def receive(number: int, answer: Any) -> None:
            answers[number] = answer
            if len(answers) == len(calls):
                self.step(tuple(answers[at] for at in range(len(calls))))

        for number, call in enumerate(calls):
            self.world.vendor.receive(call, self.left(), partial(receive, number))

    def finish(self, response: Response) -> None:
        for key in self.held:
            self.world.store.release(key, self)
        self.replica.tasks.discard(self)
        if self.left() < -1.0:
            self.world.late.append(f"{self.request.method} {self.request.path}")
        self.answer(response)
