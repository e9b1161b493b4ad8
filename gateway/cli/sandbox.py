"""`scim-gateway sandbox`: a strict pretend vendor on a local port."""

import argparse
import asyncio
import secrets
import shlex
import signal
import sys
from typing import Any

from gateway.sandbox import KNOWN_FAULTS, VENDORS, RunningSandbox, UnknownFault, start_sandbox

EXAMPLE = "example:\n  scim-gateway sandbox rsa-unified-directory --port 9001 --fault throttle:2"


def add_parser(commands: Any) -> None:
    parser = commands.add_parser(
        "sandbox",
        help="run a strict pretend vendor",
        description="Run a strict pretend vendor that speaks the documented dialect and refuses what the real one "
        "refuses. Records live in memory.",
        epilog=f"{_list_faults()}\n\n{EXAMPLE}",
    )
    parser.add_argument("vendor", choices=sorted(VENDORS), metavar="VENDOR", help=", ".join(sorted(VENDORS)))
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--token", help="the bearer token to expect (default: a fresh one, printed)")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME[:N]",
        help="misbehave, or choose another documented reading; N = only the first N requests; may be repeated",
    )


def _list_faults() -> str:
    lines = ["faults:", *(f"  {name:<18} {meaning}" for name, meaning in KNOWN_FAULTS.items())]
    for profile in VENDORS.values():
        if profile.options:
            lines += [f"options of {profile.name}:"]
            lines += [f"  {name:<18} {meaning}" for name, meaning in profile.options.items()]
    return "\n".join(lines)


def run(args: argparse.Namespace) -> int:
    """0 after SIGINT or SIGTERM; 1 when the port cannot be had; 2 for a fault nobody knows."""
    try:
        return asyncio.run(_serve(args.vendor, args.port, args.token or secrets.token_hex(20), args.fault))
    except UnknownFault as problem:
        print(problem, file=sys.stderr)
        return 2
    except (OSError, OverflowError) as problem:
        print(f"cannot listen on 127.0.0.1:{args.port}: {problem}", file=sys.stderr)
        print("Choose another --port, or leave it out for a free one.", file=sys.stderr)
        return 1


async def _serve(vendor: str, port: int, token: str, faults: list[str]) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    running = await start_sandbox(vendor, port=port, token=token, faults=faults)
    try:
        print(describe(vendor, running, token), flush=True)
        await stop.wait()
    finally:
        await running.close()
    return 0


def describe(vendor: str, running: RunningSandbox, token: str) -> str:
    """What a person needs to call it: base URL, token, and a line to paste."""
    header = shlex.quote(f"Authorization: Bearer {token}")
    return "\n".join(
        [
            f"{VENDORS[vendor].title} (pretend) serves at",
            f"  url    {running.url}",
            f"  token  {token}",
            "try",
            f"  curl -sS -H {header} {running.url}/Users",
            "Ctrl-C stops it; its records are gone then.",
        ]
    )
