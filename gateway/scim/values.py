"""Values at the door: what a client may write for an attribute, brought to the one form the gateway works with.

Where this is kinder than RFC 7643 the door is asked by the name of the kindness.
"""

import re
from typing import Any

from msgspec import DecodeError
from msgspec.json import decode

from gateway.scim.dates import parse_instant
from gateway.scim.door import Door
from gateway.scim.errors import ScimError
from gateway.scim.names import fold
from gateway.scim.schema import Attribute

LABELS = frozenset({"type", "primary"})  # what says nothing without the value that it is about
_BOOLEANS = {"true": True, "false": False}
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}|[A-Za-z0-9_-]*={0,2}")  # either alphabet, padding or not (RFC 7643 2.3.6)
_NO_URI = re.compile(r"[\x00-\x20\x7f<>\"{}|\\^`]")  # what RFC 3986 has in no URI; letters of any script are let in


def is_absent(value: Any) -> bool:
    """Null, empty text, empty list and empty object all mean: no value (RFC 7643 2.5)."""
    return value is None or value == "" or value == [] or value == {}


def clean_value(attribute: Attribute, value: Any, door: Door, name: str = "") -> Any:
    """The canonical form of `value`, a new object, or None where nothing is left.

    Sub-attributes nobody knows are noted at the door by name; readOnly ones fall away in silence (RFC 7644 3.3).
    A value of the wrong type is ScimError `invalidValue`.
    """
    name = name or attribute.name
    if is_absent(value):
        return _nothing(value, door, name)
    if attribute.multi_valued:
        if not isinstance(value, list):
            door.require("one-for-list", f"`{name}`")
            value = [value]
        return _clean_list(attribute, value, door, name)
    if attribute.find("value") is not None:  # it refers to something: a manager
        value = unlist(value, door, name)
    return clean_single(attribute, value, door, name)


def unlist(value: Any, door: Door, name: str) -> Any:
    """The value in a list of one; anything else as it is."""
    if not (isinstance(value, list) and len(value) == 1):
        return value
    door.require("list-for-one", f"`{name}`")
    return value[0]


def clean_single(attribute: Attribute, value: Any, door: Door, name: str = "") -> Any:
    """Like `clean_value`, for one value of a multi-valued attribute too."""
    name = name or attribute.name
    if is_absent(value):
        return _nothing(value, door, name)
    if attribute.type == "complex":
        return _clean_complex(attribute, value, door, name)
    return _CLEAN[attribute.type](value, door, name)


def _nothing(value: Any, door: Door, name: str) -> None:
    if value == "":
        door.require("empty-text", f"`{name}`")


def _clean_list(attribute: Attribute, values: list[Any], door: Door, name: str) -> list[Any] | None:
    cleaned = [clean_single(attribute, value, door, name) for value in values]
    kept = [value for value in cleaned if value is not None]
    if refers(attribute) and any(found is None and value for found, value in zip(cleaned, values, strict=True)):
        raise ScimError("invalidValue", f"`{name}` holds an item without a value.", "Send who is meant, or no item.")
    if sum(1 for value in kept if isinstance(value, dict) and value.get("primary") is True) > 1:
        raise ScimError("invalidValue", f"`{name}` has more than one primary value.", "At most one may be primary.")
    return kept or None


def _clean_complex(attribute: Attribute, value: Any, door: Door, name: str) -> dict[str, Any] | None:
    given = _as_object(attribute, value, door, name)
    if given is None:
        raise ScimError("invalidValue", f"`{name}` takes an object with sub-attributes.")
    cleaned: dict[str, Any] = {}
    for key, part in given.items():
        sub = attribute.find(key)
        if sub is None:
            door.ignore(f"{name}.{key}")
        elif sub.name in cleaned:
            raise ScimError("invalidSyntax", f"`{name}.{sub.name}` is given twice.")
        elif sub.mutability != "readOnly":
            found = clean_value(sub, part, door, f"{name}.{sub.name}")
            if found is not None:
                cleaned[sub.name] = found
    return None if _is_hollow(attribute, given, cleaned, door) else cleaned or None


