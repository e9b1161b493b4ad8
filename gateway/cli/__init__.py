"""The commands people type, one file each. Nothing is decided here that another room could decide.

A command's file has `add_parser(commands)` and `run(args) -> int`, and is imported only when its command is typed.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from gateway.mapping.diagnose import MappingError, did_you_mean, format_diagnostic

COMMANDS = {
    "serve": "run the gateway",
    "check": "every complaint about the configuration and the mappings, with its place and a hint",
    "explain": "the vendor calls a request would become, without making them",
    "translate": "one JSON document through a mapping, one way",
    "sandbox": "a strict pretend vendor",
    "demo": "sandbox vendors, a gateway before them, and an identity provider's life cycle",
    "token": "make a token for a tenant",
    "brake": "let removals through that a tenant's brake holds back",
    "reconcile": "compare followers with the primary, tell the drift, and repair it",
    "laws": "the tests that follow from a mapping itself",
}
USAGE = 2
EPILOG = "Every command has --help with an example. Start with: scim-gateway demo"


class UsageError(Exception):
    """What was typed cannot be used. The text says what to do."""


class Parser(argparse.ArgumentParser):
    """Refuses in two lines, and says what to do next; an example keeps its lines."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **options)

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"{self.prog}: {message}\nTry: {self.prog} --help\n")


def run_command(argv: Sequence[str]) -> int:
    """Exit code of one command line. A user's mistake never ends in a traceback."""
    try:
        return obey(argv)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except MappingError as error:
        for one in error.diagnostics:
            print(format_diagnostic(one), file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        about = f": {error.filename}" if error.filename else ""
        print(f"scim-gateway: {error.strerror or error}{about}", file=sys.stderr)
        return 1


def obey(argv: Sequence[str]) -> int:
    """Find the command by its name, and run it."""
    name = argv[0] if argv else ""
    if name in ("", "-h", "--help"):
        print(overview())
        return 0 if name else USAGE
    if name == "--version":
        print(f"scim-gateway {import_module('gateway.app').find_version()}")
        return 0
    if name not in COMMANDS:
        hint = did_you_mean(name, COMMANDS)
        print(f"scim-gateway: there is no command {name}; {hint}\nTry: scim-gateway --help", file=sys.stderr)
        return USAGE
    command = import_module(f"gateway.cli.{name}")
    parser = Parser(prog=f"scim-gateway {name}")
    command.add_parser(parser.add_subparsers(prog="scim-gateway", dest="command", required=True, parser_class=Parser))
    try:
        return int(command.run(parser.parse_args(argv)))
    except UsageError as error:
        print(f"scim-gateway {name}: {error}", file=sys.stderr)
        return USAGE


def overview() -> str:
    """What `scim-gateway` alone prints."""
    width = max(map(len, COMMANDS))
    lines = (f"  {name:<{width}}  {text}" for name, text in COMMANDS.items())
    return "\n".join(("usage: scim-gateway COMMAND [...]", "", "commands:", *lines, "", EPILOG))
