"""Real things for the edge's tests: redis-servers that can be frozen and killed, and backends that are bare sockets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from calling_stage import Caller
from redis_servers import RedisServer, StartRedis, start_spares


@pytest.fixture(scope="session")
def redis_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def redis_server(redis_process: RedisServer) -> Iterator[RedisServer]:
    """A running, empty redis-server; whatever a test does to it is undone."""
    if redis_process.process is None:
        redis_process.start()
    redis_process.ask("FLUSHALL")
    yield redis_process
    if redis_process.process is not None:
        redis_process.thaw()


@pytest.fixture
def spare_redis(tmp_path: Path) -> Iterator[StartRedis]:
    """Further redis-servers, with options of their own."""
    yield from start_spares(tmp_path)


@pytest.fixture(scope="module")
def grouped_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartRedis]:
    """The same, for groups that several tests ask."""
    yield from start_spares(tmp_path_factory.mktemp("groups"))


Play = Callable[["RawBackend", asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class RawBackend:
    """A backend that is a bare socket: it plays whatever a test says, and keeps every request's head and body."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.seen: list[tuple[str, bytes]] = []
        self.connections = 0
        self.port = 0

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self.play(self, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def read(self, reader: asyncio.StreamReader) -> str:
        """One request, whole; its head."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = next((int(line[15:]) for line in head.lower().split("\r\n") if line.startswith("content-length:")), 0)
        self.seen.append((head, await reader.readexactly(length)))
        return head

    @property
    def lines(self) -> list[str]:
        """The request lines, in order."""
        return [head.split("\r\n")[0] for head, _ in self.seen]


OpenBackend = Callable[[Play], Awaitable[RawBackend]]


@pytest.fixture
async def raw_backend() -> AsyncIterator[OpenBackend]:
    servers: list[asyncio.Server] = []

    async def open_backend(play: Play) -> RawBackend:
        backend = RawBackend(play)
        server = await asyncio.start_server(backend.serve, "127.0.0.1", 0)
        backend.port = server.sockets[0].getsockname()[1]
        servers.append(server)
        return backend

    yield open_backend
    for server in servers:
        server.close()


def always(*answers: bytes) -> Play:
    """Answers every request on a connection with the next of the answers, the last one again and again."""

    async def play(backend: RawBackend, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        left = list(answers)
        while True:
            await backend.read(reader)
            writer.write(left.pop(0) if len(left) > 1 else left[0])
            await writer.drain()

    return play


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    """A whole HTTP/1.1 answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.fixture
def tools() -> tuple[Callable[..., Play], Callable[..., bytes]]:
    return always, http


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    caller = Caller()
    yield caller
    for transport in caller.made:
        await transport.close()
