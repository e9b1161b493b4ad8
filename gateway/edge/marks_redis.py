"""Marks in a Redis, for every replica; in this process alone while it is away, until it is back.

When it is back the older of two marks under one key keeps its entry, so that what was known first is not forgotten; the
grip is that of the one kept here, so that whoever was bringing the resource in step meanwhile does not end it.
"""

import re
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from gateway.conversation.effects import Booked, Key, Taken, Unavailable
from gateway.edge.marks_lua import COUNT, LIST, POSTPONE, SAVE, TAKE, UNMARK
from gateway.edge.marks_memory import MemoryMarks, Pair, Slip, new_grip, new_slips
from gateway.edge.ports import Counted
from gateway.edge.redis_line import RedisLine
from gateway.edge.state_names import Namer
from gateway.observations import StateOperation

MARK = re.compile(rb"([0-9a-fA-F]+):\d+:(.*)", re.DOTALL)
PAGE = 200


class RedisMarks:
    """Marks by their keys. Every change is one script, which compares what lies there with what it was told."""

    def __init__(self, line: RedisLine, namer: Namer) -> None:
        self.line = line
        self.namer = namer
        self.aside = MemoryMarks(line.clock, shared=False)

    async def mark(
        self, entries: Sequence[tuple[Key, bytes]], seconds: float, alone: Sequence[bytes] = ()
    ) -> tuple[Booked, ...]:
        """In the process they keep their grips: a store that did not answer may have saved them all the same."""
        slips = new_slips(entries, seconds)
        shared = await self.save(slips)
        aside = [self.aside.find(slip.key) for slip in slips]
        if shared is None:
            texts = alone or [slip.entry for slip in slips]
            return self.aside.save(replace(slip, entry=text) for slip, text in zip(slips, texts, strict=True))
        for slip in slips:
            self.aside.drop(slip.key)
        return tuple(
            Booked(slip.grip, was=there if here is None else here.entry)
            for slip, here, there in zip(slips, aside, shared, strict=True)
        )

    async def save(self, slips: Sequence[Slip], *, merged: bool = False) -> list[bytes | None] | None:
        """What lay there. Merged: the entry of an older mark stays, which tells how things were before."""
        told = [(one.key, (one.grip, milliseconds(one.seconds), milliseconds(one.age), one.entry)) for one in slips]
        return await self.change("mark", SAVE, told, "1" if merged else "")

    async def unmark(self, marks: Sequence[tuple[Key, bytes]]) -> tuple[bool, ...]:
        """Here and there: what was moved, or was saved by a store that did not say so, has the same grip."""
        aside = self.aside.unmark(marks)
        shared = await self.change("unmark", UNMARK, [(key, (grip,)) for key, grip in marks])
        return aside if shared is None else tuple(here or there == 1 for here, there in zip(aside, shared, strict=True))

    async def change(
        self, operation: StateOperation, script: str, told: Sequence[tuple[Key, tuple[Any, ...]]], how: str = ""
    ) -> list[Any] | None:
        """One script for each follower, all in one round trip: what it says of each key. None: no answer."""
        groups: dict[Pair, list[int]] = {}
        for at, (key, _) in enumerate(told):
            groups.setdefault((key.tenant, key.backend), []).append(at)

        async def act() -> list[list[Any]]:
            pipeline = self.line.client.pipeline(transaction=False)
            for pair, group in groups.items():
                names = [*self.namer.agenda(pair), *(name for at in group for name in self.namer.names(told[at][0]))]
                words = [word for at in group for word in told[at][1]]
                pipeline.eval(script, len(names), *names, len(self.namer.secrets), how, *words)
            answered: list[list[Any]] = await pipeline.execute()
            return answered

        answers = await self.line.attempt(operation, act) if told else []
        if isinstance(answers, Unavailable):
            return None
        changed = {
            at: one
            for group, each in zip(groups.values(), answers, strict=True)
            for at, one in zip(group, each, strict=True)
        }
        return [changed[at] for at in range(len(told))]

    async def run(self, operation: StateOperation, script: str, names: Sequence[str], *words: Any) -> Any:
        return await self.line.attempt(operation, lambda: self.line.client.eval(script, len(names), *names, *words))

    async def postpone(self, key: Key, grip: bytes, entry: bytes, seconds: float | None) -> bool:
        if self.aside.postpone(key, grip, entry, seconds):
            return True
        names = (*self.namer.agenda((key.tenant, key.backend)), *self.namer.names(key))
        answer = await self.run("postpone", POSTPONE, names, grip, new_grip(), milliseconds(seconds), entry)
        return bool(answer == 1)

    async def recall_aside(self, keys: Sequence[Key]) -> list[bytes | None]:
        """What is kept here of the keys, once the store has been offered it."""
        for pair in {(key.tenant, key.backend) for key in keys if self.aside.find(key) is not None}:
            await self.move(pair)
        found = map(self.aside.find, keys)
        return [None if one is None else one.entry for one in found]

    async def take(self, pair: Pair, most: int, seconds: float) -> tuple[Taken, ...]:
        await self.move(pair)
        names, words = self.namer.agenda(pair), (self.namer.mark_prefix(pair), most, milliseconds(seconds))
        answer = await self.run("take", TAKE, names, *words)
        shared = () if isinstance(answer, Unavailable) else read_taken(pair, answer)
        return (*shared, *self.aside.take(pair, most - len(shared), seconds))

    async def move(self, pair: Pair) -> None:
        """Give the store what it missed. What was changed here meanwhile stays, and goes the next time."""
        while slips := self.aside.slips(pair, PAGE):
            if await self.save(slips, merged=True) is None:
                return
            self.aside.unmark([(slip.key, slip.grip) for slip in slips])

    async def list_all(self, pair: Pair) -> tuple[Taken, ...] | Unavailable:
        found: dict[bytes, Taken] = {}
        cursor: bytes = b"0"
        while True:
            page = await self.run("list", LIST, self.namer.agenda(pair), self.namer.mark_prefix(pair), cursor, PAGE)
            if isinstance(page, Unavailable):
                return page
            cursor, values = page
            found.update((one.grip, one) for one in read_taken(pair, values))
            if cursor == b"0":
                found.update((one.grip, one) for one in self.aside.list_all(pair))
                return tuple(found.values())

    async def count(self, pair: Pair) -> Counted | Unavailable:
        answer = await self.run("count", COUNT, self.namer.agenda(pair))
        if isinstance(answer, Unavailable):
            return answer
        waiting, parked, oldest = answer
        here = self.aside.count(pair)
        return Counted(waiting + here.waiting, parked + here.parked, max(oldest / 1000, here.oldest))

    async def close(self) -> tuple[Key, ...]:
        """Move what can be moved; the keys of what ends with this process."""
        for pair in tuple(self.aside.open):
            await self.move(pair)
        return tuple(key for marks in self.aside.open.values() for key in marks)


def milliseconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:.0f}"


def read_mark(value: bytes | None) -> tuple[bytes, bytes] | None:
    """The entry and the grip of a mark as it lies in the store; None when it is missing or garbage."""
    found = MARK.fullmatch(value) if value is not None else None
    return None if found is None else (found[2], found[1])


def read_taken(pair: Pair, words: Sequence[bytes]) -> tuple[Taken, ...]:
    """The marks of a script's answer: of each what lies there, where that is, and when it is due."""
    found: list[Taken] = []
    for value, member, due in zip(words[::3], words[1::3], words[2::3], strict=True):
        mark = read_mark(value)
        if mark is not None:
            found.append(Taken(*mark, Key("lying", *pair, "", member.decode("latin-1")), due == b"inf"))
    return tuple(found)
