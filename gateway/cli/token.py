"""`scim-gateway token new`: a fresh token, shown once, and the line for the configuration."""

import argparse
import secrets
import sys
from hashlib import sha256
from typing import Any

EXAMPLE = """example:
  scim-gateway token new
  put the token into the client, the sha256 line under `tokens:` of the tenant in gateway.yaml"""


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("token", help="make a token", epilog=EXAMPLE)
    parser.add_argument("action", choices=["new"], help="print a fresh 256-bit token once, and its sha256 line")


def run(args: argparse.Namespace) -> int:
    token = secrets.token_urlsafe(32)
    if sys.stdout.isatty():
        print("The token, shown only now; the client's SCIM settings want it:\n")
    print(f"  {token}\n" if sys.stdout.isatty() else token)
    if sys.stdout.isatty():
        print("For gateway.yaml, below tenants.<name>.tokens:\n")
    print(f"- sha256: {sha256(token.encode()).hexdigest()}")
    return 0
