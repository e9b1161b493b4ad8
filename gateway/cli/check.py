"""`scim-gateway check`: every complaint about the configuration and the mappings, all at once."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from gateway.cli.account import print_coverage, print_narrowings
from gateway.cli.given import name_mapping
from gateway.cli.laws import prove
from gateway.mapping.diagnose import Diagnostic, MappingError, format_diagnostic
from gateway.mapping.dialect import Dialect
from gateway.mapping.load import check_mapping
from gateway.settings import check_settings, default_config

EXAMPLE = """examples:
  scim-gateway check                          the configuration, and every mapping it uses
  scim-gateway check mappings/my-vendor.yaml  one mapping by its file, and which way each attribute travels
  scim-gateway check cube-cloud scim2         mappings by name
  scim-gateway check --strict --laws scim2    warnings count; what narrows is told, and the mapping's laws are tested"""


def add_parser(commands: Any) -> None:
    parser = commands.add_parser(
        "check",
        help="every complaint, with its place and a hint",
        epilog=EXAMPLE,
    )
    parser.add_argument("--config", metavar="FILE", help="the configuration (default: gateway.yaml)")
    parser.add_argument("--strict", action="store_true", help="warnings count as errors")
    parser.add_argument(
        "--laws", action="store_true", help="tell what narrows, and test the laws of each mapping; see laws --help"
    )
    parser.add_argument("mappings", metavar="MAPPING", nargs="*", help="a mapping's name or its file")


def run(args: argparse.Namespace) -> int:
    """0 clean, 1 errors found."""
    diagnostics: list[Diagnostic] = []
    checked: list[str] = []
    dialects: list[Dialect] = []
    named: list[Dialect] = []
    if args.config or not args.mappings:
        file = args.config or default_config()
        found = check_settings(file)
        diagnostics += found.diagnostics
        dialects += [one.dialect for one in found.settings.backends.values()] if found.settings else []
        checked.append(file)
    for mapping in args.mappings:
        diagnostics += check_one(mapping, named)
        checked.append(mapping)
    code = report(diagnostics, checked, args.strict)
    if code == 0:
        print_coverage(named)
    if code or not args.laws:
        return code
    tried = {one.digest: one for one in (*dialects, *named)}.values()
    print_narrowings(tried)
    return prove(tried)


def check_one(mapping: str, dialects: list[Dialect]) -> Sequence[Diagnostic]:
    """A mapping by file or by name. Of an abstract parent only what it says itself is checked, not what it lacks."""
    try:
        found = check_mapping(*name_mapping(mapping))
    except MappingError as error:
        return error.diagnostics
    dialects += [found.dialect] if found.dialect is not None else []
    return found.diagnosis.diagnostics


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
