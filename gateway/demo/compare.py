"""Two JSON documents beside each other: what is on one side only, what differs, what is alike."""

from collections.abc import Iterator
from typing import Any, Literal

import msgspec
from msgspec import Struct

from gateway.demo.paint import Span
from gateway.lens.lens import Document

Side = Literal["client", "vendor"]
LONG = 40
ABSENT: Any = msgspec.UNSET
# What is on one side only: the client's was dropped, the vendor's was added.
ALONE = {"client": ("-", "dropped"), "vendor": ("+", "added")}


class Row(Struct, frozen=True):
    """One member of a body, or one item of a list in it, ready to be wrapped: a mark, and spans that may be parted."""

    mark: str
    spans: tuple[Span, ...]
    indent: int = 0


Pair = tuple[tuple[Row, ...], tuple[Row, ...]]


def encode(value: Any) -> str:
    """Compact JSON, in the order it came."""
    return msgspec.json.encode(value).decode()


def pair_members(client: Document, vendor: Document) -> Iterator[Pair]:
    """The members of two bodies, aligned by key: what both have in the client's order, then the vendor's own."""
    for key in (*client, *(key for key in vendor if key not in client)):
        here, there = client.get(key, ABSENT), vendor.get(key, ABSENT)
        yield show_member(key, here, there, "client"), show_member(key, there, here, "vendor")


def is_alike(client: Document, vendor: Document, key: str) -> bool:
    """Is the member the same on both sides?"""
    return key in client and key in vendor and bool(client[key] == vendor[key])


def show_member(key: str, value: Any, other: Any, side: Side) -> tuple[Row, ...]:
    """One member as one side sees it; lists of objects get a row for every item."""
    if value is ABSENT:
        return ()
    mark, style = mark_of(value, other, side)
    name: Span = (f"{encode(key)}: ", style if other is ABSENT else "quiet")
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        head = Row(mark if other is ABSENT else " ", (*((name[0].rstrip(), name[1]),), (" [", "quiet")))
        return (head, *show_items(value, other, side))
    return (Row(mark, (name, *show_value(value, other, side, style))),)


def show_items(items: list[Any], others: Any, side: Side) -> Iterator[Row]:
    """Every item against the one that carries the same value on the other side."""
    for number, item in enumerate(items):
        other = find_twin(item, others) if isinstance(others, list) else ABSENT
        mark, style = mark_of(item, other, side)
        *spans, (text, last) = show_value(item, other, side, style)
        yield Row(mark, (*spans, (text + ("]" if number == len(items) - 1 else ","), last)), 2)


def find_twin(item: Any, others: list[Any]) -> Any:
    """The item of the other side that stands for this one."""
    for other in others:
        if other == item:
            return other
        if isinstance(item, dict) and isinstance(other, dict) and item.get("value", item) == other.get("value", other):
            return other
    return ABSENT


def mark_of(value: Any, other: Any, side: Side) -> tuple[str, str]:
    """The mark and the style of a value: alone, different or the same."""
    if other is ABSENT:
        return ALONE[side]
    return (" ", "plain") if value == other else ("~", "changed")


def show_value(value: Any, other: Any, side: Side, style: str) -> Iterator[Span]:
    """Compact JSON in spans; inside objects that differ only the members that differ are coloured."""
    if isinstance(value, dict) and value and (isinstance(other, dict) or other is ABSENT):
        yield from show_object(value, other, side, style)
    elif isinstance(value, list) and len(value) > 1 and isinstance(other, list):
        for number, one in enumerate(value):
            known = one in other
            opening, closing = ("[" if number == 0 else ""), ("]" if number == len(value) - 1 else ",")
            yield (f"{opening}{encode(one)}{closing}", "plain" if known else ALONE[side][1])
    else:
        for number, word in enumerate(encode(value).split(" ")):
            yield (word if number == 0 else f" {word}", style)


def show_object(value: Document, other: Any, side: Side, style: str) -> Iterator[Span]:
    last = len(value) - 1
    for number, (key, one) in enumerate(value.items()):
        twin = other.get(key, ABSENT) if isinstance(other, dict) else ABSENT
        own = style if other is ABSENT else mark_of(one, twin, side)[1]
        name = f"{'{' if number == 0 else ''}{encode(key)}:"
        text = f"{encode(one)}{'}' if number == last else ','}"
        if len(text) > LONG:
            yield (name, own)
            yield (text, own)
        else:
            yield (name + text, own)