def _is_hollow(attribute: Attribute, given: dict[str, Any], cleaned: dict[str, Any], door: Door) -> bool:
    """Does an item only label what it was sent empty for? `{"type": "work", "value": ""}` is a template's no value."""
    labelled = attribute.multi_valued and cleaned.keys() <= LABELS
    return labelled and _is_emptied(attribute, given) and door.lenience.allows("empty-text")


def takes_away(attribute: Attribute, value: Any) -> bool:
    """Does a value of which nothing is left say that there is none? Who is in a group is never taken away like that."""
    items = value if isinstance(value, list) else [value]
    return not refers(attribute) and all(isinstance(item, dict) and _is_emptied(attribute, item) for item in items)


def refers(attribute: Attribute) -> bool:
    """Does it say who is in a group, or which resource is meant? To leave one out is never right."""
    return attribute.find("$ref") is not None


def _is_emptied(attribute: Attribute, given: dict[str, Any]) -> bool:
    return any(is_absent(part) and fold(key) not in LABELS and attribute.find(key) for key, part in given.items())


def _as_object(attribute: Attribute, value: Any, door: Door, name: str) -> dict[str, Any] | None:
    """An object, or the kinder spellings of one: a bare manager or member, and JSON in a text."""
    if isinstance(value, str) and attribute.find("value") is not None:
        door.require("text-for-object", f"`{name}`")
        value = {"value": value}
    if not isinstance(value, dict):
        return None
    if not attribute.multi_valued:
        return value
    hidden = _hidden_object(value) if door.lenience.allows("json-in-text") else None
    return value if hidden is None else {key: each for key, each in value.items() if fold(key) != "value"} | hidden


def _hidden_object(value: dict[str, Any]) -> dict[str, Any] | None:
    """An app role packed as `{"value": "{\\"id\\":...,\\"value\\":...,\\"displayName\\":...}"}`."""
    text = value.get("value")
    if not (isinstance(text, str) and text.startswith("{")):
        return None
    try:
        hidden = decode(text.encode(), type=dict[str, Any])
    except (DecodeError, UnicodeError, RecursionError):
        return None
    if not isinstance(hidden.get("value"), str):
        return None
    if "display" not in hidden and "displayName" in hidden:
        hidden["display"] = hidden["displayName"]
    return {key: each for key, each in hidden.items() if key in ("value", "display", "type", "primary")}


def _text(value: Any, door: Door, name: str) -> str:
    if not isinstance(value, str):
        raise _mistyped(name, "text")
    if "\x00" in value:
        raise ScimError("invalidValue", f"`{name}` holds a NUL character.", "Leave it out.")
    return value


def _reference(value: Any, door: Door, name: str) -> str:
    if _NO_URI.search(_text(value, door, name)):
        raise _mistyped(name, "a URI")
    return str(value)


def _binary(value: Any, door: Door, name: str) -> str:
    if not _BASE64.fullmatch(_text(value, door, name)):
        raise _mistyped(name, "base64")
    return str(value)


def _instant(value: Any, door: Door, name: str) -> str:
    if parse_instant(_text(value, door, name)) is None:
        raise _mistyped(name, "a dateTime such as 2011-05-13T04:42:34Z")
    return str(value)


def _boolean(value: Any, door: Door, name: str) -> bool:
    found = _BOOLEANS.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise _mistyped(name, "true or false")
    if found is not value:
        door.require("text-for-boolean", f"`{name}`")
    return found


def _integer(value: Any, door: Door, name: str) -> int:
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        door.require("text-for-number", f"`{name}`")
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _mistyped(name, "a whole number")
    return value


def _decimal(value: Any, door: Door, name: str) -> int | float:
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        door.require("text-for-number", f"`{name}`")
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _mistyped(name, "a number")
    return value


def _mistyped(name: str, wanted: str) -> ScimError:
    return ScimError("invalidValue", f"`{name}` takes {wanted}.")


_CLEAN = {
    "string": _text,
    "reference": _reference,
    "binary": _binary,
    "dateTime": _instant,
    "boolean": _boolean,
    "integer": _integer,
    "decimal": _decimal,
}
