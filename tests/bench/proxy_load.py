"""The load of the bench: so many keep-alive connections, each asking again as soon as it was answered."""

import asyncio
import json
import os
import string
import time
from typing import Any, NamedTuple

from proxy_stub import read_length

TICKS = os.sysconf("SC_CLK_TCK")
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
MEMBER = {"op": "add", "path": "members", "value": [{"value": "u-7"}]}
NEW_USER = {
    "schemas": [USER],
    "userName": "bjensen1@example.com",
    "name": {"givenName": "Barbara", "familyName": "Jensen"},
    "emails": [{"value": "bjensen1@example.com", "type": "work", "primary": True}],
    "active": True,
}


def patch_of(operation: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [PATCH_OP], "Operations": [operation]}


OPERATIONS: dict[str, tuple[str, str, Any, int]] = {
    "GET user": ("GET", "/Users/u-1", None, 200),
    "filter userName eq": ("GET", "/Users?filter=userName%20eq%20%22bjensen1%40example.com%22", None, 200),
    "POST user": ("POST", "/Users", NEW_USER, 201),
    "PATCH active": ("PATCH", "/Users/u-1", patch_of({"op": "replace", "path": "active", "value": False}), 200),
    "list of 100": ("GET", "/Users?startIndex=1&count=100", None, 200),
    "PATCH group +1": ("PATCH", "/Groups/g-1", patch_of(MEMBER), 204),
}


class Slice(NamedTuple):
    """What one slice of load showed. CPU seconds by process, as named by the caller; latencies in seconds."""

    requests: int
    seconds: float
    cpu: dict[str, float]
    latencies: list[float]

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    def micros(self, process: str) -> float:
        """CPU microseconds of a process per request."""
        return self.cpu[process] / self.requests * 1e6


def make_request(operation: str, tenant: str, token: str) -> tuple[bytes, int]:
    """The bytes to send, and the status that is to come back."""
    method, path, document, status = OPERATIONS[operation]
    body = b"" if document is None else json.dumps(document, separators=(",", ":")).encode()
    lines = [f"{method} /{tenant}/scim/v2{path} HTTP/1.1", "Host: gateway.example", f"Authorization: Bearer {token}"]
    lines.append("Accept: application/scim+json")
    if body:
        lines += ["Content-Type: application/scim+json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body, status


def request_of(request: bytes, number: int) -> bytes:
    """The request of one connection. Each creates a person of its own, as creates of one person wait for each other."""
    mark = string.ascii_letters[number].encode()
    return request.replace(b"bjensen1@", b"bjensen%b@" % mark) if request.startswith(b"POST") else request


class Asker(asyncio.Protocol):
    """One connection. Every answer is read to its end and its status compared."""

    def __init__(self, request: bytes, status: int, until: float) -> None:
        self.request = request
        self.expected = f"HTTP/1.1 {status} ".encode()
        self.until = until
        self.latencies: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.buffer = bytearray()
        self.size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.ask()

    def ask(self) -> None:
        self.began = time.perf_counter()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.size:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            self.size = end + 4 + read_length(bytes(self.buffer[:end]))
        if len(self.buffer) < self.size:
            return
        if not self.buffer.startswith(self.expected):
            self.finish(RuntimeError(f"expected {self.expected!r}, got {bytes(self.buffer[:600])!r}"))
            return
        now = time.perf_counter()
        self.latencies.append(now - self.began)
        self.buffer.clear()
        self.size = 0
        self.ask() if now < self.until else self.finish(None)

    def connection_lost(self, exc: BaseException | None) -> None:
        self.finish(RuntimeError("the connection was lost"))

    def finish(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error) if error else self.done.set_result(None)
        self.transport.close()


def read_cpu(pid: int) -> float:
    """CPU seconds a process has used, user and system, from /proc."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def load(port: int, request: bytes, status: int, width: int, seconds: float, pids: dict[str, int]) -> Slice:
    """Ask over `width` connections for so many seconds."""
    loop = asyncio.get_running_loop()
    before = {name: read_cpu(pid) for name, pid in pids.items()}
    began = time.perf_counter()
    askers = [Asker(request_of(request, number), status, began + seconds) for number in range(width)]
    for asker in askers:
        await loop.create_connection(lambda asker=asker: asker, "127.0.0.1", port)
    await asyncio.gather(*(asker.done for asker in askers))
    took = time.perf_counter() - began
    cpu = {name: read_cpu(pid) - before[name] for name, pid in pids.items()}
    latencies = [one for asker in askers for one in asker.latencies]
    return Slice(len(latencies), took, cpu, latencies)
