"""The program as people run it: processes, a configuration on disk, and a backend that answers slowly."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

TOKEN = "a-token-of-acme-0123456789"
ROOT = Path(__file__).parents[2]


class SlowVendor(BaseHTTPRequestHandler):
    """A vendor whose every user takes half a second to come, and who creates whatever it is sent."""

    protocol_version = "HTTP/1.1"
    seen: list[str]
    pause = 0.5

    def do_GET(self) -> None:
        type(self).seen.append(f"GET {self.path}")
        time.sleep(self.pause)
        self.answer(200, {"id": "2819c223", "userName": "bjensen", "meta": {"resourceType": "User"}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).seen.append(f"POST {self.path}")
        time.sleep(self.pause)
        self.answer(201, {**body, "id": "2819c223"})

    def answer(self, status: int, document: dict[str, Any]) -> None:
        user = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], **document}
        body = json.dumps(user).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/scim+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its base names it so
        pass


@pytest.fixture
def vendor() -> Iterator[tuple[str, list[str]]]:
    """The vendor's base URL, and the request lines it has seen."""
    kind = type("Vendor", (SlowVendor,), {"seen": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/scim/v2", kind.seen
    server.shutdown()
    server.server_close()


@pytest.fixture
def config(tmp_path: Path, vendor: tuple[str, list[str]]) -> Path:
    file = tmp_path / "gateway.yaml"
    file.write_text(
        "listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\n"
        f"backends:\n  slow: {{ mapping: scim2, url: '{vendor[0]}', auth: none }}\n"
        f"tenants:\n  acme: {{ tokens: [{{ sha256: {sha256(TOKEN.encode()).hexdigest()} }}], backends: [slow] }}\n"
    )
    return file


class Served:
    """A running `scim-gateway serve`, and its log."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []
        self.errors: list[str] = []
        threading.Thread(target=self.listen, daemon=True).start()
        threading.Thread(target=lambda: self.errors.extend(process.stderr or ()), daemon=True).start()
        startup = self.wait_for("startup")
        self.url, self.admin = startup["listen"], startup["admin"]

    def listen(self) -> None:
        for line in self.process.stdout or ():
            self.lines.append(json.loads(line))

    def events(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == event]

    def wait_for(self, event: str, count: int = 1, seconds: float = 60) -> dict[str, Any]:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = self.events(event)
            if len(found) >= count:
                return found[-1]
            if self.process.poll() is not None:
                time.sleep(0.1)
                raise AssertionError(f"ended with {self.process.returncode}: {self.errors} {self.lines}")
            time.sleep(0.02)
        raise AssertionError(f"no {event} in {self.lines}")

    def ask(self, url: str, body: Any = None, token: str = TOKEN) -> tuple[int, str]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}
        try:
            with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def send(self, number: int) -> None:
        self.process.send_signal(number)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    started: list[Served] = []

    def start(config: Path, *more: str) -> Served:
        command = [sys.executable, "-m", "gateway", "serve", "--config", str(config), *more]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(), cwd=config.parent
        )
        served = Served(process)
        started.append(served)
        return served

    yield start
    for served in started:
        if served.process.poll() is None:
            served.send(signal.SIGTERM)
            try:
                served.process.wait(10)
            except subprocess.TimeoutExpired:
                served.process.kill()


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """One command, run to its end in an empty folder."""

    def run_command(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "gateway", *words]
        env = {**environment(), **more}
        return subprocess.run(command, capture_output=True, text=True, timeout=180, env=env, cwd=tmp_path, check=False)

    return run_command


@pytest.fixture
def user() -> dict[str, Any]:
    return {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bjensen"}
