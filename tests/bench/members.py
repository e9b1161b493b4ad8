"""What one member more costs the core, by how many there are already. CPU time, medians of interleaved rounds.

    .venv/bin/python tests/bench/members.py [rounds]

`fulfil` is driven in process and its effects are answered at once, so what is measured is the gateway's own work; the
bytes of a request and of its answers are not decoded here, but for the request's body.
"""

import gc
import json
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import process_time_ns
from typing import Any

from msgspec.structs import replace

from gateway.conversation.effects import Call, Hold, Reply, Together
from gateway.conversation.fulfil import fulfil
from gateway.mapping.load import load_dialect
from gateway.pipeline.request import Caller, Gateway, Request, Tenant
from gateway.pipeline.sealing import Seal

SEAL = Seal((b"a secret of thirty-two bytes, 32",))
SIZES = (10, 100, 1_000, 10_000)
SLICE_NS = 4_000_000  # one measurement takes about so long
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
VENDORS = Path(__file__).parents[1] / "mapping" / "vendors"
Serve = Callable[[Call], Reply]


def named(count: int, begin: int = 0) -> list[dict[str, Any]]:
    return [{"value": f"2819c223-7f76-453a-919d-{number:012}"} for number in range(begin, begin + count)]


def open_gateway(mapping: str, *, patches: bool = True) -> Gateway:
    """A tenant before one backend; without `patches` it has no PATCH and takes groups as a whole."""
    dialect = load_dialect(mapping) if mapping == "scim2" else load_dialect(mapping, (VENDORS,))
    group = dialect.resources["Group"]
    if not patches:
        group = replace(group, can=replace(group.can, modify=None))
    dialect = replace(dialect, resources={**dialect.resources, "Group": group})
    tenant = Tenant(name="acme", backend="acme", dialect=dialect, base="https://scim.example.com", seal=SEAL)
    return Gateway(tenants={"acme": tenant}, callers={sha256(b"token").hexdigest(): Caller("acme")})


def silent(size: int) -> Serve:
    return lambda call: Reply(204)


def showing(size: int) -> Serve:
    """A backend that holds so many members and answers with all of them."""
    held = {"schemas": [GROUP], "id": "g", "displayName": "Guides", "members": named(size)}
    more = {**held, "members": named(size + 1)}
    return lambda call: Reply(200, {}, held if call.method == "GET" else more)


ROWS: dict[str, tuple[Gateway, Callable[[int], Serve]]] = {
    "PATCH, answered without the group": (open_gateway("scim2"), silent),
    "a call for each member": (open_gateway("club-vendor"), silent),
    "PATCH, answered with the group": (open_gateway("scim2"), showing),
    "no PATCH: read, compared, written whole": (open_gateway("scim2", patches=False), showing),
}


def ask(gateway: Gateway, request: Request, serve: Serve) -> int:
    """The status of one request."""
    conversation, answer = fulfil(request, gateway), None
    while True:
        try:
            effect = conversation.send(answer)
        except StopIteration as end:
            return int(end.value.status)
        answer = None
        if isinstance(effect, Call):
            answer = serve(effect)
        elif isinstance(effect, Together):
            answer = tuple(map(serve, effect.calls))
        elif isinstance(effect, Hold):
            answer = True


def add_one(size: int) -> Request:
    body = {"schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "members", "value": named(1, size)}]}
    headers = {"authorization": "Bearer token", "content-type": "application/scim+json"}
    raw = json.dumps(body).encode()
    return Request(method="PATCH", path="/acme/scim/v2/Groups/g", headers=headers, body=raw, origin="https://x.example")


def prepare() -> dict[tuple[str, int], Callable[[], float]]:
    """Measurements in microseconds per request."""
    made: dict[tuple[str, int], Callable[[], float]] = {}
    for name, (gateway, backend) in ROWS.items():
        for size in SIZES:
            made[name, size] = measurement(gateway, add_one(size), backend(size))
    return made


def measurement(gateway: Gateway, request: Request, serve: Serve) -> Callable[[], float]:
    def take(count: int) -> int:
        began = process_time_ns()
        for _ in range(count):
            if ask(gateway, request, serve) not in (200, 204):
                raise RuntimeError("the bench asks for what is refused")
        return process_time_ns() - began

    def measure() -> float:
        gc.collect()  # what other rows left behind is not this one's
        return take(count) / count / 1000

    take(1)
    count = max(1, SLICE_NS // take(1))
    return measure


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 25
    rows = prepare()
    times: dict[tuple[str, int], list[float]] = {key: [] for key in rows}
    for _ in range(rounds):
        for key, work in rows.items():
            times[key].append(work())
    print("| microseconds of CPU for one member more | " + " | ".join(f"{size:,}" for size in SIZES) + " | ratio |")
    print("|---" * (len(SIZES) + 2) + "|")
    for name in ROWS:
        middle = [median(times[name, size]) for size in SIZES]
        cells = " | ".join(f"{one:,.0f}" for one in middle)
        print(f"| {name} | {cells} | {middle[-1] / middle[0]:.2f} |")


if __name__ == "__main__":
    main()
