"""What the tests of the state stores share: a secret, keys and marks, and a store on a real server."""

import asyncio
from typing import Any

import pytest
from edge_notes import Notes

from gateway.conversation.effects import Key
from gateway.edge import redis_client, redis_line
from gateway.edge.ports import Counted, State
from gateway.edge.state_address import parse_state_url
from gateway.edge.state_names import Namer
from gateway.edge.state_redis import RedisState
from gateway.observations import StateFailed

SECRET = b"0123456789abcdef0123456789abcdef"
PAIR = ("acme", "cube")


def key(name: str = "userName=bjensen", tenant: str = "acme", backend: str = "cube", kind: Any = "correlation") -> Key:
    return Key(kind, tenant, backend, "User", name)


def be_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no store that is away: such a test waits."""
    for module in (redis_line, redis_client):
        monkeypatch.setattr(module, "SECONDS", 20)


class Real:
    """A RedisState on a real server, and what it noted."""

    def __init__(self, url: str) -> None:
        self.notes = Notes()
        self.state = RedisState(parse_state_url(url), Namer([SECRET]), self.notes)

    async def open(self) -> "Real":
        """With a connection: on a slow machine the first may take longer than an operation may."""
        for _ in range(20):
            if await self.state.probe():
                break
            await asyncio.sleep(0.3)
        self.notes.facts.clear()
        return self

    @property
    def reasons(self) -> list[str]:
        return [fact.reason for fact in self.notes.facts if isinstance(fact, StateFailed)]


def mark(name: str = "id 2819c223", backend: str = "cube") -> Key:
    return key(name, backend=backend, kind="mark")


async def set_mark(state: State, name: str = "id 2819c223", entry: bytes = b"open", seconds: float = 0) -> bytes:
    (booked,) = await state.mark([(mark(name), entry)], seconds)
    assert booked.shared
    assert booked.grip
    return booked.grip


async def entries(state: State, most: int = 10, seconds: float = 60) -> list[bytes]:
    return [one.entry for one in await state.take_marks(*PAIR, most, seconds)]


async def listed(state: State) -> set[bytes]:
    found = await state.list_marks(*PAIR)
    assert isinstance(found, tuple)
    return {one.entry for one in found}


async def counted(state: State) -> tuple[int, int]:
    found = await state.count_marks(*PAIR)
    assert isinstance(found, Counted)
    return found.waiting, found.parked
