"""`scim-gateway laws`: the tests that follow from a mapping itself, with a counterexample as a JSON pair."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.mapping.diagnose import MappingError
from gateway.mapping.dialect import Dialect
from gateway.mapping.load import load_dialect

if TYPE_CHECKING:
    from gateway.lens.laws import Counterexample

_EXAMPLE = "example:\n  scim-gateway laws cube-cloud ./mappings/my-vendor.yaml --examples 500"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the command to the program's own parser."""
    parser = subparsers.add_parser(
        "laws",
        help="run the tests that follow from a mapping itself",
        description="Check the laws that every mapping owes, on examples drawn from its own rules. "
        "Needs the extra scim-gateway[laws].",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("mappings", nargs="+", metavar="MAPPING", help="a mapping's name, or its file")
    parser.add_argument("--examples", type=int, default=100, metavar="N", help="examples per law (default: 100)")
    parser.add_argument("--seed", type=int, metavar="N", help="other examples than the usual ones")
    parser.set_defaults(run=run)
    return parser


def run(args: argparse.Namespace) -> int:
    """0 when every law holds; 1 for a counterexample, a mapping with errors, or when hypothesis is not there."""
    if args.examples < 1:
        print("--examples takes a number of 1 or more", file=sys.stderr)
        return 1
    broken = 0
    for name in args.mappings:
        try:
            dialect = load_mapping(name)
            broken += print_laws(dialect, args.examples, args.seed)
        except MappingError as error:
            print(error, file=sys.stderr)
            broken += 1
        except ImportError as error:
            if "hypothesis" not in str(error):
                raise
            print(f"{error}\n  pip install 'scim-gateway[laws]'", file=sys.stderr)
            return 1
    return 1 if broken else 0


def load_mapping(text: str) -> Dialect:
    """A mapping by its name, or by the path of its file. Raises MappingError."""
    file = Path(text)
    return load_dialect(file.stem, (file.parent,)) if file.suffix in (".yaml", ".yml") else load_dialect(text)


def print_laws(dialect: Dialect, examples: int, seed: int | None) -> int:
    """Print each law of each resource type with its verdict; the number of those that do not hold."""
    from gateway.lens.laws import LAWS, check  # the extra may be missing

    broken = 0
    for name, resource in dialect.resources.items():
        print(f"{dialect.name} {name}")
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
