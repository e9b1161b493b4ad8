"""Secrets and personal values of a tenant with followers never leave: not in logs, metrics or errors, not in what lies
in the state store of marks and links, not in what `reconcile` prints. Real processes and a real redis-server are asked.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from canary_stage import (
    CANARY,
    CLIENT_TOKEN,
    PATCH_OP,
    PERSON,
    VENDOR_SECRET,
    Served,
    echoing,
    listen_to,
    port_of,
)
from hall import Loop, RawVendor
from redis_servers import RedisServer
from scene import backend, tenant, write_config, write_secret

from gateway.sandbox import start_sandbox

SECRET = {"SCIM_GATEWAY_SECRET": "canary-secret-of-the-gateway-0123456789"}
LOOSE, STRICT = "/acme/scim/v2/Users", "/strict/scim/v2/Users"


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def config(redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, RawVendor]]:
    """A primary, and a follower that repeats all that it is told, with a no or with a failure."""
    folder = tmp_path_factory.mktemp("followers-that-talk")
    loop, echo = Loop(), RawVendor()
    sandbox = loop.run(start_sandbox("ping-directory", token=VENDOR_SECRET))
    secret = write_secret(folder, VENDOR_SECRET)
    backends = {"ping": backend("ping-directory", sandbox.url, secret), "echo": backend("scim2", echo.url, secret)}
    acme, strict = (tenant(CLIENT_TOKEN + end, "ping", deadline="3s") for end in ("", "-strict"))
    strict["followers"] = {"require": "all"}
    for one in (acme, strict):
        one["backends"].append("echo")
    tenants = {"acme": acme, "strict": strict}
    state = {"state": redis.url, "secret": {"env": "SCIM_GATEWAY_SECRET"}}
    yield write_config(folder, backends, tenants, **state), echo
    loop.run(sandbox.close())
    echo.close()
    loop.close()


@pytest.fixture(scope="module")
def served(config: tuple[Path, RawVendor]) -> Iterator[Served]:
    file, echo = config
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway", "serve", "--config", str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | SECRET | {"PYTHONUNBUFFERED": "1"},
    )
    written: list[bytes] = []
    started = threading.Event()
    threading.Thread(target=listen_to, args=(process, written, started), daemon=True).start()
    assert started.wait(60), b"".join(written).decode()
    line = next(json.loads(each) for each in written if b'"startup"' in each)
    yield Served(process, port_of(line["listen"]), port_of(line["admin"]), written, echo)
    process.kill()
    process.wait(10)


def live_through(served: Served) -> list[bytes]:
    """Changes that the follower refuses with the client's own words; what the client is told."""
    told = []
    for status, path, token in (("400 No", LOOSE, ""), ("500 Oops", LOOSE, ""), ("400 No", STRICT, "-strict")):
        served.echo.script = echoing(status)
        person = {**PERSON, "userName": f"canary.{len(told)}@example.com", "externalId": f"canary-{len(told)}"}
        made = served.ask("POST", path, person, token=CLIENT_TOKEN + token)
        told.append(made.body if made.status >= 400 else b"")
        native = made.document.get("id", "nobody")
        renamed: dict[str, Any] = {"op": "replace", "path": "displayName", "value": "Canary Renamed"}
        patch = {"schemas": [PATCH_OP], "Operations": [renamed]}
        served.ask("PATCH", f"{path}/{native}", patch, token=CLIENT_TOKEN + token)
        served.ask("DELETE", f"{path}/{native}", token=CLIENT_TOKEN + token)
    return told


def stored(redis: RedisServer) -> tuple[list[bytes], list[bytes]]:
    """The names of all entries, and what lies there."""
    names = [one for one in redis.ask("KEYS", "*").split(b"\r\n") if one.startswith(b"scimgw")]
    return names, [redis.ask("GET", one.decode()) for one in names]


def test_nothing_of_a_person_leaves_by_way_of_a_follower(
    served: Served, redis: RedisServer, config: tuple[Path, RawVendor]
) -> None:
    for body in live_through(served):
        assert CANARY.search(body) is None, body
    names, entries = stored(redis)
    assert all(any(kind in one for one in names) for kind in (b":mark:", b":kept:", b":kept-index:"))
    command = [sys.executable, "-m", "gateway", "reconcile", "acme", "--config", str(config[0]), "--json"]
    compared = subprocess.run(command, env=os.environ | SECRET, capture_output=True, timeout=180, check=False)
    assert compared.returncode == 1
    said = {
        "names": b"".join(names),
        "entries": b"".join(entries),
        "metrics": served.read_metrics(),
        "log": b"".join(served.written),
        "reconcile": compared.stdout + compared.stderr,
    }
    assert b'"follower_behind"' in said["log"]
    found = {where: CANARY.findall(text) for where, text in said.items()}
    assert found == {where: [] for where in said}, {where: said[where] for where, each in found.items() if each}
