"""The state store in Redis: a quarter of a second for every operation, no second try, and a breaker of its own.

Whatever Redis does (absent, killed, frozen, flushed, read-only, out of memory), nothing here raises: the answer is
`Unavailable` or False, the fact is noted, and the request goes on.
"""

import asyncio
import random
import secrets
import time
from collections.abc import Sequence

from gateway.conversation.effects import Booked, Key, Spent, Taken, Unavailable
from gateway.edge.marks_redis import RedisMarks, read_mark
from gateway.edge.ports import Clock, Counted, Moment, Observer
from gateway.edge.redis_line import RedisLine
from gateway.edge.state_address import StateAddress
from gateway.edge.state_lua import CLAIM, HOLD, LOCK_MS, RELEASE, RESEAL, SPEND
from gateway.edge.state_memory import MemoryState
from gateway.edge.state_names import Namer
from gateway.observations_followers import MarkUnshared

LOCK_PAUSE = 0.05
OWED = 1000  # locks that the store may have, each of which would keep others waiting for half a minute


class RedisState:
    """Entries in a Redis, Sentinel or Cluster."""

    def __init__(self, address: StateAddress, namer: Namer, observer: Observer, clock: Clock = time.monotonic) -> None:
        self.line = RedisLine(address, observer, clock)
        self.client = self.line.client
        self.attempt = self.line.attempt
        self.namer = namer
        self.observer = observer
        self.clock = clock
        self.marks = RedisMarks(self.line, namer)
        self.alone = MemoryState(clock)
        self.owed: dict[bytes, str] = {}
        self.unheard: set[bytes] = set()

    @property
    def is_up(self) -> bool:
        """Did the store answer the last time it was asked?"""
        return self.line.is_up

    async def recall(self, keys: Sequence[Key]) -> tuple[bytes | None, ...] | Unavailable:
        """While the store is away, marks that are kept here are known; hints asked for along with them are not."""
        if not keys:
            return ()
        aside = await self.marks.recall_aside(keys)
        found = await self.attempt("recall", lambda: self.read(keys))
        if isinstance(found, Unavailable):
            return found if not any(aside) else tuple(aside)
        return tuple(self.pick(key, found) if one is None else one for key, one in zip(keys, aside, strict=True))

    async def read(self, keys: Sequence[Key]) -> dict[str, bytes | None]:
        """One MGET for each slot, all in one round trip; usually there is one."""
        pipeline = self.client.pipeline(transaction=False)
        groups = self.by_slot(keys)
        for names in groups:
            pipeline.execute_command("MGET", *names)
        answers = await pipeline.execute()
        return {
            name: one
            for group, there in zip(groups, answers, strict=True)
            for name, one in zip(group, there, strict=True)
        }

    def pick(self, key: Key, found: dict[str, bytes | None]) -> bytes | None:
        """The entry under the newest name that has one."""
        there = [found[name] for name in self.namer.names(key)]
        if key.kind == "mark":
            return next((one[0] for one in map(read_mark, there) if one is not None), None)
        return next((entry for entry in there if entry is not None), None)

    def by_slot(self, keys: Sequence[Key]) -> list[list[str]]:
        """The names of the keys, grouped so that one command can take each group."""
        slots: dict[str, list[str]] = {}
        for key in keys:
            slots.setdefault(self.namer.tag(key), []).extend(self.namer.names(key))
        return list(slots.values())

    async def keep(self, entries: Sequence[tuple[Key, bytes]], seconds: int | None) -> bool:
        async def act() -> bool:
            pipeline = self.client.pipeline(transaction=False)
            former: dict[str, list[str]] = {}  # names that who has the secrets in another order reads first
            for key, entry in entries:
                name, *older = self.namer.names(key)
                pipeline.set(name, entry, ex=seconds)
                former.setdefault(self.namer.tag(key), []).extend(older)
            for names in filter(None, former.values()):
                pipeline.execute_command("DEL", *names)
            await pipeline.execute()
            return True

        saved = not entries or await self.attempt("keep", act) is True
        claims = [(key, entry) for key, entry in entries if key.kind == "create"]
        if claims and not saved:
            await self.alone.keep(claims, seconds)
        else:
            await self.alone.forget([key for key, _ in claims])
        return saved

    async def reseal(self, entries: Sequence[tuple[Key, bytes, bytes]]) -> tuple[bool, ...]:
        """One script for each entry, all in one round trip; it lies under the newest name then, and no other."""

        async def act() -> list[int]:
            pipeline = self.client.pipeline(transaction=False)
            for key, was, entry in entries:
                names = self.namer.names(key)
                pipeline.eval(RESEAL, len(names), *names, was, entry)
            answered: list[int] = await pipeline.execute()
            return answered

        answers = await self.attempt("reseal", act) if entries else []
        if isinstance(answers, Unavailable):
            return (False,) * len(entries)
        return tuple(one == 1 for one in answers)

    async def claim(self, keys: Sequence[Key], entry: bytes, seconds: int) -> tuple[bytes | None, ...] | Unavailable:
        """One script for each key, all in one round trip. While the store is away claims are made here, so that twins
        at least meet in one process; who claims first is told that nobody else could be.
        """
        here = tuple(self.alone.find(key) for key in keys)
        if any(here):
            return here

        async def act() -> list[bytes | None]:
            pipeline = self.client.pipeline(transaction=False)
            for key in keys:
                names = self.namer.names(key)
                pipeline.eval(CLAIM, len(names), *names, entry, seconds)
            answered: list[bytes | None] = await pipeline.execute()
            return answered

        answers = await self.attempt("claim", act)
        if isinstance(answers, Unavailable):
            await self.alone.claim([key for key in keys if key.kind == "create"], entry, seconds)
            return answers
        return tuple(answers)

    async def forget(self, keys: Sequence[Key]) -> bool:
        await self.alone.forget(keys)

        async def act() -> bool:
            pipeline = self.client.pipeline(transaction=False)
            for names in self.by_slot(keys):
                pipeline.execute_command("DEL", *names)
            await pipeline.execute()
            return True

        return not keys or await self.attempt("forget", act) is True

    async def spend(self, key: Key, amount: int, bound: int, seconds: int) -> Spent:
        """A safety net is not taken away with the store: this process then counts what passes through itself."""

        async def act() -> list[int]:
            answered: list[int] = await self.client.eval(SPEND, 1, self.namer.name(key), amount, bound, seconds)
            return answered

        answer = await self.attempt("spend", act)
        if isinstance(answer, Unavailable):
            return await self.alone.spend(key, amount, bound, seconds)
        return Spent(answer[0] == 1, max(answer[1], 1))

    async def mark(
        self, entries: Sequence[tuple[Key, bytes]], seconds: float, alone: Sequence[bytes] = ()
    ) -> tuple[Booked, ...]:
        return await self.marks.mark(entries, seconds, alone)

    async def unmark(self, marks: Sequence[tuple[Key, bytes]]) -> tuple[bool, ...]:
        return await self.marks.unmark(marks)

    async def postpone(self, key: Key, grip: bytes, entry: bytes, seconds: float | None) -> bool:
        return await self.marks.postpone(key, grip, entry, seconds)

    async def take_marks(self, tenant: str, backend: str, most: int, seconds: float) -> tuple[Taken, ...]:
        return await self.marks.take((tenant, backend), most, seconds)

    async def list_marks(self, tenant: str, backend: str) -> tuple[Taken, ...] | Unavailable:
        return await self.marks.list_all((tenant, backend))

    async def count_marks(self, tenant: str, backend: str) -> Counted | Unavailable:
        return await self.marks.count((tenant, backend))

    async def hold(self, key: Key, patience: float) -> bytes | None:
        """With a token of our own. A store that is away is no reason to wait: the grip then holds nothing, but may once
        the store is back; an empty one was never sent.
        """
        name, grip = self.namer.name(key), secrets.token_hex(16).encode()
        until = self.clock() + patience
        while True:
            sent, taken = await self.grasp(name, grip)
            if isinstance(taken, Unavailable) or taken == 1:
                self.unheard.update([grip] if sent and taken != 1 else [])
                return grip if sent else b""
            await self.repay()
            pause = LOCK_PAUSE * random.uniform(0.5, 1.5)  # noqa: S311  # spreads waiters, keeps no secret
            if self.clock() + pause >= until:
                return None
            await asyncio.sleep(pause)

    async def grasp(self, name: str, grip: bytes) -> tuple[bool, int | Unavailable]:
        """Try to take a lock: was it asked for, and what was said. Who is cancelled meanwhile may have taken it."""
        sent = False

        async def act() -> int:
            nonlocal sent
            sent = True
            answered: int = await self.client.eval(HOLD, 1, name, grip, LOCK_MS)
            return answered

        try:
            taken = await self.attempt("hold", act)
        except BaseException:
            self.owe(name, grip)
            raise
        return sent, taken

    async def holds(self, grips: Sequence[tuple[Key, bytes]]) -> bool:
        """A lock of which the store did not answer may have become ours at any time, and another's before."""

        async def act() -> list[bytes | None]:
            pipeline = self.client.pipeline(transaction=False)
            for key, _ in grips:
                pipeline.execute_command("GET", self.namer.name(key))
            answered: list[bytes | None] = await pipeline.execute()
            return answered

        if not self.unheard.isdisjoint(grip for _, grip in grips):
            return False
        there = await self.attempt("held", act)
        return not isinstance(there, Unavailable) and there == [grip for _, grip in grips]

    async def release(self, key: Key, grip: bytes) -> None:
        """Delete the lock only while it is ours, compared where it lies. What the store does not hear it is told later:
        one that froze carries out what was sent to it long before, and nobody would give that lock back.
        """
        self.unheard.discard(grip)
        if grip:
            self.owe(self.namer.name(key), grip)
            await self.let_go(grip)

    async def let_go(self, grip: bytes) -> bool:
        name = self.owed[grip]
        said = await self.attempt("release", lambda: self.client.eval(RELEASE, 1, name, grip))
        if isinstance(said, Unavailable):
            return False
        self.owed.pop(grip, None)
        return True

    def owe(self, name: str, grip: bytes) -> None:
        self.owed[grip] = name
        while len(self.owed) > OWED:
            del self.owed[next(iter(self.owed))]

    async def repay(self) -> None:
        """Give back the locks whose release was not heard."""
        for grip in tuple(self.owed):
            if grip in self.owed and not await self.let_go(grip):
                return

    async def probe(self) -> bool:
        if isinstance(await self.attempt("probe", self.client.ping), Unavailable):
            return False
        await self.repay()
        return True

    async def close(self) -> None:
        for key in await self.marks.close():
            self.observer.observe(MarkUnshared(key.tenant, key.backend, lost=True), Moment())
        await self.client.aclose()
