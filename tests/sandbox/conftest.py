"""A pretend vendor on a real socket, and a client that speaks to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NamedTuple

import aiohttp
import msgspec
import pytest

from gateway.sandbox import RunningSandbox, start_sandbox

TOKEN = "sandbox-token"


class Reply(NamedTuple):
    status: int
    body: Any
    headers: Any
    text: str


class Line:
    """One client of one running vendor."""

    def __init__(self, running: RunningSandbox, session: aiohttp.ClientSession) -> None:
        self.running, self.session = running, session

    async def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = TOKEN,
        media_type: str = "application/scim+json",
        params: dict[str, str] | None = None,
        url: str | None = None,
    ) -> Reply:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        raw = None
        if body is not None:
            raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
            headers["Content-Type"] = media_type
        target = (url or self.running.url) + path
        async with self.session.request(method, target, data=raw, headers=headers, params=params) as answer:
            text = await answer.text()
            try:
                document = msgspec.json.decode(text) if text else None
            except msgspec.DecodeError:
                document = text
            return Reply(answer.status, document, answer.headers, text)


@pytest.fixture
async def dial() -> AsyncIterator[Callable[..., Awaitable[Line]]]:
    """`await dial(vendor, *faults)` starts a vendor and gives the line to it."""
    opened: list[RunningSandbox] = []
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:

        async def start(vendor: str, *faults: str) -> Line:
            running = await start_sandbox(vendor, token=TOKEN, faults=faults)
            opened.append(running)
            return Line(running, session)

        yield start
        for each in opened:
            await each.close()
