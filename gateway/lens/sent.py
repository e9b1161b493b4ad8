"""Texts that `send` makes, held to their field: what it does not take is refused, unless nobody asked for it.

A record may hold attributes whose text its field does not take. Where a client leaves them as they are, the field is
left as it is too: else such a record could not be written back, and the person in it not be barred.
"""

from collections.abc import Callable
from typing import Any

from msgspec import UNSET

from gateway.lens.absence import read_at
from gateway.lens.footprints import made_of, used_holes
from gateway.lens.holes import attribute_read
from gateway.lens.kinds import SendRule, keys_of
from gateway.lens.lens import Document, LensError
from gateway.lens.shapes import Leaf
from gateway.lens.slots import value_where
from gateway.scim.dates import parse_instant
from gateway.scim.filter import AttrPath
from gateway.scim.path import Path, format_path

Show = Callable[[Document], Document]


def is_held(rule: SendRule) -> bool:
    """Is there something to convert, or a text that the field might not take?"""
    leaf = rule.leaf
    closed = leaf.type == "enum" and not leaf.open_enum
    return bool(used_holes(rule.values)) and (
        rule.codec is not None or closed or leaf.type == "datetime" or leaf.low > 1 or leaf.high is not None
    )


def send_made(rule: SendRule, text: Any, resource: Document, record: Document | None, show: Show | None) -> Any:
    """What is sent of a text; None: nothing, and what the record holds stays. `show` tells what it shows.

    LensError for a text that the field does not take, by the attributes that make it.
    """
    made, why = _convert(rule, text)
    if not why:
        return made
    if record is not None and (read_at(record, rule.v) == made or _is_as_shown(rule, resource, record, show)):
        return None
    given = [path for path in made_of(rule) if _read(path, resource) is not None]
    first, *others = map(spell_path, given or made_of(rule))
    partners = f", with {' and '.join(others)}," if others else ""
    raise LensError(first, f"makes{partners} a text that {why}")


def _convert(rule: SendRule, text: Any) -> tuple[Any, str]:
    """The text as it is sent, None where nothing is left of it, and why it cannot be sent."""
    made = text
    if rule.codec is not None:
        try:
            made = rule.codec.encode(text)
        except (ValueError, TypeError, AttributeError):
            return UNSET, "cannot be written the way the backend needs it"
    return (None, "") if made == "" else (made, misfit(rule.leaf, made))


def misfit(leaf: Leaf, value: Any) -> str:
    """What keeps a field from taking a value that is sent; empty where it takes it."""
    if leaf.type == "enum" and not leaf.open_enum and value not in leaf.values:
        return f"is none of the values the backend takes: {', '.join(leaf.values)}"
    if not isinstance(value, str):
        return ""
    if leaf.high is not None and len(value) > leaf.high:
        return f"is longer than the {leaf.high} characters the backend takes"
    if len(value) < leaf.low:
        return f"is shorter than the {leaf.low} characters the backend asks for"
    return "is not a date-time" if leaf.type == "datetime" and parse_instant(value) is None else ""


def _is_as_shown(rule: SendRule, resource: Document, record: Document, show: Show | None) -> bool:
    """Are the attributes that make the text those that the record shows?"""
    try:
        shown = show(record) if show is not None else {}
    except LensError:
        return False
    return all(_read(path, resource) == _read(path, shown) for path in made_of(rule))


def _read(path: AttrPath | Path, document: Document) -> Any:
    found = read_at(document, keys_of(attribute_read(path)))
    return value_where(path, found) if isinstance(path, Path) else found


def spell_path(path: AttrPath | Path) -> str:
    """What a text is made of, by name."""
    return format_path(path) if isinstance(path, Path) else str(path)
