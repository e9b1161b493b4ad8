"""`scim-gateway laws`: the tests that follow from a mapping itself, with a counterexample as a JSON pair."""

import argparse
import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gateway.cli.given import name_mapping
from gateway.mapping.diagnose import MappingError
from gateway.mapping.dialect import Dialect
from gateway.mapping.load import load_dialect

if TYPE_CHECKING:
    from gateway.lens.laws import Counterexample

EXAMPLE = "example:\n  scim-gateway laws cube-cloud ./mappings/my-vendor.yaml --examples 500"


def add_parser(commands: Any) -> None:
    parser = commands.add_parser(
        "laws",
        help="run the tests that follow from a mapping itself",
        description="Check the laws that every mapping owes, on examples drawn from its own rules. "
        "Needs the extra scim-gateway[laws].",
        epilog=EXAMPLE,
    )
    parser.add_argument("mappings", nargs="+", metavar="MAPPING", help="a mapping's name, or its file")
    parser.add_argument("--examples", type=int, default=100, metavar="N", help="examples per law (default: 100)")
    parser.add_argument("--seed", type=int, metavar="N", help="other examples than the usual ones")


def run(args: argparse.Namespace) -> int:
    """0 when every law holds; 1 for a counterexample, a mapping with errors, or when hypothesis is not there."""
    if args.examples < 1:
        print("--examples takes a number of 1 or more", file=sys.stderr)
        return 1
    dialects: list[Dialect] = []
    for name in args.mappings:
        try:
            dialects.append(load_dialect(*name_mapping(name)))
        except MappingError as error:
            print(error, file=sys.stderr)
    broken = prove(dialects, args.examples, args.seed)
    return 1 if len(dialects) < len(args.mappings) else broken


def prove(dialects: Iterable[Dialect], examples: int = 100, seed: int | None = None) -> int:
    """Print the laws of each: 0 when all hold, 1 when one does not, or when hypothesis is not there."""
    try:
        return 1 if sum([print_laws(one, examples, seed) for one in dialects]) else 0
    except ImportError as error:
        if "hypothesis" not in str(error):
            raise
        print(f"{error}\n  pip install 'scim-gateway[laws]'", file=sys.stderr)
        return 1


def print_laws(dialect: Dialect, examples: int, seed: int | None) -> int:
    """Print each law of each resource type with its verdict; the number of those that do not hold."""
    from gateway.lens.laws import LAWS, check  # the extra may be missing

    broken = 0
    for name, resource in dialect.resources.items():
        print(f"{dialect.name} {name}: {len(LAWS)} laws, {examples} examples each")
        for law in LAWS:
            found = check(resource, law, examples, seed)
            print(f"  {'✗' if found else '✓'} {law.name:<12} {law.sentence}", flush=True)
            if found:
                broken += 1
                print_counterexample(found)
    return broken


def print_counterexample(found: "Counterexample") -> None:
    """What was given and what came of it, as JSON."""
    print(f"    {found.why}")
    print(f"    given {show(found.given)}")
    print(f"    made  {show(found.made)}")


def show(value: Any) -> str:
    """A document on one line."""
    return json.dumps(value, ensure_ascii=False, default=str)
