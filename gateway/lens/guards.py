"""A filter over any JSON document, without a schema: guards, error tables, `gone`.

RFC 7644's operators; a path into a list asks every element; texts are compared without regard to case.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

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
    keys = [key for part in (path.urn, path.attr, path.sub) if part is not None for key in _keys(part)]
    yield from _walk(keys, document)


def _keys(part: str) -> list[str]:
    return [part] if ":" in part else part.split(".")


def _walk(keys: list[str], value: object) -> Iterator[Any]:
    if isinstance(value, list):
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
        return value.strip().isdigit() and _NUMBER.get(op, _never)(int(value), literal)
    if isinstance(value, int | float) and isinstance(literal, int | float):
        return _NUMBER.get(op, _never)(value, literal)
    return False


def _never(value: Any, literal: Any) -> bool:
    return False


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
