"""Filters (RFC 7644 3.4.2.2): text to terms and back."""

from collections.abc import Sequence

from gateway.scim.grammar import Parser
from gateway.scim.terms import (
    And,
    AttrPath,
    Compare,
    CompareOp,
    Filter,
    Literally,
    Not,
    Or,
    Present,
    Within,
    format_filter,
    walk,
)

__all__ = [
    "And",
    "AttrPath",
    "Compare",
    "CompareOp",
    "Filter",
    "Literally",
    "Not",
    "Or",
    "Present",
    "Within",
    "format_filter",
    "parse_filter",
    "walk",
]


def parse_filter(text: str, urns: Sequence[str] = (), *, lenient: bool = False) -> Filter:
    """The filter a text spells; ScimError `invalidFilter` names the position and what was expected there.

    `urns` are the schemas in play: the longest one that prefixes a name is its URN. With `lenient`, the constants
    may have any letter case and a value without quotes is text (Entra sends `externalId eq nekman`).
    """
    parser = Parser(text, urns, lenient=lenient)
    found = parser.disjunction()
    parser.expect_end("`and`, `or` or the end")
    return found
