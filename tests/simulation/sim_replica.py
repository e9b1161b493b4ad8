"""A gateway process in virtual time: it carries conversations as the conductor does, and may be killed."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import unquote

from sim_store import Store
from sim_time import Timeline
from sim_vendor import Vendor

from gateway.conversation.calling import is_unapplied
from gateway.conversation.effects import (
    Call,
    Claim,
    Conversation,
    Effect,
    Forget,
    Held,
    Hold,
    Keep,
    ListMarks,
    Lost,
    Mark,
    Note,
    Postpone,
    Prolong,
    Recall,
    Release,
    Reply,
    TakeMarks,
    Together,
    Unmark,
    Wait,
)
from gateway.conversation.followers.catching_up import catch_up
from gateway.conversation.fulfil import fulfil
from gateway.conversation.reconcile.reconciling import reconcile
from gateway.conversation.reconcile.stepping import go_on
from gateway.edge.marks_memory import MemoryMarks
from gateway.observations import Observation
from gateway.pipeline.request import Follower, Gateway, Request, Tenant

DEADLINE = 25.0
WORKER_PAUSE = 3.0
Answer = Callable[[Any], None]


class World:
    """What all replicas share."""

    def __init__(self, timeline: Timeline, vendors: dict[str, Vendor], store: Store) -> None:
        self.timeline, self.vendors, self.store = timeline, vendors, store
        self.facts: list[Observation] = []
        self.effects = 0
        self.late: list[str] = []
        self.tasks: set[Task] = set()
        self.watch: Callable[[str, Call], None] = lambda tenant, call: None
        self.undone: set[str] = set()  # whom creates took away again

    @property
    def struck(self) -> int:
        """How often something failed."""
        return self.store.struck + sum(one.struck for one in self.vendors.values())


class Replica:
    """One process. A kill ends every conversation under way and nobody is told; another process takes its place."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self.world, self.gateway = world, gateway
        self.tasks: set[Task] = set()
        self.aside = MemoryMarks(lambda: world.timeline.now, shared=False)

    def serve(self, request: Request, answer: Answer) -> "Task":
        label = f"{request.method} {request.path}"
        task = Task(self, fulfil(request, self.gateway), label, answer)
        task.tenant = request.path.split("/")[1]
        return self.begin(task)

    def begin(self, task: "Task") -> "Task":
        self.tasks.add(task)
        self.world.tasks.add(task)
        task.step(None)
        return task

    def kill(self) -> None:
        for task in tuple(self.tasks):
            task.die()
        self.aside.open.clear()

    def work(self, tenant: Tenant, follower: Follower) -> None:
        """Catch up again and again, after pauses; what dies with the process is begun anew by the next one."""

        def turn() -> None:
            task = Task(self, catch_up(tenant, follower), "catch up", lambda _: rest())
            task.on_death, task.tenant = rest, tenant.name
            self.begin(task)

        def rest() -> None:
            self.world.timeline.soon(turn, WORKER_PAUSE)

        rest()

    def compare(self, tenant: Tenant, follower: Follower, answer: Answer, *, repairs: bool = True) -> None:
        """Compare everything, and bring it in step."""
        task = Task(self, reconcile(tenant, follower, go_on, repairs=repairs), "reconcile", answer)
        task.tenant = tenant.name
        self.begin(task)


class Task:
    """One conversation under way: a request's, or a worker's."""

    def __init__(self, replica: Replica, conversation: Conversation[Any], label: str, answer: Answer) -> None:
        self.replica, self.world, self.answer = replica, replica.world, answer
        self.conversation, self.label = conversation, label
        self.deadline = self.world.timeline.now + DEADLINE
        self.on_death: Callable[[], None] = lambda: None
        self.tenant, self.dead = "", False
        self.writes, self.abandoned = 0, False
        self.held: set[Any] = set()

    def left(self) -> float:
        return self.deadline - self.world.timeline.now

    def die(self) -> None:
        self.dead = True
        self.conversation.close()
        self.leave()
        self.on_death()

    def leave(self) -> None:
        self.replica.tasks.discard(self)
        self.world.tasks.discard(self)

    def hang_up(self) -> None:
        """Whoever asked has gone: what has sent a write is finished all the same."""
        self.abandoned = True
        if not self.wrote:
            for key in self.held:
                self.world.store.release(key, self)
            self.die()

    @property
    def wrote(self) -> bool:
        return self.writes > 0

    def hear(self, safe: bool, answer: Reply | Lost) -> None:
        """What was proven not to be carried out was not written."""
        self.writes -= not safe and is_unapplied(answer)
        self.step(answer)

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
                self.writes += not effect.safe
                world.watch(self.tenant, effect)
                if effect.method == "DELETE" and self.label.startswith("POST"):
                    world.undone.add(f"{effect.backend}~~{unquote(effect.path.rpartition('/')[2])}")
                world.vendors[effect.backend].receive(effect, self.left(), partial(self.hear, effect.safe))
            case Together(calls=calls):
                self.gather(calls)
            case Wait(seconds=seconds):
                enough = seconds < self.left() and (self.wrote or not self.abandoned)
                world.timeline.after(seconds if enough else 0.0, lambda: self.step(enough))
            case Prolong(seconds=seconds):
                self.deadline = world.timeline.now + seconds
                world.timeline.after(0.0, lambda: self.step(None))
            case Hold(key=key) if key in self.held:
                world.timeline.after(0.0, lambda: self.step(True))
            case Hold(key=key):
                world.store.receive(effect, self, self.aside, max(self.left(), 0.0), partial(self.take, key))
            case Held():
                world.store.receive(effect, self, self.aside, self.left(), self.step)
            case Recall() | Keep() | Claim() | Forget() | Mark() | Unmark() | Postpone() | TakeMarks() | ListMarks():
                world.store.receive(effect, self, self.aside, self.left(), self.step)
            case _:
                raise TypeError(f"the world has no answer to {type(effect).__name__}")

    @property
    def aside(self) -> MemoryMarks:
        return self.replica.aside

    def take(self, key: Any, taken: bool) -> None:
        if taken:
            self.held.add(key)
        if taken and self.dead:
            self.world.store.release(key, self)
        self.step(taken)

    def gather(self, calls: tuple[Call, ...]) -> None:
        """Calls side by side; the conversation goes on with the last answer."""
        answers: dict[int, Any] = {}

        def receive(number: int, answer: Any) -> None:
            answers[number] = answer
            if len(answers) == len(calls):
                self.step(tuple(answers[at] for at in range(len(calls))))

        for number, call in enumerate(calls):
            self.world.watch(self.tenant, call)
            self.world.vendors[call.backend].receive(call, self.left(), partial(receive, number))

    def finish(self, returned: Any) -> None:
        for key in self.held:
            self.world.store.release(key, self)
        self.leave()
        if self.left() < -1.0:
            self.world.late.append(self.label)
        self.answer(returned)
