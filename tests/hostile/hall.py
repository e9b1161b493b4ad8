"""The gateway with its vendors on a thread, and a backend that answers any bytes it is given."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from scene import ACME, EMEA, VENDOR_TOKEN, backend, tenant, write_config, write_secret

from gateway.app import RunningGateway, start_gateway
from gateway.sandbox import LEDGER, Exchange, RunningSandbox, start_sandbox
from gateway.settings import load_settings

Script = Callable[[bytes], bytes | None]


class Hall:
    """A gateway that listens on `port`, and what its vendors were asked."""

    def __init__(self, running: RunningGateway, sandboxes: Mapping[str, RunningSandbox]) -> None:
        self.running = running
        self.port = int(running.url.rsplit(":", 1)[1])
        self.admin_port = int(running.admin_url.rsplit(":", 1)[1])
        self.sandboxes = sandboxes

    def asked(self) -> list[Exchange]:
        """Every call that any vendor got, and forget them."""
        calls = [call for sandbox in self.sandboxes.values() for call in sandbox.app[LEDGER]]
        for sandbox in self.sandboxes.values():
            sandbox.app[LEDGER].clear()
        return calls


class Loop:
    """An event loop on a thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@contextmanager
def open_gateway(config: Path, loop: Loop) -> Iterator[RunningGateway]:
    running: RunningGateway = loop.run(start_gateway(load_settings(str(config))))
    try:
        yield running
    finally:
        loop.run(running.close(seconds=1.0))


@contextmanager
def open_hall(folder: Path) -> Iterator[Hall]:
    """Tenant `acme` before Cube Cloud, tenant `emea` before PingDirectory."""
    loop = Loop()
    vendors = {"cube": "cube-cloud", "ping": "ping-directory"}
    sandboxes = {name: loop.run(start_sandbox(vendor, token=VENDOR_TOKEN)) for name, vendor in vendors.items()}
    secret = write_secret(folder)
    backends = {name: backend(vendors[name], sandbox.url, secret) for name, sandbox in sandboxes.items()}
    config = write_config(folder, backends, {"acme": tenant(ACME, "cube"), "emea": tenant(EMEA, "ping")})
    try:
        with open_gateway(config, loop) as running:
            yield Hall(running, sandboxes)
    finally:
        for sandbox in sandboxes.values():
            loop.run(sandbox.close())
        loop.close()


class RawVendor:
    """A backend that reads one request and sends whatever bytes its script makes of it; None hangs up."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/scim/v2"
        self.script: Script = lambda asked: None
        self.asked: list[bytes] = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                plug, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(plug,), daemon=True).start()

    def answer(self, plug: socket.socket) -> None:
        with plug, suppress(OSError):
            plug.settimeout(5)
            asked = read_request(plug)
            if asked:
                self.asked.append(asked)
                answer = self.script(asked)
                if answer is not None:
                    plug.sendall(answer)

    def lines(self) -> list[str]:
        """The request lines it was sent."""
        return [asked.split(b"\r\n")[0].decode() for asked in self.asked]

    def close(self) -> None:
        self.listener.close()


def read_request(plug: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = plug.recv(65536)
        if not chunk:
            return b""
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
    while lengths and len(body) < lengths[0]:
        body += plug.recv(65536)
    return head + b"\r\n\r\n" + body


def answer_with(
    body: bytes, status: str = "200 OK", headers: Mapping[str, str] | None = None, *, length: int | None = None
) -> bytes:
    """An HTTP answer; `length` is what Content-Length claims."""
    given = {"Content-Type": "application/scim+json", "Content-Length": str(len(body) if length is None else length)}
    lines = [f"{name}: {value}" for name, value in {**given, "Connection": "close", **(headers or {})}.items()]
    return f"HTTP/1.1 {status}\r\n{chr(13).join(lines).replace(chr(13), chr(13) + chr(10))}\r\n\r\n".encode() + body
