"""The real process, with secrets and a person whose every value can be found again wherever it should not be."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hall import Loop, RawVendor, Script, answer_with
from msgspec import Struct
from scene import backend, tenant, write_config, write_secret
from wire import Heard, request, speak

from gateway.sandbox import start_sandbox

CLIENT_TOKEN = "canary-client-token-5f1d7c3a9b2e4d60"  # as long as ACME, which it takes the place of
VENDOR_SECRET = "canary-vendor-secret-8c6a2e0d4b91"
PERSON = {
    "userName": "canary.username@example.com",
    "externalId": "canary-external-id",
    "displayName": "Canary Displayname",
    "password": "canaryPa$$word1",
    "name": {"givenName": "Canarygiven", "familyName": "Canaryfamily"},
    "emails": [{"value": "canary.mail@example.com", "type": "work", "primary": True}],
    "phoneNumbers": [{"value": "+1 555 canary", "type": "work"}],
}
CANARY = re.compile(rb"canary", re.IGNORECASE)
BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USERS = "/acme/scim/v2/Users"


class Served(Struct, frozen=True):
    """The process, where it listens, and what it has written so far."""

    process: subprocess.Popen[bytes]
    port: int
    admin_port: int
    written: list[bytes]
    echo: RawVendor

    def ask(self, method: str, target: str, body: Any = None, token: str = CLIENT_TOKEN) -> Heard:
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        return speak(self.port, request(method, target, raw, {"Authorization": f"Bearer {token}"}))

    def read_metrics(self) -> bytes:
        return speak(self.admin_port, request("GET", "/metrics")).body

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


def listen_to(process: subprocess.Popen[bytes], written: list[bytes], started: threading.Event) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        written.append(line)
        if b'"startup"' in line:
            started.set()


def port_of(address: str) -> int:
    return int(address.rsplit(":", 1)[1])


def echoing(status: str) -> Script:
    """A vendor that answers with all that it was sent, its own credential among it."""
    return lambda asked: answer_with(json.dumps({"detail": asked.decode("utf-8", "replace")}).encode(), status)


@contextmanager
def open_served(folder: Path) -> Iterator[Served]:
    """`scim-gateway serve` before PingDirectory (acme) and before a vendor that repeats what it is told (echo)."""
    loop, echo = Loop(), RawVendor()
    sandbox = loop.run(start_sandbox("ping-directory", token=VENDOR_SECRET))
    echo.script = echoing("500 Oops")
    secret = write_secret(folder, VENDOR_SECRET)
    backends = {"ping": backend("ping-directory", sandbox.url, secret), "echo": backend("scim2", echo.url, secret)}
    tenants = {"acme": tenant(CLIENT_TOKEN, "ping"), "echo": tenant(CLIENT_TOKEN + "-echo", "echo", deadline="2s")}
    config = write_config(folder, backends, tenants)
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway", "serve", "--config", str(config)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    written: list[bytes] = []
    started = threading.Event()
    reader = threading.Thread(target=listen_to, args=(process, written, started), daemon=True)
    reader.start()
    try:
        assert started.wait(60), b"".join(written).decode()
        line = next(json.loads(each) for each in written if b'"startup"' in each)
        yield Served(process, port_of(line["listen"]), port_of(line["admin"]), written, echo)
    finally:
        process.kill()
        process.wait(10)
        reader.join(5)
        loop.run(sandbox.close())
        echo.close()
        loop.close()
