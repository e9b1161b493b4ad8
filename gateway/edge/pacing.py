"""How fast and how widely a backend is called: calls evenly spaced, and so many at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.edge.ports import Clock


class Late(Exception):  # an outcome, not a fault
    """The turn would come after the deadline."""


class Pacer:
    """Turns for the calls of one backend."""

    def __init__(self, pace: float | None, concurrency: int, clock: Clock) -> None:
        self.gap = 1.0 / pace if pace else 0.0
        self.clock = clock
        self.next_turn = 0.0
        self.places = asyncio.Semaphore(concurrency)

    @asynccontextmanager
    async def turn(self, until: float) -> AsyncIterator[None]:
        """A place among the calls under way, at the backend's pace. Raises Late when it would come after `until`."""
        await self.enter(until)
        try:
            await self.space(until)
            yield
        finally:
            self.places.release()

    async def enter(self, until: float) -> None:
        """Take a place. A free one needs no timer."""
        if not self.places.locked():
            await self.places.acquire()
            return
        try:
            async with asyncio.timeout(max(until - self.clock(), 0.0)):
                await self.places.acquire()
        except TimeoutError:
            raise Late from None

    async def space(self, until: float) -> None:
        if not self.gap:
            return
        now = self.clock()
        turn = max(now, self.next_turn)
        if turn >= until:
            raise Late
        self.next_turn = turn + self.gap
        if turn > now:
            await asyncio.sleep(turn - now)
