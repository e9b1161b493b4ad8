"""`scim-gateway check`: every complaint about the configuration and the mappings, all at once."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gateway.mapping.diagnose import Diagnostic, MappingError, format_diagnostic
from gateway.mapping.load import check_mapping
from gateway.settings import check_settings, default_config

EXAMPLE = """examples:
  scim-gateway check                          the configuration, and every mapping it uses
  scim-gateway check mappings/my-vendor.yaml  one mapping by its file
  scim-gateway check cube-cloud scim2         mappings by name"""


def add_parser(commands: Any) -> None:
    parser = commands.add_parser(
        "check",
        help="every complaint, with its place and a hint",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", metavar="FILE", help="the configuration (default: gateway.yaml)")
    parser.add_argument("--strict", action="store_true", help="warnings count as errors")
    parser.add_argument("mappings", metavar="MAPPING", nargs="*", help="a mapping's name or its file")


def run(args: argparse.Namespace) -> int:
    """0 clean, 1 errors found."""
    diagnostics: list[Diagnostic] = []
    checked: list[str] = []
    if args.config or not args.mappings:
        file = args.config or default_config()
        diagnostics += check_settings(file).diagnostics
        checked.append(file)
    for mapping in args.mappings:
        diagnostics += check_one(mapping)
        checked.append(mapping)
    return report(diagnostics, checked, args.strict)


def check_one(mapping: str) -> Sequence[Diagnostic]:
    """A mapping by file or by name. Of an abstract parent only what it says itself is checked, not what it lacks."""
    file = Path(mapping)
    is_file = file.suffix == ".yaml" or "/" in mapping
    if is_file and not file.is_file():
        raise FileNotFoundError(2, "there is no such mapping file", mapping)
    folders = (file.parent,) if is_file else ()
    name = file.stem if is_file else mapping
    try:
        return check_mapping(name, folders).diagnosis.diagnostics
    except MappingError as error:
        return error.diagnostics


def report(diagnostics: Sequence[Diagnostic], checked: Sequence[str], strict: bool) -> int:
    shown = dict.fromkeys(format_diagnostic(one) for one in diagnostics)
    for line in shown:
        print(line)
    bad = [one for one in diagnostics if one.level == "error" or (strict and one.level == "warning")]
    if bad:
        print(f"\n{len(bad)} to correct", file=sys.stderr)
        return 1
    if sys.stdout.isatty():
        print(f"good: {', '.join(checked)}")
    return 0
