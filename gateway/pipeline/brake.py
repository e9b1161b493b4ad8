"""The brake: how many removals of a tenant pass in a window of time. `removals.py` counts what a change takes away."""

from msgspec import Struct


class Brake(Struct, frozen=True):
    """At most so many removals within so many seconds; the window begins with the first of them."""

    removals: int
    seconds: int
