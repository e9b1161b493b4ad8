"""One call of the backend, put together: its path, query and body, out of the mapping's texts and what is known.

A value in a path is one percent-encoded segment; it can add no slash and no query, and name no other place.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from gateway.lens.absence import read_raw
from gateway.lens.holes import Hole, Template
from gateway.lens.kinds import LeafRule
from gateway.lens.lens import Document, Lens
from gateway.lens.templates import fits, print_value
from gateway.mapping.dialect import Body
from gateway.pipeline.documents import read_attribute
from gateway.pipeline.problems import Problem
from gateway.scim.filter import AttrPath

CONTROL = re.compile(r"[\x00-\x1f\x7f]")
ID = AttrPath(None, "id")
Values = Callable[[Hole], Any]


class Known(Struct, frozen=True):
    """What the holes of a call may ask for: the native id, and of a resource that is made its values.

    A value stands as the record holds it, past tables, codecs and ids; as the resource has it where no field does.
    """

    lens: Lens
    native: str | None = None
    resource: Document = {}
    record: Document = {}

    def value(self, hole: Hole) -> Any:
        """None when absent, or not of the hole's class."""
        if not isinstance(hole.path, AttrPath):
            return None
        value = self.native if hole.path == ID else self.find(hole.path)
        return value if hole.kind == "any" or fits(hole.kind, print_value(value)) else None

    def find(self, path: AttrPath) -> Any:
        rules = (one for one in self.lens.rules if isinstance(one, LeafRule) and one.s == path and one.writable)
        field = next((one.v for one in rules), ())
        return read_raw(self.record, field) if field else read_attribute(self.resource, path)


def fill_path(path: Template, values: Values) -> str:
    """The path with its holes filled. Raises SG110 for an id that cannot be anybody's, SG205 for an attribute."""
    return "".join(part if isinstance(part, str) else fill_segment(part, values(part)) for part in path.parts)


def fill_segment(hole: Hole, value: Any) -> str:
    """One hole of a path."""
    if hole.path == ID:
        return make_segment(str(value))
    text = print_value(value) or ""
    if not text and not hole.optional:
        raise Problem("SG205", f"The backend's address needs {hole.path}", f"Send {hole.path}.")
    if is_astray(text):
        raise Problem("SG205", f"{hole.path} cannot stand in the backend's address", "Send another value.")
    return quote(text, safe="")


def make_segment(native: str) -> str:
    """A native id as one segment of a URL, or SG110."""
    if is_astray(native):
        raise Problem("SG110")
    return quote(native, safe="")


def is_astray(text: str) -> bool:
    """Would this segment name another place? Servers resolve dot segments even when they are encoded (RFC 3986
    6.2.2), so a text that holds one would; control characters name none.
    """
    steps = text.replace("\\", "/").split("/")
    return "." in steps or ".." in steps or CONTROL.search(text) is not None


def fill_text(text: Template, values: Values) -> str | None:
    """The text; None while a hole that is not optional is absent."""
    pieces: list[str] = []
    for part in text.parts:
        if isinstance(part, str):
            pieces.append(part)
            continue
        written = print_value(values(part))
        if written is None and not part.optional:
            return None
        pieces.append(written or "")
    return "".join(pieces)


def fill_body(body: Body, document: Any, values: Values) -> Any:
    """What is sent: the document below its keys, nothing, or the mapping's own table."""
    if body.kind == "none":
        return None
    if body.kind == "table":
        return fill_table(body.table, values)
    for key in reversed(body.wrap):
        document = {key: document}
    return document


def fill_table(value: Any, values: Values) -> Any:
    """A table without what is absent. A text that is a hole and nothing else keeps the value's own type."""
    if isinstance(value, dict):
        filled = {key: fill_table(one, values) for key, one in value.items()}
        return {key: filled[key] for key, one in value.items() if filled[key] is not None or one is None}
    if isinstance(value, tuple):
        return [one for one in (fill_table(each, values) for each in value) if one is not None]
    if not isinstance(value, Template):
        return value
    first, *rest = value.parts or ("",)
    return values(first) if isinstance(first, Hole) and not rest else fill_text(value, values)
