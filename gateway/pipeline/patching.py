"""Changes as a PatchOp message, in the spelling that a backend understands (RFC 7644 3.5.2)."""

from collections.abc import Iterator
from typing import Any

from gateway.lens.ability import Modify
from gateway.lens.lens import Document, FieldChange
from gateway.scim.filter import AttrPath, Compare, format_filter
from gateway.scim.names import PATCH_OP


def patch_body(changes: tuple[FieldChange, ...], modify: Modify) -> Document:
    """The message. A removal carries no value, but for backends that are told so which items go."""
    return {"schemas": [PATCH_OP], "Operations": [one for change in changes for one in operations(change, modify)]}


def operations(change: FieldChange, modify: Modify) -> Iterator[Document]:
    """One operation, or one for each item that goes."""
    if change.op != "remove":
        yield {"op": change.op, "path": change.path, "value": change.value}
    elif change.value is None:
        yield {"op": "remove", "path": change.path}
    elif modify.remove == "values":
        yield {"op": "remove", "path": change.path, "value": change.value}
    else:
        yield from ({"op": "remove", "path": f"{change.path}[{select(item)}]"} for item in change.value)


def select(item: Any) -> str:
    """The filter that finds an item by its id."""
    key, native = next(iter(item.items())) if isinstance(item, dict) else ("value", item)
    return format_filter(Compare(AttrPath(None, key), "eq", native))
