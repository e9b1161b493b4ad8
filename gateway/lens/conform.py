"""Does a record satisfy a shape? The shape read once more, slowly, to judge what the translations made of it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gateway.lens.kinds import Field
from gateway.lens.lens import Document
from gateway.lens.shapes import Leaf, ListShape, ObjectShape, Shape
from gateway.scim.dates import parse_instant


def complaints(shape: ObjectShape, record: Document, *, read_back: bool = False) -> tuple[str, ...]:
    """What is wrong with a record, as sentences; nothing when it conforms.

    Fields that the shape does not know are no fault, nor is null where nothing is required. `read_back`: the record
    rests on one that was read, so what the backend never shows may be missing.
    """
    return tuple(_object(shape, record, (), read_back))


def _object(shape: ObjectShape, value: Any, path: Field, read_back: bool) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{_name(path)} is not an object"
        return
    for name, field in shape.fields.items():
        here = (*path, name)
        inner = value.get(name)
        if inner is None or (inner == "" and not isinstance(field, Leaf)) or inner in ([], {}):
            if _is_needed(field, read_back):
                yield f"{_name(here)} is missing"
        else:
            yield from _field(field, inner, here, read_back)


def _is_needed(field: Shape, read_back: bool) -> bool:
    hidden = field.write_only or field.unechoed
    return field.required and not field.read_only and not (read_back and hidden)


def _field(field: Shape, value: Any, path: Field, read_back: bool) -> Iterator[str]:
    if isinstance(field, Leaf):
        yield from _leaf(field, value, path)
    elif isinstance(field, ObjectShape):
        yield from _object(field, value, path, read_back)
    else:
        yield from _list(field, value, path, read_back)


def _list(field: ListShape, value: Any, path: Field, read_back: bool) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{_name(path)} is not a list"
        return
    if len(value) < field.low or (field.high is not None and len(value) > field.high):
        yield f"{_name(path)} has {len(value)} value(s)"
    for number, item in enumerate(value):
        here = (*path, f"[{number}]")
        if item in (None, "", {}):
            yield f"{_name(here)} is empty"
        elif isinstance(field.item, Leaf):
            yield from _leaf(field.item, item, here)
        else:
            yield from _object(field.item, item, here, read_back)


def _leaf(leaf: Leaf, value: Any, path: Field) -> Iterator[str]:
    if not _TYPES[leaf.type](value):
        yield f"{_name(path)} is not of type {leaf.type}"
    elif leaf.type == "enum" and not leaf.open_enum and value not in leaf.values:
        yield f"{_name(path)} is none of {', '.join(leaf.values)}"
    elif isinstance(value, str) and (len(value) < leaf.low or (leaf.high is not None and len(value) > leaf.high)):
        yield f"{_name(path)} has {len(value)} characters"


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "string": _is_text,
    "binary": _is_text,
    "enum": _is_text,
    "ref": _is_text,
    "bool": lambda value: isinstance(value, bool),
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": _is_number,
    "datetime": lambda value: isinstance(value, str) and parse_instant(value) is not None,
    "any": lambda value: True,
}


def _name(path: Field) -> str:
    return ".".join(path) or "the record"
