"""The stands on which the rows are asked: in process, as a process, or wherever `SCIM_GATEWAY_URL` says."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from hall import Loop, RawVendor, answer_with
from judge_bench import serve_scim2
from msgspec import Struct, structs
from scene import ACME, EMEA, VENDOR_TOKEN, backend, tenant, write_config, write_secret

from gateway.app import RunningGateway, start_gateway
from gateway.sandbox import start_sandbox
from gateway.settings import load_settings

RICH, POOR, BLIND = "scim2", "huawei", "aws"
MAPPINGS = {RICH: "scim2", POOR: "huawei-identity-center", BLIND: "aws-identity-center"}
CALLS = "scim_gateway_backend_requests"
TENANTS = ("strict", "narrow", "busy", "away")
TOKENS = {"acme": ACME, "emea": EMEA} | {name: f"4f1d0c8e6b2a9753{name}4f1d0c8e6b2a9753" for name in TENANTS}
NARROW = {"resources": {name: {"can": {"filter": {"language": "none", "scan": 1}}} for name in ("User", "Group")}}
# Nobody can be asked for without a filter, of whom no record shows that they are members.
UNASKED = {"shape": {"members[] wo": {"value": "ref(User)!"}}}


class Stand(Struct, frozen=True, kw_only=True):
    """Where a gateway is, and what stands behind it. `url` is the base of the tenant `acme`.

    What only a local stand has: `root` its origin, `admin` its admin address, `config` its file, `running` itself.
    """

    dialect: str
    url: str
    token: str = ACME
    root: str = ""
    admin: str = ""
    config: Path = Path()
    running: RunningGateway | None = None

    def at(self, tenant: str) -> "Stand":
        """The same gateway, for the client of another tenant."""
        return structs.replace(self, url=f"{self.root}/{tenant}/scim/v2", token=TOKENS[tenant])

    def count_calls(self) -> int:
        """Tries of calls to backends so far, of a gateway in this process."""
        assert self.running is not None
        families = self.running.metrics.registry.collect()
        named = (one for family in families if family.name == CALLS for one in family.samples)
        return int(sum(one.value for one in named if one.name.endswith("_total")))


@contextmanager
def open_vendor(dialect: str, loop: Loop) -> Iterator[str]:
    """One backend of this kind on a socket; gives its base URL."""
    if dialect == RICH:
        with serve_scim2(VENDOR_TOKEN) as url:
            yield url
        return
    sandbox = loop.run(start_sandbox(MAPPINGS[dialect], token=VENDOR_TOKEN))
    try:
        yield sandbox.url
    finally:
        loop.run(sandbox.close())


@contextmanager
def open_busy() -> Iterator[str]:
    """A backend that asks for patience."""
    vendor = RawVendor()
    vendor.script = lambda asked: answer_with(b"{}", "429 Too Many Requests", {"Retry-After": "60"})
    try:
        yield vendor.url
    finally:
        vendor.close()


def narrow(dialect: str) -> dict[str, Any]:
    """A fragment with which a backend filters nothing."""
    groups = {**NARROW["resources"]["Group"], **(UNASKED if dialect == BLIND else {})}
    return {"resources": {**NARROW["resources"], "Group": groups}}


@contextmanager
def open_config(dialect: str, folder: Path, loop: Loop) -> Iterator[Path]:
    """Two tenants before a backend each; one that is strict, and one that may read a single record, share the first's.

    Two more have a backend that is always busy, and one that is not there.
    """
    with ExitStack() as vendors:
        secret = write_secret(folder)
        urls = [vendors.enter_context(open_vendor(dialect, loop)) for _ in range(2)]
        busy = vendors.enter_context(open_busy())
        mapping = MAPPINGS[dialect]
        backends = {
            "acme": backend(mapping, urls[0], secret),
            "emea": backend(mapping, urls[1], secret),
            "narrow": backend(mapping, urls[0], secret, overrides=narrow(dialect)),
            "busy": backend(mapping, busy, secret),
            "away": backend(mapping, "http://127.0.0.1:9/scim/v2", secret),
        }
        tenants = {name: tenant(TOKENS[name], name) for name in backends}
        yield write_config(folder, backends, tenants | {"strict": tenant(TOKENS["strict"], "acme", client="strict")})


@contextmanager
def stand_in_process(dialect: str, folder: Path) -> Iterator[Stand]:
    """The gateway on a thread of this process."""
    loop = Loop()
    with open_config(dialect, folder, loop) as config:
        running: RunningGateway = loop.run(start_gateway(load_settings(str(config))))
        root = running.url
        yield Stand(
            dialect=dialect,
            url=f"{root}/acme/scim/v2",
            root=root,
            admin=running.admin_url,
            config=config,
            running=running,
        )
        loop.run(running.close(seconds=1.0))
    loop.close()


@contextmanager
def stand_as_process(dialect: str, folder: Path) -> Iterator[Stand]:
    """`scim-gateway serve`."""
    loop, lines = Loop(), list[str]()
    with open_config(dialect, folder, loop) as config:
        words = [sys.executable, "-m", "gateway", "serve", "--config", str(config)]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment)
        try:
            threading.Thread(target=lambda: lines.extend(process.stdout or ()), daemon=True).start()
            root, admin = wait_for(lambda: find_addresses(lines))
            yield Stand(dialect=dialect, url=f"{root}/acme/scim/v2", root=root, admin=admin, config=config)
        finally:
            process.terminate()
            process.wait(15)
    loop.close()


def find_addresses(lines: list[str]) -> tuple[str, str] | None:
    """The two addresses of the line that says the gateway is up."""
    for line in lines:
        if found := re.search(r'"listen":"([^"]+)".*"admin":"([^"]+)"', line):
            return found[1], found[2]
    return None


def wait_for(find: Callable[[], Any], seconds: float = 20) -> Any:
    until = time.monotonic() + seconds
    while (found := find()) is None:
        assert time.monotonic() < until
        time.sleep(0.02)
    return found


@contextmanager
def stand_elsewhere() -> Iterator[Stand]:
    """A gateway that somebody else started."""
    yield Stand(
        dialect="remote", url=os.environ["SCIM_GATEWAY_URL"].rstrip("/"), token=os.environ["SCIM_GATEWAY_TOKEN"]
    )


def open_stand(name: str, folder: Path) -> Any:
    """The stand of this name: `remote`, a dialect, or a dialect and `served`."""
    if name == "remote":
        return stand_elsewhere()
    dialect, _, served = name.partition("-")
    return (stand_as_process if served else stand_in_process)(dialect, folder)
