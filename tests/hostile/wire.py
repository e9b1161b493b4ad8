"""Bytes to a port and back: a client that sends what no library would."""

import json
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from msgspec import Struct

PATIENCE = 15.0  # seconds


class Heard(Struct, frozen=True):
    """An answer in raw form. `status` is 0 when the connection closed without one; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def document(self) -> Any:
        return json.loads(self.body)


def speak(port: int, raw: bytes) -> Heard:
    """Send the bytes, read until the answer is whole or the other side closes."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as plug:
        plug.settimeout(PATIENCE)
        with suppress(OSError):  # it may be refused before all of it was sent: the answer is on its way
            plug.sendall(raw)
        data = listen(plug)
    return parse(data, time.monotonic() - began)


def listen_on(port: int, raw: bytes) -> bytes:
    """Send the bytes, read whatever comes until the other side closes."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as plug:
        plug.settimeout(PATIENCE)
        plug.sendall(raw)
        return b"".join(iter(lambda: plug.recv(65536), b""))


def listen(plug: socket.socket) -> bytes:
    data = bytearray()
    while not is_whole(bytes(data)):
        try:
            chunk = plug.recv(65536)
        except OSError:
            break
        if not chunk:
            break
        data += chunk
    return bytes(data)


def is_whole(data: bytes) -> bool:
    head, found, body = data.partition(b"\r\n\r\n")
    if not found:
        return False
    length = read_headers(head).get("content-length")
    return length is not None and len(body) >= int(length)


def parse(data: bytes, seconds: float) -> Heard:
    head, _, body = data.partition(b"\r\n\r\n")
    words = head.split(b"\r\n")[0].split()
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
    return Heard(status, read_headers(head), body, seconds)


def read_headers(head: bytes) -> dict[str, str]:
    lines = [line.decode("latin-1").partition(":") for line in head.split(b"\r\n")[1:]]
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def request(
    method: str, target: str | bytes, body: bytes | None = None, headers: Mapping[str, str | None] | None = None
) -> bytes:
    """A request as bytes. A header whose value is None is left out; a body brings its length."""
    sent: dict[str, str | None] = {"Host": "gateway.example.com", "Connection": "close"}
    if body is not None:
        sent |= {"Content-Type": "application/scim+json", "Content-Length": str(len(body))}
    sent |= headers or {}
    raw = target if isinstance(target, bytes) else target.encode()
    lines = [f"{name}: {value}" for name, value in sent.items() if value is not None]
    head = method.encode() + b" " + raw + b" HTTP/1.1\r\n" + "\r\n".join(lines).encode("latin-1")
    return head + b"\r\n\r\n" + (body or b"")
