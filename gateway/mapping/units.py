"""What a number without a unit was to say, for the keys whose values have one: the first unit that is taken."""

from math import nan
from typing import Any

from msgspec import Struct

SECONDS = {"ms": 0.001, "s": 1.0, "h": 3600.0}


class Measured(Struct, frozen=True):
    """A key with a unit. `units` are tried in turn; `least` and `most` are seconds, and bound what is taken."""

    units: tuple[str, ...]
    least: float
    most: float
    example: str


MEASURED = {
    "timeout": Measured(("s", "ms"), 0.001, 120.0, "8s"),
    "deadline": Measured(("s", "ms"), 1.0, 300.0, "25s"),
    "shows_after": Measured(("s", "ms"), 0.0, 300.0, "5s"),
    "reconcile": Measured(("s", "h"), 60.0, 7 * 86_400.0, "6h"),
}


def with_unit(key: str, value: Any) -> str | None:
    """The value as the key takes it, an example where no unit makes it one; None for a key without units."""
    value = nan if isinstance(value, bool) else value
    whole = int(value) if is_whole(value) else 0
    if key == "pace":
        return f"{whole}/s" if whole > 0 else "25/s"
    measured = MEASURED.get(key)
    if measured is None:
        return None
    if is_whole(value):
        return with_unit_of(measured, whole, measured.units)
    return with_unit_of(measured, round(value * 1000), ("ms",)) if is_whole(value * 1000) else measured.example


def with_unit_of(measured: Measured, value: int, units: tuple[str, ...]) -> str:
    for unit in units:
        if measured.least <= value * SECONDS[unit] <= measured.most:
            return f"{value}{unit}"
    return measured.example


def is_whole(value: float) -> bool:
    return value == value // 1
