"""The attributes that a mapping declares under `scim`: the notation of shapes, read as RFC 7643's attributes."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.lens.shapes import Leaf, ListShape, ObjectShape, Shape
from gateway.mapping.diagnose import Diagnosis
from gateway.mapping.merge import bare_name
from gateway.mapping.shape import read_shape
from gateway.mapping.source import Path, Source
from gateway.scim.schema import Attribute, AttributeType, Mutability

TYPES: Mapping[str, AttributeType] = {
    "string": "string", "enum": "string", "ref": "string", "bool": "boolean", "int": "integer", "number": "decimal",
    "datetime": "dateTime", "binary": "binary",
}  # fmt: skip
_NAME = re.compile(r"(?:[A-Za-z][A-Za-z0-9_-]*:)?[A-Za-z][A-Za-z0-9$_-]*")


def read_attributes(
    source: Source, path: Path, data: Mapping[str, Any], types: frozenset[str], diagnosis: Diagnosis
) -> dict[str, Attribute]:
    """The attributes of the table by the name they stand under, `alias:` included; `types` are those of the file.

    Complaints: E101 for a name, E103, E111 for what no attribute can be, E125.
    """
    shape = read_shape(source, path, data, diagnosis, types)
    found: dict[str, Attribute] = {}
    for text, value in data.items():
        name = bare_name(text)
        field = shape.fields.get(name)
        said = [] if field is None else [*_faults(name, field, value)]
        for code, message, hint in said:
            diagnosis.add(code, message, source.place((*path, text)), hint)
        if field is not None and not said:
            found[name] = _attribute(name.rpartition(":")[2], field)
    return found


def _faults(name: str, field: Shape, value: Any, inside: str = "") -> Iterator[tuple[str, str, str]]:
    """What keeps a field from being an attribute (RFC 7643 2.1 to 2.3): code, message, hint."""
    whole = f"{inside}{name}"
    if not _NAME.fullmatch(name):
        yield "E101", f"'{whole}' cannot be an attribute's name", "a letter, then letters, digits, - and _"
    if inside and not isinstance(field, Leaf):
        yield "E111", f"{whole}: a part of an attribute is one plain value", "declare it as an attribute of its own"
        return
    if isinstance(field, ListShape) and (field.low or field.high is not None):
        yield "E111", f"{whole}: the number of values is the backend's fact", "say it under shape:"
    one = field.item if isinstance(field, ListShape) else field
    if isinstance(field, ListShape) and isinstance(one, Leaf) and one.refs:
        yield "E111", f"{whole}: what refers to others has a $ref beside it", f"{name}[]: {{ value: {value} }}"
    if isinstance(one, ObjectShape):
        inner = value if isinstance(value, dict) else {}
        for text, below in inner.items():
            part = one.fields.get(bare_name(text))
            if part is not None:
                yield from _faults(bare_name(text), part, below, f"{whole}.")
    elif one.type not in TYPES and str(value).startswith("any"):  # else it stands for a type that cannot be read
        yield "E111", f"{whole}: SCIM has no attribute of any type", f"one of {', '.join(TYPES)}, or a table of parts"
    elif one.low or one.high is not None:
        yield "E111", f"{whole}: the length of a text is the backend's fact", "say it under shape:"
    if field.unechoed:
        yield "E111", f"{whole}: what is not echoed is the backend's fact", "say it under shape:"


def _attribute(name: str, field: Shape) -> Attribute:
    many = isinstance(field, ListShape)
    one = field.item if isinstance(field, ListShape) else field
    hidden = field.write_only
    mutability: Mutability = "readOnly" if field.read_only else "writeOnly" if hidden else "readWrite"
    if isinstance(one, ObjectShape):
        subs = [_attribute(key, part) for key, part in one.fields.items()]
        value = one.fields.get("value")
        if isinstance(value, Leaf) and value.refs:
            subs.append(_reference(value))
        return Attribute(
            name, "complex", many, required=field.required, mutability=mutability, sub_attributes=tuple(subs),
            returned="never" if hidden else "default",
        )  # fmt: skip
    if one.immutable:
        mutability = "immutable"
    return Attribute(
        name,
        TYPES.get(one.type, "string"),
        many,
        required=field.required,
        case_exact=one.case_exact if one.case_exact is not None else one.type == "ref",
        mutability=mutability,
        returned="never" if hidden else "default",
        uniqueness="server" if one.unique else "none",
        canonical_values=one.values,
    )


def _reference(value: Leaf) -> Attribute:
    """The `$ref` beside a `value` that is the id of a resource."""
    return Attribute("$ref", "reference", case_exact=True, mutability="readOnly", reference_types=value.refs)
