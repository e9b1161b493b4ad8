"""A stage: a real gateway on a real socket, in front of whatever stands behind it."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from msgspec import Struct
from yarl import URL

from gateway.app import RunningGateway, start_gateway
from gateway.settings import load_settings

ACME = "4f1d0c8e6b2a9753acme4f1d0c8e6b2a9753"
EMEA = "4f1d0c8e6b2a9753emea4f1d0c8e6b2a9753"
VENDOR_TOKEN = "8c6a2e0d4b91f357vendor8c6a2e0d4b91f357"
SAFE = "!#$%&'()*+,/:;=?@[]~-._"


class Answer(Struct, frozen=True):
    """What a client got. Header names are lower case; `body` is decoded JSON, None when there was none."""

    status: int
    headers: Mapping[str, str]
    body: Any


class Stage:
    """A running gateway and a client to ask it."""

    def __init__(self, running: RunningGateway, session: aiohttp.ClientSession) -> None:
        self.running = running
        self.session = session
        self.url = running.url
        self.admin_url = running.admin_url
        self.port = int(running.url.rsplit(":", 1)[1])

    async def ask(
        self, method: str, target: str, body: Any = None, *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request. `target` goes out as it is, but for characters that cannot stand in a URL."""
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        given = {"Authorization": f"Bearer {ACME}", "Content-Type": "application/scim+json", **(headers or {})}
        if raw is None:
            del given["Content-Type"]
        async with self.session.request(
            method,
            URL(self.url + encode_target(target), encoded=True),
            data=raw,
            headers=given,
            allow_redirects=False,
        ) as answer:
            text = await answer.read()
            headers_seen = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status, headers_seen, json.loads(text) if text else None)


def encode_target(target: str) -> str:
    """The target with every character escaped that cannot stand in a URL; what is escaped already stays."""
    return "".join(each if each.isascii() and (each.isalnum() or each in SAFE) else quote_char(each) for each in target)


def quote_char(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode())


def tenant(token: str, backend: str, **more: Any) -> dict[str, Any]:
    """A tenant of `gateway.yaml`."""
    return {"tokens": [{"sha256": sha256(token.encode()).hexdigest()}], "backends": [backend], **more}


def backend(mapping: str, url: str, secret: Path, **more: Any) -> dict[str, Any]:
    """A backend of `gateway.yaml` whose token is in a file."""
    return {"mapping": mapping, "url": url, "auth": {"bearer": {"file": str(secret)}}, **more}


def write_config(folder: Path, backends: Mapping[str, Any], tenants: Mapping[str, Any], **more: Any) -> Path:
    """A whole `gateway.yaml` on ephemeral ports."""
    config = {
        "listen": "127.0.0.1:0",
        "admin": "127.0.0.1:0",
        "backends": dict(backends),
        "tenants": dict(tenants),
        **more,
    }
    file = folder / "gateway.yaml"
    file.write_text(yaml.safe_dump(config, sort_keys=False))
    return file


def write_secret(folder: Path, text: str = VENDOR_TOKEN) -> Path:
    file = folder / "vendor-token"
    file.write_text(text + "\n")
    return file


@asynccontextmanager
async def open_stage(config: Path) -> AsyncIterator[Stage]:
    """The gateway of a configuration, and a client without pooling."""
    running = await start_gateway(load_settings(str(config)))
    connector = aiohttp.TCPConnector(force_close=True)
    try:
        async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=150)) as session:
            yield Stage(running, session)
    finally:
        await running.close(seconds=1.0)
