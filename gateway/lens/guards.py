"""A filter over any JSON document, without a schema: guards, error tables, `gone`.

RFC 7644's operators; a path into a list asks every element, or the one of its index; letter case makes no difference.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gateway.scim.condition import split_keys
from gateway.scim.filter import And, AttrPath, Filter, Not, Or, Present, Within


def holds(condition: Filter, document: object) -> bool:
    """Is the condition true of the document?"""
    if isinstance(condition, And):
        return all(holds(part, document) for part in condition.parts)
    if isinstance(condition, Or):
        return any(holds(part, document) for part in condition.parts)
    if isinstance(condition, Not):
        return not holds(condition.part, document)
    if isinstance(condition, Within):
        return any(holds(condition.where, value) for value in read_path(condition.path, document))
    values = read_path(condition.path, document)
    if isinstance(condition, Present):
        return any(value not in (None, "", [], {}) for value in values)
    if condition.op == "ne":
        return not any(_compare("eq", value, condition.value) for value in values)
    if condition.op == "eq" and condition.value is None:
        return not any(value is not None for value in values)
    return any(_compare(condition.op, value, condition.value) for value in values)


def read_path(path: AttrPath, document: object) -> Iterator[Any]:
    """Every value at a path; a dotted name is a chain of keys, lists are entered."""
    yield from _walk(list(keys_read(path)), document)


def keys_read(path: AttrPath) -> Iterator[str]:
    """The keys of a path into a document; one of digits is the place of an item."""
    if path.urn is not None:
        yield path.urn
    for part in (path.attr, path.sub):
        if part is not None:
            yield from split_keys(part)


def paths_read(condition: Filter, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The keys of every path that a condition reads, those inside brackets from the document's root too."""
    if isinstance(condition, And | Or):
        for part in condition.parts:
            yield from paths_read(part, prefix)
    elif isinstance(condition, Not):
        yield from paths_read(condition.part, prefix)
    elif isinstance(condition, Within):
        yield from paths_read(condition.where, (*prefix, *keys_read(condition.path)))
    else:
        yield (*prefix, *keys_read(condition.path))


def _walk(keys: list[str], value: object) -> Iterator[Any]:
    if isinstance(value, list):
        if keys and keys[0].isdecimal():
            yield from _walk(keys[1:], value[int(keys[0])]) if int(keys[0]) < len(value) else ()
            return
        for one in value:
            yield from _walk(keys, one)
    elif not keys:
        yield value
    elif isinstance(value, Mapping):
        wanted = keys[0].casefold()
        for key, inner in value.items():
            if isinstance(key, str) and key.casefold() == wanted:
                yield from _walk(keys[1:], inner)


def _compare(op: str, value: Any, literal: Any) -> bool:
    if isinstance(value, str) and isinstance(literal, str):
        return _TEXT[op](value.casefold(), literal.casefold())
    if isinstance(value, bool) or isinstance(literal, bool):
        return op == "eq" and value is literal
    if isinstance(value, str) and isinstance(literal, int | float):
        number = value.strip()
        return _WHOLE.fullmatch(number) is not None and _NUMBER.get(op, _never)(int(number), literal)
    if isinstance(value, int | float) and isinstance(literal, int | float):
        return _NUMBER.get(op, _never)(value, literal)
    return False


def _never(value: Any, literal: Any) -> bool:
    return False


_WHOLE = re.compile("[0-9]{1,18}")
_NUMBER: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, literal: bool(value == literal),
    "gt": lambda value, literal: bool(value > literal),
    "ge": lambda value, literal: bool(value >= literal),
    "lt": lambda value, literal: bool(value < literal),
    "le": lambda value, literal: bool(value <= literal),
}
_TEXT: Mapping[str, Callable[[Any, Any], bool]] = {
    **_NUMBER,
    "co": lambda value, literal: literal in value,
    "sw": lambda value, literal: value.startswith(literal),
    "ew": lambda value, literal: value.endswith(literal),
}
