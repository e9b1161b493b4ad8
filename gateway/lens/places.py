"""Places inside lists of the record: `titles[0]`, `credentials[type eq "password"]`. A key of a field may be one."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from gateway.scim.filter import And, Compare, parse_filter


class Place(str):
    """One item of a list: `[0]` is the first, `[1]` the next, `[type eq "password"]` the first with these labels."""

    __slots__ = ()


FIRST = Place("[0]")
_NUMBER = re.compile(r"\[([0-9]+)\]")


def number_of(place: str) -> int | None:
    """The number of an item, from 0 on; None where the place names it by labels."""
    found = _NUMBER.fullmatch(place)
    return int(found[1]) if found else None


@lru_cache(maxsize=1024)
def labels_of(place: str) -> Mapping[str, Any]:
    """What an item at this place has in any case. ValueError for conditions other than equalities."""
    if number_of(place) is not None:
        return {}
    condition = parse_filter(place[1:-1])
    labels: dict[str, Any] = {}
    for part in condition.parts if isinstance(condition, And) else (condition,):
        if not isinstance(part, Compare) or part.op != "eq" or part.value is None:
            raise ValueError("an item is named by eq and and alone")
        labels[str(part.path)] = part.value
    return labels


def spell(field: tuple[str, ...]) -> str:
    """A field the way a mapping writes it: `titles[0]`, `profile.firstName`."""
    return "".join(key if isinstance(key, Place) else f".{key}" for key in field).removeprefix(".")


def whole_field(field: tuple[str, ...]) -> tuple[str, ...]:
    """The list that a place is in; any other field as it is."""
    at = next((number for number, key in enumerate(field) if isinstance(key, Place)), len(field))
    return field[:at]


def items_of(value: Any) -> list[Any] | None:
    """The items of a list; a single object counts as a list of one, anything else is none."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value] if isinstance(value, dict) else None


def find_place(items: Sequence[Any], place: str) -> int | None:
    """Where the item stands, if there is one."""
    number = number_of(place)
    if number is not None:
        return number if number < len(items) else None
    labels = labels_of(place)
    for at, one in enumerate(items):
        if isinstance(one, dict) and all(one.get(name) == value for name, value in labels.items()):
            return at
    return None


def read_place(value: Any, place: str) -> Any:
    """The item at a place, None when there is none."""
    items = items_of(value) or []
    at = find_place(items, place)
    return None if at is None else items[at]


def set_place(items: list[Any], place: str, item: Any) -> list[Any]:
    """The items with another one at a place. None takes it away: one with a number goes with all that follow it."""
    at, number = find_place(items, place), number_of(place)
    if item is None:
        return items[:number] if number is not None else [one for count, one in enumerate(items) if count != at]
    return [*items, item] if at is None else [*items[:at], item, *items[at + 1 :]]


def in_order(places: Iterable[str]) -> list[str]:
    """Places with their numbers rising, those with labels behind them."""
    return sorted(places, key=lambda place: (number_of(place) is None, number_of(place) or 0))


def is_behind_a_gap(items: Sequence[Any], place: str, item: Any) -> bool:
    """Is an item wanted at a number that the list does not reach, or that another item has taken?"""
    return number_of(place) is not None and item is not None and read_place(items, place) != item


def settle_item(item: dict[str, Any], old: Any, place: str) -> dict[str, Any]:
    """An item with its labels; empty when nothing else is left of it, unless it was so."""
    if item == old:
        return item
    labels = labels_of(place)
    left = (value for key, value in item.items() if key not in labels)
    return {**item, **labels} if any(value not in (None, "", [], {}) for value in left) else {}
