"""What a mapping does to its attributes, in words: which way each travels, and where it narrows."""

from collections.abc import Iterable
from textwrap import fill

from gateway.mapping.coverage import WAYS, coverage
from gateway.mapping.dialect import Dialect
from gateway.mapping.narrowing import narrowings

_WIDTH = 120
_FIRST = max(map(len, WAYS))


def print_coverage(dialects: Iterable[Dialect]) -> None:
    """Per resource type, the attributes by the way they travel."""
    for dialect in dialects:
        for name, resource in dialect.resources.items():
            print(f"{dialect.name} {name}")
            for way, attributes in coverage(resource).items():
                print_row(way, ", ".join(attributes), _FIRST)


def print_narrowings(dialects: Iterable[Dialect]) -> None:
    """Per resource type, what is sent or shown otherwise than it was said, by line of the mapping."""
    for dialect in dialects:
        for name, resource in dialect.resources.items():
            found = narrowings(resource)
            print(f"{dialect.name} {name}: {'where it narrows' if found else 'nothing narrows'}")
            for one in found:
                print_row(f"line {one.line}" if one.line else "drop", f"{one.name}: {one.what}", len("line 1000"))


def print_row(label: str, text: str, width: int) -> None:
    """A label and a text beside it, wrapped under itself."""
    print(
        fill(
            text, _WIDTH, initial_indent=f"  {label:<{width}}  ", subsequent_indent=" " * (width + 4),
            break_on_hyphens=False, break_long_words=False,
        )
    )  # fmt: skip
