"""Constants of a mapping against what they stand for: an attribute's type, a field's type and values."""

from typing import Any

from gateway.lens.codecs import Codec
from gateway.lens.holes import Template
from gateway.lens.shapes import Leaf

_ATTRIBUTE_WORDS = {"boolean": "true or false", "integer": "a whole number", "decimal": "a number"}
_LEAF_WORDS = {"bool": "true or false", "int": "a whole number", "number": "a number"}
_SAMPLES = {"true or false": "true", "a whole number": "1", "a number": "1.5", "a text": '"..."'}

# Which leaf types an attribute's values can stand in as they are.
TYPES = {
    "string": {"string", "reference", "binary", "dateTime"},
    "enum": {"string", "reference"},
    "ref": {"string", "reference"},
    "binary": {"binary", "string"},
    "bool": {"boolean"},
    "int": {"integer", "decimal"},
    "number": {"decimal", "integer"},
    "datetime": {"dateTime", "string"},
    "any": {"string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"},
}


def name_value(value: Any) -> str:
    """A value the way the file writes it."""
    return str(value).lower() if isinstance(value, bool) else f"'{value}'" if isinstance(value, str) else str(value)


def misfit_attribute(value: Any, kind: str) -> str:
    """Why a constant or template cannot be an attribute's value; empty when it can."""
    return _misfit(value, _ATTRIBUTE_WORDS.get(kind, "a text"))


def misfit_leaf(value: Any, leaf: Leaf) -> str:
    """Why a constant or template cannot be a field's value; empty when it can."""
    if leaf.type == "any":
        return ""
    if leaf.type == "enum" and isinstance(value, str) and not leaf.open_enum and value not in leaf.values:
        return f"is {name_value(value)}, which the backend does not take"
    if isinstance(value, str) and not leaf.low <= len(value) <= (leaf.high or len(value)):
        return f"has {len(value)} characters, and the backend takes {leaf.low or ''}..{leaf.high or ''}"
    return _misfit(value, _LEAF_WORDS.get(leaf.type, "a text"))


def sample_attribute(kind: str) -> str:
    """A value that an attribute of this type can have."""
    return _SAMPLES[_ATTRIBUTE_WORDS.get(kind, "a text")]


def sample_leaf(leaf: Leaf) -> str:
    """A value that a field can have."""
    if leaf.low > 3 or (leaf.high or 3) < 3:
        return "x" * (leaf.high or leaf.low)
    return leaf.values[0] if leaf.values else _SAMPLES[_LEAF_WORDS.get(leaf.type, "a text")]


def _misfit(value: Any, wanted: str) -> str:
    if isinstance(value, bool):
        got = "true or false"
    elif isinstance(value, int):
        got = "a whole number"
    elif isinstance(value, float):
        got = "a number"
    elif isinstance(value, str | Template):
        got = "a text"
    else:
        got = "a table or a list"
    return "" if got == wanted or (wanted == "a number" and got == "a whole number") else f"is {got}, not {wanted}"


def misfit_codec(codec: Codec, attribute_type: str, leaf: Leaf) -> str:
    """Why a codec cannot stand between an attribute and a field; empty when it can."""
    texts = {"string", "reference", "binary", "dateTime"}
    if codec.s_type == "date" and attribute_type != "string":
        return f"{codec.name} is a day without a time, but the attribute is {attribute_type}"
    if codec.s_type not in (attribute_type, "string", "date") or (
        codec.s_type == "string" and attribute_type not in texts
    ):
        return f"{codec.name} is for {codec.s_type} attributes, not for {attribute_type}"
    if codec.v_type == "int" and leaf.type not in ("int", "number", "any"):
        return f"{codec.name} writes whole numbers, but the field is {leaf.type}"
    if codec.v_type == "string" and leaf.type in ("bool", "int", "number"):
        return f"{codec.name} writes texts, but the field is {leaf.type}"
    return ""
