"""`bulkId:x`: where an operation of a bulk request refers to what another one creates (RFC 7644 3.7.2).

A text counts as a reference inside the attributes that hold references to resources, and nowhere else: somebody may be
called `bulkId:x`.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from gateway.scim.names import PATCH_OP, fold
from gateway.scim.schema import Attribute, ResourceType

PREFIX = "bulkId:"
_WHOLE = re.compile(rf"((?:\S*/)?){PREFIX}(.+)", re.DOTALL | re.IGNORECASE)  # `$ref` may have a URL before it
_TERM = re.compile(rf'"(?P<text>(?:[^"\\]|\\.)*)"|(?<=\s){PREFIX}(?P<bare>[^\s"\])]+)', re.IGNORECASE)

Names = frozenset[str]
Find = Callable[[str], str]


def reference_names(types: Iterable[ResourceType]) -> Names:
    """The folded names of the attributes that clients point at resources with: `members`, `manager` and the like."""
    return frozenset(fold(each.name) for one in types for each in _attributes(one) if _points(each))


def _attributes(rt: ResourceType) -> Iterator[Attribute]:
    for schema in (rt.schema, *rt.extensions):
        yield from schema.attributes


def _points(attribute: Attribute) -> bool:
    """What only the service provider writes, such as a user's groups, makes no operation wait."""
    return attribute.find("$ref") is not None and attribute.mutability != "readOnly"


def named_id(text: str) -> str:
    """The bulkId that a whole text, such as a segment of a path, stands for; empty for any other text."""
    return text[len(PREFIX) :] if fold(text).startswith(fold(PREFIX)) else ""


def find_references(data: Any, names: Names) -> frozenset[str]:
    """The bulkIds that the data of an operation refers to."""
    found: set[str] = set()

    def note(bulk_id: str) -> str:
        found.add(bulk_id)
        return ""

    fill_references(data, names, note)
    return frozenset(found)


def fill_references(data: Any, names: Names, find: Find) -> Any:
    """The data with the id that `find` tells in place of every reference; in the paths of a PATCH too."""
    return _fill(data, names, find, inside=False)


def _fill(node: Any, names: Names, find: Find, *, inside: bool) -> Any:
    if isinstance(node, list):
        return [_fill(each, names, find, inside=inside) for each in node]
    if isinstance(node, dict):
        inside = inside or _names_path(node, names)
        return {key: _fill(each, names, find, inside=inside or _is_named(key, names)) for key, each in node.items()}
    return _fill_text(node, find) if inside and isinstance(node, str) else node


def _fill_text(text: str, find: Find) -> str:
    whole = _WHOLE.fullmatch(text)
    if whole is not None:
        return whole[1] + find(whole[2])
    return _TERM.sub(lambda term: _fill_term(term, find), text) if "[" in text else text


def _fill_term(term: re.Match[str], find: Find) -> str:
    """One value of a filter, in quotes or not."""
    bulk_id = term["bare"] or named_id(term["text"])
    return f'"{find(bulk_id)}"' if bulk_id else term[0]


def _names_path(node: dict[str, Any], names: Names) -> bool:
    """Is it an operation of a PATCH on such an attribute?"""
    return any(fold(key) == "path" and isinstance(each, str) and _is_named(each, names) for key, each in node.items())


def _is_named(path: str, names: Names) -> bool:
    """Does a name, a path or one with a URN before it lead to such an attribute?"""
    bare = path.partition("[")[0].rpartition(":")[2]
    return fold(bare.partition(".")[0].strip()) in names


def defer_references(data: dict[str, Any], names: Names, missing: Collection[str]) -> tuple[dict[str, Any], list[Any]]:
    """A new resource without what refers to the missing bulkIds, and the PATCH operations that add it afterwards."""
    return _defer(data, names, frozenset(missing), "")


def _defer(node: dict[str, Any], names: Names, missing: Names, urn: str) -> tuple[dict[str, Any], list[Any]]:
    kept: dict[str, Any] = {}
    later: list[Any] = []
    for key, value in node.items():
        if find_references({key: value}, names).isdisjoint(missing):
            kept[key] = value
        elif isinstance(value, list):
            stays, goes = _part(key, value, names, missing)
            kept |= {key: stays} if stays else {}
            later.append({"op": "add", "path": urn + key, "value": goes})
        elif isinstance(value, dict) and not _is_named(key, names):
            kept[key], inner = _defer(value, names, missing, f"{urn}{key}:")
            later += inner
        else:
            later.append({"op": "add", "path": urn + key, "value": value})
    return kept, later


def _part(key: str, values: list[Any], names: Names, missing: Names) -> tuple[list[Any], list[Any]]:
    stays: list[Any] = []
    goes: list[Any] = []
    for one in values:
        refers = not find_references({key: one}, names).isdisjoint(missing)
        (goes if refers else stays).append(one)
    return stays, goes


def patch_message(operations: list[Any]) -> dict[str, Any]:
    """The PatchOp message of these operations."""
    return {"schemas": [PATCH_OP], "Operations": operations}
