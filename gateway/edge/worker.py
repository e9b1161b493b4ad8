"""What a process does unasked for the followers of its configuration: one task for each follower and job, until told to
stop. Nothing here decides: a job is a conversation like a request's, with a deadline and an id of its own.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from random import uniform
from secrets import token_hex

from msgspec import Struct

from gateway.conversation.effects import Conversation, Unavailable
from gateway.edge.conduct import Journey, conduct
from gateway.edge.logs import say_fault
from gateway.edge.ports import Counted
from gateway.edge.server import Live
from gateway.pipeline.request import Follower, Tenant

COUNT_SECONDS = 5.0
DRAWN = 0.8  # of the time that is left when told to stop: what is under way gets ready to end

Tell = Callable[[str, str, Counted], None]


class Job(Struct, frozen=True, kw_only=True):
    """What is done for each follower, again and again. `work` answers how much there was: some, and it is done again at
    once; none, and the pauses grow from `first` to `longest` seconds. `deadline` is for one time, in seconds: less
    than a lock lasts, or two could be at one resource.
    """

    work: Callable[[Tenant, Follower], Conversation[int]]
    first: float = 0.1
    longest: float = 1.5
    deadline: float = 25.0


class Shift:
    """The jobs of one configuration. `tell` is given the marks of each follower, counted every few seconds."""

    def __init__(self, live: Live, jobs: tuple[Job, ...], tell: Tell) -> None:
        self.live = live
        self.jobs = jobs
        self.tell = tell
        self.stopping = asyncio.Event()
        self.journeys: set[Journey] = set()
        self.tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """Start; without followers there is nothing to start."""
        for tenant in self.live.gateway.tenants.values():
            for follower in tenant.followers:
                self.tasks.append(asyncio.create_task(self.count(tenant, follower)))
                self.tasks.extend(asyncio.create_task(self.repeat(job, tenant, follower)) for job in self.jobs)

    async def end(self, seconds: float) -> None:
        """Begin nothing more; what is under way has so many seconds."""
        self.stopping.set()
        until = self.live.world.clock() + seconds * DRAWN
        for journey in self.journeys:
            journey.end_by(until)
        try:
            if self.tasks:
                await asyncio.wait(self.tasks, timeout=seconds)
        finally:
            for task in self.tasks:
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)

    async def repeat(self, job: Job, tenant: Tenant, follower: Follower) -> None:
        pause = job.first
        while not self.stopping.is_set():
            some = await self.do(job, tenant, follower)
            pause = job.first if some else min(pause * 2, job.longest)
            await self.rest(0.0 if some else pause * uniform(0.5, 1.5))  # noqa: S311  # spreads replicas

    async def do(self, job: Job, tenant: Tenant, follower: Follower) -> int:
        """Once. What breaks is our fault and is told; it is tried again like what found nothing."""
        world = self.live.world
        journey = Journey(world, world.clock() + job.deadline, f"worker-{token_hex(8)}")
        self.journeys.add(journey)
        try:
            return await conduct(job.work(tenant, follower), journey)
        except Exception as error:
            say_fault(error, journey.request_id)
            return 0
        finally:
            self.journeys.discard(journey)

    async def rest(self, seconds: float) -> None:
        """Until then, or until told to stop."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.stopping.wait()

    async def count(self, tenant: Tenant, follower: Follower) -> None:
        """Apart from the jobs, so that a follower that hangs is seen to fall behind."""
        backend = follower.seat.backend
        while not self.stopping.is_set():
            counted = await self.live.world.state.count_marks(tenant.name, backend)
            if not isinstance(counted, Unavailable):
                self.tell(tenant.name, backend, counted)
            await self.rest(COUNT_SECONDS)
