"""The line to a Redis: a quarter of a second for every operation, no second try, and a breaker.

Whatever Redis does (absent, killed, frozen, read-only, out of memory), nothing here raises: the answer is
`Unavailable`, and the fact is noted.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from redis.exceptions import ClusterDownError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from gateway.conversation.effects import Unavailable
from gateway.edge.breaker import Breaker
from gateway.edge.ports import Clock, Moment, Observer
from gateway.edge.redis_client import CONNECTIONS, SECONDS, open_client
from gateway.edge.redis_groups import Cluster
from gateway.edge.state_address import StateAddress
from gateway.observations import StateAnswered, StateFailed, StateFault, StateOperation

T = TypeVar("T")


class RedisLine:
    """A client, and what is known of whether it answers. `is_up`: did the last operation?"""

    def __init__(self, address: StateAddress, observer: Observer, clock: Clock) -> None:
        self.client: Any = open_client(address)
        self.observer = observer
        self.clock = clock
        self.breaker = Breaker(clock)
        self.room = asyncio.Semaphore(CONNECTIONS)
        self.is_up = False

    async def attempt(self, operation: StateOperation, act: Callable[[], Awaitable[T]]) -> T | Unavailable:
        """One operation, within its time and past the breaker. More at once than there are connections wait in line."""
        if not self.breaker.admit():
            self.note(operation, "breaker")
            return Unavailable()
        began = self.clock()
        try:
            async with asyncio.timeout(SECONDS), self.room:
                answer = await act()
        except Exception as error:  # redis-py's own errors are not all RedisErrors: a cluster without slots is none
            reason = reason_of(error)
            self.settle(reason == "refused")
            self.note(operation, reason)
            return Unavailable()
        except BaseException:
            self.breaker.abandon()
            raise
        self.settle(True)
        self.observer.observe(StateAnswered(operation, self.clock() - began), Moment())
        return answer

    def settle(self, answered: bool) -> None:
        self.is_up = answered
        if answered:
            self.breaker.succeed()
            return
        self.breaker.fail()
        if isinstance(self.client, Cluster):
            self.client.look_again()

    def note(self, operation: StateOperation, reason: StateFault) -> None:
        self.observer.observe(StateFailed(operation, reason), Moment())


def reason_of(error: Exception) -> StateFault:
    """Why it failed. A store that refuses (read-only, out of memory, no permission) lives: other things may work."""
    if isinstance(error, TimeoutError | RedisTimeoutError):
        return "timeout"
    return "refused" if isinstance(error, ResponseError) and not isinstance(error, ClusterDownError) else "connection"
