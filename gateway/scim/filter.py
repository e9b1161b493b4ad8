"""Filters (RFC 7644 3.4.2.2): text to terms and back."""

from collections.abc import Sequence

from gateway.scim.grammar import Parser
from gateway.scim.lenience import OURS, Lenience
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


def parse_filter(text: str, urns: Sequence[str] = (), *, lenience: Lenience = OURS) -> Filter:
    """The filter a text spells; ScimError `invalidFilter` names the position and what was expected there.

    `urns` are the schemas in play: the longest one that prefixes a name is its URN. `lenience` are the
    kindnesses of the client whose text it is; without them it is one of ours.
    """
    parser = Parser(text, urns, lenience=lenience)
    found = parser.disjunction()
    parser.expect_end("`and`, `or` or the end")
    return found
