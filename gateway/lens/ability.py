"""What a backend can do that decides how a lens is used: its filters and its PUT. Facts from the mapping."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct


class FilterAbility(Struct, frozen=True):
    """What the backend can filter. `allow`: field (as the backend spells it) -> operators.

    `scan`: how many records the gateway may read to answer by itself; 0 is never. `unknown`: what the backend does
    with a filter it does not take; `ignored` means every pushed filter is checked again here.
    """

    language: Literal["scim", "params", "none"] = "none"
    param: str = "filter"
    scan: int = 1000
    connect_and: bool = False
    connect_or: bool = False
    negate: bool = False
    unknown: Literal["rejected", "ignored", "empty"] = "rejected"
    allow: Mapping[str, frozenset[str]] = {}


class Replace(Struct, frozen=True):
    """What PUT does with what is left out: `cleared`, or `kept` and cleared by an explicit null (`clear`)."""

    omitted: Literal["cleared", "kept"] = "cleared"
    clear: Literal["null"] | None = None
