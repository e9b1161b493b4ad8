"""Secrets and personal values never leave: not in logs, not in metrics, not in errors. The real process is asked."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hall import Loop, RawVendor, answer_with
from msgspec import Struct
from scene import backend, tenant, write_config, write_secret
from wire import Heard, request, speak

from gateway.sandbox import start_sandbox

CLIENT_TOKEN = "canary-client-token-5f1d7c3a9b2e"
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

    def ask(self, method: str, target: str, body: Any = None, token: str = CLIENT_TOKEN) -> Heard:
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        return speak(self.port, request(method, target, raw, {"Authorization": f"Bearer {token}"}))

    def read_metrics(self) -> bytes:
        return speak(self.admin_port, request("GET", "/metrics")).body

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(15)


def listen_to(process: subprocess.Popen[bytes], written: list[bytes], started: threading.Event) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        written.append(line)
        if b'"startup"' in line:
            started.set()


def port_of(address: str) -> int:
    return int(address.rsplit(":", 1)[1])


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """`scim-gateway serve` before PingDirectory (acme) and before a vendor that repeats what it is told (echo)."""
    loop, echo = Loop(), RawVendor()
    sandbox = loop.run(start_sandbox("ping-directory", token=VENDOR_SECRET))
    echo.script = lambda asked: answer_with(json.dumps({"detail": asked.decode()}).encode(), "500 Oops")
    secret = write_secret(tmp_path, VENDOR_SECRET)
    backends = {"ping": backend("ping-directory", sandbox.url, secret), "echo": backend("scim2", echo.url, secret)}
    tenants = {"acme": tenant(CLIENT_TOKEN, "ping"), "echo": tenant(CLIENT_TOKEN + "-echo", "echo", deadline="2s")}
    config = write_config(tmp_path, backends, tenants)
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
        assert started.wait(15), b"".join(written).decode()
        line = next(json.loads(each) for each in written if b'"startup"' in each)
        yield Served(process, port_of(line["listen"]), port_of(line["admin"]), written)
    finally:
        process.kill()
        process.wait(10)
        reader.join(5)
        loop.run(sandbox.close())
        echo.close()
        loop.close()


def live_through(served: Served) -> list[Heard]:
    """Everything that could make a gateway talk: successes, refusals, conflicts, faults and bad bytes."""
    made = served.ask("POST", USERS, PERSON)
    assert made.status == 201
    one = f"{USERS}/{made.document['id']}"
    renamed = [{"op": "replace", "path": "displayName", "value": "Canary Renamed"}]
    unknown = [{"op": "replace", "path": "canaryattribute", "value": "canary-value"}]
    echo = "/echo/scim/v2/Users"
    served.ask("PATCH", one, {"schemas": [PATCH_OP], "Operations": renamed})
    served.ask("GET", f"{USERS}?filter=userName%20eq%20%22canary.username@example.com%22")
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": "again", "data": PERSON},
        {"method": "POST", "path": "/Users", "bulkId": "bad", "data": {**PERSON, "active": "canary-boolean"}},
        {"method": "PATCH", "path": "/Users/bulkId:canary", "data": {"schemas": [PATCH_OP], "Operations": renamed}},
        {"method": "canary", "path": "/Users/1"},
    ]
    results = served.ask("POST", "/acme/scim/v2/Bulk", {"schemas": [BULK_REQUEST], "Operations": operations})
    assert [CANARY.search(str(one["response"]).encode()) for one in results.document["Operations"]] == [None] * 4
    return [
        served.ask("POST", USERS, PERSON),
        served.ask("POST", USERS, {**PERSON, "userName": "canary.two@example.com", "password": "can"}),
        served.ask("POST", USERS, {**PERSON, "active": "canary-boolean"}),
        served.ask("POST", USERS, {**PERSON, "emails": [{"value": {"canary": 1}}]}),
        served.ask("POST", USERS, b'{"userName":"canary-cut'),
        served.ask("PATCH", one, {"schemas": [PATCH_OP], "Operations": [{"op": "canary", "path": "userName"}]}),
        served.ask("GET", f"{USERS}?filter=userName%20canaryoperator%20%22canary-value%22"),
        served.ask("GET", f"{USERS}?filter=userName%20eq%20%22canary-open"),
        served.ask("GET", f"{USERS}/canary-nobody"),
        served.ask("GET", "/canary-tenant/scim/v2/Users"),
        served.ask("GET", USERS, token="canary-wrong-token"),
        served.ask("GET", f"{USERS}?access_token={CLIENT_TOKEN}", token="nobody"),
        served.ask("POST", echo, PERSON, token=CLIENT_TOKEN + "-echo"),
        served.ask("GET", f"{echo}?filter=userName%20eq%20%22canary%22", token=CLIENT_TOKEN + "-echo"),
        served.ask("DELETE", f"{echo}/canary-id", token=CLIENT_TOKEN + "-echo"),
        speak(served.port, b"GET /canary-target canary HTTP/1.1\r\nHost: canary\r\n\r\n"),
        served.ask("PATCH", one, {"schemas": [PATCH_OP], "Operations": unknown}),
    ]


def test_no_secret_and_no_personal_value_leaves_the_process(served: Served) -> None:
    refused = live_through(served)
    assert {each.status // 100 for each in refused} == {4, 5}
    named = {b"canaryattribute", b"canaryoperator"}  # what the client spelled wrong may be named, what it holds may not
    for heard in refused:
        words = set(re.findall(rb"[\w.$@-]*canary[\w.$@-]*", heard.body, re.IGNORECASE))
        assert words <= named, heard.body
    metrics = served.read_metrics()
    assert b"scim_gateway_http_requests_total" in metrics
    assert CANARY.search(metrics) is None
    assert served.stop() == 0
    written = b"".join(served.written)
    assert written.count(b"\n") > len(refused)
    assert CANARY.search(written) is None, CANARY.findall(written)


def test_every_line_of_the_log_is_one_json_object(served: Served) -> None:
    live_through(served)
    assert served.stop() == 0
    events = [json.loads(line)["event"] for line in served.written]
    assert "startup" in events
    assert events[-1] == "stopped"
