"""A door that listens, a tiny core behind it, and clients that speak bytes."""

import asyncio
import json
import re
import time
from hashlib import sha256
from typing import Any

from edge_notes import Notes

from gateway.conversation.effects import Call, Conversation, Lost, Reply, ask, note
from gateway.edge.conduct import World
from gateway.edge.ports import Moment
from gateway.edge.protocol import Front
from gateway.edge.server import Door, Live
from gateway.edge.state_memory import MemoryState
from gateway.observations import RequestFinished
from gateway.pipeline.request import Caller, Gateway, Request, Response

TOKEN = "a-token-of-a-tenant"
HEAD = f"Host: scim.example.com\r\nAuthorization: Bearer {TOKEN}\r\n"
SCIM = "application/scim+json"


class SlowBackends:
    """Answers every call after a while, and counts."""

    def __init__(self, seconds: float = 0.3) -> None:
        self.seconds = seconds
        self.begun: list[str] = []
        self.ended: list[str] = []

    async def call(self, call: Call, within: float, moment: Moment) -> Reply | Lost:
        self.begun.append(call.method)
        await asyncio.sleep(self.seconds)
        self.ended.append(call.method)
        return Reply(200)

    async def close(self) -> None: ...


class Site:
    """A door that listens, and the requests its core saw."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.notes = Notes()
        self.backends = SlowBackends()
        self.in_flight = 0
        self.flown: list[tuple[str, int]] = []
        callers = {sha256(TOKEN.encode()).hexdigest(): Caller("acme")}
        world = World(MemoryState(), self.backends, self.notes, time.monotonic)
        live = Live(Gateway(tenants={}, callers=callers), world, {"acme": 5.0})
        self.door = Door(live, self.fulfil, self.note_flight)
        self.front: Front | None = None
        self.server: asyncio.Server | None = None
        self.port = 0

    def note_flight(self, operation: str, change: int) -> None:
        self.in_flight += change
        self.flown.append((operation, change))

    def fulfil(self, request: Request, gateway: Gateway) -> Conversation[Response]:
        """A tiny core: echoes, or calls, or breaks, as the path says."""
        self.requests.append(request)
        if "break" in request.path:
            raise RuntimeError("userName bjensen")
        for method in re.findall("GET|POST", request.path):
            call = Call("cube", "create", method, "/Users", safe=method == "GET")
            yield from ask(call)
        yield from note(RequestFinished("acme", "User", "retrieve", 200))
        return Response(status=200, body=b'{"length":%d}' % len(request.body), headers=(("Content-Type", SCIM),))

    async def open(self, head_seconds: float = 10.0) -> None:
        self.front = Front(self.door.answer, self.door.answer_bad_http, head_seconds)
        self.server = await asyncio.get_running_loop().create_server(self.front, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def say(self, *parts: bytes, pause: float = 0.0, seconds: float = 20.0) -> bytes:
        """Send the parts over one connection and read until the answer is whole, or the line is closed."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(pause)
        except ConnectionError:
            pass
        try:
            async with asyncio.timeout(seconds):
                return await read_answer(reader, bodiless=parts[0].startswith(b"HEAD"))
        except ConnectionError:
            return b""
        finally:
            writer.close()


async def read_answer(reader: asyncio.StreamReader, bodiless: bool = False) -> bytes:
    answer = b""
    while True:
        head, found, rest = answer.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        if found and bodiless:
            return answer
        if found and length and len(rest) >= int(length[1]):
            return answer
        chunk = await reader.read(65536)
        if not chunk:
            return answer
        answer += chunk


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def header_of(answer: bytes, name: str) -> str | None:
    found = re.search(rf"(?im)^{name}: (.*?)\r$", answer.partition(b"\r\n\r\n")[0].decode("latin-1") + "\r\n")
    return found[1] if found else None


def error_of(answer: bytes, status: int, code: str) -> dict[str, Any]:
    """The SCIM Error of an answer, which must be one."""
    assert status_of(answer) == status, answer
    assert header_of(answer, "Content-Type") == SCIM
    assert header_of(answer, "X-Request-Id")
    assert header_of(answer, "Server") is None
    document = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert document["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert document["status"] == str(status)
    assert document["detail"].endswith(f"({code})")
    return document


def get(path: str, head: str = HEAD) -> bytes:
    return f"GET {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1")


def post(body: bytes, *headers: str, length: int | None = None) -> bytes:
    lines = "".join(f"{line}\r\n" for line in headers)
    size = "" if length == -1 else f"Content-Length: {len(body) if length is None else length}\r\n"
    return f"POST /scim/v2/Users HTTP/1.1\r\n{HEAD}{lines}{size}\r\n".encode() + body
