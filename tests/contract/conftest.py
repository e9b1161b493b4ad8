"""The program as its operator meets it: processes, files, signals, a real redis-server."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from redis_servers import RedisServer, StartRedis, start_spares

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-m", "gateway")


class Answer:
    """One answer of the gateway: status, headers by lower-case name, body as text and as JSON."""

    def __init__(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        self.text = body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Process:
    """A command that stays up, and all it said."""

    def __init__(self, words: tuple[str, ...], folder: Path, variables: dict[str, str]) -> None:
        self.lines: list[str] = []
        self.errors: list[str] = []
        self.process = subprocess.Popen(
            [*PROGRAM, *words], cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        for pipe, kept in ((self.process.stdout, self.lines), (self.process.stderr, self.errors)):
            threading.Thread(target=lambda pipe=pipe, kept=kept: kept.extend(pipe), daemon=True).start()

    def wait_for(self, find: Callable[[], Any], seconds: float = 60) -> Any:
        until = time.monotonic() + seconds
        while not (found := find()):
            assert time.monotonic() < until, f"not seen in {self.lines[-5:]} {self.errors[-5:]}"
            time.sleep(0.02)
        return found

    def events(self, event: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines if f'"event":"{event}"' in line]

    def wait_for_event(self, event: str, count: int = 1) -> dict[str, Any]:
        found: list[dict[str, Any]] = self.wait_for(lambda: [*self.events(event)][count - 1 :])
        return found[-1]

    def wait_for_url(self) -> str:
        """The base URL that a sandbox prints when it serves."""
        return str(self.wait_for(lambda: [line for line in self.lines if "  url " in line])[0].split()[1])

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def ask(base: str, method: str, path: str, body: Any = None, token: str = "", **headers: str) -> Answer:
    """One request on a connection of its own. A token becomes a bearer token."""
    host, _, below = base.removeprefix("http://").partition("/")
    wire = http.client.HTTPConnection(host, timeout=20)
    said = {"Authorization": f"Bearer {token}"} if token else {}
    said |= {"Content-Type": "application/scim+json"} if body is not None else {}
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    try:
        wire.request(method, f"/{below}{path}" if below else path, raw, said)
        answer = wire.getresponse()
        return Answer(answer.status, answer.getheaders(), answer.read())
    finally:
        wire.close()


@pytest.fixture(scope="session", name="ask")
def ask_fixture() -> Callable[..., Answer]:
    return ask


@pytest.fixture(scope="session")
def run() -> Callable[..., subprocess.CompletedProcess[str]]:
    """One command, run to its end in a folder."""

    def run_command(*words: str, folder: Path, stdout: Any = subprocess.PIPE, **more: str) -> Any:
        env = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **more}
        command = [*PROGRAM, *words]
        return subprocess.run(
            command, stdout=stdout, stderr=subprocess.PIPE, text=True, cwd=folder, env=env, timeout=180, check=False
        )

    return run_command


@pytest.fixture(scope="session")
def hash_of() -> Callable[[str], str]:
    return lambda token: sha256(token.encode()).hexdigest()


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Process]]:
    """Starts commands that stay up, and ends them afterwards."""
    started: list[Process] = []

    def start_one(*words: str, folder: Path | None = None, **variables: str) -> Process:
        started.append(Process(words, folder or tmp_path_factory.mktemp("work"), variables))
        return started[-1]

    yield start_one
    for one in reversed(started):
        one.stop()


@pytest.fixture(scope="module")
def vendor(start: Callable[..., Process]) -> str:
    """The base URL of a pretend vendor that keeps no externalId, so that the gateway keeps it."""
    return start("sandbox", "rsa-unified-directory", "--token", "vendor-credential").wait_for_url()


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One without persistence: what it is told is gone when it is killed."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def start_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartRedis]:
    """Further ones, for groups of them."""
    yield from start_spares(tmp_path_factory.mktemp("groups"))
