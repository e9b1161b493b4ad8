"""Four pretend vendors and one real gateway before them, on local ports, with a `gateway.yaml` like anyone's."""

import asyncio
import logging
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import msgspec
from msgspec import Struct

from gateway.app import RunningGateway, start_gateway
from gateway.edge.logs import LOGGER
from gateway.sandbox import VENDORS, RunningSandbox, start_sandbox
from gateway.settings import Address, load_settings

PORT = 8080
CAST = ("cube-cloud", "rsa-unified-directory", "huawei-identity-center", "ping-directory")
# Huawei's lists end at 50: only a fuller directory shows that the gateway reads on.
RESIDENTS = {"huawei-identity-center": 60}


class Booth(Struct, frozen=True):
    """One vendor on the stage: its tenant's name and token, and the pretend vendor behind it."""

    vendor: str
    title: str
    tenant: str
    token: str
    sandbox: RunningSandbox
    residents: int


class Stage(Struct, frozen=True):
    """All of them, and the gateway in front."""

    gateway: RunningGateway
    booths: tuple[Booth, ...]

    def base(self, booth: Booth) -> str:
        """The SCIM base URL that the tenant's client uses."""
        return f"{self.gateway.url}/{booth.tenant}/scim/v2"


@asynccontextmanager
async def open_stage(port: int = PORT) -> AsyncIterator[Stage]:
    """Start everything; close everything. The gateway takes `port` if it is free, else any."""
    async with AsyncExitStack() as stack:
        stack.callback(LOGGER.setLevel, LOGGER.level)
        LOGGER.setLevel(logging.CRITICAL)  # the page shows what happens; log lines would only tear it
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="scim-gateway-demo-")))
        booths = [await open_booth(vendor, folder, stack) for vendor in CAST]
        file = folder / "gateway.yaml"
        file.write_text(write_config(booths, folder), "utf-8")
        gateway = await open_gateway(str(file), port)
        stack.push_async_callback(gateway.close, 1.0)
        yield Stage(gateway, tuple(booths))


async def open_booth(vendor: str, folder: Path, stack: AsyncExitStack) -> Booth:
    """Start one pretend vendor; the gateway finds its credential in a file, as it would in production."""
    credential = secrets.token_hex(20)
    sandbox = await start_sandbox(vendor, token=credential)
    stack.push_async_callback(sandbox.close)
    (folder / vendor).write_text(credential, "utf-8")
    residents = RESIDENTS.get(vendor, 0)
    await settle(sandbox.url, credential, residents)
    tenant = vendor.split("-")[0]
    return Booth(vendor, VENDORS[vendor].title, tenant, secrets.token_urlsafe(32), sandbox, residents)


async def settle(url: str, credential: str, number: int) -> None:
    """People who are there before the demo begins."""
    headers = {"Authorization": f"Bearer {credential}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for one in range(number):
            name = f"resident{one + 1:02}@example.com"
            body = {
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "userName": name,
                "name": {"givenName": "Resident", "familyName": f"Number {one + 1}"},
                "displayName": f"Resident {one + 1}",
                "emails": [{"value": name, "type": "work", "primary": True}],
            }
            async with session.post(f"{url}/Users", data=msgspec.json.encode(body)) as answer:
                answer.raise_for_status()


def write_config(booths: list[Booth], folder: Path) -> str:
    """The `gateway.yaml` of the demo."""
    lines = ["state: memory://", "backends:"]
    for booth in booths:
        lines += [
            f"  {booth.vendor}:",
            f"    mapping: {booth.vendor}",
            f"    url: {booth.sandbox.url}",
            f"    auth: {{ bearer: {{ file: {msgspec.json.encode(str(folder / booth.vendor)).decode()} }} }}",
        ]
    lines.append("tenants:")
    for booth in booths:
        digest = sha256(booth.token.encode()).hexdigest()
        lines += [
            f"  {booth.tenant}:",
            f"    tokens: [ {{ sha256: {digest}, label: demo }} ]",
            f"    backends: [ {booth.vendor} ]",
        ]
    return "\n".join([*lines, ""])


async def open_gateway(file: str, port: int) -> RunningGateway:
    """The gateway at the well-known port, or at a free one when that is taken."""
    settings = await asyncio.to_thread(load_settings, file)
    at = Address("127.0.0.1", port if is_free(port) else 0)
    return await start_gateway(settings, listen=at, admin=Address("127.0.0.1", 0))


def is_free(port: int) -> bool:
    """Could this port of the loopback address be listened on now?"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
