"""Transports for tests: made, called, and closed at the end."""

import asyncio
import time
from typing import Any

from edge_notes import Notes

from gateway.conversation.effects import Call, Lost, Reply
from gateway.edge.ports import Moment
from gateway.edge.transport import Link, Transport


class Caller:
    """Makes transports and closes them."""

    def __init__(self) -> None:
        self.notes = Notes()
        self.made: list[Transport] = []

    async def __call__(self, base: str, method: str = "GET", within: float = 5.0, **more: Any) -> Reply | Lost:
        link = {key: more.pop(key) for key in list(more) if key in Link.__struct_fields__ and key != "headers"}
        transport = self.open(base, **link)
        return await transport.call(call(method, **more), within, Moment())

    def open(self, base: str, **link: Any) -> Transport:
        transport = Transport([Link(name="cube", base=base, **link)], self.notes, time.monotonic)
        self.made.append(transport)
        return transport


def call(method: str = "GET", **more: Any) -> Call:
    body = {"userName": "bjensen"} if method in ("POST", "PUT", "PATCH") else None
    fields = {"path": "/Users", "body": body, "safe": method == "GET", **more}
    return Call(backend="cube", operation="retrieve", method=method, **fields)


async def silent(backend, reader, writer):
    await backend.read(reader)
    await asyncio.sleep(5)
