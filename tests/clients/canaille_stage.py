"""Canaille as a process that is told what its administrator does, before the gateway, before a pretend vendor."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct
from scene import ACME, VENDOR_TOKEN, backend, open_stage, tenant, write_config, write_secret

from gateway.sandbox import LEDGER, RECORDS, Exchange, Records, start_sandbox

PROGRAM = Path(__file__).parent / "canaille_program.py"
PATIENCE = 30  # seconds that one act may take


class Cast(Struct, frozen=True):
    """Canaille, and the vendor as it stands behind the gateway."""

    process: asyncio.subprocess.Process
    records: Records
    ledger: list[Exchange]

    async def act(self, what: str, kind: str, **fields: Any) -> list[str]:
        """What Canaille complained of while it saved or deleted; it provisions before it answers."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([what, kind, fields]).encode() + b"\n")
        answer = await asyncio.wait_for(self.process.stdout.readline(), PATIENCE)
        assert answer, "Canaille ended; its last words are on the standard error"
        complaints: list[str] = json.loads(answer)
        return complaints

    @property
    def people(self) -> dict[str, dict[str, Any]]:
        """What the vendor keeps of each person, by userName."""
        return {one.document["userName"]: one.document for one in self.records.all("Users")}

    @property
    def memberships(self) -> dict[str, set[str]]:
        """The userNames in each group of the vendor, by displayName."""
        names = {one.id: one.document["userName"] for one in self.records.all("Users")}
        return {
            one.document["displayName"]: {names[each["value"]] for each in one.document.get("members") or ()}
            for one in self.records.all("Groups")
        }

    def writes(self) -> list[str]:
        """What the vendor was told to change since this was asked last."""
        told = [f"{one.method} {endpoint_of(one.path)}" for one in self.ledger if one.method != "GET"]
        self.ledger.clear()
        return told


def endpoint_of(path: str) -> str:
    return next(segment for segment in path.split("/") if segment in ("Users", "Groups"))


@asynccontextmanager
async def open_canaille(
    python: Path, folder: Path, vendor: str, overrides: Mapping[str, Any], client: str = "canaille"
) -> AsyncIterator[Cast]:
    """Everything real: three servers and a client on sockets of this machine."""
    sandbox = await start_sandbox(vendor, token=VENDOR_TOKEN)
    config = write_config(
        folder,
        {"vendor": backend(vendor, sandbox.url, write_secret(folder), overrides=dict(overrides))},
        {"acme": tenant(ACME, "vendor", client=client)},
    )
    try:
        async with open_stage(config) as stage:
            process = await asyncio.create_subprocess_exec(
                python,
                PROGRAM,
                f"{stage.url}/acme/scim/v2",
                ACME,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            try:
                yield Cast(process, sandbox.app[RECORDS], sandbox.app[LEDGER])
            finally:
                await end(process)
    finally:
        await sandbox.close()


async def end(process: asyncio.subprocess.Process) -> None:
    """The end of its input is the end of the process."""
    assert process.stdin is not None
    process.stdin.close()
    await asyncio.wait_for(process.wait(), PATIENCE)
