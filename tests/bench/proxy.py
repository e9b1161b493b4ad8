"""How much slower the gateway is than the plainest aiohttp proxy, in one run, side by side. Run by hand:

    .venv/bin/python tests/bench/proxy.py [--rounds 5] [--seconds 1.5] [--width 8 --width 32] [--only "GET user"]

Slices of load alternate between the proxy and the gateway; a row is the median over rounds of what both did in the
same round. README.md beside this file says how to read the table.
"""

import argparse
import asyncio
import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import uvloop
from proxy_load import OPERATIONS, Slice, load, make_request

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
TOKEN = "bench-token-0123456789abcdef0123456789abcdef"
TENANTS = {"full": "scim2", "cube": "cube-cloud"}
WARM_SECONDS = 0.4
HEADINGS = ("mapping", "operation", "c", "plain req/s", "gateway req/s", "ratio", "plain us", "gateway us",
            "CPU ratio", "spread", "plain p50/p99 ms", "gateway p50/p99 ms")  # fmt: skip


class Process(NamedTuple):
    name: str
    pid: int
    port: int


class Row(NamedTuple):
    """The slices of one operation: those of the plain proxy and those of the gateway, round by round."""

    tenant: str
    operation: str
    width: int
    plain: list[Slice]
    gateway: list[Slice]


def write_config(folder: Path, vendor: int) -> Path:
    """One tenant a mapping, each at the stub's path of the same name."""
    lines = ["listen: 127.0.0.1:0", "admin: 127.0.0.1:0", "backends:"]
    for name, mapping in TENANTS.items():
        url = f"http://127.0.0.1:{vendor}/{name}/scim/v2"
        auth = "{ bearer: { env: BENCH_TOKEN } }"
        lines.append(f'  {name}: {{ mapping: {mapping}, url: "{url}", auth: {auth}, concurrency: 64 }}')
    lines.append("tenants:")
    for name in TENANTS:
        digest = hashlib.sha256(token_of(name).encode()).hexdigest()
        lines.append(f"  {name}: {{ tokens: [ {{ sha256: {digest} }} ], backends: [ {name} ] }}")
    file = folder / "gateway.yaml"
    file.write_text("\n".join(lines) + "\n")
    return file


def token_of(tenant: str) -> str:
    return f"{TOKEN}-{tenant}"


@contextmanager
def start(name: str, command: Sequence[str], folder: Path) -> Iterator[Process]:
    """A program that prints its port, or a log line with its address."""
    environment = {**os.environ, "BENCH_TOKEN": TOKEN, "PYTHONPATH": str(ROOT)}
    log = folder / f"{name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, *command], stdout=out, env=environment, cwd=ROOT)
    try:
        yield Process(name, process.pid, wait_port(process, log))
    finally:
        process.terminate()
        process.wait(40)


def wait_port(process: "subprocess.Popen[bytes]", log: Path) -> int:
    while process.poll() is None:
        for line in log.read_text().splitlines():
            if line.isdigit():
                return int(line)
            if '"event":"startup"' in line:
                return int(line.partition('"listen":"http://127.0.0.1:')[2].partition('"')[0])
        time.sleep(0.02)
    raise SystemExit(f"{process.args!r} did not start")


async def measure(args: argparse.Namespace, systems: dict[str, Process], vendor: Process) -> list[Row]:
    """All slices: rounds outside, so that what disturbs the machine meets every row alike."""
    names = [name for name in OPERATIONS if not args.only or name in args.only]
    tenants = [name for name in TENANTS if not args.mapping or TENANTS[name] in args.mapping]
    rows = [Row(t, name, width, [], []) for t in tenants for name in names for width in args.width]
    for number in range(-1, args.rounds):
        for row in rows:
            order = ("plain", "gateway") if number % 2 else ("gateway", "plain")
            for system in order:
                seconds = WARM_SECONDS if number < 0 else args.seconds
                measured = await measure_one(row, systems[system], vendor, seconds)
                if number >= 0:
                    getattr(row, system).append(measured)
        if sys.stderr.isatty():
            print(f"round {number + 1} of {args.rounds}", file=sys.stderr)
    return rows


async def measure_one(row: Row, system: Process, vendor: Process, seconds: float) -> Slice:
    request, status = make_request(row.operation, row.tenant, token_of(row.tenant))
    pids = {"system": system.pid, "vendor": vendor.pid, "load": os.getpid()}
    return await load(system.port, request, status, row.width, seconds, pids)


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def quantile(slices: list[Slice], share: float) -> float:
    """Of all latencies, in milliseconds."""
    values = sorted(one for each in slices for one in each.latencies)
    return values[min(len(values) - 1, int(len(values) * share))] * 1e3


def describe(row: Row) -> tuple[str, ...]:
    """One line of the table. Ratios are formed within a round; `spread` is the range of CPU ratios."""
    pairs = list(zip(row.plain, row.gateway, strict=True))
    rates = [g.rate / p.rate for p, g in pairs]
    costs = [g.micros("system") / p.micros("system") for p, g in pairs]
    return (
        TENANTS[row.tenant],
        row.operation,
        str(row.width),
        f"{median([one.rate for one in row.plain]):,.0f}",
        f"{median([one.rate for one in row.gateway]):,.0f}",
        f"{median(rates):.2f}",
        f"{median([one.micros('system') for one in row.plain]):,.0f}",
        f"{median([one.micros('system') for one in row.gateway]):,.0f}",
        f"{median(costs):.2f}",
        f"{min(costs):.2f}-{max(costs):.2f}",
        f"{quantile(row.plain, 0.5):.1f}/{quantile(row.plain, 0.99):.1f}",
        f"{quantile(row.gateway, 0.5):.1f}/{quantile(row.gateway, 0.99):.1f}",
    )


def print_table(rows: list[Row]) -> None:
    print("| " + " | ".join(HEADINGS) + " |")
    print("|" + "---|" * len(HEADINGS))
    for row in rows:
        print("| " + " | ".join(describe(row)) + " |")
    slices = [one for row in rows for one in (*row.plain, *row.gateway)]
    vendor, asking = (median([one.micros(name) for one in slices]) for name in ("vendor", "load"))
    print(f"\nCPU per request beside these: vendor {vendor:.0f} us, load generator {asking:.0f} us (medians).")


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5, help="of one slice")
    parser.add_argument("--width", type=int, action="append", help="connections (8 and 32)")
    parser.add_argument("--only", action="append", choices=list(OPERATIONS))
    parser.add_argument("--mapping", action="append", choices=list(TENANTS.values()))
    parser.add_argument("--profile", metavar="FILE", help="run the gateway under cProfile; the figures mean little")
    args = parser.parse_args()
    args.width = args.width or [8, 32]
    return args


def main() -> None:
    args = read_arguments()
    serve = ["-m", "gateway", "serve", "--config"]
    profiled = ["-m", "cProfile", "-o", args.profile] if args.profile else []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        with start("vendor", [str(HERE / "proxy_stub.py")], folder) as vendor:
            config = str(write_config(folder, vendor.port))
            plain = start("plain", [str(HERE / "proxy_plain.py"), str(vendor.port)], folder)
            with plain as proxy, start("gateway", [*profiled, *serve, config], folder) as gateway:
                systems = {"plain": proxy, "gateway": gateway}
                with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                    rows = runner.run(measure(args, systems, vendor))
    print_table(rows)


if __name__ == "__main__":
    main()
